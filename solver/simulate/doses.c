/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dose does: its size, its lag, infusions, resets and steady states. */
#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/simulate/course_internal.h"
#include "solver/simulate/steady_state.h"

/* doses of the endless past that have not ended when the next one comes */
#define MOST_PAST 10000.0

static double parameter(const struct pn_hand *hand, int i, double otherwise)
{
    return i >= 0 ? hand->parameters[i] : otherwise;
}

/* --- inputs --- */

/* The sum of what runs, made anew: a fast infusion leaves no rounding to a slow one. */
void pn_course_input(const struct pn_course *c, const struct pn_hand *hand, size_t state)
{
    double sum = 0.0;

    for (size_t i = 0; i < c->n_pending; i++)
        if (c->pending[i].kind == PN_INFUSION_END &&
            pn_course_place(c, c->pending[i].event.compartment)->state == state)
            sum += c->pending[i].rate;
    pn_lanes_set_input(hand->lanes, hand->lane, state, sum);
}

static double rate_as_given(const struct pn_event *e)
{
    return e->input == PN_AT_RATE               ? e->rate
           : e->input == PN_AT_MODEL_RATE       ? -1.0
           : e->input == PN_OVER_MODEL_DURATION ? -2.0
                                                : 0.0;
}

/* As it is taken: before lag and F. */
static int note_dose(struct pn_course *c, const struct pn_event *e, double time,
                     double duration)
{
    double factor = e->regimen >= 0 ? c->factor[e->regimen] : 1.0;

    if (c->n_doses == c->dose_limit) {
        size_t limit = 2 * c->dose_limit + 16;
        struct pn_given_dose *grown = realloc(c->dose, limit * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        c->dose = grown;
        c->dose_limit = limit;
    }
    c->dose[c->n_doses++] = (struct pn_given_dose){
        .time = time,
        .amount = e->amount * factor,
        .duration = duration,
        .rate = rate_as_given(e),
        .ii = e->ss ? e->ii : 0.0,
        .compartment = e->compartment,
        .ss = e->ss,
        /* a rule's dose has no place */
        .row = e->regimen < 0  ? e->place.line
               : e->place.line ? 0
                               : -1,
    };
    return PN_OK;
}

static int begin_infusion(struct pn_course *c, const struct pn_hand *hand,
                          int compartment, double rate, double end)
{
    int status =
        pn_course_put(c, (struct pn_pending){.kind = PN_INFUSION_END,
                                             .time = end,
                                             .rate = rate,
                                             .event = {.compartment = compartment}});

    if (status == PN_OK)
        pn_course_input(c, hand, pn_course_place(c, compartment)->state);
    return status;
}

int pn_course_enter(struct pn_course *c, const struct pn_hand *hand,
                    const struct pn_pending *p)
{
    int compartment = p->event.compartment;
    size_t state = pn_course_place(c, compartment)->state;
    double end = p->time + p->duration;

    pn_lanes_switch(hand->lanes, hand->lane, state, 1); /* a dose turns it on again */
    if (p->duration > 0.0) /* the whole amount between the two times as they are */
        return begin_infusion(c, hand, compartment, p->amount / (end - p->time), end);
    hand->x[state][hand->lane] += p->amount;
    return PN_OK;
}

/* Amount, rate and duration of a dose as the patient's parameters are now.
 * @return PN_OK or PN_PATIENT_BAD_DOSE. */
static int size_up(const struct pn_course *c, const struct pn_hand *hand,
                   const struct pn_event *e, struct pn_pending *p)
{
    const struct pn_trial_place *place = pn_course_place(c, e->compartment);
    double factor = e->regimen >= 0 ? c->factor[e->regimen] : 1.0;

    p->amount = e->amount * factor * parameter(hand, place->F, 1.0);
    p->rate = p->duration = 0.0;
    switch (e->input) {
    case PN_BOLUS:
        break;
    case PN_AT_RATE: /* F changes the duration, not the rate */
        p->rate = e->rate;
        p->duration = p->amount / p->rate;
        break;
    case PN_AT_MODEL_RATE:
        p->rate = parameter(hand, place->R, (double)NAN);
        p->duration = p->amount / p->rate;
        break;
    case PN_OVER_DURATION: /* F changes the rate */
        p->duration = e->duration;
        p->rate = p->amount / p->duration;
        break;
    case PN_OVER_MODEL_DURATION:
        p->duration = parameter(hand, place->D, (double)NAN);
        p->rate = p->amount / p->duration;
        break;
    }
    if (e->input == PN_BOLUS)
        return isfinite(p->amount) ? PN_OK : PN_PATIENT_BAD_DOSE;
    if (p->amount == 0.0)
        p->duration = p->rate = 0.0;
    return isfinite(p->rate) && isfinite(p->duration) && p->rate >= 0.0 &&
                   p->duration >= 0.0
               ? PN_OK
               : PN_PATIENT_BAD_DOSE;
}

/* --- resets --- */

static int belongs(const struct pn_course *c, int compartment, int drug)
{
    return drug < 0 || pn_course_drug(c, compartment) == (size_t)drug;
}

/* Nothing of a drug (-1: of any) is pending or running any more. */
static void cancel(struct pn_course *c, const struct pn_hand *hand, int drug)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n_pending; i++)
        if (!belongs(c, c->pending[i].event.compartment, drug))
            c->pending[kept++] = c->pending[i];
    c->n_pending = kept;
    for (size_t i = 0; i < c->n_compartments; i++)
        if (c->arm->place[i].present && belongs(c, (int)i, drug)) {
            pn_course_input(c, hand, c->arm->place[i].state);
            pn_lanes_switch(hand->lanes, hand->lane, c->arm->place[i].state, 1);
        }
}

void pn_course_reset(struct pn_course *c, const struct pn_hand *hand, int drug)
{
    size_t n = pn_system_n_states(c->arm->system);

    cancel(c, hand, c->study->reset_all ? -1 : drug);
    for (size_t i = 0; i < n; i++)
        if (c->study->reset_all || c->arm->drug_of_state[i] == drug ||
            (drug < 0 && c->arm->drug_of_state[i] >= 0))
            hand->x[i][hand->lane] = hand->initial[i];
}

/* --- steady state --- */

static int steady_states(struct pn_course *c, const struct pn_hand *hand, size_t drug,
                         const struct pn_pending *p, double phase)
{
    const struct pn_trial_drug *own = &c->arm->drug[drug];
    struct pn_pulse pulse = {
        .state = own->state_of[pn_course_place(c, p->event.compartment)->state],
        .amount = p->amount,
        .rate = p->rate,
        .duration = p->duration,
        .ii = p->event.ii,
    };
    int status = PN_OK;

    if (!c->steady[drug])
        status = pn_steady_create(own->system, c->study->rtol, &c->steady[drug]);
    if (status != PN_OK)
        return status;
    for (size_t i = 0; i < own->n_parameters; i++)
        c->drug_parameters[i] = hand->parameters[own->parameter[i]];
    return pn_steady_find(c->steady[drug], c->drug_parameters, &pulse, phase,
                          &hand->patience, c->drug_states);
}

/* Doses of the endless past that are still on their way or still run in. */
static int steady_past(struct pn_course *c, const struct pn_hand *hand,
                       const struct pn_pending *p, double t, double lag)
{
    int compartment = p->event.compartment, status = PN_OK;

    for (double k = 1.0; status == PN_OK; k += 1.0) {
        double at = t + lag - k * p->event.ii;
        if (at > t || pn_same_time(at, t)) {
            struct pn_pending on_its_way = *p;
            on_its_way.kind = PN_LAGGED;
            on_its_way.time = at;
            status = pn_course_put(c, on_its_way);
        } else if (at + p->duration > t && !pn_same_time(at + p->duration, t)) {
            status = begin_infusion(c, hand, compartment, p->rate, at + p->duration);
        } else {
            return PN_OK;
        }
        if (status == PN_OK && k >= MOST_PAST)
            status = PN_PATIENT_NO_STEADY_STATE;
    }
    return status;
}

static int make_steady(struct pn_course *c, const struct pn_hand *hand,
                       struct pn_pending *p, double t, double lag)
{
    size_t drug = pn_course_drug(c, p->event.compartment);
    const struct pn_trial_drug *own = &c->arm->drug[drug];
    double ii = p->event.ii, phase = ii;
    int status;

    if (p->event.ss == 1)
        pn_course_reset(c, hand, (int)drug);
    if (ii > 0.0) { /* the last dose entered phase ago */
        phase = ii - fmod(lag, ii);
        if (pn_same_time(phase, 0.0))
            phase = ii;
    } else {
        p->rate = p->event.rate;
    }
    status = steady_states(c, hand, drug, p, phase);
    if (status != PN_OK)
        return status;
    for (size_t i = 0; i < own->n_states; i++) {
        double x = c->drug_states[i];
        hand->x[own->state[i]][hand->lane] =
            p->event.ss == 1 ? x : hand->x[own->state[i]][hand->lane] + x;
    }
    return ii > 0.0 ? steady_past(c, hand, p, t, lag) : PN_OK;
}

/* --- doses --- */

/* By bands some patients get nothing. */
static int is_none(const struct pn_course *c, const struct pn_event *e)
{
    return e->regimen >= 0 && e->amount == 0.0 &&
           c->study->arm[c->i_arm].regimen[e->regimen].measure.by == PN_DOSE_BY_BANDS;
}

int pn_course_dose(struct pn_course *c, const struct pn_hand *hand,
                   const struct pn_event *given, double t)
{
    const struct pn_trial_place *place = pn_course_place(c, given->compartment);
    struct pn_event sized = *given, *e = &sized;
    struct pn_pending p = {.kind = PN_LAGGED};
    double lag;
    int status = pn_course_measure(c, hand, e);

    if (status != PN_OK || is_none(c, e))
        return status;
    p.event = sized;
    status = pn_course_occasion_of_dose(c, hand, t);
    lag = parameter(hand, place->ALAG, 0.0);
    if (status == PN_OK)
        status = size_up(c, hand, e, &p);
    if (status != PN_OK)
        return status;
    if (!(lag >= 0.0) || !isfinite(lag))
        return PN_PATIENT_BAD_DOSE;
    if (pn_same_time(t + lag, t + lag + p.duration)) /* no clock tells it from a bolus */
        p.duration = p.rate = 0.0;
    status = note_dose(c, e, t, p.duration);
    if (status != PN_OK)
        return status;
    if (e->ss) {
        status = make_steady(c, hand, &p, t, lag);
        /* an infusion of the endless past without an interval is off from here on */
        if (status != PN_OK || !(e->ii > 0.0))
            return status;
    }
    if (e->addl > 0) {
        struct pn_pending more = {.kind = PN_ADDITIONAL, .event = *given};
        more.event.addl = e->addl - 1;
        more.event.n_before = e->n_before + 1;
        more.event.ss = 0;
        more.time = e->time + (double)more.event.n_before * e->ii; /* not summed */
        status = pn_course_put(c, more);
    }
    if (status != PN_OK)
        return status;
    p.time = t + lag;
    return lag > 0.0 ? pn_course_put(c, p) : pn_course_enter(c, hand, &p);
}
