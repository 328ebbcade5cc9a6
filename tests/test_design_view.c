/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study at a point of its design against the study written by hand. */
#include "design_study.h"

#include "solver/study/design/design.h"

/* The text of a study with some parts of it replaced. */
static void put_text(char *out, size_t size, const char *text,
                     const char *const (*change)[2], size_t n)
{
    char *copy = malloc(size);

    assert_non_null(copy);
    snprintf(out, size, "%s", text);
    for (size_t i = 0; i < n; i++) {
        char *at = strstr(out, change[i][0]);
        assert_non_null(at);
        snprintf(copy, size, "%.*s%s%s", (int)(at - out), out, change[i][1],
                 at + strlen(change[i][0]));
        memcpy(out, copy, size);
    }
    free(copy);
}

/* A study at its last point is the study with these words in it. */
static void assert_view(const char *factors, const char *const (*change)[2], size_t n)
{
    static char text[8192];
    struct pn_study *design, *hand;
    struct pn_study_view *view;
    struct pn_points *points;

    snprintf(text, sizeof text, STUDY "design:\n  method: grid\n  factors: {%s}\n",
             factors);
    design = read_text(text);
    points = points_of(design);
    put_text(text, sizeof text, STUDY, change, n);
    hand = read_text(text);
    assert_int_equal(pn_study_view_create(design, &view), PN_OK);
    for (size_t i = 0; i < points->n; i++) /* what a point leaves must not stay */
        pn_study_view_set(view, pn_point(points, i));
    assert_same_population(&view->study, hand);
    assert_same_arms(&view->study, hand);
    check_round_trip(design);
    pn_study_view_free(&view);
    pn_points_free(&points);
    pn_study_free(&design);
    pn_study_free(&hand);
}

static void a_view_is_the_study_written_by_hand(void **state)
{
    static const struct {
        const char *factors, *change[2];
    } cases[] = {
        {"abc.CL: [1, 12 L/h]",                    {"median: 10 L/h", "median: 12 L/h"}         },
        {"abc.CL.omega: [0.1, 0.4]",               {"omega: 0.3", "omega: 0.4"}                 },
        {"abc.CL.omega: [0.1, 0]",                 {"omega: 0.3", "omega: 1e-300"}              },
        {"abc.CL.iov: [0.3, 0.2]",                 {"{omega: 0.1}", "{omega: 0.2}"}             },
        {"abc.CL.weight: [0, 0.9]",                {"coefficient: 0.75", "coefficient: 0.9"}    },
        {"abc.V1: [10, 40 L]",                     {"V1: 50 L", "V1: 40 L"}                     },
        {"abc.V2: [10, 40 L]",                     {"Q: 4 L/h", "Q: 4 L/h\n        V2: 40 L"}   },
        {"weight: [60, 80 kg]",                    {"mean: 70 kg", "mean: 80 kg"}               },
        {"weight.omega: [1 kg, 5000 g]",           {"sd: 10 kg", "sd: 5 kg"}                    },
        {"sex: [female, male]",
         {"sex: {categories: {male: 0.5, female: 0.5}}", "sex: male"}                           },
        {"blood_eosinophils: [100, 500 cells/uL]",
         {"median: 300 cells/uL", "median: 500 cells/uL"}                                       },
        {"eosinophils.B0: [100, 500 cells/uL]",
         {"[eosinophils]", "[{eosinophils: {B0: 500 cells/uL}}]"}                               },
        {"low.abc.dose: [1, 300 mg]",              {"dose: 100 mg", "dose: 300 mg"}             },
        {"low.abc.every: [6, 8 h]",                {"100 mg, every: 12 h", "100 mg, every: 8 h"}},
        {"high.abc.start: [0, 6 h]",               {"for: 24 h", "start: 6 h, for: 24 h"}       },
        {"high.abc.for: [12, 36 h]",               {"for: 24 h", "for: 36 h"}                   },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_view(cases[i].factors, &cases[i].change, 1);
}

static void the_resolved_study_says_that_nobody_gave_a_default(void **state)
{
    struct pn_study *study =
        read_text(STUDY "design: {method: grid, factors: {abc.V2: [10, 40 L], "
                        "eosinophils.B0: [100, 500 cells/uL], age: [30, 60 year]}}\n");
    char *text;

    (void)state;
    assert_true(pn_population_find(&study->population, "abc.V2") >= 0);
    assert_int_equal(pn_study_write(study, &text), PN_OK);
    assert_non_null(strstr(text, " V2: {default: "));
    assert_non_null(strstr(text, " B0: {covariate: blood_eosinophils}"));
    assert_null(strstr(text, "    age: 50 year"));
    free(text);
    check_round_trip(study);
    pn_study_free(&study);
}

/* As where a truncation is read: within 8 SD of something. */
static void a_typical_value_stays_near_its_truncation(void **state)
{
    static const char *const change[][2] = {
        {"V1: 50 L",                 "V1: {median: 50 L, omega: 0.1, low: 40 L, high: 100 L}"},
        {"{mean: 70 kg, sd: 10 kg}", "{mean: 70 kg, sd: 2 kg, low: 60 kg, high: 90 kg}"      },
    };
    char text[4096];
    struct pn_study *study;
    const struct pn_factor *f;

    (void)state;
    put_text(text, sizeof text, STUDY, change, 2);
    strcat(text, "design: {method: grid, factors: {abc.V1: 20 L, weight: 50 kg}}\n");
    study = read_text(text);
    f = study->design->factor;
    assert_close(f[0].row.low, 40 * exp(-0.8), 1e-15, 0);
    assert_close(f[0].row.high, 100 * exp(0.8), 1e-15, 0);
    assert_close(f[1].row.low, 44, 0, 0);
    assert_close(f[1].row.high, 106, 0, 0);
    pn_study_free(&study);
}

static void a_dose_without_an_arm_is_that_of_all_arms(void **state)
{
    static const char *const change[][2] = {
        {"dose: 100 mg", "dose: 0 mg"},
        {"dose: 200 mg", "dose: 0 mg"},
        {"Q: 4 L/h",     "Q: 5 L/h"  },
    };

    (void)state;
    assert_view("abc.dose: [7, 0 mg], abc.Q: [1, 5 L/h]", change, 3);
}

/* Where nobody gives a covariate, an effect of it is left out; a factor gives it. */
static void a_covariate_that_only_the_design_gives_has_its_effects(void **state)
{
    static const char *const change[][2] = {
        {"    weight: {mean: 70 kg, sd: 10 kg}\n", "    weight: 80 kg\n"},
    };
    static const char *const without[][2] = {
        {"    weight: {mean: 70 kg, sd: 10 kg}\n", ""},
    };
    static char text[4096];
    struct pn_study *study, *hand;
    struct pn_study_view *view;
    double x[64], y[64], want = 80;
    int bad, CL, CL_hand;

    (void)state;
    put_text(text, sizeof text, STUDY, without, 1);
    strcat(text, "design: {method: grid, factors: {weight: [60, 80 kg]}}\n");
    study = read_text(text);
    put_text(text, sizeof text, STUDY, change, 1);
    hand = read_text(text);
    assert_int_equal(pn_study_view_create(study, &view), PN_OK);
    pn_study_view_set(view, &want);
    CL = pn_population_find(&study->population, "abc.CL");
    CL_hand = pn_population_find(&hand->population, "abc.CL");
    assert_int_equal(study->population.variable[CL].n_effects, 1);
    for (size_t i = 0; i < 20; i++) {
        pn_cohort_draw(&view->study.population, 17, i, x, &bad);
        pn_cohort_draw(&hand->population, 17, i, y, &bad);
        assert_same_bits(&x[CL], &y[CL_hand], 1);
    }
    check_round_trip(study);
    pn_study_view_free(&view);
    pn_study_free(&study);
    pn_study_free(&hand);
}

static void a_column_becomes_one_value(void **state)
{
    static const char patients[] = "ID,sex,weight [kg]\n5,male,50\n7,female,60\n";
    struct pn_study *study;
    struct pn_study_view *view;
    double row[64], value[] = {0, 75};
    int bad, sex, weight;

    (void)state;
    write_file("p.csv", patients, strlen(patients));
    study = read_text("name: c\nseed: 1\npopulation: {patients: p.csv, covariates: "
                      "{height: {by: sex, male: 180 cm, female: 160 cm}}}\n"
                      "arms: {none: []}\nduration: 1 h\n"
                      "design: {method: grid, factors: {sex: female, weight: 75 kg}}\n");
    sex = pn_population_find(&study->population, "sex");
    weight = pn_population_find(&study->population, "weight");
    assert_int_equal(pn_study_view_create(study, &view), PN_OK);
    pn_study_view_set(view, value);
    for (size_t i = 0; i < 2; i++) {
        pn_cohort_draw(&view->study.population, 1, i, row, &bad);
        assert_true(row[sex] == 0 && row[weight] == 75);
        assert_close(row[pn_population_find(&study->population, "height")], 160, 0, 0);
        pn_cohort_draw(&study->population, 1, i, row, &bad);
        assert_true(row[weight] == (i == 0 ? 50 : 60)); /* the study is as it was */
    }
    pn_study_view_free(&view);
    check_round_trip(study);
    pn_study_free(&study);
    remove_file("p.csv");
}

static void a_regimen_to_the_end_stays_so_when_it_starts_earlier(void **state)
{
    char text[4096];
    static const char *const change[][2] = {
        {"100 mg, every: 12 h", "100 mg, every: 12 h, start: 50 h"},
    };
    struct pn_study *study;
    struct pn_study_view *view;
    const double start = 10;
    const struct pn_regimen *regimen;

    (void)state;
    put_text(text, sizeof text, STUDY, change, 1);
    strcat(text, "design: {method: grid, factors: {abc.start: [10, 50 h]}}\n");
    study = read_text(text);
    assert_int_equal(pn_study_view_create(study, &view), PN_OK);
    pn_study_view_set(view, &start);
    regimen = view->study.arm[1].regimen;
    assert_close(regimen->start, 10, 0, 0);
    assert_true(regimen->start + regimen->duration >= 100);
    assert_close(view->study.arm[2].regimen->duration, 24, 0, 0); /* it has `for` */
    pn_study_view_free(&view);
    check_round_trip(study);
    pn_study_free(&study);
}

static void the_estimate_of_an_effect_has_its_own_unit(void **state)
{
    static const char *const change[][2] = {
        {"form: power, reference: 70 kg, coefficient: 0.75",
         "form: linear, reference: 70 kg, coefficient: 0.01 1/kg"},
    };
    char text[4096];
    struct pn_study *study;

    (void)state;
    put_text(text, sizeof text, STUDY, change, 1);
    strcat(text,
           "design: {method: grid, factors: {abc.CL.weight: [0, 20 1/(1000 kg)]}}\n");
    study = read_text(text);
    assert_string_equal(study->design->factor[0].row.unit, "1/(kg)");
    assert_close(study->design->factor[0].level[1], 0.02, 1e-15, 0);
    assert_close(study->design->factor[0].row.value, 0.01, 1e-15, 0);
    check_round_trip(study);
    pn_study_free(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_is_the_study_written_by_hand),
        cmocka_unit_test(the_resolved_study_says_that_nobody_gave_a_default),
        cmocka_unit_test(a_typical_value_stays_near_its_truncation),
        cmocka_unit_test(a_dose_without_an_arm_is_that_of_all_arms),
        cmocka_unit_test(a_covariate_that_only_the_design_gives_has_its_effects),
        cmocka_unit_test(a_column_becomes_one_value),
        cmocka_unit_test(a_regimen_to_the_end_stays_so_when_it_starts_earlier),
        cmocka_unit_test(the_estimate_of_an_effect_has_its_own_unit),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
