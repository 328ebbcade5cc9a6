/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "solver/base/status.h"
#include "solver/integrate/continuation.h"

/* lambda = u^3 - u: folds at u = -+1/sqrt(3), lambda = +-2/(3 sqrt(3)) */
static void cubic(void *context, const double *u, double lambda, double *f)
{
    (void)context;
    f[0] = u[0] * u[0] * u[0] - u[0] - lambda;
}

/* A circle for u[0] and lambda; u[1] goes along: u[1] = exp(u[0]). */
static void circle(void *context, const double *u, double lambda, double *f)
{
    (void)context;
    f[0] = u[0] * u[0] + lambda * lambda - 1;
    f[1] = u[1] - exp(u[0]);
}

struct track {
    size_t n, n_folds;
    double u[8], v[8], lambda[8], arc, last, off, until;
    int fold[8];
};

static int note(void *user, const struct pn_curve_point *point)
{
    struct track *t = user;
    double f[2];

    t->n++;
    if (point->fold && t->n_folds < 8) {
        t->u[t->n_folds] = point->u[0];
        t->lambda[t->n_folds] = point->lambda;
        t->fold[t->n_folds++] = point->fold;
    }
    cubic(NULL, point->u, point->lambda, f);
    t->off = fmax(t->off, fabs(f[0]));
    t->last = point->u[0];
    return point->u[0] > t->until;
}

static void a_cubic_folds_where_its_slope_is_zero(void **state)
{
    const struct pn_equilibria problem = {.n = 1, .residual = cubic};
    const struct pn_curve_options options = {
        .step = 0.05, .least = 1e-8, .most = 0.2, .max_points = 1000, .direction = 1};
    struct track t = {.until = 2};
    double u = -1.5, lambda = u * u * u - u, at = 1 / sqrt(3);

    (void)state;
    assert_int_equal(pn_curve_follow(&problem, &u, lambda, &options, note, &t), PN_OK);
    assert_int_equal(t.n_folds, 2);
    assert_int_equal(t.fold[0], 1);
    assert_int_equal(t.fold[1], -1);
    assert_close(t.u[0], -at, 0, 1e-8);
    assert_close(t.u[1], at, 0, 1e-8);
    assert_close(t.lambda[0], 2 * at / 3, 1e-12, 0);
    assert_close(t.lambda[1], -2 * at / 3, 1e-12, 0);
    assert_true(t.off < 1e-9 && t.last > 2);
}

static int round_once(void *user, const struct pn_curve_point *point)
{
    struct track *t = user;

    if (point->fold) {
        assert_close(fabs(point->lambda), 1, 1e-12, 0);
        assert_close(point->u[1], 1, 1e-6, 0);
        assert_int_equal(point->fold, point->lambda > 0 ? 1 : -1);
        t->n_folds++;
    }
    assert_close(point->u[0] * point->u[0] + point->lambda * point->lambda, 1, 1e-9, 0);
    t->arc = point->arc;
    return t->n_folds == 4;
}

/* Two unknowns; round and round, with two folds a turn. */
static void a_circle_is_followed_round_and_round(void **state)
{
    const struct pn_equilibria problem = {.n = 2, .residual = circle};
    const struct pn_curve_options options = {
        .step = 0.02, .least = 1e-8, .most = 0.05, .max_points = 2000, .direction = 1};
    const double u[2] = {1, exp(1)};
    struct track t = {0};

    (void)state;
    assert_int_equal(pn_curve_follow(&problem, u, 0, &options, round_once, &t), PN_OK);
    assert_int_equal(t.n_folds, 4);
}

static void an_equilibrium_is_found_from_a_guess(void **state)
{
    const struct pn_equilibria problem = {.n = 2, .residual = circle};
    double u[2] = {0.5, 1};

    (void)state;
    assert_int_equal(pn_equilibrium_find(&problem, 0.6, u), PN_OK);
    assert_close(u[0], 0.8, 1e-11, 0);
    assert_close(u[1], exp(0.8), 1e-11, 0);
    assert_true(pn_equilibrium_find(&problem, 1.6, u) > 0); /* there is none */
    assert_close(u[0], 0.8, 1e-11, 0);
}

static void a_curve_that_does_not_end_is_told(void **state)
{
    const struct pn_equilibria problem = {.n = 1, .residual = cubic};
    const struct pn_curve_options options = {
        .step = 0.05, .least = 1e-8, .most = 0.2, .max_points = 10, .direction = -1};
    struct track t = {.until = 2};
    double u = -1.5, lambda = u * u * u - u;

    (void)state;
    assert_int_equal(pn_curve_follow(&problem, &u, lambda, &options, note, &t),
                     PN_PATIENT_STEPS);
    assert_int_equal(t.n, 10);
    assert_true(t.last < -1.5); /* lambda went the other way */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cubic_folds_where_its_slope_is_zero),
        cmocka_unit_test(a_circle_is_followed_round_and_round),
        cmocka_unit_test(an_equilibrium_is_found_from_a_guess),
        cmocka_unit_test(a_curve_that_does_not_end_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
