/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every component of the catalogue, wired into studies, by every method against a
 * reference. */
#include "study_fixture.h"

#define STUDY(disease, keep, solver)                                                     \
    "name: methods\nseed: 5\npopulation: {size: 6, from: "                               \
    "populations/eosinophilic-asthma.yaml}\ndisease: [" disease "]\n"                    \
    "arms: {a: [{drug: drugs/fevipiprant.yaml, dose: 225 mg, every: 12 h, for: 2 week, " \
    "adherence: 0.8}]}\nduration: 4 week\noutput: {every: 25 h, keep: [" keep "]}\n"     \
    "solver: {" solver "}\n"

#define PK "fevipiprant.A0, fevipiprant.A1, fevipiprant.A2"
#define EOSINOPHILS                                                                      \
    ", eosinophils.T1, eosinophils.T2, eosinophils.T3, eosinophils.T4, eosinophils.B, "  \
    "eosinophils.E, eosinophils.sputum, feno.FeNO"
#define MASS   ", asm_mass.A"
#define GROWTH ", asm_growth.p, asm_growth.c, asm_growth.mu"

static const struct {
    const char *reference, *explicit, *rosenbrock, *cvode;
} studies[] = {
#define ROW(disease, keep)                                                               \
    {                                                                                    \
        STUDY(disease, keep, "method: explicit, rtol: 1e-11"),                           \
            STUDY(disease, keep, "method: explicit, rtol: 1e-6"),                        \
            STUDY(disease, keep, "method: rosenbrock, rtol: 1e-6"),                      \
            STUDY(disease, keep, "method: cvode, rtol: 1e-6")                            \
    }
    ROW("", PK),
    ROW("eosinophils, feno, asm_mass", PK EOSINOPHILS MASS),
    ROW("eosinophils, feno, asm_growth", PK EOSINOPHILS GROWTH),
};

/* largest error of a state in units of its tolerance, rtol (|x| + scale / 1000) */
static double error(const struct fixture *got, const struct fixture *want, double rtol)
{
    double worst = 0;

    for (size_t job = 0; job < 6; job++) {
        assert_int_equal(got->life[job].status, PN_OK);
        for (size_t i = 0; i < got->trial->n_outputs; i++) {
            const struct pn_output *output = &want->trial->output[i];
            const struct pn_quantity *row = want->trial->arm[0].symbol[i].row;
            if (output->over != PN_OVER_TIME)
                continue;
            for (size_t k = output->first; k < output->first + output->n_values; k++) {
                double w = want->life[job].values[k], g = got->life[job].values[k];
                double e = fabs(g - w) / (rtol * (fabs(w) + 1e-3 * row->scale));
                worst = isnan(e) ? (double)INFINITY : fmax(worst, e);
            }
        }
    }
    return worst;
}

static void check(const char *reference, const char *text, double allowed)
{
    struct fixture want = fixture_run(reference), got = fixture_run(text);
    double worst = error(&got, &want, 1e-6);

    print_message("    %s: error %.2g times rtol\n", got.study->method, worst);
    assert_true(worst <= allowed);
    fixture_free(&want);
    fixture_free(&got);
}

static void explicit_is_within_ten_times_its_tolerance(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++)
        check(studies[i].reference, studies[i].explicit, 10);
}

static void rosenbrock_is_within_ten_times_its_tolerance(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++)
        check(studies[i].reference, studies[i].rosenbrock, 10);
}

static void cvode_is_within_a_hundred_times_its_tolerance(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++)
        check(studies[i].reference, studies[i].cvode, 100);
}

/* the reference itself: two methods agree at tight tolerance */
static void the_reference_is_confirmed_by_rosenbrock(void **state)
{
    struct fixture want = fixture_run(studies[1].reference);
    struct fixture got =
        fixture_run(STUDY("eosinophils, feno, asm_mass", PK EOSINOPHILS MASS,
                          "method: rosenbrock, rtol: 1e-10"));

    (void)state;
    assert_true(error(&got, &want, 1e-10) <= 10);
    fixture_free(&want);
    fixture_free(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explicit_is_within_ten_times_its_tolerance),
        cmocka_unit_test(rosenbrock_is_within_ten_times_its_tolerance),
        cmocka_unit_test(cvode_is_within_a_hundred_times_its_tolerance),
        cmocka_unit_test(the_reference_is_confirmed_by_rosenbrock),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
