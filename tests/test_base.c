/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "solver/base/lane.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/hdf/crc.h"
#include "solver/text/complaint.h"

static void units_convert_as_the_field_writes_them(void **state)
{
    static const struct {
        const char *from, *to;
        double molar_mass, factor;
    } cases[] = {
        {"week",      "h",       0,     168        },
        {"cells/uL",  "1/L",     0,     1e6        },
        {"ppb",       "1",       0,     1e-9       },
        {"nM",        "mol/m3",  0,     1e-6       },
        {"mcg",       "mg",      0,     1e-3       },
        {"%",         "1",       0,     0.01       },
        {"mg/L",      "nM",      426.4, 1e6 / 426.4},
        {"nM",        "mg/L",    426.4, 426.4e-6   },
        {"1/h",       "1/day",   0,     24         },
        {"cmH2O.s/L", "Pa.s/m3", 0,     98066.5    },
        {"pBZ",       "pBZ",     0,     1          },
    };
    struct pn_units *units;
    double factor;

    (void)state;
    assert_int_equal(pn_units_create(&units), PN_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pn_units_factor(units, cases[i].from, cases[i].to,
                                         cases[i].molar_mass, &factor),
                         PN_OK);
        assert_close(factor, cases[i].factor, 1e-12, 0);
    }
    pn_units_free(&units);
    pn_units_free(&units);
}

static void wrong_units_are_refused_with_the_reason(void **state)
{
    static const char *const cases[][3] = {
        {"furlonk", "h",  "unknown unit 'furlonk'"                                      },
        {"L",       "h",  "'L' cannot be converted to 'h'"                              },
        {"mg/L",    "nM",
         "'mg/L' cannot be converted to 'nM' without the drug's molar_mass"             },
        {"degC",    "K",  "'degC' is no plain multiple of 'K': an offset or a logarithm"},
        {"pBZ",     "BZ", "'pBZ' is no plain multiple of 'BZ': an offset or a logarithm"},
        {"IU",      "mg", "'IU' cannot be converted to 'mg'"                            },
    };
    struct pn_units *units;
    double factor;

    (void)state;
    assert_int_equal(pn_units_create(&units), PN_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pn_units_factor(units, cases[i][0], cases[i][1], 0, &factor),
                         PN_ERR_INPUT);
        assert_string_equal(pn_error_last()->text, cases[i][2]);
    }
    pn_units_free(&units);
}

static void nearest_name_is_found_and_far_ones_are_not(void **state)
{
    static const char *const names[] = {"adherence", "every", "dose", "for", "start"};

    (void)state;
    assert_string_equal(pn_nearest("doze", names, 5), "dose");
    assert_string_equal(pn_nearest("adherance", names, 5), "adherence");
    assert_string_equal(pn_nearest("evrey", names, 5), "every");
    assert_null(pn_nearest("zzzzzz", names, 5));
}

static void another_word_for_the_same_thing_is_understood(void **state)
{
    static const char *const covariates[] = {"age", "sex", "height", "weight", "ADA"};
    static const char *const keys[] = {"value", "mean", "median", "sd", "omega", "iov"};
    static const char *const factors[] = {"age", "fevipiprant.KA", "fevipiprant.dp2.Kd",
                                          "active.fevipiprant.dose"};
    static const char *const models[] = {"eosinophils", "asm_mass", "asm_growth"};
    static const char *const potency[] = {"fu", "Kd"}, *const pk[] = {"CL", "V1", "KA"};
    static const struct {
        const char *word, *const *names;
        size_t n;
        const char *meant;
    } cases[] = {
        {"AGE",              covariates, 5, "age"                    },
        {"WT",               covariates, 5, "weight"                 },
        {"IgE",              covariates, 5, NULL                     },
        {"iiv",              keys,       6, "omega"                  },
        {"IIV",              keys,       6, "omega"                  },
        {"active.dose",      factors,    4, "active.fevipiprant.dose"},
        {"fevipiprant.Kd",   factors,    4, "fevipiprant.dp2.Kd"     },
        {"fevipiprant.EC50", factors,    4, "fevipiprant.dp2.Kd"     },
        {"asm",              models,     3, "asm_mass"               },
        {"EC50",             potency,    2, "Kd"                     },
        {"ka",               pk,         3, "KA"                     },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = pn_nearest(cases[i].word, cases[i].names, cases[i].n);
        if (cases[i].meant)
            assert_string_equal(found, cases[i].meant);
        else
            assert_null(found);
    }
    assert_string_equal(pn_hint("iiv"), "between patients: omega, omega2, cv or gsd");
    assert_null(pn_hint("age"));
}

static void complaints_beyond_the_limit_are_counted(void **state)
{
    static struct pn_complaints list;
    struct pn_place place = {"a.yaml", 3, 7};

    (void)state;
    for (int i = 0; i < 50; i++)
        pn_complain(&list, place, "unknown key '%s'", "a\x1b[31m");
    assert_int_equal(list.n, 50);
    assert_string_equal(list.kept[19].text, "a.yaml:3:7: error: unknown key 'a?[31m'");
}

static void warnings_are_said_once_and_stored_without_folders(void **state)
{
    static struct pn_complaints list;
    struct pn_place place = {"in/here/a.yaml", 3, 7};
    char *text;

    (void)state;
    for (int i = 0; i < 5; i++)
        pn_warn(&list, place, "%s acts on nothing", "il5/x");
    place.column = 0;
    pn_warn(&list, place, "another");
    assert_int_equal(list.n, 0);
    assert_int_equal(list.n_warnings, 2);
    assert_string_equal(list.warning[1].text, "in/here/a.yaml:3: warning: another");
    text = pn_warnings_text(&list);
    assert_string_equal(text, "a.yaml:3:7: warning: il5/x acts on nothing\n"
                              "a.yaml:3: warning: another\n");
    free(text);
}

static void a_strict_list_takes_warnings_for_errors(void **state)
{
    static struct pn_complaints list = {.strict = 1};
    struct pn_place place = {"a.yaml", 3, 7};

    (void)state;
    for (int i = 0; i < 30; i++)
        pn_warn(&list, place, "number %d", i);
    assert_int_equal(list.n_warnings, 0);
    assert_int_equal(list.n, 30);
    assert_string_equal(list.kept[0].text, "a.yaml:3:7: error: number 0");
}

/* Philox4x64-10 is that of Random123's own known answers, through our 53-bit map */
static void draws_are_pure_functions_of_their_key(void **state)
{
    double a = pn_uniform(1, 2, PN_DRAW_COHORT, 3, 4);

    (void)state;
    assert_true(a == pn_uniform(1, 2, PN_DRAW_COHORT, 3, 4));
    assert_true(a != pn_uniform(2, 2, PN_DRAW_COHORT, 3, 4));
    assert_true(a != pn_uniform(1, 3, PN_DRAW_COHORT, 3, 4));
    assert_true(a != pn_uniform(1, 2, PN_DRAW_ADHERENCE, 3, 4));
    assert_true(a != pn_uniform(1, 2, PN_DRAW_COHORT, 4, 4));
    assert_true(a != pn_uniform(1, 2, PN_DRAW_COHORT, 3, 5));
}

static void uniform_and_normal_have_their_moments(void **state)
{
    enum { N = 200000 };
    double sum = 0, square = 0, fourth = 0, mean = 0;

    (void)state;
    for (int64_t i = 1; i <= N; i++) {
        double z = pn_normal(7, i, PN_DRAW_COHORT, 1, 0);
        mean += pn_uniform(7, i, PN_DRAW_COHORT, 2, 0);
        sum += z;
        square += z * z;
        fourth += z * z * z * z;
    }
    assert_close(mean / N, 0.5, 0, 4 * 0.2887 / sqrt(N)); /* four standard errors */
    assert_close(sum / N, 0.0, 0, 4 / sqrt(N));
    assert_close(square / N, 1.0, 0, 4 * sqrt(2.0 / N));
    assert_close(fourth / N, 3.0, 0, 4 * sqrt(96.0 / N));
}

static void lane_functions_agree_with_the_scalar_ones(void **state)
{
    pn_lane x, e = pn_all(-0.7), y;

    (void)state;
    for (size_t l = 0; l < PN_LANES; l++)
        x[l] = 0.3 + 1.7 * (double)l;
    pn_exp(&x, &y);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(y[l], exp(x[l]), 1e-15, 0);
    pn_log(&x, &y);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(y[l], log(x[l]), 1e-15, 1e-16);
    pn_pow(&x, &e, &y);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(y[l], pow(x[l], -0.7), 1e-15, 0);
    y = pn_select(x > pn_all(2.5), pn_all((double)NAN), x);
    assert_true(pn_bits(pn_finite(y)) == 0x3);
    y = pn_fma(x, x, -x * x);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(y[l] == fma(x[l], x[l], -(x[l] * x[l])));
}

static void signs_and_infinities_are_seen(void **state)
{
    const double number[] = {-0.0, -1.5, -(double)INFINITY, (double)NAN};

    (void)state;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        pn_lane x = pn_all(number[i]), a = pn_abs(x);
        for (size_t l = 0; l < PN_LANES; l++) {
            assert_int_equal(signbit(x[l]) != 0, signbit(number[i]) != 0);
            assert_false(signbit(a[l]));
            assert_true(isnan(a[l]) || a[l] == fabs(number[i]));
        }
        assert_int_equal(pn_any(pn_finite(x)), isfinite(number[i]) != 0);
    }
}

/* the check value of CRC-32C (RFC 3720, B.4 has others), in pieces too */
static void checksums_are_those_of_castagnoli(void **state)
{
    const char *digits = "123456789";
    unsigned char zeros[32] = {0};

    (void)state;
    assert_int_equal(pn_crc(0, digits, 9), 0xe3069283);
    assert_int_equal(pn_crc(pn_crc(0, digits, 4), digits + 4, 5), 0xe3069283);
    assert_int_equal(pn_crc(0, zeros, sizeof zeros), 0x8a9136aa);
}

/* long ones are summed in three pieces side by side: the same as byte by byte */
static void long_checksums_are_those_of_their_bytes(void **state)
{
    static unsigned char data[20000];
    uint32_t sum = 7;

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * i / 7 + i);
    for (size_t n = 0; n <= sizeof data; n++) {
        if (n % 6144 < 9 || n % 997 == 0)
            assert_int_equal(pn_crc(7, data, n), sum);
        sum = n < sizeof data ? pn_crc(sum, data + n, 1) : sum;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_convert_as_the_field_writes_them),
        cmocka_unit_test(wrong_units_are_refused_with_the_reason),
        cmocka_unit_test(nearest_name_is_found_and_far_ones_are_not),
        cmocka_unit_test(another_word_for_the_same_thing_is_understood),
        cmocka_unit_test(complaints_beyond_the_limit_are_counted),
        cmocka_unit_test(warnings_are_said_once_and_stored_without_folders),
        cmocka_unit_test(a_strict_list_takes_warnings_for_errors),
        cmocka_unit_test(draws_are_pure_functions_of_their_key),
        cmocka_unit_test(uniform_and_normal_have_their_moments),
        cmocka_unit_test(lane_functions_agree_with_the_scalar_ones),
        cmocka_unit_test(checksums_are_those_of_castagnoli),
        cmocka_unit_test(long_checksums_are_those_of_their_bytes),
        cmocka_unit_test(signs_and_infinities_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
