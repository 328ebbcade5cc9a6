/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The waiting room: tests of those whose life is simulated, lanes full at a time. */
#include "solver/simulate/measure.h"
#include "solver/simulate/airways.h"
#include "solver/trial/endpoint_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/measures/lung_function.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"

struct pn_room {
    const struct pn_trial *trial;
    const struct pn_job_calls *calls;
    size_t n_reads, n_waiting;
    struct pn_guest guest[PN_LANES];
    struct pn_airways *airways; /* their trees */
    struct pn_life *again;      /* who is to be drawn again, without values */
    size_t n_again, again_limit;
    pn_lane *p, *r, *out; /* of the largest test */
};

/* --- the tests, side by side --- */

/* Lanes without a guest repeat the first one. */
static const struct pn_guest *guest_of(const struct pn_room *room, size_t lane)
{
    return &room->guest[lane < room->n_waiting ? lane : 0];
}

static void set_parameters(struct pn_room *room, const struct pn_trial_test *test)
{
    for (size_t i = 0; i < test->n_parameters; i++)
        for (size_t l = 0; l < PN_LANES; l++)
            room->p[i][l] = test->column[i] >= 0 ? guest_of(room, l)->row[test->column[i]]
                                                 : test->test->parameters[i].value;
    if (test->test->prepare)
        test->test->prepare(room->p);
}

/* moment 0 is the beginning, moment v + 1 visit v */
static void set_reads(struct pn_room *room, const struct pn_trial_test *test,
                      size_t first, size_t moment)
{
    for (size_t i = 0; i < test->n_reads; i++)
        for (size_t l = 0; l < PN_LANES; l++)
            room->r[i][l] = guest_of(room, l)->reads[moment * room->n_reads + first + i];
}

static void fail(struct pn_guest *guest, int status, const struct pn_test *test,
                 const char *what, double value, const char *unit)
{
    if (guest->life.status != PN_OK)
        return;
    guest->life.status = status;
    snprintf(guest->life.message, sizeof guest->life.message, "%.24s: %.32s %g %.16s",
             test->name, what, value, unit);
}

static void store_fit(struct pn_room *room, size_t t, const pn_mask *failed)
{
    const struct pn_trial *trial = room->trial;
    const struct pn_test *test = trial->test[t].test;

    for (size_t l = 0; l < room->n_waiting; l++) {
        if ((*failed)[l])
            fail(&room->guest[l], PN_PATIENT_AIRWAY_FIT, test,
                 "baseline out of reach:", room->p[test->fit->target][l],
                 test->parameters[test->fit->target].unit);
        for (size_t i = 0; i < trial->n_outputs; i++)
            if (trial->output[i].over == PN_PER_PATIENT && trial->output[i].test == t)
                room->guest[l].life.values[trial->output[i].first] =
                    room->p[test->fit->adjusted][l];
    }
}

static void store_results(struct pn_room *room, size_t t, size_t visit)
{
    const struct pn_trial *trial = room->trial;

    for (size_t l = 0; l < room->n_waiting; l++) {
        if (visit >= room->guest[l].n_visits)
            continue;
        for (size_t k = 0; k < trial->test[t].n_points; k++)
            if (!isfinite(room->out[k][l]))
                fail(&room->guest[l], PN_PATIENT_NO_MEASUREMENT, trial->test[t].test,
                     "no measurement at", trial->study->visit[visit].time, "h");
        for (size_t i = 0; i < trial->n_outputs; i++) {
            const struct pn_output *output = &trial->output[i];
            if (output->over != PN_OVER_VISITS || output->test != t)
                continue;
            for (size_t k = 0; k < output->n_points; k++)
                room->guest[l].life.values[output->first + visit * output->n_points + k] =
                    room->out[output->point + k][l];
        }
    }
}

/* Who breathes through which tree now.  @return what tests see of it */
static const struct pn_lungs *seat(struct pn_room *room)
{
    int64_t jobs[PN_LANES];

    for (size_t l = 0; l < room->n_waiting; l++)
        jobs[l] = room->guest[l].life.job;
    return pn_airways_seat(room->airways, jobs, room->n_waiting);
}

/* A test of all who wait, with the parameters and reads that are set. */
static int run_test(struct pn_room *room, const struct pn_test *test)
{
    const struct pn_view view = {.p = room->p, .r = room->r, .lungs = seat(room)};

    test->run(view, room->out);
    return pn_airways_status(room->airways);
}

/* `fits`: those that were made for the same guests before */
static int fit_test(struct pn_room *room, struct pn_fits *fits,
                    const struct pn_test *test, pn_mask *failed)
{
    pn_test_fit_once(fits, test, room->p, room->r, seat(room), failed);
    return pn_airways_status(room->airways);
}

static int run_tests(struct pn_room *room)
{
    const struct pn_trial *trial = room->trial;
    struct pn_fits fits = {.n = 0};
    size_t first = 0;
    int status = PN_OK;

    for (size_t t = 0; t < trial->n_tests; t++) {
        const struct pn_trial_test *test = &trial->test[t];
        set_parameters(room, test);
        if (test->test->fit) {
            pn_mask failed;
            set_reads(room, test, first, 0);
            PN_TRY(fit_test(room, &fits, test->test, &failed));
            store_fit(room, t, &failed);
        }
        for (size_t v = 0; v < trial->study->n_visits; v++) {
            if (!test->at_visit[v])
                continue;
            if (room->calls->halt && room->calls->halt(room->calls->user))
                return PN_ERR_STOPPED;
            set_reads(room, test, first, v + 1);
            PN_TRY(run_test(room, test->test));
            store_results(room, t, v);
        }
        first += test->n_reads;
    }
out:
    return status;
}

/* The test with such a result: its number, the point, and the first of its reads. */
static int find_result(const struct pn_room *room, const char *name, size_t *point,
                       size_t *first)
{
    *first = 0;
    for (size_t t = 0; t < room->trial->n_tests; t++) {
        const struct pn_trial_test *test = &room->trial->test[t];
        int i = pn_table_find(test->test->results, name);
        *point = 0;
        for (int k = 0; k < i; k++)
            *point += test->test->results[k].scale > 1.0
                          ? (size_t)test->test->results[k].scale
                          : 1;
        if (i >= 0)
            return (int)t;
        *first += test->n_reads;
    }
    return -1;
}

/* For this one patient the room's waiting guests are set aside: set_parameters and
 * set_reads look at guest 0 of a room with one guest. */
int pn_room_result(struct pn_room *room, const struct pn_guest *guest, const char *name,
                   double *value)
{
    size_t point, first, n_waiting = room->n_waiting;
    struct pn_guest first_guest = room->guest[0];
    int t = find_result(room, name, &point, &first), status = PN_OK;
    const struct pn_trial_test *test = &room->trial->test[t < 0 ? 0 : t];
    pn_mask failed = {0};

    if (t < 0)
        return PN_FAIL(PN_ERR_INPUT, "no test of this study has a result '%s'", name);
    room->n_waiting = 1;
    room->guest[0] = *guest;
    set_parameters(room, test);
    if (test->test->fit) {
        set_reads(room, test, first, 0);
        status = fit_test(room, NULL, test->test, &failed);
    }
    set_reads(room, test, first, guest->n_visits);
    if (status == PN_OK)
        status = run_test(room, test->test);
    *value = room->out[point][0];
    room->guest[0] = first_guest;
    room->n_waiting = n_waiting;
    if (status != PN_OK)
        return status;
    if (failed[0])
        status = PN_PATIENT_AIRWAY_FIT;
    else if (!isfinite(*value))
        status = PN_PATIENT_NO_MEASUREMENT;
    return status;
}

/* --- in and out --- */

/* Into the units that the study wants; endpoints are taken before. */
static void convert(const struct pn_trial *trial, double *values)
{
    for (size_t i = 0; i < trial->n_outputs; i++) {
        const struct pn_output *output = &trial->output[i];
        for (size_t k = 0; output->factor != 1.0 && k < output->n_values; k++)
            values[output->first + k] *= output->factor;
    }
}

/* What is drawn must be able to breathe: screening, as of a trial. */
static int is_screened_out(const struct pn_room *room, const struct pn_life *life)
{
    return life->status == PN_PATIENT_AIRWAY_FIT && life->n_redrawn < PN_MOST_REDRAWS &&
           pn_cohort_is_drawn(&room->trial->study->population);
}

static int send_back(struct pn_room *room, const struct pn_life *life)
{
    if (room->n_again == room->again_limit) {
        size_t limit = 2 * room->again_limit + 16;
        struct pn_life *grown = realloc(room->again, limit * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        room->again = grown;
        room->again_limit = limit;
    }
    room->again[room->n_again++] =
        (struct pn_life){.job = life->job, .n_redrawn = life->n_redrawn + 1};
    return PN_OK;
}

int pn_room_again(struct pn_room *room, struct pn_life *life)
{
    if (room->n_again == 0)
        return 0;
    *life = room->again[--room->n_again];
    return 1;
}

int pn_room_has_again(const struct pn_room *room)
{
    return room->n_again > 0;
}

static int deliver(struct pn_room *room, struct pn_guest *guest)
{
    if (is_screened_out(room, &guest->life))
        return send_back(room, &guest->life);
    if (guest->life.status != PN_OK)
        for (size_t i = 0; i < room->trial->n_values; i++)
            guest->life.values[i] = (double)NAN;
    else {
        pn_endpoints_take(room->trial, guest->life.values);
        convert(room->trial, guest->life.values);
    }
    return room->calls->done(room->calls->user, &guest->life);
}

struct pn_guest *pn_room_chair(struct pn_room *room)
{
    struct pn_guest *guest = &room->guest[room->n_waiting];

    for (size_t i = 0; i < room->trial->n_values + room->trial->n_moments; i++)
        guest->life.values[i] = (double)NAN;
    return guest;
}

int pn_room_admit(struct pn_room *room)
{
    struct pn_guest *guest = &room->guest[room->n_waiting];

    if (guest->life.status != PN_OK || room->trial->n_tests == 0)
        return deliver(room, guest);
    return ++room->n_waiting == PN_LANES ? pn_room_flush(room) : PN_OK;
}

/* Those who wait are at work now, not the one who came last.  @return what was before */
static struct pn_at_work note_work(const struct pn_room *room)
{
    struct pn_at_work *note = room->calls->at_work, before = {.working = -1};

    if (note) {
        before = *note;
        for (size_t i = 0; i < PN_LANES; i++)
            note->room[i] = i < room->n_waiting ? room->guest[i].life.job : -1;
        note->phase = PN_WORK_ROOM;
        pn_at_work_note(&note->working, -1);
    }
    return before;
}

static void note_end(const struct pn_room *room, const struct pn_at_work *before)
{
    struct pn_at_work *note = room->calls->at_work;

    if (note) {
        pn_at_work_note(&note->working, before->working);
        note->phase = before->phase;
    }
}

int pn_room_flush(struct pn_room *room)
{
    struct pn_at_work before;
    int status;

    if (room->n_waiting == 0)
        return PN_OK;
    before = note_work(room);
    status = run_tests(room);
    note_end(room, &before);
    for (size_t l = 0; l < room->n_waiting && status == PN_OK; l++)
        status = deliver(room, &room->guest[l]);
    room->n_waiting = 0;
    pn_airways_leave(room->airways);
    return status;
}

size_t pn_room_n_reads(const struct pn_room *room)
{
    return room->n_reads;
}

/* --- */

static int allocate(struct pn_room *room)
{
    const struct pn_trial *trial = room->trial;
    size_t n_parameters = 1, n_points = 1, n_moments = trial->study->n_visits + 1;

    for (size_t t = 0; t < trial->n_tests; t++) {
        const struct pn_trial_test *test = &trial->test[t];
        size_t n = test->n_parameters + test->test->n_derived;
        n_parameters = n > n_parameters ? n : n_parameters;
        n_points = test->n_points > n_points ? test->n_points : n_points;
        room->n_reads += test->n_reads;
    }
    room->p = aligned_alloc(64, n_parameters * 64);
    room->r = aligned_alloc(64, (room->n_reads + 1) * 64);
    room->out = aligned_alloc(64, n_points * 64);
    if (!room->p || !room->r || !room->out)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t l = 0; l < PN_LANES; l++) {
        struct pn_guest *guest = &room->guest[l];
        guest->life.values =
            calloc(trial->n_values + trial->n_moments + 1, sizeof(double));
        guest->row = calloc(trial->study->population.n_variables + 1, sizeof(double));
        guest->reads = calloc(n_moments * (room->n_reads + 1), sizeof(double));
        if (!guest->life.values || !guest->row || !guest->reads)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    }
    return PN_OK;
}

int pn_room_create(const struct pn_trial *trial, const struct pn_job_calls *calls,
                   struct pn_room **room)
{
    int status;

    *room = calloc(1, sizeof **room);
    if (!*room)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    (*room)->trial = trial;
    (*room)->calls = calls;
    status = allocate(*room);
    if (status == PN_OK)
        status = pn_airways_create(trial, &(*room)->airways);
    if (status != PN_OK)
        pn_room_free(room);
    return status;
}

void pn_room_free(struct pn_room **room)
{
    if (!*room)
        return;
    for (size_t l = 0; l < PN_LANES; l++) {
        free((*room)->guest[l].life.values);
        free((*room)->guest[l].row);
        free((*room)->guest[l].reads);
    }
    pn_airways_free(&(*room)->airways);
    free((*room)->again);
    free((*room)->p);
    free((*room)->r);
    free((*room)->out);
    free(*room);
    *room = NULL;
}
