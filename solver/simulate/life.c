/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A life in a bed: what happens at its stops, what is recorded, what rules decide at
 * visits. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/cohort/cohort.h"
#include "solver/simulate/ward.h"

static int has_come(double time, double now)
{
    return time <= now || pn_same_time(time, now);
}

/* --- recording --- */

static void keep_state(const struct pn_ward *ward, double *kept, size_t i,
                       const pn_lane *x, size_t lane)
{
    for (size_t k = 0; k < ward->n_states; k++)
        kept[i * ward->n_states + k] = x[k][lane];
}

static double next_due(const struct pn_bed *bed)
{
    return bed->i_due < bed->n_due ? bed->due[bed->i_due].time : (double)INFINITY;
}

static const struct pn_output *output_named(const struct pn_trial *trial,
                                            const char *name)
{
    for (size_t i = 0; i < trial->n_outputs; i++)
        if (strcmp(trial->output[i].name, name) == 0)
            return &trial->output[i];
    return NULL;
}

/* How many doses an observation has seen. */
static void count_doses(struct pn_ward *ward, struct pn_bed *bed, size_t observation)
{
    const struct pn_output *output = output_named(ward->trial, "obs.n_doses");
    size_t n;

    pn_course_doses(bed->course, &n);
    if (output)
        bed->life.values[output->first + observation] = (double)n;
}

static void note_due(struct pn_ward *ward, struct pn_bed *bed)
{
    size_t slot = bed->due[bed->i_due++].slot, n = ward->study->n_outputs;

    if (slot >= n)
        count_doses(ward, bed, slot - n);
}

void pn_life_record(void *user, size_t lane, double t, const double *x, double *next)
{
    struct pn_ward *ward = user;
    struct pn_bed *bed = &ward->bed[lane];

    (void)t;
    memcpy(bed->x_due + bed->due[bed->i_due].slot * ward->n_states, x,
           ward->n_states * sizeof *x);
    note_due(ward, bed);
    *next = next_due(bed);
}

/* Signals at states of one patient, several times side by side. */
struct moment {
    const double *x; /* [n_states] */
    size_t slot;
};

static void signals_of(struct pn_ward *ward, const struct moment *moment, size_t n)
{
    for (size_t l = 0; l < PN_LANES; l++)
        for (size_t k = 0; k < ward->n_states; k++)
            ward->x[k][l] = moment[l < n ? l : n - 1].x[k];
    pn_lanes_signals(ward->bench, ward->x, ward->signal);
}

static double value_of(const struct pn_ward *ward, size_t output, size_t lane)
{
    const struct pn_symbol *symbol = &ward->arm->symbol[output];

    if (!ward->arm->present[output])
        return 0.0; /* a drug that is not given here */
    return symbol->kind == PN_STATE ? ward->x[symbol->index][lane]
                                    : ward->signal[symbol->index][lane];
}

static void store_outputs(struct pn_ward *ward, struct pn_bed *bed, size_t slot,
                          size_t lane)
{
    size_t n = ward->study->n_outputs;
    enum pn_output_over over = slot < n ? PN_OVER_TIME : PN_OVER_OBSERVATIONS;
    size_t place = slot < n ? slot : slot - n;

    for (size_t i = 0; i < ward->trial->n_outputs; i++) {
        const struct pn_output *output = &ward->trial->output[i];
        if (output->over == over && ward->arm->symbol[i].row)
            bed->life.values[output->first + place] = value_of(ward, i, lane);
        else if (output->over == over && strcmp(output->name, "obs.n_doses") != 0)
            bed->life.values[output->first + place] = 0.0;
    }
}

static void store_reads(struct pn_ward *ward, struct pn_bed *bed, size_t moment,
                        size_t lane)
{
    size_t n = pn_room_n_reads(ward->room), k = 0;

    for (size_t t = 0; t < ward->trial->n_tests; t++)
        for (size_t i = 0; i < ward->trial->test[t].n_reads; i++, k++)
            bed->reads[moment * n + k] = ward->arm->test_read[k] >= 0
                                             ? ward->signal[ward->arm->test_read[k]][lane]
                                             : ward->trial->test[t].test->reads[i].value;
}

static void flush_outputs(struct pn_ward *ward, struct pn_bed *bed)
{
    struct moment moment[PN_LANES];

    while (bed->i_flushed < bed->i_due) {
        size_t n = 0;
        for (; n < PN_LANES && bed->i_flushed < bed->i_due; n++, bed->i_flushed++) {
            size_t slot = bed->due[bed->i_flushed].slot;
            moment[n] = (struct moment){bed->x_due + slot * ward->n_states, slot};
        }
        signals_of(ward, moment, n);
        for (size_t l = 0; l < n; l++)
            store_outputs(ward, bed, moment[l].slot, l);
    }
}

/* moment 0 is the beginning, where the airway is fitted; moment v + 1 is visit v */
static void flush_reads(struct pn_ward *ward, struct pn_bed *bed)
{
    struct moment moment[PN_LANES];

    while (ward->trial->n_tests > 0 && bed->n_visits_flushed < bed->n_visits + 1) {
        size_t n = 0;
        for (; n < PN_LANES && bed->n_visits_flushed < bed->n_visits + 1; n++) {
            size_t slot = bed->n_visits_flushed++;
            moment[n] = (struct moment){bed->x_moment + slot * ward->n_states, slot};
        }
        signals_of(ward, moment, n);
        for (size_t l = 0; l < n; l++)
            store_reads(ward, bed, moment[l].slot, l);
    }
}

void pn_life_flush(struct pn_ward *ward, size_t lane)
{
    struct pn_bed *bed = &ward->bed[lane];

    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set(ward->bench, l, bed->parameters);
    pn_lanes_prepare(ward->bench);
    flush_outputs(ward, bed);
    flush_reads(ward, bed);
}

void pn_life_store_doses(struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_trial *trial = ward->trial;
    const struct pn_output *output = trial->output + trial->n_outputs - PN_DOSE_OUTPUTS;
    size_t n;
    const struct pn_given_dose *dose = pn_course_doses(bed->course, &n);

    bed->life.n_doses = (uint32_t)n;
    for (size_t i = 0; trial->most_doses && i < n && i < trial->most_doses; i++) {
        double *values = bed->life.values + i;
        values[output[PN_DOSE_TIME].first] = dose[i].time;
        values[output[PN_DOSE_AMOUNT].first] = dose[i].amount;
        values[output[PN_DOSE_DURATION].first] = dose[i].duration;
        values[output[PN_DOSE_COMPARTMENT].first] = dose[i].compartment;
    }
}

/* --- decisions at visits --- */

/* A signal, state or result of a test as of now. */
static int value_now(struct pn_ward *ward, size_t lane, const pn_lane *x,
                     const char *name, double *value)
{
    struct pn_bed *bed = &ward->bed[lane];
    struct pn_guest guest = {
        .n_visits = bed->n_visits, .row = bed->baseline, .reads = bed->reads};
    struct pn_symbol symbol;

    if (pn_system_find(ward->arm->system, name, &symbol) == 0) {
        pn_lanes_signals(ward->lanes, x, ward->signal);
        *value = symbol.kind == PN_STATE    ? x[symbol.index][lane]
                 : symbol.kind == PN_SIGNAL ? ward->signal[symbol.index][lane]
                                            : bed->parameters[symbol.index];
        return PN_OK;
    }
    pn_life_flush(ward, lane);
    guest.life.job = bed->life.job;
    return pn_room_result(ward->room, &guest, name, value);
}

static int act_on(struct pn_bed *bed, const struct pn_rule *rule, double t)
{
    switch (rule->kind) {
    case PN_RULE_RESCUE:
        return pn_course_rescue(bed->course, rule->regimen, t);
    case PN_RULE_TITRATE:
        pn_course_titrate(bed->course, rule->regimen, rule->factor, rule->low,
                          rule->high);
        return PN_OK;
    case PN_RULE_STOP:
        pn_course_stop(bed->course, rule->regimen);
        return PN_OK;
    case PN_RULE_DROPOUT:
        bed->candidate = t; /* and nothing speaks against it */
        bed->hazard = (double)INFINITY;
        return PN_OK;
    }
    return PN_OK;
}

static int decide(struct pn_ward *ward, size_t lane, double t, const pn_lane *x)
{
    const struct pn_arm *arm = &ward->study->arm[ward->i_arm];
    struct pn_bed *bed = &ward->bed[lane];
    int status = PN_OK;

    for (size_t i = 0; i < arm->n_rules && status == PN_OK; i++) {
        const struct pn_rule *rule = &arm->rule[i];
        double value;
        if (rule->times > 0 && bed->n_acted[i] >= rule->times)
            continue;
        status = value_now(ward, lane, x, rule->signal, &value);
        if (status != PN_OK ||
            !(rule->above ? value > rule->threshold : value < rule->threshold))
            continue;
        bed->n_acted[i]++;
        status = act_on(bed, rule, t);
    }
    return status;
}

/* --- dropout by thinning: candidates at the bounding rate, accepted by the rate at that
 * time --- */

static double draw_dropout(const struct pn_ward *ward, const struct pn_bed *bed,
                           uint64_t index)
{
    int64_t id = pn_cohort_id(&ward->study->population, bed->patient);

    return pn_uniform(ward->study->seed, id, PN_DRAW_DROPOUT, index, bed->n_candidates);
}

static void next_candidate(const struct pn_ward *ward, struct pn_bed *bed, double t)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;

    bed->n_candidates++;
    bed->candidate = !ward->probing && dropout->rate > 0.0
                         ? t - log(draw_dropout(ward, bed, 0)) / dropout->most
                         : (double)INFINITY;
}

static int update_hazard(struct pn_ward *ward, size_t lane, const pn_lane *x)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;
    struct pn_bed *bed = &ward->bed[lane];
    double value = 0.0;
    int status = PN_OK;

    if (!(dropout->rate > 0.0) || isinf(bed->hazard))
        return PN_OK;
    if (dropout->signal)
        status = value_now(ward, lane, x, dropout->signal, &value);
    bed->hazard = dropout->rate * exp(dropout->coefficient * value);
    if (status == PN_OK && !(bed->hazard <= dropout->most))
        status = PN_PATIENT_RATE_BOUND;
    return status;
}

/* @return 1: the patient leaves now. */
static int leaves(struct pn_ward *ward, struct pn_bed *bed, double t)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;

    while (has_come(bed->candidate, t)) {
        if (isinf(bed->hazard) ||
            draw_dropout(ward, bed, 1) * dropout->most < bed->hazard)
            return 1;
        next_candidate(ward, bed, bed->candidate);
    }
    return 0;
}

/* --- living --- */

struct observer {
    struct pn_ward *ward;
    size_t lane;
    const pn_lane *x;
};

/* An observation behind a change of the same time sees that change. */
static void observe(void *user, size_t k)
{
    const struct observer *o = user;
    struct pn_bed *bed = &o->ward->bed[o->lane];
    size_t slot = o->ward->study->n_outputs + k;

    keep_state(o->ward, bed->x_due, slot, o->x, o->lane);
    count_doses(o->ward, bed, k);
}

static void before_parameters(void *user)
{
    const struct observer *o = user;

    pn_life_flush(o->ward, o->lane);
}

static int at_visits(struct pn_ward *ward, size_t lane, double t, const pn_lane *x)
{
    const struct pn_study *study = ward->study;
    struct pn_bed *bed = &ward->bed[lane];
    int status = PN_OK;

    while (status == PN_OK && bed->n_visits < study->n_visits &&
           has_come(study->visit[bed->n_visits].time, t)) {
        keep_state(ward, bed->x_moment, bed->n_visits + 1, x, lane);
        bed->n_visits++;
        if (ward->probing)
            continue;
        status = decide(ward, lane, t, x);
        if (status == PN_OK)
            status = update_hazard(ward, lane, x);
    }
    return status;
}

static void next_leg(const struct pn_ward *ward, const struct pn_bed *bed, double t,
                     int changed, struct pn_leg *leg)
{
    const struct pn_study *study = ward->study;

    leg->kind = changed ? PN_LEG_JUMP : PN_LEG_CONTINUE;
    leg->start = t;
    leg->stop = fmin(study->duration, pn_course_next(bed->course));
    leg->stop = fmin(leg->stop, bed->candidate);
    if (bed->n_visits < study->n_visits)
        leg->stop = fmin(leg->stop, study->visit[bed->n_visits].time);
    leg->output = next_due(bed);
}

int pn_life_go_on(struct pn_ward *ward, size_t lane, double t, pn_lane *x,
                  struct pn_leg *leg)
{
    struct pn_bed *bed = &ward->bed[lane];
    struct observer observer = {ward, lane, x};
    const struct pn_hand hand = {
        .lanes = ward->lanes,
        .lane = lane,
        .x = x,
        .row = bed->row,
        .parameters = bed->parameters,
        .initial = bed->initial,
        .observe = observe,
        .before_parameters = before_parameters,
        .user = &observer,
    };
    int changed = 0, over;

    bed->trouble = at_visits(ward, lane, t, x);
    if (bed->trouble != PN_OK || leaves(ward, bed, t))
        return 0;
    over = has_come(ward->study->duration, t);
    if (over && pn_course_n_observations(bed->course) == 0)
        return 0; /* doses at the end never come: an observation there sees the trough */
    bed->trouble = pn_course_act(bed->course, t, &hand, &changed);
    if (bed->trouble != PN_OK || over)
        return 0;
    next_leg(ward, bed, t, changed, leg);
    return 1;
}

/* --- beginning --- */

/* The grid and the patient's own observations as one increasing list. */
static void list_due(struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_study *study = ward->study;
    size_t n = pn_course_n_observations(bed->course), i = 0, k = 0;

    bed->n_due = bed->i_due = bed->i_flushed = 0;
    while (i < study->n_outputs || k < n) {
        int own = i >= study->n_outputs ||
                  (k < n && pn_course_observation(bed->course, k) < study->output[i]);
        bed->due[bed->n_due++] =
            own ? (struct pn_due){pn_course_observation(bed->course, k),
                                  study->n_outputs + k}
                : (struct pn_due){study->output[i], i};
        own ? k++ : i++;
    }
}

static void record_now(struct pn_ward *ward, size_t lane, const pn_lane *x)
{
    struct pn_bed *bed = &ward->bed[lane];

    keep_state(ward, bed->x_moment, 0, x, lane);
    while (bed->i_due < bed->n_due && has_come(bed->due[bed->i_due].time, 0.0)) {
        keep_state(ward, bed->x_due, bed->due[bed->i_due].slot, x, lane);
        note_due(ward, bed);
    }
}

int pn_life_begin(struct pn_ward *ward, size_t lane, pn_lane *x, struct pn_leg *leg)
{
    struct pn_bed *bed = &ward->bed[lane];

    for (size_t i = 0; i < ward->trial->n_values; i++)
        bed->life.values[i] = (double)NAN;
    memcpy(bed->baseline, bed->row,
           ward->study->population.n_variables * sizeof *bed->row);
    pn_trial_parameters(ward->arm, bed->row, bed->parameters);
    pn_lanes_set(ward->lanes, lane, bed->parameters);
    pn_lanes_prepare(ward->lanes);
    pn_lanes_clear_inputs(ward->lanes, lane);
    pn_lanes_initial(ward->lanes, ward->x);
    for (size_t i = 0; i < ward->n_states; i++)
        bed->initial[i] = x[i][lane] = ward->x[i][lane];
    bed->n_visits = bed->n_visits_flushed = 0;
    bed->n_candidates = 0;
    bed->hazard = ward->study->arm[ward->i_arm].dropout.rate;
    for (size_t i = 0; i < ward->study->arm[ward->i_arm].n_rules; i++)
        bed->n_acted[i] = 0;
    next_candidate(ward, bed, 0.0);
    pn_course_start(bed->course, bed->study, bed->patient);
    list_due(ward, bed);
    record_now(ward, lane, x);
    if (!pn_life_go_on(ward, lane, 0.0, x, leg))
        return 0;
    leg->kind = PN_LEG_NEW;
    return 1;
}

/* --- the bed itself --- */

int pn_bed_create(const struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_study *study = ward->study;
    size_t n_parameters = pn_system_n_parameters(ward->arm->system);
    size_t n_due = study->n_outputs + ward->trial->most_observations;
    size_t n_moments = study->n_visits + 1, n_states = ward->n_states + 1;

    bed->life.values = calloc(ward->trial->n_values + 1, sizeof(double));
    bed->row = calloc(study->population.n_variables + 1, sizeof *bed->row);
    bed->baseline = calloc(study->population.n_variables + 1, sizeof *bed->baseline);
    bed->parameters = calloc(n_parameters + 1, sizeof *bed->parameters);
    bed->initial = calloc(n_states, sizeof *bed->initial);
    bed->reads =
        calloc(n_moments * (pn_room_n_reads(ward->room) + 1), sizeof *bed->reads);
    bed->due = calloc(n_due + 1, sizeof *bed->due);
    bed->x_due = calloc((n_due + 1) * n_states, sizeof *bed->x_due);
    bed->x_moment = calloc(n_moments * n_states, sizeof *bed->x_moment);
    bed->n_acted = calloc(study->arm[ward->i_arm].n_rules + 1, sizeof *bed->n_acted);
    if (!bed->life.values || !bed->row || !bed->baseline || !bed->parameters ||
        !bed->initial || !bed->reads || !bed->due || !bed->x_due || !bed->x_moment ||
        !bed->n_acted || pn_study_view_create(study, &bed->view) != PN_OK)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    return pn_course_create(ward->trial, ward->i_arm, &bed->course);
}

void pn_bed_free(struct pn_bed *bed)
{
    pn_course_free(&bed->course);
    pn_study_view_free(&bed->view);
    free(bed->life.values);
    free(bed->row);
    free(bed->baseline);
    free(bed->parameters);
    free(bed->initial);
    free(bed->reads);
    free(bed->due);
    free(bed->x_due);
    free(bed->x_moment);
    free(bed->n_acted);
}
