/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinetics that are not linear: Michaelis-Menten elimination and binding to a target, in
 * their limits, against SciPy, and the quasi-steady state against all steps. */
#include "kinetics_rig.h"

#include <gsl/gsl_sf_lambert.h>

/* --- the table of validation/verification --- */

static const double KDA = 150; /* nmol x KDA x 1e-6 = mg */

static void stand_dupilumab(struct stand *s)
{
    static const struct setting settings[] = {
        {"KE",   0.0418 / 24},
        {"V1",   2.76       },
        {"K12",  0.0952 / 24},
        {"K21",  0.163 / 24 },
        {"VMAX", 1.39 / 24  },
        {"KM",   2.08       },
        {"KA",   0.263 / 24 },
        {"F",    0.609      },
        {NULL,   0          }
    };

    stand_up(s, "pk2_mm_micro", settings);
}

static void stand_mm(struct stand *s)
{
    static const struct setting settings[] = {
        {"CL",   1.3},
        {"V1",   12 },
        {"Q",    2.4},
        {"V2",   30 },
        {"VMAX", 6  },
        {"KM",   0.7},
        {NULL,   0  }
    };

    stand_up(s, "pk2_mm", settings);
}

static const double kon_molar = 2.5, koff = 0.9; /* L/nmol/day, 1/day */

static void stand_target(struct stand *s, const char *component)
{
    const struct setting settings[] = {
        {"CL",   0.22            },
        {"V1",   3.1             },
        {"Q",    0.6             },
        {"V2",   2.7             },
        {"KA",   0.3             },
        {"kint", 0.8             },
        {"kdeg", 0.35            },
        {"ksyn", 1.4 * KDA * 1e-3},
        {NULL,   0               }
    };

    stand_up(s, component, settings);
    if (pn_table_find(s->m->parameters, "kon") >= 0) {
        stand_set(s, "kon", kon_molar / (KDA * 1e-3));
        stand_set(s, "koff", koff);
    } else {
        stand_set(s, "KSS", (koff + 0.8) / kon_molar * (KDA * 1e-3));
    }
}

static void stand_tmdd(struct stand *s)
{
    stand_target(s, "tmdd");
}

static void stand_qss(struct stand *s)
{
    stand_target(s, "tmdd_qss");
}

static const struct scenario {
    const char *name;
    void (*start)(struct stand *s);
    double unit; /* of its time, in the component's */
    struct {
        double time;
        const char *route;
        double amount;
    } dose[4];
} scenarios[] = {
    {"mm_micro", stand_dupilumab, 24, {{0, "sc", 600}, {14, "sc", 300}, {28, "sc", 300}}},
    {"mm",       stand_mm,        1,  {{0, "iv", 90}, {30, "iv", 90}}                   },
    {"tmdd",     stand_tmdd,      1,  {{0, "sc", 60}, {28, "iv", 25}}                   },
    {"tmdd_qss", stand_qss,       1,  {{0, "sc", 60}, {28, "iv", 25}}                   },
};

/* the scenario from its beginning up to `time` */
static void play(const struct scenario *sc, double time, struct stand *s)
{
    double t = 0;

    sc->start(s);
    for (size_t i = 0; sc->dose[i].route && sc->dose[i].time < time; i++) {
        if (sc->dose[i].time > t)
            stand_run(s, (sc->dose[i].time - t) * sc->unit);
        t = sc->dose[i].time;
        give(s, sc->dose[i].route, sc->dose[i].amount);
    }
    stand_run(s, (time - t) * sc->unit);
}

static void nonlinear_kinetics_agree_with_scipy(void **state)
{
    FILE *file =
        fopen(PN_SOURCE_DIR "/validation/verification/kinetics_reference.csv", "r");
    char line[256], model[32], signal[32];
    double time, want;
    int rows = 0;

    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        struct stand s;
        size_t k = 0;
        assert_int_equal(
            sscanf(line, "%31[^,],%lf,%31[^,],%lf", model, &time, signal, &want), 4);
        while (strcmp(scenarios[k].name, model) != 0)
            assert_true(++k < sizeof scenarios / sizeof *scenarios);
        play(&scenarios[k], time, &s);
        assert_close(stand_signal(&s, signal), want, 1e-8, 0);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, 69);
}

/* --- Michaelis-Menten --- */

static void the_two_forms_of_michaelis_menten_agree(void **state)
{
    struct stand s, micro;

    (void)state;
    stand_mm(&s);
    stand_up(&micro, "pk2_mm_micro", NULL);
    stand_set(&micro, "KE", 1.3 / 12);
    stand_set(&micro, "V1", 12);
    stand_set(&micro, "K12", 2.4 / 12);
    stand_set(&micro, "K21", 2.4 / 30);
    stand_set(&micro, "VMAX", 6.0 / 12);
    stand_set(&micro, "KM", 0.7);
    give(&s, "oral", 44);
    give(&micro, "oral", 44);
    stand_run(&s, 8);
    stand_run(&micro, 8);
    assert_close(stand_signal(&s, "C"), stand_signal(&micro, "C"), 1e-12, 0);
}

/* One compartment, no linear way: C + KM ln C falls at VMAX/V (Lambert's W implicitly).
 */
static void saturable_elimination_follows_its_implicit_solution(void **state)
{
    struct stand s;
    double c0 = 90.0 / 12, c;

    (void)state;
    stand_mm(&s);
    stand_set(&s, "CL", 0);
    stand_set(&s, "Q", 0);
    give(&s, "iv", 90);
    for (int i = 1; i <= 5; i++) {
        stand_run(&s, 4);
        c = stand_signal(&s, "C");
        assert_close(c0 - c + 0.7 * log(c0 / c), 6.0 / 12 * 4 * i, 1e-10, 0);
    }
}

/* far below KM the saturable way is a clearance VMAX/KM, and pk2 is the limit */
static void a_small_dose_finds_pk2(void **state)
{
    double dose = 1e-6;
    struct stand s, linear;

    (void)state;
    stand_mm(&s);
    stand_up(&linear, "pk2", NULL);
    stand_set(&linear, "CL", 1.3 + 6 / 0.7);
    stand_set(&linear, "V1", 12);
    stand_set(&linear, "Q", 2.4);
    stand_set(&linear, "V2", 30);
    give(&s, "iv", dose);
    give(&linear, "iv", dose);
    stand_run(&s, 5);
    stand_run(&linear, 5);
    assert_close(stand_signal(&s, "C"), stand_signal(&linear, "C"), 1e-6, 0);
}

/* average at steady state of `dose` every 14 days */
static double average(double dose)
{
    double kept[N_BOOKS] = {0};
    struct stand s;
    struct books b = {&s, NULL, 0, 0};

    stand_dupilumab(&s);
    for (int i = 0; i < 40; i++) {
        give(&s, "sc", dose);
        kept[AREA] = 0;
        books_run(&b, 14 * 24, kept);
    }
    return kept[AREA] / (14 * 24);
}

static void twice_the_dose_is_more_than_twice_the_concentration(void **state)
{
    double low = average(100), middle = average(200), high = average(400);

    (void)state;
    assert_true(middle > 2.05 * low && high > 2.05 * middle);
}

/* --- binding --- */

/* The closed state of binding: with all of it fast, drug, target and complex balance. */
static void full_binding_rests_where_its_equations_say(void **state)
{
    struct stand s;
    double c = 5, kss, kon = kon_molar / (KDA * 1e-3), target;

    (void)state;
    stand_tmdd(&s);
    /* an input that keeps C at 5 mg/L: hold A1 and A2, and let the target come to rest */
    kss = (koff + 0.8) / kon;
    target = 1.4 * KDA * 1e-3 / (0.35 + 0.8 * c / kss); /* free, at rest */
    *stand_state(&s, "A1") = pn_all(c * 3.1);
    *stand_state(&s, "RF") = pn_all(target);
    *stand_state(&s, "RC") = pn_all(target * c / kss);
    s.m->rate(stand_view(&s), s.dx);
    assert_close(s.dx[stand_index(s.m->states, "RF")][0], 0, 0, 1e-13);
    assert_close(s.dx[stand_index(s.m->states, "RC")][0], 0, 0, 1e-13);
    assert_close(stand_signal(&s, "occupancy"), c / (kss + c), 1e-13, 0);
}

/* no target: what is left is linear */
static void without_a_target_binding_is_pk2(void **state)
{
    static const char *const names[] = {"tmdd", "tmdd_qss"};
    struct stand s, linear;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        stand_target(&s, names[i]);
        stand_set(&s, "ksyn", 0);
        stand_up(&linear, "pk2", NULL);
        stand_set(&linear, "CL", 0.22 / 24);
        stand_set(&linear, "V1", 3.1);
        stand_set(&linear, "Q", 0.6 / 24);
        stand_set(&linear, "V2", 2.7);
        stand_set(&linear, "KA", 0.3 / 24);
        give(&s, "sc", 60);
        give(&linear, "sc", 60);
        stand_run(&s, 9);
        stand_run(&linear, 9 * 24);
        assert_close(stand_signal(&s, "C"), stand_signal(&linear, "C"), 1e-10, 0);
    }
}

/* the quadratic's root on both sides of saturation, down to where digits would be lost */
static void the_quasi_steady_state_solves_its_quadratic(void **state)
{
    static const double totals[] = {0, 1e-12, 1e-3, 0.2, 0.6, 7, 1e6};
    struct stand s;
    double kss, target, c;

    (void)state;
    stand_qss(&s);
    kss = parameter(&s, "KSS");
    target = stand_state(&s, "RT")[0][0];
    for (size_t i = 0; i < 7; i++) {
        *stand_state(&s, "A1") = pn_all(totals[i] * 3.1);
        c = stand_signal(&s, "C");
        assert_close(c + target * c / (kss + c), totals[i], 1e-14, 0);
    }
}

static double free_after_five_days(const char *component, double faster)
{
    struct stand s;
    double kss = 0.1;

    stand_target(&s, component);
    if (strcmp(component, "tmdd") == 0) {
        stand_set(&s, "kon", 16 * faster);
        stand_set(&s, "koff", 16 * faster * kss - 0.8);
    } else {
        stand_set(&s, "KSS", kss);
    }
    give(&s, "sc", 10);
    stand_run(&s, 5);
    return stand_signal(&s, "C");
}

/* binding k times as fast at the same KSS: 1/k of the difference */
static void fast_binding_converges_to_the_quasi_steady_state(void **state)
{
    double limit = free_after_five_days("tmdd_qss", 0), before = 0;

    (void)state;
    for (int k = 0; k < 5; k++) {
        double error = fabs(free_after_five_days("tmdd", 1 << (2 * k)) - limit);
        if (k > 0)
            assert_close(log(before / error) / log(4), 1, k < 3 ? 0.1 : 0.01, 0);
        before = error;
    }
    assert_true(before < 1e-3 * limit);
}

/* Without a linear way the implicit solution of C' = -VMAX/V1 C/(KM + C) is Lambert's W
 * (Beal 1983, J Pharmacokinet Biopharm 11:623). */
static void michaelis_menten_alone_follows_lambert(void **state)
{
    static const double doses[] = {0.1, 5, 60, 400}, times[] = {0.5, 4, 20, 100};
    static const struct setting settings[] = {
        {"CL",   0  },
        {"V1",   12 },
        {"VMAX", 6  },
        {"KM",   0.7},
        {NULL,   0  }
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double c0 = doses[i] / 12;
        struct stand s;
        stand_up(&s, "pk1_mm", settings);
        give(&s, "iv", doses[i]);
        for (size_t k = 0; k < 4; k++) {
            double t = times[k],
                   want = 0.7 * gsl_sf_lambert_W0(c0 / 0.7 * exp((c0 - 0.5 * t) / 0.7));
            stand_run(&s, k ? t - times[k - 1] : t);
            assert_close(stand_signal(&s, "C"), want, 1e-8, 1e-12);
        }
    }
}

/* Far below KM both ways are first-order; without VMAX it is pk1. */
static void one_compartment_in_its_limits_is_linear(void **state)
{
    static const struct setting settings[] = {
        {"CL",   1.3},
        {"V1",   12 },
        {"VMAX", 6  },
        {"KM",   1e4},
        {NULL,   0  }
    };
    struct stand s, linear;

    (void)state;
    stand_up(&s, "pk1_mm", settings);
    stand_up(&linear, "pk1", NULL);
    stand_set(&linear, "V1", 12);
    stand_set(&linear, "CL", 1.3 + 6 / 1e4);
    give(&s, "oral", 1e-3);
    give(&linear, "oral", 1e-3);
    stand_run(&s, 9);
    stand_run(&linear, 9);
    assert_close(stand_signal(&s, "C"), stand_signal(&linear, "C"), 1e-8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(michaelis_menten_alone_follows_lambert),
        cmocka_unit_test(one_compartment_in_its_limits_is_linear),
        cmocka_unit_test(nonlinear_kinetics_agree_with_scipy),
        cmocka_unit_test(the_two_forms_of_michaelis_menten_agree),
        cmocka_unit_test(saturable_elimination_follows_its_implicit_solution),
        cmocka_unit_test(a_small_dose_finds_pk2),
        cmocka_unit_test(twice_the_dose_is_more_than_twice_the_concentration),
        cmocka_unit_test(full_binding_rests_where_its_equations_say),
        cmocka_unit_test(without_a_target_binding_is_pk2),
        cmocka_unit_test(the_quasi_steady_state_solves_its_quadratic),
        cmocka_unit_test(fast_binding_converges_to_the_quasi_steady_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
