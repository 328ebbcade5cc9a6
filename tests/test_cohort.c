/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "models/airway/reference_values.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"

enum { N = 20000 };

static struct pn_units *units;

static int load_units(void **state)
{
    (void)state;
    return pn_units_create(&units);
}

static int free_units(void **state)
{
    (void)state;
    pn_units_free(&units);
    return 0;
}

/* A study of this population, which must be accepted. */
static struct pn_study *study_of(const char *population)
{
    static struct pn_complaints list;
    char path[] = "/tmp/pn_cohort_XXXXXX";
    struct pn_study *study = NULL;
    int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "w");

    assert_non_null(file);
    fprintf(file, "name: cohort\nseed: 42\narms: {none: []}\nduration: 1 h\n%s\n",
            population);
    assert_int_equal(fclose(file), 0);
    list.n = 0;
    if (pn_study_read(path, units, &list, &study) != PN_OK)
        print_error("%s\n", list.n ? list.kept[0].text : pn_error_last()->text);
    remove(path);
    assert_non_null(study);
    return study;
}

/* N draws of each variable: [variable][patient] */
static double *draw_all(const struct pn_study *study)
{
    const struct pn_population *population = &study->population;
    size_t n = population->n_variables;
    double *table = malloc(n * N * sizeof *table), row[64];
    int bad;

    assert_non_null(table);
    assert_true(n <= 64);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(pn_cohort_draw(population, study->seed, i, row, &bad), PN_OK);
        assert_int_equal(bad, -1);
        for (size_t k = 0; k < n; k++)
            table[k * N + i] = row[k];
    }
    return table;
}

static const double *column(const struct pn_study *study, const double *table,
                            const char *name)
{
    int i = pn_population_find(&study->population, name);

    assert_true(i >= 0);
    return table + (size_t)i * N;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Largest distance between the empirical distribution function and P (Kolmogorov). */
static double kolmogorov(const double *x, double (*P)(double))
{
    static double sorted[N];
    double distance = 0.0;

    memcpy(sorted, x, sizeof sorted);
    qsort(sorted, N, sizeof *sorted, ascending);
    for (size_t i = 0; i < N; i++) {
        double p = P(sorted[i]);
        distance = fmax(distance, fabs(p - (double)i / N));
        distance = fmax(distance, fabs(p - (double)(i + 1) / N));
    }
    return distance;
}

/* closed forms of what the study below asks for */
static double normal(double x)
{
    return gsl_cdf_gaussian_P(x - 50.0, 10.0);
}
static double lognormal(double x)
{
    return gsl_cdf_lognormal_P(x, log(80.0), sqrt(log(1.0 + 0.3 * 0.3)));
}
static double uniform(double x)
{
    return gsl_cdf_flat_P(x, 150.0, 190.0);
}
static double cut_normal(double x)
{
    double a = gsl_cdf_gaussian_P(30.0 - 60.0, 20.0),
           b = gsl_cdf_gaussian_P(75.0 - 60.0, 20.0);

    return (gsl_cdf_gaussian_P(x - 60.0, 20.0) - a) / (b - a);
}
/* far in the upper tail, where 1 - P has lost its digits */
static double cut_tail(double x)
{
    double a = gsl_cdf_lognormal_Q(160.0, log(20.0), 0.4),
           b = gsl_cdf_lognormal_Q(300.0, log(20.0), 0.4);

    return (a - gsl_cdf_lognormal_Q(x, log(20.0), 0.4)) / (a - b);
}

static const char forms[] =
    "population:\n  size: 5\n  covariates:\n"
    "    age: {mean: 50 year, sd: 10 year}\n"
    "    weight: {median: 80 kg, cv: 30 %}\n"
    "    height: {uniform: [1.5 m, 1.9 m]}\n"
    "    FEV1_percent_predicted: {mean: 60 %, sd: 20 %, low: 30 %, high: 75 %}\n"
    "    FEV1: 2 L\n"
    "    FeNO: {median: 20 ppb, omega: 0.4, low: 160 ppb, high: 300 ppb}\n"
    "    sex: {categories: {male: 0.3, female: 0.7}}\n";

/* the 1e-6 point of Kolmogorov's distribution: 2 exp(-2 d^2 n) = 1e-6 */
static void draws_follow_their_distribution_functions(void **state)
{
    static const struct {
        const char *name;
        double (*P)(double);
    } cases[] = {
        {"age",                    normal    },
        {"weight",                 lognormal },
        {"height",                 uniform   },
        {"FEV1_percent_predicted", cut_normal},
        {"FeNO",                   cut_tail  },
    };
    struct pn_study *study = study_of(forms);
    double *table = draw_all(study), limit = sqrt(log(2e6) / 2.0 / N);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double distance = kolmogorov(column(study, table, cases[i].name), cases[i].P);
        assert_true(distance < limit);
        assert_true(distance > 1e-3); /* not a table of quantiles */
    }
    free(table);
    pn_study_free(&study);
}

static double mean_of(const double *x)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += x[i];
    return sum / N;
}

static double correlation_of(const double *x, const double *y)
{
    double mx = mean_of(x), my = mean_of(y), xx = 0.0, yy = 0.0, xy = 0.0;

    for (size_t i = 0; i < N; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xy / sqrt(xx * yy);
}

static void moments_are_right_to_four_standard_errors(void **state)
{
    struct pn_study *study = study_of(forms);
    double *table = draw_all(study), square[N];
    const double *weight = column(study, table, "weight");
    const double *sex = column(study, table, "sex");
    double mean, cv;

    (void)state;
    assert_close(mean_of(column(study, table, "age")), 50.0, 0, 4 * 10.0 / sqrt(N));
    assert_close(mean_of(sex), 0.3, 0, 4 * sqrt(0.3 * 0.7 / N));
    /* CV and mean of a lognormal: omega^2 = ln(1 + CV^2), mean = median sqrt(1 + CV^2) */
    mean = mean_of(weight);
    assert_close(mean, 80.0 * sqrt(1.09), 0, 4 * 0.3 * mean / sqrt(N));
    for (size_t i = 0; i < N; i++)
        square[i] = (weight[i] - mean) * (weight[i] - mean);
    cv = sqrt(mean_of(square)) / mean;
    assert_close(cv, 0.3, 0, 4 * 0.3 * sqrt(0.7 / N)); /* kurtosis of this lognormal */
    for (size_t i = 0; i < N; i++)
        assert_true(sex[i] == 0.0 || sex[i] == 1.0);
    assert_close(correlation_of(column(study, table, "age"), weight), 0.0, 0,
                 4 / sqrt(N));
    free(table);
    pn_study_free(&study);
}

/* Every way to write one spread gives the same one. */
static void spreads_of_a_lognormal_are_the_same_in_all_measures(void **state)
{
    double omega = sqrt(log(1.09));
    const struct {
        const char *key;
        double value;
    } cases[] = {
        {"cv",     0.3       },
        {"omega2", log(1.09) },
        {"omega",  omega     },
        {"gsd",    exp(omega)},
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_study *study;
        double got;
        snprintf(
            text, sizeof text,
            "population: {size: 1, covariates: {weight: {median: 80 kg, %s: %.17g}}}",
            cases[i].key, cases[i].value);
        study = study_of(text);
        got = study->population.variable[0].cases[0].spread;
        pn_study_free(&study);
        assert_close(got, omega, 1e-14, 0);
    }
}

/* A spread of 0 is no spread: all have the typical value, truncated or not. */
static void without_a_spread_all_are_typical(void **state)
{
    static const char *const spreads[] = {
        "median: 80 kg, omega: 0", "median: 80 kg, omega2: 0",
        "median: 80 kg, cv: 0 %",  "median: 80 kg, gsd: 1",
        "mean: 80 kg, sd: 0 kg",   "median: 80 kg, omega: 0, low: 70 kg, high: 90 kg",
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
        struct pn_study *study;
        double *table;
        snprintf(text, sizeof text, "population: {size: 50, covariates: {weight: {%s}}}",
                 spreads[i]);
        study = study_of(text);
        table = draw_all(study);
        for (size_t k = 0; k < 50; k++)
            assert_true(column(study, table, "weight")[k] == 80.0);
        free(table);
        pn_study_free(&study);
    }
}

static void truncation_keeps_its_bounds_and_uses_all_of_them(void **state)
{
    static const double u[] = {0x1p-54, 1e-9, 0.5, 1 - 1e-9, 1 - 0x1p-53};
    static const struct pn_distribution cases[] = {
        {.kind = PN_NORMAL,    .location = 0, .spread = 1,   .low = -1,   .high = 2                     },
        {.kind = PN_NORMAL,    .location = 0, .spread = 1,   .low = 7.5,  .high = 7.6                   },
        {.kind = PN_NORMAL,    .location = 0, .spread = 1,   .low = -7.6, .high = -7.5                  },
        {.kind = PN_LOGNORMAL, .location = 3, .spread = 0.5, .low = 2,    .high = 4                     },
        {.kind = PN_LOGNORMAL,
         .location = 3,
         .spread = 0.5,
         .low = 0.1,
         .high = 9,
         .g = 0.3,
         .h = 0.1},
        {.kind = PN_UNIFORM,             .location = 0,                          .spread = 10,                      .low = 3,        .high = 4},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double low = cases[c].low, high = cases[c].high, before = low;
        for (size_t i = 0; i < sizeof u / sizeof *u; i++) {
            double x = pn_distribution_value(&cases[c], u[i]);
            assert_true(x >= before && x <= high); /* increasing */
            before = x;
        }
        assert_close(pn_distribution_value(&cases[c], u[0]), low, 0, 1e-6 * (high - low));
        assert_close(pn_distribution_value(&cases[c], u[4]), high, 0,
                     1e-6 * (high - low));
    }
}

/* Tukey's g-and-h: median kept, quantiles by its formula (Hoaglin 1985) */
static void g_and_h_bend_the_quantiles_as_written(void **state)
{
    const struct pn_distribution d = {.kind = PN_LOGNORMAL,
                                      .location = 32,
                                      .spread = 0.4,
                                      .low = -HUGE_VAL,
                                      .high = HUGE_VAL,
                                      .g = 0.3,
                                      .h = 0.1};

    (void)state;
    assert_close(pn_distribution_value(&d, 0.5), 32, 1e-14, 0);
    for (double z = -3; z <= 3; z += 0.5) {
        double t = (exp(0.3 * z) - 1) / 0.3 * exp(0.1 * z * z / 2);
        assert_close(pn_distribution_value(&d, gsl_cdf_ugaussian_P(z)), 32 * exp(0.4 * t),
                     1e-12, 0);
    }
}

static void correlations_are_those_of_the_scores(void **state)
{
    struct pn_study *study = study_of("population:\n  size: 5\n  covariates:\n"
                                      "    age: {mean: 50 year, sd: 5 year}\n"
                                      "    weight: {median: 80 kg, cv: 20 %}\n"
                                      "    FeNO: {median: 21 ppb, cv: 40 %}\n"
                                      "    height: {mean: 170 cm, sd: 6 cm}\n"
                                      "  correlations:\n"
                                      "    - {of: [age, weight], rho: 0.5}\n"
                                      "    - {of: [FeNO, age], rho: -0.3}\n"
                                      "    - {of: [weight, FeNO], rho: 0.2}\n");
    double *table = draw_all(study);
    double *w = table + N * (size_t)pn_population_find(&study->population, "weight");
    double *f = table + N * (size_t)pn_population_find(&study->population, "FeNO");
    const double *a = column(study, table, "age");

    (void)state;
    for (size_t i = 0; i < N; i++) { /* back to the scores, but for a linear map */
        w[i] = log(w[i]);
        f[i] = log(f[i]);
    }
    assert_close(correlation_of(a, w), 0.5, 0, 4 * (1 - 0.25) / sqrt(N));
    assert_close(correlation_of(f, a), -0.3, 0, 4 * (1 - 0.09) / sqrt(N));
    assert_close(correlation_of(w, f), 0.2, 0, 4 * (1 - 0.04) / sqrt(N));
    assert_close(correlation_of(column(study, table, "height"), a), 0, 0, 4 / sqrt(N));
    assert_true(kolmogorov(a, normal) > 0.1); /* SD 5, not 10 */
    free(table);
    pn_study_free(&study);
}

static void cases_follow_the_variable_that_chooses(void **state)
{
    struct pn_study *study =
        study_of("population:\n  size: 5\n  covariates:\n"
                 "    height: {by: sex, female: {uniform: [150 cm, 160 cm]}, "
                 "male: {uniform: [170 cm, 180 cm]}}\n"
                 "    sex: {categories: {female: 0.6, male: 0.4}}\n"
                 "    age: 40 year\n    FEV1_percent_predicted: 50 %\n");
    const struct pn_population *p = &study->population;
    double row[8];
    int bad, i_sex = pn_population_find(p, "sex"),
             i_height = pn_population_find(p, "height"),
             i_FEV1 = pn_population_find(p, "FEV1");
    size_t n_men = 0;

    (void)state;
    assert_int_equal(p->n_variables, 5);
    assert_true(i_sex < i_height);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(pn_cohort_draw(p, 1, i, row, &bad), PN_OK);
        n_men += row[i_sex] == 1.0;
        assert_true(row[i_sex] == 1.0 ? row[i_height] > 169 : row[i_height] < 161);
        assert_close(
            row[i_FEV1],
            0.5 * pn_nhanes3(PN_NHANES3_FEV1, row[i_sex] == 1.0, 40, row[i_height], NULL),
            1e-14, 0);
    }
    assert_close((double)n_men, 400, 0, 4 * sqrt(1000 * 0.24));
    pn_study_free(&study);
}

/* A draw depends on seed, patient and name, and on nothing else that is in the study. */
static void other_variables_do_not_move_a_draw(void **state)
{
    static const char *const others[] = {
        "", "weight: {median: 80 kg, cv: 20 %}, height: 170 cm, ",
        "FeNO: {median: 20 ppb, cv: 0.5}, sex: {categories: {male: 0.5, female: 0.5}}, "};
    double first[10], row[8];
    char text[512];
    int bad;

    (void)state;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        struct pn_study *study;
        snprintf(
            text, sizeof text,
            "population: {size: 5, covariates: {%sage: {mean: 50 year, sd: 5 year}}}",
            others[k]);
        study = study_of(text);
        for (size_t i = 0; i < 10; i++) {
            int age = pn_population_find(&study->population, "age");
            pn_cohort_draw(&study->population, 9, i, row, &bad);
            if (k == 0)
                first[i] = row[age];
            assert_same_bits(&row[age], &first[i], 1);
        }
        pn_study_free(&study);
    }
    for (size_t i = 1; i < 10; i++)
        assert_true(first[i] != first[0]);
}

static void a_draw_out_of_range_fails_that_patient(void **state)
{
    struct pn_study *study = study_of("population: {size: 5, covariates: {age: {mean: 50 "
                                      "year, sd: 60 year}, height: 170 cm}}");
    size_t n_bad = 0;
    double row[2];
    int bad;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        int status = pn_cohort_draw(&study->population, study->seed, i, row, &bad);
        int out = row[0] < 0 || row[0] > 120;
        assert_int_equal(status, out ? PN_PATIENT_OUT_OF_RANGE : PN_OK);
        assert_int_equal(bad, out ? 0 : -1);
        assert_true(row[1] == 170);
        n_bad += (size_t)out;
    }
    assert_true(n_bad > N / 10);
    pn_study_free(&study);
}

/* --- keys --- */

static int by_hash(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Names that a study may have, and the indices of adherence, hash to different keys. */
static void names_of_a_study_have_different_keys(void **state)
{
    static const char *const parts[] = {
        "fevipiprant", "fevipiprant.dp2", "eosinophils", "airway",  "a",
        "b",           "spirometry",      "dp2",         "asm_mass"};
    static uint64_t hash[9 * 26 * 27];
    char name[64];
    size_t n = 0;

    (void)state;
    for (size_t p = 0; p < 9; p++)
        for (char a = 'A'; a <= 'Z'; a++)
            for (char b = 'a'; b <= '{'; b++) {
                snprintf(name, sizeof name, "%s.%c%c", parts[p], a, b);
                hash[n++] = pn_name_hash(name);
            }
    qsort(hash, n, sizeof *hash, by_hash);
    for (size_t i = 1; i < n; i++)
        assert_true(hash[i] != hash[i - 1]);
}

/* --- the script that re-creates draws --- */

/* Run redraw.py; each line is a name and a number (or male, female). */
static void compare_with_script(const char *command, const struct pn_population *p,
                                const double *row)
{
    FILE *lines = popen(command, "r");
    char line[256];
    size_t n = 0;

    assert_non_null(lines);
    while (fgets(line, sizeof line, lines)) {
        char *space = strchr(line, ' ');
        int i;
        assert_non_null(space);
        *space = '\0';
        i = pn_population_find(p, line);
        assert_true(i >= 0);
        if (strncmp(space + 1, "male", 4) == 0 || strncmp(space + 1, "female", 6) == 0)
            assert_true(row[i] == (space[1] == 'm'));
        else
            assert_close(row[i], strtod(space + 1, NULL), 1e-12, 0);
        n++;
    }
    assert_int_equal(pclose(lines), 0);
    assert_int_equal(n, p->n_variables - 1); /* all but FEV1, which follows */
}

static void the_script_draws_the_same_patients(void **state)
{
    static struct pn_complaints list;
    char path[] = "/tmp/pn_redraw_XXXXXX", command[512], *text;
    FILE *file = fdopen(mkstemp(path), "w");
    struct pn_study *study;
    double row[64];
    int bad;

    (void)state;
    assert_int_equal(pn_study_read(PN_SOURCE_DIR "/inputs/fevipiprant-phase2.yaml", units,
                                   &list, &study),
                     PN_OK);
    assert_int_equal(pn_study_write(study, &text), PN_OK);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(text);
    for (int i = 1; i <= 5; i++) {
        snprintf(command, sizeof command,
                 "/usr/bin/python3 " PN_SOURCE_DIR "/scripts/redraw.py --resolved %s %d",
                 path, i);
        pn_cohort_draw(&study->population, study->seed, (size_t)i - 1, row, &bad);
        compare_with_script(command, &study->population, row);
    }
    remove(path);
    pn_study_free(&study);
}

static void the_script_has_the_same_uniform_numbers(void **state)
{
    static const struct {
        uint64_t seed;
        int64_t patient;
        const char *name;
    } cases[] = {
        {20161,      1,           "age"           },
        {UINT64_MAX, INT64_MAX,   "eosinophils.ka"},
        {0,          12345678901, "fevipiprant.CL"},
    };
    char command[256], answer[128];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *line;
        double u;
        snprintf(command, sizeof command,
                 "/usr/bin/python3 " PN_SOURCE_DIR "/scripts/redraw.py %llu %lld %s",
                 (unsigned long long)cases[i].seed, (long long)cases[i].patient,
                 cases[i].name);
        line = popen(command, "r");
        assert_non_null(line);
        assert_non_null(fgets(answer, sizeof answer, line));
        assert_int_equal(pclose(line), 0);
        u = strtod(answer, NULL);
        assert_true(u == pn_uniform(cases[i].seed, cases[i].patient, PN_DRAW_COHORT,
                                    pn_name_hash(cases[i].name), 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_their_distribution_functions),
        cmocka_unit_test(moments_are_right_to_four_standard_errors),
        cmocka_unit_test(spreads_of_a_lognormal_are_the_same_in_all_measures),
        cmocka_unit_test(without_a_spread_all_are_typical),
        cmocka_unit_test(truncation_keeps_its_bounds_and_uses_all_of_them),
        cmocka_unit_test(g_and_h_bend_the_quantiles_as_written),
        cmocka_unit_test(correlations_are_those_of_the_scores),
        cmocka_unit_test(cases_follow_the_variable_that_chooses),
        cmocka_unit_test(other_variables_do_not_move_a_draw),
        cmocka_unit_test(a_draw_out_of_range_fails_that_patient),
        cmocka_unit_test(names_of_a_study_have_different_keys),
        cmocka_unit_test(the_script_draws_the_same_patients),
        cmocka_unit_test(the_script_has_the_same_uniform_numbers),
    };
    return cmocka_run_group_tests(tests, load_units, free_units);
}
