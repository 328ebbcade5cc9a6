/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flight of PN_LANES patients: every lane has its own time, step, stop and outputs.
 * A lane that stops is handled at once by scalar code and goes on with the others. */
#include <math.h>
#include <stdlib.h>

#include "solver/base/methods.h"
#include "solver/integrate/integrate_internal.h"

int pn_step_create(const struct pn_scheme *scheme, const struct pn_ode *ode, double rtol,
                   struct pn_step **step)
{
    size_t n = ode->n;
    struct pn_step *s = aligned_alloc(sizeof(pn_lane), sizeof *s);

    *step = NULL;
    if (!s)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for a step");
    *s = (struct pn_step){.scheme = scheme, .ode = *ode, .rtol = pn_all(rtol)};
    s->memory = pn_lane_array((4 + scheme->n_arrays) * n);
    if (!s->memory) {
        pn_step_free(&s);
        return PN_FAIL(PN_ERR_MEMORY, "no memory for a step of %zu states", n);
    }
    s->floor = s->memory;
    s->x = s->floor + n;
    s->next = s->x + n;
    s->f = s->next + n;
    s->work = s->f + n;
    for (size_t i = 0; i < n; i++)
        s->floor[i] = pn_all(PN_TOLERANCE_FLOOR * ode->scale[i]);
    *step = s;
    return PN_OK;
}

void pn_step_free(struct pn_step **step)
{
    if (*step)
        free((*step)->memory);
    free(*step);
    *step = NULL;
}

static void flight_free(struct pn_integrator *g)
{
    if (!g->flight)
        return;
    pn_step_free(&g->flight->step);
    free(g->flight->point);
    free(g->flight);
    g->flight = NULL;
}

static int flight_create(struct pn_integrator *g)
{
    struct pn_flight *s = aligned_alloc(sizeof(pn_lane), sizeof *s);

    g->flight = s;
    if (!s)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for an integrator");
    *s = (struct pn_flight){.max_steps = (long long)g->options.max_steps};
    s->may_be_stiff -= g->options.may_be_stiff != 0;
    s->point = calloc(g->ode.n + 1, sizeof *s->point);
    if (!s->point)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for an integrator");
    return pn_step_create(g->method->scheme, &g->ode, g->options.rtol, &s->step);
}

static double flight_lane_use(const struct pn_integrator *g)
{
    const struct pn_flight *s = g->flight;

    return s->n_lane_steps ? (double)s->n_carried / (double)s->n_lane_steps : 1.0;
}

/* Begin the next piece of a lane's life. */
static void begin(struct pn_flight *s, size_t lane, const struct pn_leg *leg)
{
    s->active[lane] = leg->kind == PN_LEG_IDLE ? 0 : -1;
    s->smooth[lane] = 0;
    if (leg->kind == PN_LEG_IDLE)
        return;
    s->t[lane] = leg->start;
    s->stop[lane] = leg->stop;
    s->output[lane] = leg->output;
    s->rejected[lane] = 0;
    if (leg->kind == PN_LEG_CONTINUE)
        return;
    if (leg->kind == PN_LEG_NEW) {
        s->h_jump[lane] = 0;
        s->n_steps[lane] = s->n_rejected[lane] = 0;
        s->n_starts[lane] = s->n_interpolated[lane] = 0;
        s->n_jumps[lane] = s->n_limited[lane] = 0;
    }
    s->n_jumps[lane]++;
    s->n_broken[lane] = 0;
    s->stiff[lane] = 0;
    s->lambda[lane] = 0;
    s->first[lane] = -1;
    s->h[lane] = s->step->scheme->first * s->h_jump[lane];
    s->fresh[lane] = s->h_jump[lane] > 0 ? 0 : -1;
}

/* Why the lane is here: at its stop, or unable to go on. */
static int status_of(const struct pn_flight *s, size_t lane)
{
    if (s->accepted[lane] && s->last[lane])
        return PN_OK;
    if (s->broken[lane])
        return PN_PATIENT_NOT_FINITE;
    if (s->small[lane])
        return PN_PATIENT_STEP_SIZE;
    return s->stiff[lane] ? PN_PATIENT_STIFF : PN_PATIENT_STEPS;
}

static int serve(struct pn_flight *s, size_t lane, const struct pn_lane_calls *calls,
                 int empty)
{
    const struct pn_scheme *scheme = s->step->scheme;
    size_t n_tried = (size_t)(s->n_steps[lane] + s->n_rejected[lane]);
    struct pn_arrival a = {
        .status = empty ? PN_OK : status_of(s, lane),
        .t = s->t[lane],
        .n_steps = (size_t)s->n_steps[lane],
        .n_rejected = (size_t)s->n_rejected[lane],
        .n_rates = n_tried * scheme->n_rates + (size_t)s->n_starts[lane] +
                   (size_t)s->n_interpolated[lane] * scheme->n_dense_rates,
        .n_factors = n_tried * scheme->n_factors,
    };
    struct pn_leg leg = {.kind = PN_LEG_IDLE, .output = (double)INFINITY};
    int status = calls->arrive(calls->user, lane, empty ? NULL : &a, s->step->x, &leg);

    if (status >= 0)
        begin(s, lane, &leg);
    return status < 0 ? status : PN_OK;
}

/* All outputs of one lane in this step. */
static void record(struct pn_flight *s, size_t lane, const struct pn_lane_calls *calls)
{
    const struct pn_step *step = s->step;
    double end = s->t_next[lane], same = PN_SAME_TIME * fabs(end);
    double latest = s->last[lane] ? end + same : end, t = s->output[lane];

    while (t <= latest) {
        if (t >= end - same)
            for (size_t i = 0; i < step->ode.n; i++)
                s->point[i] = step->next[i][lane];
        else
            step->scheme->at(step, lane, (t - s->t[lane]) / step->h[lane], s->point);
        calls->record(calls->user, lane, t, s->point, &t);
    }
    s->output[lane] = t;
}

/* The stages of the dense output are computed when a lane needs them; they change
 * nothing but what is told of the step. */
static void make_dense(struct pn_flight *s)
{
    if (!s->is_dense)
        s->step->scheme->interpolate(s->step);
    s->is_dense = 1;
}

static void look(void *of, const pn_lane *theta, pn_lane *x)
{
    struct pn_flight *s = of;

    make_dense(s);
    s->step->scheme->at_all(s->step, theta, x);
}

/* The steps are shown to who follows the solution.  @return who looked inside */
static pn_mask show(struct pn_flight *s, const struct pn_lane_calls *calls)
{
    const struct pn_path path = {s->accepted, s->t, s->t_next, s, look};
    pn_mask looked = {0};

    if (calls->follow && pn_any(s->accepted))
        calls->follow(calls->user, &path, &looked);
    return looked;
}

static void record_all(struct pn_flight *s, const struct pn_lane_calls *calls)
{
    pn_lane same = PN_SAME_TIME * pn_abs(s->t_next);
    pn_lane latest = pn_select(s->last, s->t_next + same, s->t_next);
    pn_mask due = s->accepted & (s->output <= latest);
    pn_mask inside = due & (s->output < s->t_next - same);

    s->is_dense = 0;
    s->n_interpolated -= inside | show(s, calls);
    if (!pn_any(due))
        return;
    if (pn_any(inside))
        make_dense(s);
    for (size_t lane = 0; lane < PN_LANES; lane++)
        if (due[lane])
            record(s, lane, calls);
}

static void advance(struct pn_flight *s)
{
    struct pn_step *step = s->step;

    for (size_t i = 0; i < step->ode.n; i++)
        step->x[i] = pn_select(s->accepted, step->next[i], step->x[i]);
    s->t = pn_select(s->accepted, s->t_next, s->t);
}

static int serve_all(struct pn_flight *s, const struct pn_lane_calls *calls)
{
    pn_mask failed = s->broken | s->small | s->stiff | s->spent;
    unsigned bits = pn_bits(s->active & (failed | (s->accepted & s->last)));

    for (size_t lane = 0; bits >> lane; lane++) {
        int status = bits >> lane & 1 ? serve(s, lane, calls, 0) : PN_OK;

        if (status < 0)
            return status;
    }
    return PN_OK;
}

static void tell(struct pn_flight *s, const struct pn_lane_calls *calls)
{
    const struct pn_step *step = s->step;

    for (size_t lane = 0; lane < PN_LANES; lane++) {
        if (!s->active[lane])
            continue;
        for (size_t i = 0; i < step->ode.n; i++)
            s->point[i] = step->next[i][lane];
        calls->step(calls->user, lane, s->t_next[lane], step->h[lane],
                    s->accepted[lane] != 0, s->point);
    }
}

/* One step of all lanes.  The rate at the beginning is computed here, behind jumps and
 * rejections alike: it is the same number wherever nothing has changed. */
static int fly(struct pn_flight *s, const struct pn_lane_calls *calls)
{
    struct pn_step *step = s->step;

    step->ode.rate(step->ode.context, step->x, step->f);
    if (step->scheme->stiffness)
        pn_control_watch(s);
    if (pn_any(s->fresh))
        pn_control_start(s);
    pn_control_choose(s);
    step->scheme->step(step);
    pn_control_judge(s);
    s->n_lane_steps += PN_LANES;
    s->n_carried += (unsigned)__builtin_popcount(pn_bits(s->active));
    if (calls->step)
        tell(s, calls);
    record_all(s, calls);
    advance(s);
    return serve_all(s, calls);
}

static int flight_run(struct pn_integrator *g, const struct pn_lane_calls *calls)
{
    struct pn_flight *s = g->flight;
    int status = PN_OK;

    s->active = (pn_mask){0};
    s->fresh = s->smooth = s->stiff = (pn_mask){0};
    for (size_t lane = 0; lane < PN_LANES; lane++) {
        status = serve(s, lane, calls, 1);
        if (status < 0)
            return status;
    }
    while (status == PN_OK && pn_any(s->active))
        status = calls->halt && calls->halt(calls->user) ? PN_ERR_STOPPED : fly(s, calls);
    return status;
}

const struct pn_method pn_method_explicit = {
    PN_METHOD_EXPLICIT, &pn_dop853,  flight_create,
    flight_run,         flight_free, flight_lane_use,
};
const struct pn_method pn_method_rosenbrock = {
    PN_METHOD_ROSENBROCK, &pn_rodas5p, flight_create,
    flight_run,           flight_free, flight_lane_use,
};
