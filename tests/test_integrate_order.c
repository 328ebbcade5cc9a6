/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The methods themselves: order of convergence, closed forms, error against tolerance. */
#include "integrate_case.h"

#include <gsl/gsl_sf_elljac.h>

#include "solver/integrate/integrate_internal.h"

#define HALF 0.5 /* an order is an integer: half tells it from the next */

/* From a point where no state is near zero. */
static void body_exact(double t, double *x)
{
    gsl_sf_elljac_e(t + 0.7, BODY_M, &x[0], &x[1], &x[2]);
}

static void begin(struct pn_step *s)
{
    double x[MAX_N];

    body_exact(0, x);
    for (size_t i = 0; i < s->ode.n; i++)
        s->x[i] = pn_all(x[i]);
}

/* One step of the scheme in every lane from x, by h. */
static void one_step(struct pn_step *s, double h)
{
    s->h = pn_all(h);
    s->ode.rate(s->ode.context, s->x, s->f);
    s->scheme->step(s);
}

/* Error at t = 8 after n equal steps. */
static double global_error(const struct pn_scheme *scheme, int n)
{
    struct bench bench = {.problem = &body};
    struct pn_ode ode = bench_ode(&bench);
    struct pn_step *s;
    double exact[MAX_N], error = 0;

    assert_int_equal(pn_step_create(scheme, &ode, 1e-6, &s), PN_OK);
    begin(s);
    for (int k = 0; k < n; k++) {
        one_step(s, 8.0 / n);
        memcpy(s->x, s->next, ode.n * sizeof *s->x);
    }
    body_exact(8, exact);
    for (size_t i = 0; i < ode.n; i++)
        error = fmax(error, fabs(s->x[i][0] - exact[i]));
    pn_step_free(&s);
    pn_step_free(&s);
    return error;
}

/* Largest error of the interpolation inside one step of length h. */
static double dense_error(const struct pn_scheme *scheme, double h)
{
    struct bench bench = {.problem = &body};
    struct pn_ode ode = bench_ode(&bench);
    struct pn_step *s;
    double exact[MAX_N], x[MAX_N], error = 0;

    assert_int_equal(pn_step_create(scheme, &ode, 1e-6, &s), PN_OK);
    begin(s);
    one_step(s, h);
    s->scheme->interpolate(s);
    for (double theta = 0.05; theta < 1; theta += 0.1) {
        s->scheme->at(s, PN_LANES - 1, theta, x);
        body_exact(theta * h, exact);
        for (size_t i = 0; i < ode.n; i++)
            error = fmax(error, fabs(x[i] - exact[i]));
    }
    pn_step_free(&s);
    return error;
}

static void steps_converge_with_the_order_of_the_method(void **state)
{
    double e8 = log2(global_error(&pn_dop853, 16) / global_error(&pn_dop853, 32));
    double e5 = log2(global_error(&pn_rodas5p, 128) / global_error(&pn_rodas5p, 256));

    (void)state;
    print_message("order of DOP853 %.2f, of Rodas5P %.2f\n", e8, e5);
    assert_close(e8, 8, 0, HALF);
    assert_close(e5, 5, 0, HALF);
}

/* inside one step the error falls with the order plus one */
static void dense_output_converges_with_its_order(void **state)
{
    double e7 = log2(dense_error(&pn_dop853, 0.3) / dense_error(&pn_dop853, 0.15)) - 1;
    double e4 = log2(dense_error(&pn_rodas5p, 0.1) / dense_error(&pn_rodas5p, 0.05)) - 1;

    (void)state;
    print_message("order of the dense output of DOP853 %.2f, of Rodas5P %.2f\n", e7, e4);
    assert_close(e7, 7, 0, HALF);
    assert_close(e4, 4, 0, HALF);
}

static double estimate(const struct pn_scheme *scheme, double h)
{
    struct bench bench = {.problem = &body};
    struct pn_ode ode = bench_ode(&bench);
    struct pn_step *s;
    double error;

    assert_int_equal(pn_step_create(scheme, &ode, 1e-6, &s), PN_OK);
    begin(s);
    one_step(s, h);
    error = s->error[0];
    pn_step_free(&s);
    return error;
}

static void error_estimates_fall_as_step_control_assumes(void **state)
{
    double e8 = log2(estimate(&pn_dop853, 0.2) / estimate(&pn_dop853, 0.1));
    double e5 = log2(estimate(&pn_rodas5p, 0.02) / estimate(&pn_rodas5p, 0.01));

    (void)state;
    print_message("error estimate of DOP853 %.2f, of Rodas5P %.2f\n", e8, e5);
    assert_close(e8, -1 / pn_dop853.exponent, 0, HALF);
    assert_close(e5, -1 / pn_rodas5p.exponent, 0, HALF);
}

/* Two-compartment model after boluses of `dose` at 0, every, 2 every …: a sum of
 * exponentials (Gibaldi and Perrier 1982, chapter 2). */
static void pk_exact(const double *k, double dose, double every, double t, double *x)
{
    double sum = k[0] + k[1] + k[2], root_of = sqrt(sum * sum - 4 * k[0] * k[2]);
    double alpha = 0.5 * (sum + root_of), beta = 0.5 * (sum - root_of);

    x[0] = x[1] = 0;
    for (double at = 0; at < t; at += every) {
        double ea = exp(-alpha * (t - at)), eb = exp(-beta * (t - at));

        x[0] += dose * ((alpha - k[2]) * ea + (k[2] - beta) * eb) / (alpha - beta);
        x[1] += dose * k[1] * (eb - ea) / (alpha - beta);
    }
}

static void doses_follow_the_closed_form(void **state)
{
    static const struct patient patient = {
        .p = {0.3, 0.25, 0.06},
        .x = {150,   0    },
        .n_stops = 14,
        .every = 12,
        .kind = PN_LEG_JUMP,
        .dose = 150,
        .output = 1.7
    };
    static const char *const methods[] = {"explicit", "rosenbrock", "cvode"};
    static const double allowed[] = {1e-7, 1e-7, 1e-5};
    static struct life life;

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        live_alone(&pk, methods[m], 1e-8, &patient, 0, &life);
        assert_int_equal(life.end.status, PN_OK);
        assert_true(life.end.t == 168);
        assert_int_equal(life.n_outputs, 98);
        for (size_t k = 0; k < life.n_outputs; k++) {
            double exact[2];

            pk_exact(patient.p, 150, 12, life.output_time[k], exact);
            assert_close(life.output[k][0], exact[0], allowed[m], 0);
            assert_close(life.output[k][1], exact[1], allowed[m], 0);
        }
    }
}

static const struct patient smooth_cases[] = {
    {{0.1, 2, 0.3, 0.2, 0.5}, {40, 1.5, 0},  3, 8,  PN_LEG_JUMP, 40,  1,   0, NULL},
    {{0.3, 0.25, 0.06, 0, 0}, {150, 0, 0},   4, 12, PN_LEG_JUMP, 150, 1,   0, NULL},
    {{0.2, 0, 0, 0, 0},       {0.5, 1.5, 0}, 1, 20, PN_LEG_IDLE, 0,   0.5, 0, NULL},
    {{5, 0, 0, 0, 0},         {2, 0, 0},     1, 3,  PN_LEG_IDLE, 0,   0.1, 0, NULL},
    {{0, 0, 0, 0, 0},         {1, 0, 0},     1, 40, PN_LEG_IDLE, 0,   1,   0, NULL},
};
static const struct problem *const problems[] = {&binding, &pk, &prey, &vdp, &robertson};

/* Largest distance of two lives over the tolerance of each state. */
static double distance(const struct problem *problem, double rtol, const struct life *a,
                       const struct life *b)
{
    double worst = 0;

    assert_int_equal(b->end.status, PN_OK);
    assert_int_equal(a->end.status, PN_OK);
    assert_int_equal(a->n_outputs, b->n_outputs);
    for (size_t k = 0; k < a->n_outputs; k++)
        for (size_t i = 0; i < problem->n; i++) {
            double tolerance = rtol * (fabs(b->output[k][i]) + 1e-3 * problem->scale[i]);
            worst = fmax(worst, fabs(a->output[k][i] - b->output[k][i]) / tolerance);
        }
    return worst;
}

/* Reference: the other lane method at 1e-11, and CVODE at 1e-12 for Rodas5P on the stiff
 * problem, which the explicit method refuses. */
static void errors_stay_near_the_tolerance(void **state)
{
    static const struct {
        const char *method, *reference;
        double allowed;
    } cases[] = {
        {"explicit",   "rosenbrock", 10 },
        {"rosenbrock", "explicit",   10 },
        {"cvode",      "explicit",   100}
    };
    static const char *const stiff_reference[] = {"rosenbrock", "cvode", "rosenbrock"};
    static struct life life, reference;

    (void)state;
    for (size_t m = 0; m < 3; m++)
        for (size_t i = 0; i < 5; i++) {
            int stiff = problems[i] == &robertson;
            double worst;

            live_alone(problems[i], stiff ? stiff_reference[m] : cases[m].reference,
                       stiff && m == 1 ? 1e-12 : 1e-11, &smooth_cases[i], 0, &reference);
            for (double rtol = 1e-5; rtol > 5e-9; rtol *= 0.1) {
                live_alone(problems[i], cases[m].method, rtol, &smooth_cases[i], 0,
                           &life);
                if (stiff && m == 0) { /* it does not pretend */
                    assert_int_equal(life.end.status, PN_PATIENT_STIFF);
                    continue;
                }
                worst = distance(problems[i], rtol, &life, &reference);
                print_message("%-10s %-11s rtol %.0e: error %.2g tolerances\n",
                              cases[m].method, problems[i]->name, rtol, worst);
                assert_true(worst <= cases[m].allowed);
            }
        }
}

/* relaxation oscillation, mu = 1000 in its own fast time, over one slow phase and jump */
static void stiff_oscillator_agrees_with_cvode(void **state)
{
    static const struct patient patient = {
        .p = {1000},
          .x = { 2,   0},
          .n_stops = 1, .every = 1500, .output = 100
    };
    static struct life life, reference;

    (void)state;
    live_alone(&vdp, "rosenbrock", 1e-8, &patient, 1, &life);
    live_alone(&vdp, "cvode", 1e-11, &patient, 0, &reference);
    assert_true(life.end.n_steps < 2000);
    for (size_t k = 0; k < life.n_outputs; k++)
        assert_close(life.output[k][0], reference.output[k][0], 1e-6, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_converge_with_the_order_of_the_method),
        cmocka_unit_test(dense_output_converges_with_its_order),
        cmocka_unit_test(error_estimates_fall_as_step_control_assumes),
        cmocka_unit_test(doses_follow_the_closed_form),
        cmocka_unit_test(errors_stay_near_the_tolerance),
        cmocka_unit_test(stiff_oscillator_agrees_with_cvode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
