/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of designs against numbers known from elsewhere. */
#include "design_study.h"

static void assert_points(const char *design, size_t n, size_t n_factors,
                          const double *want)
{
    char text[4096];
    struct pn_study *study;
    struct pn_points *points;

    snprintf(text, sizeof text, STUDY "design:\n%s", design);
    study = read_text(text);
    points = points_of(study);
    assert_int_equal(points->n, n);
    assert_int_equal(points->n_factors, n_factors);
    for (size_t i = 0; i < n * n_factors; i++)
        assert_close(points->value[i], want[i], 1e-14, 0);
    pn_points_free(&points);
    check_round_trip(study);
    pn_study_free(&study);
}

/* --- grid and list --- */

static void a_grid_is_all_combinations_the_last_factor_fastest(void **state)
{
    static const double want[] = {10, 1, 1, 10, 1, 0, 10, 0.5, 1, 10, 0.5, 0,
                                  20, 1, 1, 20, 1, 0, 20, 0.5, 1, 20, 0.5, 0};

    (void)state;
    assert_points("  method: grid\n  factors:\n    abc.CL: [10 L/h, 20 L/h]\n"
                  "    abc.F: [100 %, 50 %]\n    sex: [male, female]\n",
                  8, 3, want);
}

static void levels_can_be_written_in_many_ways(void **state)
{
    static const char *const forms[] = {"[10 L/h, 20 L/h, 30 L/h]",
                                        "[10, 20, 30 L/h]",
                                        "10, 20, 30 L/h",
                                        "10 L/h,20000 mL/h , 0.5 L/min",
                                        "{low: 10 L/h, high: 30 L/h, n: 3}",
                                        "{low: 240 L/day, high: 30 L/h, n: 3}"};
    static const double want[] = {10, 20, 30}, one[] = {3},
                        decades[] = {0.1, 1, 10, 100, 1000};
    char design[256];

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(design, sizeof design, "  method: grid\n  factors:\n    abc.CL: %s\n",
                 forms[i]);
        assert_points(design, 3, 1, want);
    }
    assert_points("  {method: grid, factors: {abc.CL: {low: 0.1 L/h, high: 1000 L/h, n: "
                  "5, scale: log}}}\n",
                  5, 1, decades);
    assert_points("  {method: grid, factors: {abc.CL: 3 L/h}}\n", 1, 1, one);
}

static void a_list_is_the_rows_of_its_table(void **state)
{
    static const char table[] = "low.abc.dose [mmol],abc.every [day],\"sex\",abc.CL "
                                "[L/h]\r\n0.2,0.5,male,12\n\n 1 ,1,female,13.5";
    static const double want[] = {100, 12, 1, 12, 500, 24, 0, 13.5}; /* 500 g/mol */

    (void)state;
    write_file("p.csv", table, strlen(table));
    assert_points("  {method: list, file: p.csv}\n", 2, 4, want);
    remove_file("p.csv");
}

/* --- samples --- */

static struct pn_study *study_of(const char *method, size_t n, const char *factors)
{
    char text[4096];

    snprintf(text, sizeof text,
             STUDY "design: {method: %s, points: %zu, factors: {%s}}\n", method, n,
             factors);
    return read_text(text);
}

#define TWO    "abc.CL: {median: 10 L/h, omega: 0.5}, abc.V1: {uniform: [2 L, 4 L]}"
#define SHARES "abc.F: {uniform: [1, 2]}, abc.V1: {uniform: [1 L, 2 L]}"

static void random_points_have_their_distributions_and_are_independent(void **state)
{
    enum { N = 20000 };
    struct pn_study *study = study_of("random", N, TWO);
    struct pn_points *points = points_of(study);
    double m[2] = {0, 0}, s[3] = {0, 0, 0};

    (void)state;
    for (size_t i = 0; i < N; i++) {
        double x = log(pn_point(points, i)[0] / 10) / 0.5;
        double y = (pn_point(points, i)[1] - 3) * sqrt(3);
        m[0] += x / N;
        m[1] += y / N;
        s[0] += x * x / N;
        s[1] += y * y / N;
        s[2] += x * y / N;
        assert_true(fabs(pn_point(points, i)[1] - 3) < 1);
    }
    /* 4 standard errors: of means and of a correlation 1, of squares sqrt 2, sqrt 0.8 */
    assert_close(m[0], 0, 0, 4 / sqrt(N));
    assert_close(m[1], 0, 0, 4 / sqrt(N));
    assert_close(s[0], 1, 0, 4 * sqrt(2. / N));
    assert_close(s[1], 1, 0, 4 * sqrt(0.8 / N));
    assert_close(s[2], 0, 0, 4 / sqrt(N));
    pn_points_free(&points);
    pn_study_free(&study);
}

/* More points, and another factor before: the old numbers stay where they were. */
static void assert_extends(const char *method)
{
    struct pn_study *few = study_of(method, 5, TWO), *more = study_of(method, 13, TWO);
    struct pn_points *a = points_of(few), *b = points_of(more);

    assert_same_bits(a->value, b->value, 5 * 2);
    assert_true(pn_point(b, 5)[0] != pn_point(b, 4)[0]);
    pn_points_free(&a);
    pn_points_free(&b);
    pn_study_free(&few);
    pn_study_free(&more);
}

static void earlier_points_stay_when_points_are_added(void **state)
{
    (void)state;
    assert_extends("random");
    assert_extends("sobol");
}

static void random_draws_are_keyed_by_the_name_of_their_factor(void **state)
{
    struct pn_study *one = study_of("random", 4, "abc.V1: {uniform: [2 L, 4 L]}"),
                    *two = study_of("random", 4, TWO);
    struct pn_points *a = points_of(one), *b = points_of(two);

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_same_bits(pn_point(a, i), pn_point(b, i) + 1, 1);
    pn_points_free(&a);
    pn_points_free(&b);
    pn_study_free(&one);
    pn_study_free(&two);
}

static void a_latin_hypercube_has_one_point_in_each_share(void **state)
{
    enum { N = 37 };
    struct pn_study *study = study_of("latin_hypercube", N, SHARES);
    struct pn_points *points = points_of(study);
    size_t seen[2][N] = {{0}}, n_in_order = 0, n_alike = 0;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        size_t share[2];
        for (size_t j = 0; j < 2; j++) {
            double u = pn_point(points, i)[j] - 1;
            assert_true(u > 0 && u < 1);
            share[j] = (size_t)(u * N);
            seen[j][share[j]]++;
        }
        n_in_order += share[0] == i;
        n_alike += share[0] == share[1];
    }
    for (size_t k = 0; k < N; k++)
        assert_true(seen[0][k] == 1 && seen[1][k] == 1);
    assert_true(n_in_order < 8 && n_alike < 8); /* expected: 1 each */
    pn_points_free(&points);
    pn_study_free(&study);
}

static void sobol_points_are_those_of_the_books(void **state)
{
    /* Bratley and Fox 1988; the first two dimensions, in Gray code order */
    static const double u[][2] = {
        {0.5,   0.5  },
        {0.75,  0.25 },
        {0.25,  0.75 },
        {0.375, 0.375},
        {0.875, 0.875},
        {0.625, 0.125},
        {0.125, 0.625}
    };
    struct pn_study *study = study_of("sobol", 7, SHARES),
                    *median = study_of("sobol", 1, TWO);
    struct pn_points *points = points_of(study), *middle = points_of(median);

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        assert_close(pn_point(points, i)[0], 1 + u[i][0], 1e-15, 0);
        assert_close(pn_point(points, i)[1], 1 + u[i][1], 1e-15, 0);
    }
    assert_close(middle->value[0], 10, 1e-15, 0);
    assert_close(middle->value[1], 3, 1e-15, 0);
    pn_points_free(&points);
    pn_points_free(&middle);
    pn_study_free(&study);
    pn_study_free(&median);
}

static void samples_are_read_back_with_every_distribution(void **state)
{
    static const char *const methods[] = {"random", "latin_hypercube", "sobol"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct pn_study *study = study_of(
            methods[i], 9,
            "abc.CL: {median: 10 L/h, cv: 0.3, g: 0.1, h: 0.1, low: 2 L/h}, "
            "abc.V1: {mean: 50 L, sd: 5 L, high: 60 L}, sex: male, abc.F: 90 %, "
            "weight: {categories: {60 kg: 0.3, 80 kg: 0.7}}, abc.CL.omega: {uniform: "
            "[0.1, 0.4]}, abc.Q: {value: 4 L/h}, low.abc.every: {uniform: [6 h, 1 "
            "day]}");
        check_round_trip(study);
        pn_study_free(&study);
    }
}

/* --- covariance --- */

static struct pn_study *covariance_of(const char *table, size_t n, const char *scale)
{
    char text[4096];

    write_file("c.csv", table, strlen(table));
    snprintf(text, sizeof text,
             STUDY "design: {method: covariance, points: %zu, file: c.csv, scale: %s}\n",
             n, scale);
    return read_text(text);
}

/* Moments of 20,000 points within 4 standard errors of a matrix: of a mean s / sqrt n, of
 * a covariance sqrt((s_ij^2 + s_ii s_jj) / n) (multivariate normal). */
static void assert_moments(const struct pn_points *points, int log_scale,
                           const double *middle, const double matrix[3][3])
{
    size_t n = points->n;
    double mean[3] = {0}, second[3][3] = {{0}};

    assert_int_equal(points->n_factors, 3);
    for (size_t i = 0; i < n; i++) {
        double x[3];
        for (size_t j = 0; j < 3; j++) {
            double value = pn_point(points, i)[j];
            x[j] = log_scale ? log(value / middle[j]) : value - middle[j];
            mean[j] += x[j] / (double)n;
        }
        for (size_t j = 0; j < 3; j++)
            for (size_t k = 0; k < 3; k++)
                second[j][k] += x[j] * x[k] / (double)n;
    }
    for (size_t j = 0; j < 3; j++) {
        assert_close(mean[j], 0, 0, 4 * sqrt(matrix[j][j] / (double)n));
        for (size_t k = 0; k < 3; k++) {
            double a = matrix[j][k], b = matrix[j][j] * matrix[k][k];
            assert_close(second[j][k], a, 0, 4 * sqrt((a * a + b) / (double)n));
        }
    }
}

static void a_covariance_has_its_moments_around_the_study_s_own_values(void **state)
{
    /* in units of the columns: 1 mL/min is 0.06 L/h */
    static const char linear[] = "name,abc.CL [mL/min],abc.V1 [L],abc.CL.weight\n"
                                 "abc.CL,100,24,0\nabc.V1,24,9,-0.1\n"
                                 "abc.CL.weight,0,-0.1,0.01\n";
    static const double want[3][3] = {
        {0.36, 1.44, 0   },
        {1.44, 9,    -0.1},
        {0,    -0.1, 0.01}
    };
    static const char ln[] = "name,abc.CL,abc.V1,abc.CL.omega\nabc.CL,0.04,0.01,0\n"
                             "abc.V1,0.01,0.09,-0.02\nabc.CL.omega,0,-0.02,0.01\n";
    static const double want_ln[3][3] = {
        {0.04, 0.01,  0    },
        {0.01, 0.09,  -0.02},
        {0,    -0.02, 0.01 }
    };
    struct pn_study *a = covariance_of(linear, 20000, "linear"), *b;
    struct pn_points *x = points_of(a), *y;

    (void)state;
    check_round_trip(a);
    b = covariance_of(ln, 20000, "log");
    y = points_of(b);
    check_round_trip(b);
    assert_moments(x, 0, (double[]){10, 50, 0.75}, want);
    assert_moments(y, 1, (double[]){10, 50, 0.3}, want_ln);
    pn_points_free(&x);
    pn_points_free(&y);
    pn_study_free(&a);
    pn_study_free(&b);
    remove_file("c.csv");
}

/* Rank 1: V1 follows from CL; Q is not uncertain at all. */
static void a_singular_covariance_keeps_what_it_says(void **state)
{
    struct pn_study *few,
        *study = covariance_of(
            "name,abc.CL [L/h],abc.V1 [L],abc.Q [L/h]\nabc.CL,1,2,0\nabc.V1,2,4,0\n"
            "abc.Q,0,0,0\n",
            50, "linear");
    struct pn_points *points = points_of(study), *a;

    (void)state;
    for (size_t i = 0; i < 50; i++) {
        const double *x = pn_point(points, i);
        assert_close(x[1] - 50, 2 * (x[0] - 10), 1e-12, 1e-12);
        assert_close(x[2], 4, 0, 0);
    }
    few = covariance_of("name,abc.CL [L/h],abc.V1 [L]\nabc.CL,1,2\nabc.V1,2,4\n", 20,
                        "linear");
    a = points_of(few);
    for (size_t i = 0; i < 20; i++) /* earlier points stay */
        assert_same_bits(pn_point(a, i), pn_point(points, i), 2);
    pn_points_free(&points);
    pn_points_free(&a);
    pn_study_free(&study);
    pn_study_free(&few);
    remove_file("c.csv");
}

/* --- out of range --- */

static void a_point_out_of_range_is_told_once_for_each_factor(void **state)
{
    struct pn_study *study = covariance_of(
        "name,abc.CL [L/h],abc.V1 [L]\nabc.CL,1e4,0\nabc.V1,0,1\n", 40, "linear");
    struct pn_points *points;
    const char *text = list.kept[0].text;
    size_t point = 0;

    (void)state;
    list.n = 0;
    assert_int_equal(pn_points_create(study, &list, &points), PN_ERR_INPUT);
    assert_null(points);
    assert_int_equal(list.n, 1);
    assert_non_null(strstr(text, "c.csv:1:6: error: point "));
    assert_int_equal(sscanf(strstr(text, "point "), "point %zu", &point), 1);
    assert_true(point >= 1 && point <= 10); /* half of them are below 0 */
    assert_non_null(strstr(text, " of the design (and others): abc.CL = -"));
    assert_non_null(strstr(text, " is out of its range 0.0001 to 10000 L/h; consider "
                                 "'scale: log' or a smaller variance"));
    pn_study_free(&study);
    remove_file("c.csv");
    study = study_of("random", 40,
                     "abc.CL: {mean: 10 L/h, sd: 5 L/h, low: 0.1 L/h}, "
                     "abc.V1: {mean: 10 L, sd: 30 L}");
    assert_int_equal(pn_points_create(study, &list, &points), PN_ERR_INPUT);
    assert_int_equal(list.n, 1); /* CL has its low */
    assert_non_null(strstr(text, ": abc.V1 = -"));
    assert_non_null(strstr(text, "; give its distribution 'low' and 'high'"));
    pn_study_free(&study);
}

static void a_study_without_a_design_is_one_point(void **state)
{
    struct pn_study *study = read_text(STUDY);
    struct pn_points *points = points_of(study);

    (void)state;
    assert_null(study->design);
    assert_int_equal(points->n_factors, 0);
    pn_points_free(&points);
    pn_points_free(&points);
    pn_study_free(&study);
}

/* --- the script --- */

static void assert_script_agrees(const char *method)
{
    struct pn_study *study = study_of(
        method, 6,
        "abc.CL: {median: 10 L/h, omega: 0.5}, abc.V1: {mean: 50 L, sd: 5 L}, sex: "
        "{categories: {male: 0.5, female: 0.5}}");
    struct pn_points *points = points_of(study);
    char path[128], command[512], line[256], *text;
    FILE *lines;
    size_t n = 0;

    assert_int_equal(pn_study_write(study, &text), PN_OK);
    write_file("r.yaml", text, strlen(text));
    path_of(path, "r.yaml");
    snprintf(command, sizeof command,
             "/usr/bin/python3 " PN_SOURCE_DIR
             "/scripts/redraw.py --resolved %s --design",
             path);
    lines = popen(command, "r");
    assert_non_null(lines);
    for (; fgets(line, sizeof line, lines); n++) {
        size_t point, j = n % 3;
        char name[64], value[64];
        assert_int_equal(sscanf(line, "%zu %63s %63s", &point, name, value), 3);
        assert_int_equal(point, n / 3 + 1);
        assert_string_equal(name, study->design->factor[j].name);
        if (j < 2)
            assert_close(pn_point(points, n / 3)[j], strtod(value, NULL), 1e-13, 0);
        else
            assert_true(pn_point(points, n / 3)[j] == (value[0] == 'm'));
    }
    assert_int_equal(pclose(lines), 0);
    assert_int_equal(n, 18);
    remove_file("r.yaml");
    free(text);
    pn_points_free(&points);
    pn_study_free(&study);
}

static void the_script_draws_the_same_points(void **state)
{
    (void)state;
    assert_script_agrees("random");
    assert_script_agrees("latin_hypercube");
}

static void the_example_is_read(void **state)
{
    struct pn_study *study = read_good(PN_SOURCE_DIR "/inputs/sweep.yaml");

    (void)state;
    assert_int_equal(study->design->n_points, 12);
    check_round_trip(study);
    pn_study_free(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_is_all_combinations_the_last_factor_fastest),
        cmocka_unit_test(levels_can_be_written_in_many_ways),
        cmocka_unit_test(a_list_is_the_rows_of_its_table),
        cmocka_unit_test(random_points_have_their_distributions_and_are_independent),
        cmocka_unit_test(earlier_points_stay_when_points_are_added),
        cmocka_unit_test(random_draws_are_keyed_by_the_name_of_their_factor),
        cmocka_unit_test(a_latin_hypercube_has_one_point_in_each_share),
        cmocka_unit_test(sobol_points_are_those_of_the_books),
        cmocka_unit_test(samples_are_read_back_with_every_distribution),
        cmocka_unit_test(a_covariance_has_its_moments_around_the_study_s_own_values),
        cmocka_unit_test(a_singular_covariance_keeps_what_it_says),
        cmocka_unit_test(a_point_out_of_range_is_told_once_for_each_factor),
        cmocka_unit_test(a_study_without_a_design_is_one_point),
        cmocka_unit_test(the_script_draws_the_same_points),
        cmocka_unit_test(the_example_is_read),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
