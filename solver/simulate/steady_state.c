/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state before a dose is a fixed point of "one dose, one interval".  Newton on that
 * map, its slopes by integrating shifted states side by side in the lanes: exact at once
 * where the kinetics are linear (superposition), a few rounds where they are not; else
 * doses are repeated. */
#include "solver/simulate/steady_state.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/methods.h"
#include "solver/base/status.h"
#include "solver/integrate/integrate.h"

enum { CYCLES = 500, NEWTON = 30, WARM_UP = 10 };
#define SLOW 1e-3

struct pn_steady {
    const struct pn_system *system;
    struct pn_lanes *lanes;
    struct pn_integrator *explicit, *stiff;
    size_t n;
    double rtol;
    double *x, *image, *shifted; /* [n]; images [n + 1][n]; starts [n + 1][n] */
    gsl_matrix *matrix;
    gsl_vector *vector, *step;
    gsl_permutation *permutation;
    const double *scale;
    /* the flight under way: starts first … first + PN_LANES - 1 of n_starts */
    const struct pn_pulse *pulse;
    const double *start;
    double *end;
    size_t first, n_starts;
    double until; /* h after the dose */
    int status;
    const struct pn_patience *patience;
    size_t n_steps; /* of the search so far */
};

/* Whole intervals that an infusion lasts, and what is left of it. */
static double rest_of(const struct pn_pulse *p, double *n_whole)
{
    *n_whole = floor(p->duration / p->ii * (1.0 + 1e-14));
    return fmax(0.0, p->duration - *n_whole * p->ii);
}

/* Input after the dose: infusions of earlier doses that go on, and this one while it
 * lasts. */
static double input_at(const struct pn_pulse *p, double t)
{
    double n_whole, rest = rest_of(p, &n_whole);

    return p->duration > 0.0 ? p->rate * (n_whole + (t < rest)) : 0.0;
}

static double stop_after(const struct pn_steady *s, double t)
{
    double n_whole, rest = s->pulse->duration > 0.0 ? rest_of(s->pulse, &n_whole) : 0.0;

    return t < rest && rest < s->until ? rest : s->until;
}

static int arrive(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                  struct pn_leg *leg)
{
    struct pn_steady *s = user;
    size_t i = s->first + lane;
    double t = a ? a->t : 0.0;

    leg->kind = PN_LEG_IDLE;
    if (i >= s->n_starts)
        return PN_OK;
    if (a && (a->status != PN_OK || t >= s->until)) {
        s->status = a->status != PN_OK ? a->status : s->status;
        s->n_steps += a->n_steps + a->n_rejected;
        for (size_t k = 0; k < s->n; k++)
            s->end[i * s->n + k] = x[k][lane];
        return PN_OK;
    }
    if (!a) {
        for (size_t k = 0; k < s->n; k++)
            x[k][lane] = s->start[i * s->n + k];
        if (!(s->pulse->duration > 0.0))
            x[s->pulse->state][lane] += s->pulse->amount;
    }
    pn_lanes_set_input(s->lanes, lane, s->pulse->state, input_at(s->pulse, t));
    *leg = (struct pn_leg){.kind = a ? PN_LEG_JUMP : PN_LEG_NEW,
                           .start = t,
                           .stop = stop_after(s, t),
                           .output = (double)INFINITY};
    return PN_OK;
}

static void record(void *user, size_t lane, double t, const double *x, double *next)
{
    (void)user, (void)lane, (void)t, (void)x;
    *next = (double)INFINITY;
}

static int halt(void *user)
{
    const struct pn_patience *patience = ((struct pn_steady *)user)->patience;

    return patience->halt && patience->halt(patience->user);
}

/* All starts by one method.  @return how the run ended; s->status: how the worst did */
static int fly_by(struct pn_steady *s, struct pn_integrator *integrator)
{
    const struct pn_lane_calls calls = {s, arrive, record, halt, NULL, NULL};
    int status = PN_OK;

    s->status = PN_OK;
    for (s->first = 0; s->first < s->n_starts && status == PN_OK; s->first += PN_LANES)
        status = pn_integrator_run(integrator, &calls);
    if (s->status == PN_OK && s->n_steps > s->patience->max_steps)
        s->status = PN_PATIENT_STEPS;
    return status;
}

/* `until` hours from each start, a dose at the beginning. */
static int fly(struct pn_steady *s, const struct pn_pulse *pulse, const double *start,
               size_t n_starts, double until, double *end)
{
    int status;

    s->pulse = pulse;
    s->start = start;
    s->end = end;
    s->n_starts = n_starts;
    s->until = until;
    status = fly_by(s, s->explicit);
    if (status == PN_OK && s->status == PN_PATIENT_STIFF)
        status = fly_by(s, s->stiff);
    return status == PN_OK ? s->status : status;
}

/* Largest change of the map in units of the tolerance. */
static double distance(const struct pn_steady *s, const double *a, const double *b)
{
    double worst = 0.0;

    for (size_t k = 0; k < s->n; k++) {
        double e = fabs(a[k] - b[k]) /
                   (s->rtol * (fmax(fabs(a[k]), fabs(b[k])) + 1e-3 * s->scale[k]));
        worst = isfinite(e) ? fmax(worst, e) : (double)INFINITY;
    }
    return worst;
}

/* A compartment that nothing enters and nothing leaves keeps what it has: its row of I -
 * M is zero, and so is its part of the right-hand side.  It stays where it is. */
static void hold_the_dead(struct pn_steady *s)
{
    for (size_t i = 0; i < s->n; i++) {
        double most = 0.0;

        for (size_t k = 0; k < s->n; k++)
            most = fmax(most, fabs(gsl_matrix_get(s->matrix, i, k)));
        if (most < 1e-9 && s->image[i] == s->x[i])
            gsl_matrix_set(s->matrix, i, i, 1.0);
    }
}

/* x + (I - M)^-1 (map(x) - x); @return 0 when there is no such step. */
static int newton_step(struct pn_steady *s)
{
    size_t n = s->n;
    int sign;

    for (size_t k = 0; k < n; k++) {
        double shift = s->shifted[(k + 1) * n + k] - s->x[k];
        for (size_t i = 0; i < n; i++)
            gsl_matrix_set(s->matrix, i, k,
                           (i == k ? 1.0 : 0.0) -
                               (s->image[(k + 1) * n + i] - s->image[i]) / shift);
        gsl_vector_set(s->vector, k, s->image[k] - s->x[k]);
    }
    hold_the_dead(s);
    if (gsl_linalg_LU_decomp(s->matrix, s->permutation, &sign) != GSL_SUCCESS)
        return 0;
    for (size_t k = 0; k < n; k++) /* GSL would abort on a zero pivot */
        if (!(fabs(gsl_matrix_get(s->matrix, k, k)) > DBL_MIN))
            return 0;
    gsl_linalg_LU_solve(s->matrix, s->permutation, s->vector, s->step);
    for (size_t k = 0; k < n; k++) {
        double next = s->x[k] + gsl_vector_get(s->step, k);
        /* amounts do not become negative; a start of the repetition that is */
        if (!isfinite(next))
            return 0;
        s->x[k] = fmax(next, 0.0);
    }
    return 1;
}

static int repeat(struct pn_steady *s, const struct pn_pulse *pulse, size_t n_cycles,
                  double *change)
{
    int status = PN_OK;

    for (size_t i = 0; i < n_cycles && status == PN_OK; i++) {
        status = fly(s, pulse, s->x, 1, pulse->ii, s->image);
        *change = distance(s, s->x, s->image);
        memcpy(s->x, s->image, s->n * sizeof *s->x);
        if (*change <= SLOW) /* a slow approach changes little long before it arrives */
            break;
    }
    return status;
}

static int newton(struct pn_steady *s, const struct pn_pulse *pulse, double *change)
{
    size_t n = s->n;
    int status = PN_OK;

    for (size_t i = 0; i < NEWTON && status == PN_OK; i++) {
        for (size_t k = 0; k <= n; k++)
            memcpy(s->shifted + k * n, s->x, n * sizeof *s->x);
        for (size_t k = 0; k < n; k++)
            s->shifted[(k + 1) * n + k] += 1e-3 * (fabs(s->x[k]) + 1e-1 * s->scale[k]);
        status = fly(s, pulse, s->shifted, n + 1, pulse->ii, s->image);
        *change = distance(s, s->x, s->image);
        if (status != PN_OK || (i > 0 && *change <= 1.0) || !newton_step(s))
            break;
    }
    return status;
}

/* An infusion without an end: rates zero.  Newton with the system's own slopes. */
static int equilibrium(struct pn_steady *s, const struct pn_pulse *pulse, double *x)
{
    struct pn_ode ode = pn_lanes_ode(s->lanes);
    pn_lane *y = aligned_alloc(sizeof(pn_lane), (2 * s->n + 1) * sizeof(pn_lane));
    pn_lane *b = y ? y + s->n : NULL, tiny = pn_all(1e-13);
    double change = (double)INFINITY;

    if (!y)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set_input(s->lanes, l, pulse->state, pulse->rate);
    for (size_t k = 0; k < s->n; k++)
        y[k] = pn_all(x[k]);
    for (size_t i = 0; i < CYCLES && !(change <= 1e-3); i++) {
        pn_mask bad;
        change = 0.0;
        ode.rate(ode.context, y, b);
        ode.factor(ode.context, y, &tiny, &bad);
        ode.solve(ode.context, b);
        for (size_t k = 0; k < s->n; k++) {
            double next = fmax(y[k][0] + b[k][0], 0.0);
            change = fmax(change, fabs(next - y[k][0]) /
                                      (s->rtol * (fabs(next) + 1e-3 * s->scale[k])));
            y[k] = pn_all(next);
        }
        if (!isfinite(change))
            break;
    }
    for (size_t k = 0; k < s->n; k++)
        x[k] = y[k][0];
    free(y);
    return change <= 1e-3 ? PN_OK : PN_PATIENT_NO_STEADY_STATE;
}

int pn_steady_find(struct pn_steady *s, const double *parameters,
                   const struct pn_pulse *pulse, double phase,
                   const struct pn_patience *patience, double *x)
{
    double change = (double)INFINITY;
    pn_lane *start = aligned_alloc(sizeof(pn_lane), (s->n + 1) * sizeof(pn_lane));
    int status;

    if (!start)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    s->patience = patience;
    s->n_steps = 0;
    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set(s->lanes, l, parameters);
    pn_lanes_prepare(s->lanes);
    pn_lanes_initial(s->lanes, start);
    for (size_t k = 0; k < s->n; k++)
        s->x[k] = start[k][0];
    free(start);
    if (!(pulse->ii > 0.0)) {
        memcpy(x, s->x, s->n * sizeof *x);
        return equilibrium(s, pulse, x);
    }
    status = repeat(s, pulse, WARM_UP, &change);
    if (status == PN_OK)
        status = newton(s, pulse, &change);
    if (status == PN_OK && change > 1.0)
        status = repeat(s, pulse, CYCLES, &change);
    if (status < 0 || status == PN_PATIENT_STEPS)
        return status;
    if (status != PN_OK || !(change <= 1.0))
        return PN_PATIENT_NO_STEADY_STATE;
    if (phase >= pulse->ii) {
        memcpy(x, s->x, s->n * sizeof *x);
        return PN_OK;
    }
    return fly(s, pulse, s->x, 1, phase, x);
}

int pn_steady_create(const struct pn_system *system, double rtol, struct pn_steady **out)
{
    struct pn_steady *s = calloc(1, sizeof *s);
    /* the map's errors are magnified by the accumulation: tighter than the run itself */
    struct pn_integrate_options options = {fmax(1e-2 * rtol, 1e-12), PN_STEADY_STEPS, 1};
    struct pn_ode ode;
    int status = PN_OK;

    *out = NULL;
    if (!s)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    s->system = system;
    s->n = pn_system_n_states(system);
    s->rtol = fmax(1e-1 * rtol, 1e-11);
    PN_TRY(pn_lanes_create(system, &s->lanes));
    pn_lanes_open_inputs(s->lanes);
    ode = pn_lanes_ode(s->lanes);
    s->scale = ode.scale;
    PN_TRY(pn_integrator_create(pn_method_find(PN_METHOD_EXPLICIT), &ode, &options,
                                &s->explicit));
    PN_TRY(pn_integrator_create(pn_method_find(PN_METHOD_ROSENBROCK), &ode, &options,
                                &s->stiff));
    s->x = calloc(s->n + 1, sizeof *s->x);
    s->image = calloc((s->n + 1) * (s->n + 1), sizeof *s->image);
    s->shifted = calloc((s->n + 1) * (s->n + 1), sizeof *s->shifted);
    s->matrix = gsl_matrix_alloc(s->n, s->n);
    s->vector = gsl_vector_alloc(s->n);
    s->step = gsl_vector_alloc(s->n);
    s->permutation = gsl_permutation_alloc(s->n);
    if (!s->x || !s->image || !s->shifted || !s->matrix || !s->vector || !s->step ||
        !s->permutation)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
out:
    if (status != PN_OK)
        pn_steady_free(&s);
    *out = s;
    return status;
}

void pn_steady_free(struct pn_steady **steady)
{
    struct pn_steady *s = *steady;

    if (!s)
        return;
    pn_integrator_free(&s->explicit);
    pn_integrator_free(&s->stiff);
    pn_lanes_free(&s->lanes);
    free(s->x);
    free(s->image);
    free(s->shifted);
    gsl_matrix_free(s->matrix);
    gsl_vector_free(s->vector);
    gsl_vector_free(s->step);
    gsl_permutation_free(s->permutation);
    free(s);
    *steady = NULL;
}
