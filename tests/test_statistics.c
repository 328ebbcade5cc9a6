/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over patients, against numbers worked out by hand and by R. */
#include <string.h>

#include "check.h"
#include "solver/trial/statistics.h"

#define MISSING ((double)NAN)

static void the_missing_are_left_out_and_the_others_keep_their_order(void **state)
{
    double x[] = {MISSING, 3.0, MISSING, 1.0, 2.0};

    (void)state;
    assert_int_equal(pn_sample_present(x, 5), 3);
    assert_memory_equal(x, ((double[]){3.0, 1.0, 2.0}), 3 * sizeof *x);
    x[0] = x[1] = MISSING;
    assert_int_equal(pn_sample_present(x, 2), 0);
}

static void moments_are_those_worked_out_by_hand(void **state)
{
    const double x[] = {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};
    struct pn_moments of = pn_sample_moments(x, 8), one = pn_sample_moments(x, 1),
                      none = pn_sample_moments(x, 0);

    (void)state;
    assert_close(of.mean, 5.0, 1e-15, 0);
    assert_close(of.sd, sqrt(32.0 / 7.0), 1e-15, 0);
    assert_close(pn_moments_error(of), sqrt(32.0 / 7.0 / 8.0), 1e-15, 0);
    assert_true(one.mean == 2.0 && isnan(one.sd) && isnan(pn_moments_reach(one)));
    assert_true(isnan(none.mean) && isnan(none.sd) && isnan(pn_moments_error(none)));
}

/* the squares of large numbers that lie close would swallow their spread */
static void a_small_spread_of_large_numbers_is_kept(void **state)
{
    const double x[] = {1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0};

    (void)state;
    assert_close(pn_sample_moments(x, 3).sd, 1.0, 1e-12, 0);
}

/* qt(0.975, c(1, 2, 7, 8, 999)) in R 4.2 */
static void intervals_are_student_s(void **state)
{
    static const struct {
        size_t n;
        double t;
    } known[] = {
        {2,    12.7062047361747},
        {3,    4.30265272974946},
        {8,    2.36462425159278},
        {9,    2.30600413520417},
        {1000, 1.96234146113345}
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct pn_moments of = {known[i].n, 5.0, 3.0};
        assert_close(pn_moments_reach(of), known[i].t * 3.0 / sqrt((double)known[i].n),
                     1e-12, 0);
    }
}

/* quantile(c(1, 2, 4, 8), type = 7) */
static void quantiles_are_of_type_7(void **state)
{
    const double x[] = {1.0, 2.0, 4.0, 8.0};

    (void)state;
    assert_close(pn_sample_quantile(x, 4, 0.25), 1.75, 1e-15, 0);
    assert_close(pn_sample_quantile(x, 4, 0.5), 3.0, 1e-15, 0);
    assert_close(pn_sample_quantile(x, 4, 0.95), 7.4, 1e-15, 0);
    assert_true(pn_sample_quantile(x, 4, 0.0) == 1.0);
    assert_true(pn_sample_quantile(x, 1, 0.3) == 1.0);
    assert_true(isnan(pn_sample_quantile(x, 0, 0.5)));
}

static void who_is_at_the_threshold_does_not_respond(void **state)
{
    const double x[] = {0.1, 0.2, 0.2, 0.3};

    (void)state;
    assert_true(pn_sample_responders(x, 4, 0.2, 1) == 0.25);
    assert_true(pn_sample_responders(x, 4, 0.2, 0) == 0.25);
    assert_true(isnan(pn_sample_responders(x, 0, 0.2, 0)));
}

static void a_twin_that_is_missing_has_no_contrast(void **state)
{
    const double x[] = {3.0, MISSING, 5.0};
    double twin[] = {1.0, 1.0, MISSING};

    (void)state;
    pn_sample_contrast(x, twin, 3, 0);
    assert_true(twin[0] == 2.0 && isnan(twin[1]) && isnan(twin[2]));
}

/* exp of the mean difference of logarithms is the ratio of geometric means */
static void ratios_are_contrasted_by_their_logarithms(void **state)
{
    const double x[] = {2.0, 8.0, 1.0, 0.0};
    double twin[] = {1.0, 2.0, 3.0, 1.0};
    struct pn_moments of;

    (void)state;
    pn_sample_contrast(x, twin, 4, 1);
    assert_true(isnan(twin[3])); /* nothing has no logarithm */
    of = pn_sample_moments(twin, 3);
    assert_close(exp(of.mean), cbrt(2.0 * 8.0 * 1.0) / cbrt(1.0 * 2.0 * 3.0), 1e-14, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_missing_are_left_out_and_the_others_keep_their_order),
        cmocka_unit_test(moments_are_those_worked_out_by_hand),
        cmocka_unit_test(a_small_spread_of_large_numbers_is_kept),
        cmocka_unit_test(intervals_are_student_s),
        cmocka_unit_test(quantiles_are_of_type_7),
        cmocka_unit_test(who_is_at_the_threshold_does_not_respond),
        cmocka_unit_test(a_twin_that_is_missing_has_no_contrast),
        cmocka_unit_test(ratios_are_contrasted_by_their_logarithms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
