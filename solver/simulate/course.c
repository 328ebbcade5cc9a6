/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a patient's treatment: records in their order, covariates that change,
 * what rules decide. */
#include "solver/simulate/course_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/steady_state.h"

/* --- covariates and occasions that change --- */

/* With NOCB what stands in the next record of the table holds from this one on, with LOCF
 * what stands in this one.  Parameters follow. */
static int carry(struct pn_course *c, const struct pn_hand *hand, size_t row,
                 int *changed)
{
    const struct pn_events *table = c->study->events;
    const double *value = table->covariate + row * table->n_covariates;
    int occasion = table->has_occasions ? table->event[row].occasion : c->occasion;

    if (c->patient == PN_TYPICAL_PATIENT) /* the medians stay */
        return PN_OK;
    if (occasion == c->occasion) {
        size_t k = 0;
        while (k < table->n_covariates && hand->row[table->variable[k]] == value[k])
            k++;
        if (k == table->n_covariates)
            return PN_OK;
    }
    hand->before_parameters(hand->user);
    c->occasion = occasion;
    for (size_t k = 0; k < table->n_covariates; k++)
        hand->row[table->variable[k]] = value[k];
    *changed = 1;
    return pn_course_follow(c, hand);
}

/* --- records --- */

static void switch_off(struct pn_course *c, const struct pn_hand *hand, int compartment)
{
    size_t state = pn_course_place(c, compartment)->state, kept = 0;

    for (size_t i = 0; i < c->n_pending; i++)
        if (c->pending[i].kind != PN_INFUSION_END ||
            pn_course_place(c, c->pending[i].event.compartment)->state != state)
            c->pending[kept++] = c->pending[i];
    c->n_pending = kept;
    pn_lanes_set_input(hand->lanes, hand->lane, state, 0.0);
    hand->x[state][hand->lane] = 0.0;
    pn_lanes_switch(hand->lanes, hand->lane, state, 0);
}

static int change_state(struct pn_course *c, const struct pn_hand *hand,
                        const struct pn_event *e)
{
    const struct pn_trial_place *place = pn_course_place(c, e->compartment);

    if (e->off)
        switch_off(c, hand, e->compartment);
    else if (e->evid == PN_EVID_REPLACE)
        hand->x[place->state][hand->lane] = e->amount;
    else if (e->evid == PN_EVID_MULTIPLY)
        hand->x[place->state][hand->lane] *= e->amount;
    return PN_OK;
}

static int process(struct pn_course *c, const struct pn_event *e, double t,
                   const struct pn_hand *hand, int *changed)
{
    int here = e->compartment >= 0 && pn_course_place(c, e->compartment)->present;
    int resets = e->evid == PN_EVID_RESET || e->evid == PN_EVID_RESET_DOSE;

    if (e->evid == PN_EVID_OBSERVE) {
        /* earlier ones were interpolated on the way here */
        if (*changed && pn_same_time(e->time, t))
            hand->observe(hand->user, c->next_observation);
        c->next_observation++;
        return PN_OK;
    }
    *changed = 1;
    if (resets)
        pn_course_reset(c, hand, here ? (int)pn_course_drug(c, e->compartment) : -1);
    if (!here)
        return PN_OK;
    if (e->off || e->evid == PN_EVID_REPLACE || e->evid == PN_EVID_MULTIPLY)
        return change_state(c, hand, e);
    if (e->evid != PN_EVID_DOSE && e->evid != PN_EVID_RESET_DOSE)
        return PN_OK;
    return e->regimen >= 0 && c->stopped[e->regimen] ? PN_OK
                                                     : pn_course_dose(c, hand, e, t);
}

/* The next record of the file, with the covariates that it brings. */
static int next_record(struct pn_course *c, double t, const struct pn_hand *hand,
                       int *changed)
{
    const struct pn_events *table = c->study->events;
    const struct pn_event *e = &c->event[c->next++];
    int status = PN_OK, of_table = e->regimen < 0;
    size_t row = of_table ? c->row++ : 0;

    if (of_table && !table->backward)
        status = carry(c, hand, row, changed);
    if (status == PN_OK)
        status = process(c, e, t, hand, changed);
    if (status == PN_OK && of_table && table->backward && row + 1 < c->end_row)
        status = carry(c, hand, row + 1, changed);
    return status;
}

static int next_pending(struct pn_course *c, const struct pn_hand *hand, int *changed)
{
    struct pn_pending p = pn_course_take(c);

    *changed = 1;
    if (p.kind == PN_INFUSION_END) {
        pn_course_input(c, hand, pn_course_place(c, p.event.compartment)->state);
        return PN_OK;
    }
    return p.kind == PN_LAGGED ? pn_course_enter(c, hand, &p)
                               : pn_course_dose(c, hand, &p.event, p.time);
}

int pn_course_act(struct pn_course *c, double t, const struct pn_hand *hand, int *changed)
{
    int status = PN_OK;

    *changed = 0;
    while (status == PN_OK) {
        if (c->next_occasion <= t || pn_same_time(c->next_occasion, t))
            status = pn_course_begin_occasion(c, hand, changed);
        else if (c->n_pending &&
                 (c->pending[0].time <= t || pn_same_time(c->pending[0].time, t)))
            status = next_pending(c, hand, changed);
        else if (c->next < c->n_events &&
                 (c->event[c->next].time <= t || pn_same_time(c->event[c->next].time, t)))
            status = next_record(c, t, hand, changed);
        else
            break;
    }
    return status;
}

/* Observations are no stops: the integrator interpolates them. */
double pn_course_next(const struct pn_course *c)
{
    double next = c->n_pending ? c->pending[0].time : (double)INFINITY;

    next = fmin(next, c->next_occasion);
    for (size_t i = c->next; i < c->n_events && c->event[i].time < next; i++)
        if (c->event[i].evid != PN_EVID_OBSERVE || c->changes_at[i])
            return c->event[i].time;
    return next;
}

/* --- a patient --- */

/* Where an observation brings other covariates it is a stop as well. */
static void mark_changes(struct pn_course *c)
{
    const struct pn_events *table = c->study->events;
    size_t row = c->row;

    for (size_t i = 0; i < c->n_events; i++) {
        size_t at = row, n = table ? table->n_covariates : 0;
        const double *a, *b;
        c->changes_at[i] = 0;
        if (c->event[i].regimen >= 0)
            continue;
        row++;
        /* what holds before and after this record */
        if (table->backward ? at + 1 >= c->end_row : at == c->end_row - c->n_rows)
            continue;
        a = table->covariate + (table->backward ? at : at - 1) * n;
        b = a + n;
        c->changes_at[i] = (n && memcmp(a, b, n * sizeof *a) != 0) ||
                           table->event[table->backward ? at : at - 1].occasion !=
                               table->event[table->backward ? at + 1 : at].occasion;
    }
}

void pn_course_start(struct pn_course *c, const struct pn_study *study, size_t patient)
{
    const struct pn_events *table = study->events;
    const size_t *first = !table                          ? NULL
                          : patient == PN_TYPICAL_PATIENT ? table->all
                                                          : table->first + patient;

    c->study = study;
    c->patient = patient;
    c->n_events =
        pn_dosing_records(c->study, &c->study->arm[c->i_arm], patient, c->event);
    c->next = c->next_observation = c->n_observations = 0;
    c->n_pending = c->order = c->n_doses = 0;
    c->row = first ? first[0] : 0;
    c->end_row = first ? first[1] : 0;
    c->n_rows = c->end_row - c->row;
    pn_course_first_occasion(c);
    for (size_t i = 0; i < c->study->arm[c->i_arm].n_regimens; i++) {
        c->factor[i] = 1.0;
        c->stopped[i] = 0;
    }
    for (size_t i = 0; i < c->n_events; i++)
        if (c->event[i].evid == PN_EVID_OBSERVE)
            c->observation[c->n_observations++] = i;
    mark_changes(c);
}

size_t pn_course_n_observations(const struct pn_course *c)
{
    return c->n_observations;
}

double pn_course_observation(const struct pn_course *c, size_t k)
{
    return c->event[c->observation[k]].time;
}

const struct pn_given_dose *pn_course_doses(const struct pn_course *c, size_t *n)
{
    *n = c->n_doses;
    return c->dose;
}

/* --- decisions --- */

int pn_course_rescue(struct pn_course *c, int regimen, double t)
{
    const struct pn_regimen *r = &c->study->arm[c->i_arm].regimen[regimen];
    struct pn_event e = {
        .time = t,
        .evid = PN_EVID_DOSE,
        .input = r->input,
        .amount = r->amount,
        .rate = r->rate,
        .duration = r->over,
        .compartment = r->compartment,
        .regimen = regimen,
    };

    return pn_course_put(
        c, (struct pn_pending){.kind = PN_ADDITIONAL, .time = t, .event = e});
}

void pn_course_titrate(struct pn_course *c, int regimen, double factor, double low,
                       double high)
{
    double amount = c->study->arm[c->i_arm].regimen[regimen].amount;
    double next = amount * c->factor[regimen] * factor;

    c->factor[regimen] = fmin(fmax(next, low), high) / amount;
}

void pn_course_stop(struct pn_course *c, int regimen)
{
    c->stopped[regimen] = 1;
}

/* --- creating and freeing --- */

int pn_course_create(const struct pn_trial *trial, size_t i_arm, struct pn_course **out)
{
    const struct pn_study *study = trial->study;
    const struct pn_trial_arm *arm = &trial->arm[i_arm];
    struct pn_course *c = calloc(1, sizeof *c);
    size_t n;

    *out = c;
    if (!c)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    n = arm->most_records + 1;
    c->trial = trial;
    c->study = study;
    c->arm = arm;
    c->i_arm = i_arm;
    c->n_compartments = study->n_compartments;
    c->event = calloc(n, sizeof *c->event);
    c->observation = calloc(n, sizeof *c->observation);
    c->changes_at = calloc(n, sizeof *c->changes_at);
    c->factor = calloc(study->arm[i_arm].n_regimens + 1, sizeof *c->factor);
    c->begin =
        calloc(study->arm[i_arm].n_regimens + study->n_visits + 1, sizeof *c->begin);
    c->stopped = calloc(study->arm[i_arm].n_regimens + 1, sizeof *c->stopped);
    c->steady = calloc(study->n_drugs + 1, sizeof *c->steady);
    c->drug_parameters =
        calloc(pn_system_n_parameters(arm->system) + 1, sizeof *c->drug_parameters);
    c->drug_states = calloc(pn_system_n_states(arm->system) + 1, sizeof *c->drug_states);
    if (!c->event || !c->observation || !c->changes_at || !c->factor || !c->stopped ||
        !c->begin || !c->steady || !c->drug_parameters || !c->drug_states) {
        pn_course_free(out);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    }
    return PN_OK;
}

void pn_course_free(struct pn_course **course)
{
    struct pn_course *c = *course;

    if (!c)
        return;
    for (size_t i = 0; c->steady && i < c->study->n_drugs; i++)
        pn_steady_free(&c->steady[i]);
    free(c->event);
    free(c->observation);
    free(c->changes_at);
    free(c->pending);
    free(c->factor);
    free(c->stopped);
    free(c->begin);
    free(c->dose);
    free(c->steady);
    free(c->drug_parameters);
    free(c->drug_states);
    free(c);
    *course = NULL;
}
