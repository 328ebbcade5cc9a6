/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/simulate/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/steady_state.h"

/* What waits for its time.  At equal times: ends of infusions, then doses in the order in
 * which they were put here, then records in the order of the table. */
enum pending_kind { INFUSION_END, ARRIVAL, ADDITIONAL };
struct pending {
    enum pending_kind kind;
    double time;
    size_t order;
    struct pn_event event; /* of a dose; addl counts what is left */
    double amount, rate,
        duration; /* of an arrival: after F; of an end: the rate that ends */
};

struct pn_course {
    const struct pn_trial *trial;
    const struct pn_study *study;
    const struct pn_trial_arm *arm;
    size_t i_arm, patient, n_compartments;
    struct pn_event *event; /* records, [n_events] */
    size_t n_events, next;
    struct pending *pending; /* sorted by time, kind, order */
    size_t n_pending, room, order;
    double *input;  /* of each compartment: sum of the rates that run */
    int *n_running; /* how many do: the sum returns to a clean zero */
    double *factor; /* of each regimen, by titration */
    int *stopped;   /* of each regimen */
    struct pn_given_dose *dose;
    size_t n_doses, dose_room;
    size_t *observation; /* record of each */
    size_t n_observations, next_observation;
    char *changes_at;            /* of each record: other covariates hold behind it */
    size_t row, end_row, n_rows; /* of the table: the next one, of this patient */
    int occasion;
    struct pn_steady **steady; /* of each drug; made when first wanted */
    double *drug_parameters, *drug_states;
};

/* --- */

static int same_time(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1.0, fmin(fabs(a), fabs(b))); /* not INFINITY */
}

static int is_before(const struct pending *a, const struct pending *b)
{
    if (!same_time(a->time, b->time))
        return a->time < b->time;
    if ((a->kind == INFUSION_END) != (b->kind == INFUSION_END))
        return a->kind == INFUSION_END;
    return a->order < b->order;
}

static int put(struct pn_course *c, struct pending one)
{
    size_t i = c->n_pending;

    if (c->n_pending == c->room) {
        size_t room = 2 * c->room + 16;
        struct pending *grown = realloc(c->pending, room * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        c->pending = grown;
        c->room = room;
    }
    one.order = c->order++;
    for (; i > 0 && is_before(&one, &c->pending[i - 1]); i--)
        c->pending[i] = c->pending[i - 1];
    c->pending[i] = one;
    c->n_pending++;
    return PN_OK;
}

static struct pending take(struct pn_course *c)
{
    struct pending first = c->pending[0];

    c->n_pending--;
    memmove(c->pending, c->pending + 1, c->n_pending * sizeof *c->pending);
    return first;
}

static const struct pn_trial_place *place_of(const struct pn_course *c, int compartment)
{
    return &c->arm->place[compartment];
}

static size_t drug_of(const struct pn_course *c, int compartment)
{
    return c->study->compartment[compartment].drug;
}

static double parameter(const struct pn_hand *hand, int i, double otherwise)
{
    return i >= 0 ? hand->parameters[i] : otherwise;
}

/* --- inputs --- */

static void run_input(struct pn_course *c, const struct pn_hand *hand, int compartment,
                      double rate, int more)
{
    size_t state = place_of(c, compartment)->state;
    double sum = 0.0;

    c->n_running[compartment] += more;
    c->input[compartment] += rate;
    if (c->n_running[compartment] <= 0)
        c->n_running[compartment] = 0, c->input[compartment] = 0.0;
    for (size_t i = 0; i < c->n_compartments; i++) /* routes that share a state */
        if (c->arm->place[i].present && c->arm->place[i].state == state)
            sum += c->input[i];
    pn_lanes_set_input(hand->lanes, hand->lane, state, sum);
}

/* As it is taken: before lag and F. */
static int note_dose(struct pn_course *c, const struct pn_event *e, double time,
                     double duration)
{
    double factor = e->regimen >= 0 ? c->factor[e->regimen] : 1.0;

    if (c->n_doses == c->dose_room) {
        size_t room = 2 * c->dose_room + 16;
        struct pn_given_dose *grown = realloc(c->dose, room * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        c->dose = grown;
        c->dose_room = room;
    }
    c->dose[c->n_doses++] =
        (struct pn_given_dose){time, e->amount * factor, duration, e->compartment};
    return PN_OK;
}

static int begin_infusion(struct pn_course *c, const struct pn_hand *hand,
                          int compartment, double rate, double end)
{
    run_input(c, hand, compartment, rate, 1);
    return put(c, (struct pending){.kind = INFUSION_END,
                                   .time = end,
                                   .rate = rate,
                                   .event = {.compartment = compartment}});
}

static int arrival(struct pn_course *c, const struct pn_hand *hand,
                   const struct pending *p)
{
    int compartment = p->event.compartment;
    size_t state = place_of(c, compartment)->state;

    pn_lanes_switch(hand->lanes, hand->lane, state, 1); /* a dose turns it on again */
    if (p->duration > 0.0)
        return begin_infusion(c, hand, compartment, p->rate, p->time + p->duration);
    hand->x[state][hand->lane] += p->amount;
    return PN_OK;
}

/* Amount, rate and duration of a dose as the patient's parameters are now.
 * @return PN_OK or PN_PATIENT_BAD_DOSE. */
static int size_up(const struct pn_course *c, const struct pn_hand *hand,
                   const struct pn_event *e, struct pending *p)
{
    const struct pn_trial_place *place = place_of(c, e->compartment);
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
    return drug < 0 || drug_of(c, compartment) == (size_t)drug;
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
            c->n_running[i] = 0;
            run_input(c, hand, (int)i, 0.0, 0);
            pn_lanes_switch(hand->lanes, hand->lane, c->arm->place[i].state, 1);
        }
}

static void reset(struct pn_course *c, const struct pn_hand *hand, int drug)
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
                         const struct pending *p, double phase)
{
    const struct pn_trial_drug *own = &c->arm->drug[drug];
    struct pn_pulse pulse = {
        .state = own->state_of[place_of(c, p->event.compartment)->state],
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
                          c->drug_states);
}

/* Doses of the endless past that are still on their way or still run in. */
static int steady_past(struct pn_course *c, const struct pn_hand *hand,
                       const struct pending *p, double t, double lag)
{
    int compartment = p->event.compartment, status = PN_OK;

    for (double k = 1.0; status == PN_OK; k += 1.0) {
        double at = t + lag - k * p->event.ii;
        if (at > t || same_time(at, t)) {
            struct pending on_its_way = *p;
            on_its_way.kind = ARRIVAL;
            on_its_way.time = at;
            status = put(c, on_its_way);
        } else if (at + p->duration > t && !same_time(at + p->duration, t)) {
            status = begin_infusion(c, hand, compartment, p->rate, at + p->duration);
        } else {
            return PN_OK;
        }
    }
    return status;
}

static int make_steady(struct pn_course *c, const struct pn_hand *hand, struct pending *p,
                       double t, double lag)
{
    size_t drug = drug_of(c, p->event.compartment);
    const struct pn_trial_drug *own = &c->arm->drug[drug];
    double ii = p->event.ii, phase = ii;
    int status;

    if (p->event.ss == 1)
        reset(c, hand, (int)drug);
    if (ii > 0.0) { /* the last arrival was phase ago */
        phase = ii - fmod(lag, ii);
        if (same_time(phase, 0.0))
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

static int schedule(struct pn_course *c, const struct pn_hand *hand,
                    const struct pn_event *e, double t)
{
    const struct pn_trial_place *place = place_of(c, e->compartment);
    struct pending p = {.kind = ARRIVAL, .event = *e};
    double lag = parameter(hand, place->ALAG, 0.0);
    int status = size_up(c, hand, e, &p);

    if (status != PN_OK)
        return status;
    if (!(lag >= 0.0) || !isfinite(lag))
        return PN_PATIENT_BAD_DOSE;
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
        struct pending more = {.kind = ADDITIONAL, .time = t + e->ii, .event = *e};
        more.event.addl = e->addl - 1;
        more.event.ss = 0;
        status = put(c, more);
    }
    if (status != PN_OK)
        return status;
    p.time = t + lag;
    return lag > 0.0 ? put(c, p) : arrival(c, hand, &p);
}

/* --- covariates and occasions that change --- */

/* With NOCB what stands in the next record of the table holds from this one on, with LOCF
 * what stands in this one.  Parameters follow. */
static int carry(struct pn_course *c, const struct pn_hand *hand, size_t row,
                 int *changed)
{
    const struct pn_population *population = &c->study->population;
    const struct pn_events *table = c->study->events;
    const double *value = table->covariate + row * table->n_covariates;
    int occasion = table->event[row].occasion, bad;

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
    if (pn_cohort_update(population, c->study->seed, c->patient, occasion, hand->row,
                         &bad) != PN_OK)
        return PN_PATIENT_OUT_OF_RANGE;
    pn_trial_parameters(c->arm, hand->row, hand->parameters);
    pn_lanes_set(hand->lanes, hand->lane, hand->parameters);
    pn_lanes_prepare(hand->lanes);
    return PN_OK;
}

/* --- records --- */

static void switch_off(struct pn_course *c, const struct pn_hand *hand, int compartment)
{
    size_t state = place_of(c, compartment)->state, kept = 0;

    for (size_t i = 0; i < c->n_pending; i++)
        if (c->pending[i].kind != INFUSION_END ||
            place_of(c, c->pending[i].event.compartment)->state != state)
            c->pending[kept++] = c->pending[i];
    c->n_pending = kept;
    for (size_t i = 0; i < c->n_compartments; i++)
        if (c->arm->place[i].present && c->arm->place[i].state == state)
            c->n_running[i] = 0, c->input[i] = 0.0;
    pn_lanes_set_input(hand->lanes, hand->lane, state, 0.0);
    hand->x[state][hand->lane] = 0.0;
    pn_lanes_switch(hand->lanes, hand->lane, state, 0);
}

static int change_state(struct pn_course *c, const struct pn_hand *hand,
                        const struct pn_event *e)
{
    const struct pn_trial_place *place = place_of(c, e->compartment);

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
    int here = e->compartment >= 0 && place_of(c, e->compartment)->present;
    int resets = e->evid == PN_EVID_RESET || e->evid == PN_EVID_RESET_DOSE;

    if (e->evid == PN_EVID_OBSERVE) {
        /* earlier ones were interpolated on the way here */
        if (*changed && same_time(e->time, t))
            hand->observe(hand->user, c->next_observation);
        c->next_observation++;
        return PN_OK;
    }
    *changed = 1;
    if (resets)
        reset(c, hand, here ? (int)drug_of(c, e->compartment) : -1);
    if (!here)
        return PN_OK;
    if (e->off || e->evid == PN_EVID_REPLACE || e->evid == PN_EVID_MULTIPLY)
        return change_state(c, hand, e);
    if (e->evid != PN_EVID_DOSE && e->evid != PN_EVID_RESET_DOSE)
        return PN_OK;
    return e->regimen >= 0 && c->stopped[e->regimen] ? PN_OK : schedule(c, hand, e, t);
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
    struct pending p = take(c);

    *changed = 1;
    if (p.kind == INFUSION_END) {
        run_input(c, hand, p.event.compartment, -p.rate, -1);
        return PN_OK;
    }
    return p.kind == ARRIVAL ? arrival(c, hand, &p) : schedule(c, hand, &p.event, p.time);
}

int pn_course_act(struct pn_course *c, double t, const struct pn_hand *hand, int *changed)
{
    int status = PN_OK;

    *changed = 0;
    while (status == PN_OK) {
        if (c->n_pending && (c->pending[0].time <= t || same_time(c->pending[0].time, t)))
            status = next_pending(c, hand, changed);
        else if (c->next < c->n_events &&
                 (c->event[c->next].time <= t || same_time(c->event[c->next].time, t)))
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

void pn_course_start(struct pn_course *c, size_t patient)
{
    const struct pn_events *table = c->study->events;
    size_t whole = patient + c->study->population.skipped;

    c->patient = patient;
    c->n_events =
        pn_dosing_records(c->study, &c->study->arm[c->i_arm], patient, c->event);
    c->next = c->next_observation = c->n_observations = 0;
    c->n_pending = c->order = c->n_doses = 0;
    c->row = table ? table->first[whole] : 0;
    c->end_row = table ? table->first[whole + 1] : 0;
    c->n_rows = c->end_row - c->row;
    c->occasion = table && c->n_rows ? table->event[c->row].occasion : 0;
    for (size_t i = 0; i < c->n_compartments; i++)
        c->input[i] = 0.0, c->n_running[i] = 0;
    for (size_t i = 0; i < c->study->arm[c->i_arm].n_regimens; i++)
        c->factor[i] = 1.0, c->stopped[i] = 0;
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

    return put(c, (struct pending){.kind = ADDITIONAL, .time = t, .event = e});
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

/* --- */

int pn_course_create(const struct pn_trial *trial, size_t i_arm, struct pn_course **out)
{
    const struct pn_study *study = trial->study;
    const struct pn_trial_arm *arm = &trial->arm[i_arm];
    struct pn_course *c = calloc(1, sizeof *c);
    size_t n;

    *out = c;
    if (!c)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    n = pn_dosing_max(study, &study->arm[i_arm]) + 1;
    c->trial = trial;
    c->study = study;
    c->arm = arm;
    c->i_arm = i_arm;
    c->n_compartments = study->n_compartments;
    c->event = calloc(n, sizeof *c->event);
    c->observation = calloc(n, sizeof *c->observation);
    c->changes_at = calloc(n, sizeof *c->changes_at);
    c->input = calloc(study->n_compartments + 1, sizeof *c->input);
    c->n_running = calloc(study->n_compartments + 1, sizeof *c->n_running);
    c->factor = calloc(study->arm[i_arm].n_regimens + 1, sizeof *c->factor);
    c->stopped = calloc(study->arm[i_arm].n_regimens + 1, sizeof *c->stopped);
    c->steady = calloc(study->n_drugs + 1, sizeof *c->steady);
    c->drug_parameters =
        calloc(pn_system_n_parameters(arm->system) + 1, sizeof *c->drug_parameters);
    c->drug_states = calloc(pn_system_n_states(arm->system) + 1, sizeof *c->drug_states);
    if (!c->event || !c->observation || !c->changes_at || !c->input || !c->n_running ||
        !c->factor || !c->stopped || !c->steady || !c->drug_parameters ||
        !c->drug_states) {
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
    free(c->input);
    free(c->n_running);
    free(c->factor);
    free(c->stopped);
    free(c->dose);
    free(c->steady);
    free(c->drug_parameters);
    free(c->drug_states);
    free(c);
    *course = NULL;
}
