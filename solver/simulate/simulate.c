/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward's work: who comes into which lane, by which method, and where they go. */
#include "solver/simulate/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/follow.h"
#include "solver/simulate/ladder.h"
#include "solver/simulate/ward.h"

/* --- who is at work --- */

static void note_bed(const struct pn_ward *ward, size_t lane, int64_t job)
{
    if (ward->calls->at_work && !ward->probing)
        pn_at_work_note(&ward->calls->at_work->bed[lane], job);
}

/* scalar code works on this one; -1: all beds are */
static void note_work(const struct pn_ward *ward, int64_t job)
{
    if (ward->calls->at_work && !ward->probing)
        pn_at_work_note(&ward->calls->at_work->working, job);
}

static void note_phase(const struct pn_ward *ward, int phase)
{
    if (ward->calls->at_work)
        ward->calls->at_work->phase = phase;
}

/* --- going out --- */

static int put_aside(struct pn_ward *ward, const struct pn_life *life)
{
    if (ward->n_failed == ward->failed_limit) {
        size_t limit = 2 * ward->failed_limit + 64;
        struct pn_life *grown = realloc(ward->failed, limit * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        ward->failed = grown;
        ward->failed_limit = limit;
    }
    ward->failed[ward->n_failed++] = *life;
    return PN_OK;
}

static void explain(struct pn_life *life, double t, int rung)
{
    snprintf(life->message, sizeof life->message, "%.60s, at %.6g h by the %.16s method",
             pn_status_sentence(life->status), t, pn_ladder_names[rung]);
}

/* The integration came to its end; is what was recorded of it fit to be a result? */
static void judge_records(const struct pn_ward *ward, struct pn_bed *bed)
{
    if (bed->negative) {
        bed->life.status = PN_PATIENT_NEGATIVE;
        bed->life.t_end = bed->bad_time;
        explain(&bed->life, bed->bad_time, ward->rung);
    } else if (bed->bad_output >= 0) {
        bed->life.status = PN_PATIENT_NOT_FINITE;
        bed->life.t_end = bed->bad_time;
        snprintf(bed->life.message, sizeof bed->life.message,
                 "output %.60s is not finite, at %.6g h",
                 ward->trial->output[bed->bad_output].name, bed->bad_time);
    }
}

static int to_room(struct pn_ward *ward, const struct pn_bed *bed)
{
    struct pn_guest *guest = pn_room_chair(ward->room);
    double *values = guest->life.values;

    memcpy(values, bed->life.values,
           (ward->trial->n_values + ward->trial->n_moments) * sizeof *values);
    guest->life = bed->life;
    guest->life.values = values;
    guest->n_visits = bed->n_visits;
    memcpy(guest->row, bed->baseline,
           ward->study->population.n_variables * sizeof *guest->row);
    memcpy(guest->reads, bed->reads,
           (ward->study->n_visits + 1) * pn_room_n_reads(ward->room) *
               sizeof *guest->reads);
    return pn_room_admit(ward->room);
}

static int go_out(struct pn_ward *ward, size_t lane, const struct pn_arrival *a)
{
    struct pn_bed *bed = &ward->bed[lane];

    bed->life.status = a->status != PN_OK ? a->status : bed->trouble;
    bed->life.t_end = a->t;
    bed->life.n_steps += a->n_steps;
    bed->life.n_rejected += a->n_rejected;
    bed->life.n_rates += a->n_rates;
    bed->life.n_factors += a->n_factors;
    ward->n_carried += (double)(a->n_steps + a->n_rejected);
    if (bed->life.status < 0)
        return bed->life.status;
    if (bed->life.status != PN_OK) {
        explain(&bed->life, a->t, ward->rung);
    } else {
        pn_life_flush(ward, lane);
        pn_life_store_doses(ward, bed);
        pn_follow_store(ward, bed);
        judge_records(ward, bed);
    }
    if ((a->status != PN_OK || bed->life.status == PN_PATIENT_NEGATIVE) &&
        pn_ladder_next(ward->study->method, ward->rung) >= 0)
        return put_aside(ward, &bed->life);
    return to_room(ward, bed);
}

/* --- who comes next --- */

static size_t arm_of(const struct pn_ward *ward, int64_t job)
{
    return pn_trial_job(ward->trial, job).arm;
}

/* The next of this arm, or 0: on the first rung from the caller, below from those who
 * failed. */
static int call_next(struct pn_ward *ward, struct pn_life *life)
{
    double *values = life->values;

    *life = (struct pn_life){.job = -1, .values = values};
    if (ward->probing)
        return 0;
    if (ward->i_retry < ward->n_retry) {
        *life = ward->retry[ward->i_retry++];
        life->values = values;
        life->message[0] = '\0'; /* another chance */
    } else if (ward->n_retry == 0 && pn_room_again(ward->room, life)) {
        life->values = values;
    } else if (ward->n_retry == 0 && ward->next >= 0 &&
               arm_of(ward, ward->next) == ward->i_arm) {
        life->job = ward->next;
        ward->next = ward->calls->next(ward->calls->user);
    }
    life->n_tries++;
    life->method = ward->rung;
    return life->job >= 0;
}

/* A patient drawn out of range never lies in a bed. */
static int turn_away(struct pn_ward *ward, struct pn_bed *bed, int bad)
{
    const struct pn_variable *variable = &ward->study->population.variable[bad];
    const struct pn_range *range = &variable->range;
    struct pn_guest *guest = pn_room_chair(ward->room);
    double *values = guest->life.values;

    snprintf(bed->life.message, sizeof bed->life.message,
             "%.24s = %.6g %.8s is not in %.6g to %.6g%s%.16s", variable->name,
             bed->row[bad], variable->row->unit, range->low, range->high,
             range->by ? " of " : "", range->by ? range->by : "");

    guest->life = bed->life;
    guest->life.values = values;
    guest->life.status = PN_PATIENT_OUT_OF_RANGE;
    return pn_room_admit(ward->room);
}

/* The first try of a life and what comes at its time 0. */
static int tell_begin(const struct pn_ward *ward, size_t lane, const pn_lane *x)
{
    const struct pn_stage nothing = {0, 0, 0};

    pn_trace_tell(ward, lane, PN_TRACE_TRY, 0.0, x);
    pn_trace_stop(ward, lane, &nothing, 0.0, x);
    return PN_OK;
}

/* The patient's row.  Who is drawn again, and then is out of range, is so once more.
 * @return 0: out of range */
static int draw(struct pn_bed *bed, int *bad)
{
    const struct pn_study *study = bed->study;

    for (;;) {
        int status = pn_cohort_redraw(&study->population, study->seed, bed->patient,
                                      (uint64_t)bed->life.n_redrawn, bed->row, bad);

        if (status == PN_OK)
            return 1;
        if (bed->life.n_redrawn == 0 || bed->life.n_redrawn >= PN_MOST_REDRAWS)
            return 0;
        bed->life.n_redrawn++;
    }
}

static int occupy(struct pn_ward *ward, size_t lane, pn_lane *x, struct pn_leg *leg)
{
    static const struct pn_arrival at_once = {.status = PN_OK};
    struct pn_bed *bed = &ward->bed[lane];
    int status = PN_OK, bad;

    while (status == PN_OK && call_next(ward, &bed->life)) {
        struct pn_job job = pn_trial_job(ward->trial, bed->life.job);
        note_work(ward, bed->life.job);
        note_bed(ward, lane, bed->life.job);
        bed->patient = job.patient;
        bed->study = &bed->view->study;
        pn_study_view_set(bed->view, pn_point(ward->trial->points, job.point));
        if (!draw(bed, &bad))
            status = turn_away(ward, bed, bad);
        else if (pn_life_begin(ward, lane, x, leg))
            return tell_begin(ward, lane, x);
        else
            status = go_out(ward, lane, &at_once);
    }
    note_bed(ward, lane, -1);
    leg->kind = PN_LEG_IDLE;
    return status;
}

static int arrive(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                  struct pn_leg *leg)
{
    struct pn_ward *ward = user;
    int status = PN_OK, stays = 0;

    if (a) {
        const struct pn_stage before = pn_trace_stage(ward, lane);

        note_work(ward, ward->bed[lane].life.job);
        ward->bed[lane].trouble = PN_OK;
        stays = a->status == PN_OK && pn_life_go_on(ward, lane, a->t, x, leg);
        if (a->status == PN_OK)
            pn_trace_stop(ward, lane, &before, a->t, x);
        if (!stays) {
            ward->bed[lane].life.status =
                a->status != PN_OK ? a->status : ward->bed[lane].trouble;
            pn_trace_tell(ward, lane,
                          ward->bed[lane].life.status == PN_OK ? PN_TRACE_END
                                                               : PN_TRACE_FAILED,
                          a->t, x);
            status = go_out(ward, lane, a);
        }
    }
    if (!stays && status == PN_OK)
        status = occupy(ward, lane, x, leg);
    note_work(ward, -1);
    return status;
}

/* --- a ward's life --- */

static void count_work(struct pn_ward *ward)
{
    struct pn_lane_work *work = ward->calls->work;

    if (work) {
        work->n_carried += ward->n_carried;
        work->n_steps += ward->n_carried / pn_integrator_lane_use(ward->integrator);
    }
    ward->n_carried = 0;
}

/* All of an arm, then those who failed, rung by rung. */
static int run_rungs(struct pn_ward *ward)
{
    const struct pn_lane_calls calls = {ward,
                                        arrive,
                                        pn_life_record,
                                        pn_ward_halt,
                                        ward->calls->trace ? pn_trace_step : NULL,
                                        ward->trial->n_followed ? pn_follow : NULL};
    int status = PN_OK;

    for (;;) {
        struct pn_life *swap = ward->retry;
        size_t limit = ward->retry_limit;
        note_phase(ward, PN_WORK_BEDS);
        PN_TRY(pn_integrator_run(ward->integrator, &calls));
        note_phase(ward, PN_WORK_IDLE);
        count_work(ward);
        if (ward->n_failed == 0)
            break;
        ward->rung = pn_ladder_next(ward->study->method, ward->rung);
        ward->retry = ward->failed;
        ward->retry_limit = ward->failed_limit;
        ward->n_retry = ward->n_failed;
        ward->i_retry = 0;
        ward->failed = swap;
        ward->failed_limit = limit;
        ward->n_failed = 0;
        PN_TRY(pn_ward_integrator(ward));
    }
    status = pn_room_flush(ward->room);
out:
    return status;
}

/* The last tests may find somebody who is to be drawn again: from the first rung on. */
static int run_ward(struct pn_ward *ward)
{
    int first, status;

    PN_TRY(pn_ward_first_rung(ward));
    first = ward->rung;
    PN_TRY(run_rungs(ward));
    while (pn_room_has_again(ward->room)) {
        ward->rung = first;
        ward->n_retry = ward->i_retry = 0;
        PN_TRY(pn_ward_integrator(ward));
        PN_TRY(run_rungs(ward));
    }
out:
    return status;
}

int pn_simulate(const struct pn_trial *trial, const struct pn_job_calls *calls)
{
    struct pn_ward *ward;
    int status = PN_OK;
    int64_t job = calls->next(calls->user);

    if (job < 0)
        return PN_OK;
    ward = calloc(1, sizeof *ward);
    if (!ward)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    while (job >= 0 && status == PN_OK) {
        status = pn_ward_open(trial, calls, job, ward);
        if (status == PN_OK)
            status = run_ward(ward);
        job = ward->next;
        pn_ward_close(ward);
    }
    free(ward);
    return status;
}
