/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace of a life, told to whoever wants it. */
#include <stdlib.h>

#include "solver/simulate/ward.h"

static const struct pn_trace *trace_of(const struct pn_ward *ward)
{
    return ward->probing ? NULL : ward->calls->trace;
}

static size_t count_acts(const struct pn_ward *ward, const struct pn_bed *bed)
{
    size_t n = 0;

    for (size_t i = 0; i < ward->study->arm[ward->i_arm].n_rules; i++)
        n += (size_t)bed->n_acted[i];
    return n;
}

struct pn_stage pn_trace_stage(const struct pn_ward *ward, size_t lane)
{
    const struct pn_bed *bed = &ward->bed[lane];
    struct pn_stage stage = {0, 0, 0};

    if (!trace_of(ward))
        return stage;
    pn_course_doses(bed->course, &stage.n_doses);
    stage.n_visits = bed->n_visits;
    stage.n_acted = count_acts(ward, bed);
    return stage;
}

/* without memory for the state there is no event: the numbers of the life go on */
static void tell(const struct pn_ward *ward, size_t lane, const pn_lane *x,
                 struct pn_trace_event *event)
{
    const struct pn_trace *trace = trace_of(ward);
    double *state;

    if (!trace)
        return;
    state = malloc((ward->n_states + 1) * sizeof *state);
    for (size_t i = 0; state && i < ward->n_states; i++)
        state[i] = x[i][lane];
    event->life = &ward->bed[lane].life;
    event->x = state;
    if (state)
        trace->event(trace->user, event);
    free(state);
}

void pn_trace_tell(const struct pn_ward *ward, size_t lane, enum pn_trace_kind kind,
                   double t, const pn_lane *x)
{
    tell(ward, lane, x, &(struct pn_trace_event){.kind = kind, .t = t});
}

void pn_trace_stop(const struct pn_ward *ward, size_t lane, const struct pn_stage *before,
                   double t, const pn_lane *x)
{
    const struct pn_bed *bed = &ward->bed[lane];
    const struct pn_given_dose *dose;
    size_t n_doses;

    if (!trace_of(ward))
        return;
    dose = pn_course_doses(bed->course, &n_doses);
    pn_trace_tell(ward, lane, PN_TRACE_STOP, t, x);
    for (size_t i = before->n_visits; i < bed->n_visits; i++)
        tell(ward, lane, x,
             &(struct pn_trace_event){.kind = PN_TRACE_VISIT, .t = t, .number = i + 1});
    for (size_t i = before->n_acted; i < count_acts(ward, bed); i++)
        tell(ward, lane, x,
             &(struct pn_trace_event){.kind = PN_TRACE_RULE, .t = t, .number = i + 1});
    for (size_t i = before->n_doses; i < n_doses; i++)
        tell(ward, lane, x,
             &(struct pn_trace_event){.kind = PN_TRACE_DOSE,
                                      .t = dose[i].time,
                                      .number = i + 1,
                                      .amount = dose[i].amount,
                                      .duration = dose[i].duration,
                                      .compartment = dose[i].compartment});
}

void pn_trace_step(void *user, size_t lane, double t, double h, int accepted,
                   const double *x)
{
    const struct pn_ward *ward = user;
    const struct pn_trace *trace = ward->calls->trace;
    const struct pn_trace_event event = {.kind =
                                             accepted ? PN_TRACE_STEP : PN_TRACE_REJECTED,
                                         .life = &ward->bed[lane].life,
                                         .t = t,
                                         .h = h,
                                         .x = x};

    trace->event(trace->user, &event);
}
