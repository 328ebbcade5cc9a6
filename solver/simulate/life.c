/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A life in a bed: how it begins, what happens at its stops, what is recorded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/simulate/follow.h"

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
    size_t slot = bed->due[bed->i_due++].slot, n = pn_ward_observations(ward);

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

/* All that is due by now is as of now, also what is due an ulp later. */
static void record_due(struct pn_ward *ward, size_t lane, double t, const pn_lane *x)
{
    struct pn_bed *bed = &ward->bed[lane];

    while (bed->i_due < bed->n_due && pn_has_come(bed->due[bed->i_due].time, t)) {
        keep_state(ward, bed->x_due, bed->due[bed->i_due].slot, x, lane);
        note_due(ward, bed);
    }
}

/* Has it become outputs, by the parameters that held before its record? */
static int is_flushed(const struct pn_bed *bed, size_t slot)
{
    for (size_t i = bed->i_due; i > bed->i_flushed; i--)
        if (bed->due[i - 1].slot == slot)
            return 0;
    return 1;
}

void pn_life_observe(struct pn_ward *ward, size_t lane, size_t k, const pn_lane *x)
{
    struct pn_bed *bed = &ward->bed[lane];
    size_t slot = pn_ward_observations(ward) + k;

    keep_state(ward, bed->x_due, slot, x, lane);
    count_doses(ward, bed, k);
    if (is_flushed(bed, slot))
        pn_life_evaluate(ward, lane, slot);
}

/* --- living --- */

struct observer {
    struct pn_ward *ward;
    size_t lane;
    const pn_lane *x;
};

static void observe(void *user, size_t k)
{
    const struct observer *o = user;

    pn_life_observe(o->ward, o->lane, k, o->x);
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
           pn_has_come(study->visit[bed->n_visits].time, t)) {
        keep_state(ward, bed->x_moment, bed->n_visits + 1, x, lane);
        bed->n_visits++;
        if (ward->probing)
            continue;
        status = pn_decide(ward, lane, t, x);
        if (status == PN_OK)
            status = pn_dropout_update(ward, lane, x);
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
        .n_redrawn = (uint64_t)bed->life.n_redrawn,
        .initial = bed->initial,
        .patience = {PN_STEADY_STEPS, pn_ward_halt, ward},
        .observe = observe,
        .before_parameters = before_parameters,
        .user = &observer,
    };
    int changed = 0, over;

    record_due(ward, lane, t, x);
    bed->trouble = at_visits(ward, lane, t, x);
    if (bed->trouble != PN_OK || pn_dropout_leaves(ward, bed, t))
        return 0;
    over = pn_has_come(ward->study->duration, t);
    if (over && pn_course_n_observations(bed->course) == 0)
        return 0; /* doses at the end never come: an observation there sees the trough */
    bed->trouble = pn_course_act(bed->course, t, &hand, &changed);
    if (bed->trouble != PN_OK || over)
        return 0;
    next_leg(ward, bed, t, changed, leg);
    return 1;
}

/* --- beginning --- */

/* The grid, the moments of endpoints and the patient's own observations as one increasing
 * list; in this order where times are equal. */
static void list_due(struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_study *study = ward->study;
    const struct pn_trial_moment *moment = ward->trial->moment;
    size_t n_grid = study->n_outputs, n_own = pn_course_n_observations(bed->course);
    size_t first[] = {0, n_grid, pn_ward_observations(ward)};
    size_t n[] = {n_grid, ward->trial->n_moments, n_own}, i[] = {0, 0, 0};

    bed->n_due = bed->i_due = bed->i_flushed = 0;
    while (bed->n_due < n[0] + n[1] + n[2]) {
        double time[] = {i[0] < n[0] ? study->output[i[0]] : (double)INFINITY,
                         i[1] < n[1] ? moment[i[1]].time : (double)INFINITY,
                         i[2] < n[2] ? pn_course_observation(bed->course, i[2])
                                     : (double)INFINITY};
        size_t next = time[1] < time[0];

        next = time[2] < time[next] ? 2 : next;
        bed->due[bed->n_due++] = (struct pn_due){time[next], first[next] + i[next]};
        i[next]++;
    }
}

/* Patients whose table has a column ARM live in that one; elsewhere all is missing. */
static int is_in_another_arm(const struct pn_ward *ward, const struct pn_bed *bed)
{
    const int *arm = bed->study->population.arm;

    return !ward->probing && arm && (size_t)arm[bed->patient] != ward->i_arm;
}

int pn_life_begin(struct pn_ward *ward, size_t lane, pn_lane *x, struct pn_leg *leg)
{
    struct pn_bed *bed = &ward->bed[lane];

    for (size_t i = 0; i < ward->trial->n_values + ward->trial->n_moments; i++)
        bed->life.values[i] = (double)NAN;
    pn_follow_begin(ward, bed);
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
    bed->bad_output = -1;
    bed->negative = 0;
    bed->n_candidates = 0;
    bed->hazard = ward->study->arm[ward->i_arm].dropout.rate;
    for (size_t i = 0; i < ward->study->arm[ward->i_arm].n_rules; i++)
        bed->n_acted[i] = 0;
    pn_dropout_next(ward, bed, 0.0);
    pn_course_start(bed->course, bed->study, bed->patient);
    list_due(ward, bed);
    keep_state(ward, bed->x_moment, 0, x, lane);
    if (is_in_another_arm(ward, bed) || !pn_life_go_on(ward, lane, 0.0, x, leg))
        return 0;
    leg->kind = PN_LEG_NEW;
    return 1;
}
