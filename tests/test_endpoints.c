/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints: one number a patient, made of the outputs. */
#include "study_fixture.h"

#define STUDY(endpoints, more)                                                           \
    "name: endpoints\nseed: 5\npopulation: {size: 3}\n"                                  \
    "drugs: {one: {route: iv, kinetics: {model: pk1, parameters: {CL: {median: 2 L/h, "  \
    "cv: 30 %}, V1: 20 L}}}}\n"                                                          \
    "arms: {none: [], given: [{drug: one, dose: 100 mg}]}\n"                             \
    "duration: 100 h\noutput: {every: 1 h, keep: [one.C]}\n"                             \
    "solver: {method: auto, rtol: 1e-9}\nendpoints:\n" endpoints more

static double endpoint(const struct fixture *fixture, size_t job, const char *name)
{
    return *fixture_values(fixture, job, name);
}

/* C = 5 exp(-k t), k = CL/V1: each endpoint in closed form, k from the values themselves
 */
static void endpoints_follow_the_exponential(void **state)
{
    struct fixture fixture = fixture_run(
        STUDY("  C24: {of: one.C, at: 24 h}\n"
              "  last: {of: one.C}\n"
              "  fall: {of: one.C, at: 10 h, change: absolute, baseline: 4 h}\n"
              "  left: {of: one.C, at: 10 h, change: ratio, baseline: 4 h}\n"
              "  percent: {of: one.C, at: 10 h, change: percent}\n"
              "  Cmax: {of: one.C, take: max, from: 2 h, to: 50 h}\n"
              "  Cmin: {of: one.C, take: min, from: 2 h, to: 50 h}\n"
              "  AUC: {of: one.C, take: auc}\n"
              "  Cavg: {of: one.C, take: mean, from: 2 h, to: 50 h}\n",
              ""));

    (void)state;
    for (size_t job = 3; job < 6; job++) {
        const double *C = fixture_values(&fixture, job, "one.C");
        double k = log(C[1] / C[2]);
        assert_close(C[1], 5 * exp(-k), 1e-6, 0);
        assert_close(endpoint(&fixture, job, "C24"), 5 * exp(-24 * k), 1e-6, 0);
        assert_close(endpoint(&fixture, job, "last"), 5 * exp(-100 * k), 1e-6, 1e-12);
        assert_close(endpoint(&fixture, job, "fall"), 5 * (exp(-10 * k) - exp(-4 * k)),
                     1e-6, 0);
        assert_close(endpoint(&fixture, job, "left"), exp(-6 * k), 1e-6, 0);
        assert_close(endpoint(&fixture, job, "Cmax"), 5 * exp(-2 * k), 1e-6, 0);
        assert_close(endpoint(&fixture, job, "Cmin"), 5 * exp(-50 * k), 1e-6, 1e-12);
        assert_close(endpoint(&fixture, job, "AUC"), 5 * (1 - exp(-100 * k)) / k, 1e-6,
                     0);
        assert_close(endpoint(&fixture, job, "Cavg"),
                     5 * (exp(-2 * k) - exp(-50 * k)) / k / 48, 1e-6, 0);
    }
    fixture_free(&fixture);
}

/* nothing at the start: a ratio to it is missing, not infinite */
static void a_ratio_to_nothing_is_missing(void **state)
{
    struct fixture fixture =
        fixture_run(STUDY("  left: {of: one.C, at: 10 h, change: ratio}\n", ""));

    (void)state;
    for (size_t job = 0; job < 6; job++)
        assert_true(isnan(endpoint(&fixture, job, "left")));
    fixture_free(&fixture);
}

static void endpoints_have_units(void **state)
{
    static const char *const units[] = {"mg/L", "1", "%", "mg/L h"};
    struct fixture fixture = fixture_read(STUDY("  a: {of: one.C, change: absolute}\n"
                                                "  b: {of: one.C, change: ratio}\n"
                                                "  c: {of: one.C, change: percent}\n"
                                                "  d: {of: one.C, take: auc}\n",
                                                ""));
    const struct pn_trial *trial = fixture.trial;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(trial->output[trial->endpoint[i].output].unit, units[i]);
    fixture_free(&fixture);
}

/* the resolved study says the same endpoints, and what is kept */
static void endpoints_are_written_back(void **state)
{
    struct fixture fixture = fixture_read(
        STUDY("  a: {of: one.C, at: 1 day, change: percent, baseline: 1 h, responder: "
              "{below: -50 %}, contrast: none}\n"
              "  b: {of: one.C, take: auc, from: 2 h, to: 50 h, responder: {above: 3 "
              "mg*h/L}}\n",
              "lives: {patients: [3, 1]}\nsummary: {quantiles: [0.1, 0.5]}\n"));
    char *first, *second;

    (void)state;
    assert_int_equal(pn_study_write(fixture.study, &first), PN_OK);
    assert_close(fixture.study->endpoint[0].threshold, -50, 1e-14, 0);
    assert_close(fixture.study->endpoint[1].threshold, 3, 1e-14, 0);
    assert_int_equal(fixture.study->endpoint[0].contrast, 0);
    fixture_free(&fixture);
    fixture = fixture_read(first);
    assert_int_equal(pn_study_write(fixture.study, &second), PN_OK);
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "lives: {patients: [1, 3]}"));
    free(first);
    free(second);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_follow_the_exponential),
        cmocka_unit_test(a_ratio_to_nothing_is_missing),
        cmocka_unit_test(endpoints_have_units),
        cmocka_unit_test(endpoints_are_written_back),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
