/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints of a span are of the solution: closed forms, other grids, other company, a
 * fine grid as second method. */
#include "solver/integrate/nodes.h"
#include "study_fixture.h"

#define STUDY(grid, drug, regimen, endpoints)                                            \
    "name: follow\nseed: 5\npopulation: {size: 1}\n"                                     \
    "drugs: {d: " drug "}\narms: {a: [" regimen "]}\nduration: 96 h\n"                   \
    "output: {every: " grid ", keep: [d.C]}\nsolver: {method: auto, rtol: 1e-9}\n"       \
    "endpoints:\n" endpoints

#define ONE                                                                              \
    "{route: iv, kinetics: {model: pk1, parameters: {CL: 1 L/h, V1: 20 L, KA: 0.5 "      \
    "1/h}}}"
#define SPAN(from, to)                                                                   \
    "  Cmax: {of: d.C, take: Cmax, from: " from ", to: " to "}\n"                        \
    "  Cmin: {of: d.C, take: Cmin, from: " from ", to: " to "}\n"                        \
    "  AUC: {of: d.C, take: AUC, from: " from ", to: " to "}\n"                          \
    "  Cavg: {of: d.C, take: Cavg, from: " from ", to: " to "}\n"                        \
    "  tmax: {of: d.C, take: tmax, from: " from ", to: " to "}\n"                        \
    "  Ctrough: {of: d.C, take: Ctrough, at: " to "}\n"

static const char *const names[] = {"Cmax", "Cmin", "AUC", "Cavg", "tmax", "Ctrough"};
enum { CMAX, CMIN, AUC, CAVG, TMAX, CTROUGH, N_NAMES };

static void run(const char *text, double *value)
{
    struct fixture fixture = fixture_run(text);

    for (int i = 0; i < N_NAMES; i++)
        value[i] = *fixture_values(&fixture, 0, names[i]);
    fixture_free(&fixture);
}

static void assert_endpoints(const char *text, const double *want)
{
    double got[N_NAMES];

    run(text, got);
    for (int i = 0; i < N_NAMES; i++) /* a largest value is flat: its time is not sharp */
        assert_close(got[i], want[i], i == TMAX ? 1e-5 : 1e-7, 1e-9);
}

/* --- closed forms: k = 1/20, a dose of 100 mg is 5 mg/L --- */

static void a_bolus_at_steady_state(void **state)
{
    double k = 0.05, peak = 5 / (1 - exp(-24 * k)), low = peak * exp(-24 * k);

    (void)state;
    assert_endpoints(STUDY("5 h", ONE,
                           "{drug: d, dose: 100 mg, every: 24 h, steady_state: true}",
                           SPAN("24 h", "48 h")),
                     (double[]){peak, low, 100, 100. / 24, 0, low});
}

/* 10 mg/h for 10 h: it rises to the end of the infusion, a known corner */
static void an_infusion_peaks_at_its_end(void **state)
{
    double k = 0.05, peak = 10 * (1 - exp(-10 * k)), low = peak * exp(-14 * k);

    (void)state;
    assert_endpoints(
        STUDY("7 h", ONE, "{drug: d, dose: 100 mg, over: 10 h}", SPAN("0 h", "24 h")),
        (double[]){peak, 0, 100 - 20 * low, (100 - 20 * low) / 24, 10, low});
}

/* Bateman: C = D KA/(V (KA - k)) (exp(-k t) - exp(-KA t)) */
static void a_tablet_peaks_between_all_times(void **state)
{
    double k = 0.05, ka = 0.5, b = 5 * ka / (ka - k), t = log(ka / k) / (ka - k);
    double peak = b * (exp(-k * t) - exp(-ka * t)), to = 30;
    double low = b * (exp(-k * to) - exp(-ka * to));
    double area = b * ((1 - exp(-k * to)) / k - (1 - exp(-ka * to)) / ka);

    (void)state;
    assert_endpoints(
        STUDY("24 h", ONE, "{drug: d, dose: 100 mg, route: oral}", SPAN("0 h", "30 h")),
        (double[]){peak, 0, area, area / 30, t, low});
}

/* Two compartments: C = A exp(-alpha t) + B exp(-beta t); at steady state each term is
 * summed over the endless past. */
static void two_compartments_at_steady_state(void **state)
{
    double k10 = 1. / 20, k12 = 2. / 20, k21 = 2. / 40, sum = k10 + k12 + k21;
    double root = sqrt(sum * sum - 4 * k10 * k21);
    double alpha = (sum + root) / 2, beta = (sum - root) / 2;
    double A = 5 * (alpha - k21) / (alpha - beta), B = 5 * (k21 - beta) / (alpha - beta);
    double a = A / (1 - exp(-24 * alpha)), b = B / (1 - exp(-24 * beta));
    double low = a * exp(-24 * alpha) + b * exp(-24 * beta);

    (void)state;
    assert_endpoints(STUDY("11 h",
                           "{route: iv, kinetics: {model: pk2, parameters: {CL: 1 L/h, "
                           "V1: 20 L, Q: 2 L/h, V2: 40 L}}}",
                           "{drug: d, dose: 100 mg, every: 24 h, steady_state: true}",
                           SPAN("48 h", "72 h")),
                     (double[]){a + b, low, 100, 100. / 24, 0, low});
}

/* --- what does not count --- */

static void no_grid_changes_a_bit(void **state)
{
    static const char *const grids[] = {"every: 1 h", "every: 7 h", "every: 96 h"};
    double first[N_NAMES], other[N_NAMES];
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        const char *study =
            STUDY("1 h", ONE, "{drug: d, dose: 100 mg, every: 24 h, route: oral}",
                  SPAN("23.3 h", "61.7 h"));
        const char *grid = strstr(study, "every: 1 h");
        int before = (int)(grid - study);

        snprintf(text, sizeof text, "%.*s%s%s", before, study, grids[i],
                 grid + strlen("every: 1 h"));
        run(text, i == 0 ? first : other);
        if (i > 0)
            assert_memory_equal(first, other, sizeof first);
    }
}

#define COHORT(endpoints)                                                                \
    "name: company\nseed: 5\npopulation: {size: 11, covariates: {blood_eosinophils: "    \
    "{median: 300 cells/uL, cv: 60 %}}}\n"                                               \
    "drugs:\n  d: {route: sc, molar_mass: 100 kg/mol, kinetics: {model: pk2, "           \
    "parameters: {CL: {median: 0.02 L/h, cv: 40 %}, V1: 3 L, Q: 0.02 L/h, V2: 2 L, KA: " \
    "0.02 1/h}}, targets: {il5: {Kd: 5 nM}}}\n"                                          \
    "arms: {none: [], a: [{drug: d, dose: 100 mg, every: 4 week}]}\n"                    \
    "disease: [eosinophils_il5]\nduration: 8 week\n" endpoints

#define OF_EOSINOPHILS                                                                   \
    "endpoints:\n"                                                                       \
    "  low: {of: eosinophils_il5.blood, take: min, from: 1 day, to: 55 day}\n"           \
    "  high: {of: eosinophils_il5.blood, take: max, from: 20 day}\n"                     \
    "  area: {of: eosinophils_il5.airway, take: auc, from: 5 day, to: 50 day}\n"         \
    "  fall: {of: eosinophils_il5.E, take: min, change: percent}\n"                      \
    "  when: {of: d.C, take: tmax, from: 28 day}\n"                                      \
    "  later: {of: eosinophils_il5.E, at: 33 h, change: absolute, baseline: 5 h}\n"

static const char *const six[] = {"low", "high", "area", "fall", "when", "later"};

static void no_company_changes_a_bit(void **state)
{
    const char *text = COHORT("output: {every: 1 week, keep: [eosinophils_il5.blood, "
                              "eosinophils_il5.airway, eosinophils_il5.E, "
                              "d.C]}\n" OF_EOSINOPHILS);
    struct fixture all = fixture_run(text), few = fixture_read(text);

    (void)state;
    few.n_order = 0;
    for (size_t job = pn_trial_n_jobs(few.trial); job-- > 15;)
        few.job[few.n_order++] = (int64_t)job;
    fixture_simulate(&few);
    for (size_t job = 15; job < pn_trial_n_jobs(few.trial); job++)
        assert_memory_equal(few.life[job].values, all.life[job].values,
                            all.trial->n_values * sizeof(double));
    fixture_free(&few);
    fixture_free(&all);
}

/* --- states of an ODE without a closed form: the same from a fine grid --- */

static void a_fine_grid_says_the_same(void **state)
{
    enum { N = 8 * 7 * 24 * 2 + 1 }; /* every half hour */
    struct fixture fixture =
        fixture_run(COHORT("output: {every: 30 min, keep: [eosinophils_il5.blood, "
                           "eosinophils_il5.airway, eosinophils_il5.E, d.C]}\n"
                           "solver: {method: explicit, rtol: 1e-8}\n" OF_EOSINOPHILS));

    (void)state;
    for (size_t job = 11; job < 22; job += 3) {
        const double *blood = fixture_values(&fixture, job, "eosinophils_il5.blood");
        const double *airway = fixture_values(&fixture, job, "eosinophils_il5.airway");
        const double *C = fixture_values(&fixture, job, "d.C");
        double low = (double)INFINITY, least = (double)INFINITY, high = 0, area = 0;
        size_t when = 28 * 48 + 1;

        for (size_t i = 0; i < N; i++) {
            least = fmin(least, blood[i]);
            low = i >= 48 && i <= 55 * 48 ? fmin(low, blood[i]) : low;
            high = i >= 20 * 48 ? fmax(high, blood[i]) : high;
            when = i > when && C[i] > C[when] ? i : when;
        }
        for (size_t i = 5 * 48; i < 50 * 48; i += 2) /* Simpson */
            area += (airway[i] + 4 * airway[i + 1] + airway[i + 2]) / 6;
        assert_close(*fixture_values(&fixture, job, "low"), low, 1e-6, 0);
        assert_close(*fixture_values(&fixture, job, "high"), high, 1e-6, 0);
        assert_close(*fixture_values(&fixture, job, "area"), area, 1e-6, 0);
        assert_close(*fixture_values(&fixture, job, "fall"), 100 * (least / blood[0] - 1),
                     1e-6, 0);
        assert_close(*fixture_values(&fixture, job, "when"), (double)when / 2 - 28 * 24,
                     0, 0.5);
        assert_close(*fixture_values(&fixture, job, "later"), blood[66] - blood[10], 0,
                     1e-9 * blood[0]);
    }
    fixture_free(&fixture);
}

static void other_methods_say_the_same(void **state)
{
    static const char *const methods[] = {"explicit", "rosenbrock", "cvode"};
    double want[6], got;

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        char text[4096];
        struct fixture fixture;

        snprintf(text, sizeof text, "%ssolver: {method: %s, rtol: 1e-9}\n",
                 COHORT("output: {every: 1 week, keep: [eosinophils_il5.blood, "
                        "eosinophils_il5.airway, eosinophils_il5.E, "
                        "d.C]}\n" OF_EOSINOPHILS),
                 methods[m]);
        fixture = fixture_read(text);
        fixture.n_order = 1;
        fixture.job[0] = 12;
        fixture_simulate(&fixture);
        for (size_t i = 0; i < 6; i++) {
            got = *fixture_values(&fixture, 12, six[i]);
            want[i] = m == 0 ? got : want[i];
            assert_close(got, want[i], strcmp(six[i], "when") == 0 ? 1e-3 : 1e-6, 1e-6);
        }
        fixture_free(&fixture);
    }
}

/* --- what is missing --- */

static void a_drug_that_is_not_given_is_nothing(void **state)
{
    struct fixture fixture =
        fixture_run(COHORT("output: {every: 1 week, keep: [d.C]}\nendpoints:\n"
                           "  high: {of: d.C, take: max}\n  area: {of: d.C, take: auc}\n"
                           "  when: {of: d.C, take: tmax}\n"));

    (void)state;
    assert_true(*fixture_values(&fixture, 0, "high") == 0);
    assert_true(*fixture_values(&fixture, 0, "area") == 0);
    assert_true(isnan(*fixture_values(&fixture, 0, "when")));
    fixture_free(&fixture);
}

static void who_leaves_has_no_endpoint_of_what_is_not_lived(void **state)
{
    struct fixture fixture = fixture_run(
        "name: leave\nseed: 2\npopulation: {size: 12}\n"
        "drugs: {d: " ONE "}\narms: {a: {regimens: [{drug: d, dose: 100 mg}], dropout: "
        "{rate: 0.02 1/h}}}\nduration: 96 h\noutput: {every: 96 h, keep: [d.C]}\n"
        "endpoints: {whole: {of: d.C, take: auc}, first: {of: d.C, take: auc, to: 1 "
        "h}, end: {of: d.C, take: Ctrough, at: 50 h}}\n");
    size_t n = 0;

    (void)state;
    for (size_t job = 0; job < 12; job++) {
        double end = fixture.life[job].t_end;

        n += end < 96;
        assert_int_equal(isnan(*fixture_values(&fixture, job, "whole")), end < 96);
        assert_int_equal(isnan(*fixture_values(&fixture, job, "first")), end < 1);
        assert_int_equal(isnan(*fixture_values(&fixture, job, "end")), end < 50);
    }
    assert_in_range(n, 3, 11);
    fixture_free(&fixture);
}

/* --- the nodes --- */

static void a_polynomial_is_integrated_and_topped_exactly(void **state)
{
    double v[PN_NODES], theta = -1, top = 0.3;

    (void)state;
    for (int i = 0; i < PN_NODES; i++) /* largest at 0.3 */
        v[i] = 2 - pow(pn_node[i] - top, 2) - 3 * pow(pn_node[i] - top, 4);
    assert_close(pn_nodes_largest(v, (double)-INFINITY, &theta), 2, 1e-15, 0);
    assert_close(theta, top, 0, 1e-7);
    theta = -1;
    assert_true(pn_nodes_largest(v, 2.5, &theta) == 2.5 && theta == -1);
    for (int i = 0; i < PN_NODES; i++)
        v[i] = pow(pn_node[i], 13);
    assert_close(pn_nodes_integral(v), 1. / 14, 1e-14, 0);
    assert_true(pn_nodes_largest(v, 0, &theta) == 1 && theta == 1);
    v[3] = (double)NAN;
    assert_true(isnan(pn_nodes_largest(v, 0, &theta)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bolus_at_steady_state),
        cmocka_unit_test(an_infusion_peaks_at_its_end),
        cmocka_unit_test(a_tablet_peaks_between_all_times),
        cmocka_unit_test(two_compartments_at_steady_state),
        cmocka_unit_test(no_grid_changes_a_bit),
        cmocka_unit_test(no_company_changes_a_bit),
        cmocka_unit_test(a_fine_grid_says_the_same),
        cmocka_unit_test(other_methods_say_the_same),
        cmocka_unit_test(a_drug_that_is_not_given_is_nothing),
        cmocka_unit_test(who_leaves_has_no_endpoint_of_what_is_not_lived),
        cmocka_unit_test(a_polynomial_is_integrated_and_topped_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
