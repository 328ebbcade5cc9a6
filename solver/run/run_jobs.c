/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of a rank: jobs from the counter, outcomes to its journal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "solver/run/run_folder.h"

/* the i-th job of the shard */
static int64_t job_at(const struct pn_run *run, int64_t i)
{
    return pn_shard_job(run->request.shard, (int64_t)run->subject.n_all, i);
}

int pn_run_is_done(const struct pn_run *run, int64_t job)
{
    return (run->held.index && run->held.index->in_file[job] >= 0) ||
           pn_is_reused(run->held.reuse, pn_trial_job(pn_run_trial(run), job).point);
}

/* nothing to do, or done before by itself */
static int is_passed_over(const struct pn_run *run, int64_t job)
{
    return pn_run_is_done(run, job) || pn_suspects_find(&run->held.suspects, job);
}

/* Asked before every step: a flag, and now and then what the other ranks say. */
static int halt(void *user)
{
    enum { STEPS = 64 }; /* a look at the clock is not free */
    struct pn_run *run = user;
    double now;

    if (!run->state.stopped && pn_cluster_stop_asked()) {
        pn_cluster_tell_stop(run->cluster);
        run->state.stopped = 1;
    }
    if (run->state.stopped || ++run->state.n_asked % STEPS != 0)
        return run->state.stopped;
    now = pn_seconds();
    if (now - run->state.looked < 0.05)
        return 0;
    run->state.looked = now;
    run->state.stopped = now > run->state.deadline || pn_cluster_stop_told(run->cluster);
    return run->state.stopped;
}

static void tell_progress(const struct pn_run *run, size_t n_done, int is_over)
{
    size_t n_before = run->state.n_found;
    const struct pn_run_progress progress = {
        .n_jobs = run->state.n_jobs,
        .n_patients = pn_run_study(run)->population.n_patients,
        .n_before = n_before,
        .n_done = n_done > n_before ? n_done : n_before,
        .is_over = is_over};

    if (run->events.progress && pn_cluster_rank(run->cluster) == 0)
        run->events.progress(run->events.user, &progress);
}

static int64_t next_job(void *user)
{
    struct pn_run *run = user;

    for (;;) {
        if (halt(run))
            return -1;
        while (run->state.next < run->state.end &&
               is_passed_over(run, job_at(run, run->state.next)))
            run->state.next++;
        if (run->state.next < run->state.end)
            return job_at(run, run->state.next++);
        run->state.next = pn_cluster_take(run->cluster, run->state.unit);
        if (run->state.next >= (int64_t)run->state.n_jobs) {
            run->state.next = run->state.end = 0;
            return -1;
        }
        run->state.end = run->state.next + run->state.unit < (int64_t)run->state.n_jobs
                             ? run->state.next + run->state.unit
                             : (int64_t)run->state.n_jobs;
        tell_progress(run, (size_t)run->state.next, 0);
    }
}

static void count(struct pn_tally *tally, const struct pn_life *life)
{
    int32_t n_statuses = (int32_t)(sizeof tally->by_status / sizeof *tally->by_status);

    tally->n_jobs++;
    tally->n_ok += life->status == PN_OK;
    if (life->status > 0 && life->status < n_statuses)
        tally->by_status[life->status]++;
    tally->n_redrawn += life->n_redrawn > 0;
    tally->n_steps += life->n_steps;
}

static int job_done(void *user, const struct pn_life *life)
{
    struct pn_run *run = user;
    int status = PN_OK;

    if (run->held.journal)
        PN_TRY(pn_journal_append(run->held.journal, life));
    else
        count(&run->state.tally, life); /* a result is counted when it is assembled */
    if (run->request.lives)
        pn_lives_put(run->request.lives, life);
    if (run->events.life)
        PN_TRY(run->events.life(run->events.user, life));
out:
    return status;
}

/* without a folder nobody could ask what was at work */
static struct pn_at_work *at_work(const struct pn_run *run)
{
    return run->held.note ? pn_note_at_work(run->held.note) : NULL;
}

/* --- those who may have killed an earlier attempt --- */

static int64_t next_suspect(void *user)
{
    struct pn_run *run = user;
    int64_t job = run->state.alone;

    run->state.alone = -1;
    return halt(run) ? -1 : job;
}

/* Who killed the program twice, alone, is not tried again. */
static int quarantine(struct pn_run *run, const struct pn_suspect *suspect)
{
    size_t n = pn_run_trial(run)->n_values;
    struct pn_life life = {.job = suspect->job,
                           .status = PN_PATIENT_CRASHED,
                           .method = -1,
                           .t_end = (double)NAN,
                           .values = malloc((n + 1) * sizeof(double))};
    int status = PN_OK;

    if (!life.values)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        life.values[i] = (double)NAN;
    snprintf(life.message, sizeof life.message,
             "SIG%.12s twice, each time when simulated alone",
             sigabbrev_np(suspect->signal) ? sigabbrev_np(suspect->signal) : "?");
    status = pn_journal_append(run->held.journal, &life);
    free(life.values);
    return status;
}

/* One at a time, so that a death names its cause.  The ranks share them by turns. */
static int run_suspects(struct pn_run *run)
{
    enum { DEATHS = 2 };
    const struct pn_job_calls calls = {.user = run,
                                       .next = next_suspect,
                                       .done = job_done,
                                       .halt = halt,
                                       .at_work = at_work(run),
                                       .work = &run->state.work};
    size_t n_ranks = (size_t)pn_cluster_n_ranks(run->cluster);
    int status = PN_OK;

    pn_note_alone(run->held.note, 1);
    for (size_t i = (size_t)pn_cluster_rank(run->cluster);
         i < run->held.suspects.n && status == PN_OK; i += n_ranks) {
        const struct pn_suspect *suspect = &run->held.suspects.suspect[i];

        run->state.alone = suspect->job;
        status = suspect->n_deaths >= DEATHS ? quarantine(run, suspect)
                                             : pn_simulate(pn_run_trial(run), &calls);
    }
    pn_note_alone(run->held.note, 0);
    return status;
}

/* --- all --- */

static int run_all(struct pn_run *run)
{
    const struct pn_job_calls calls = {.user = run,
                                       .next = next_job,
                                       .done = job_done,
                                       .halt = halt,
                                       .at_work = at_work(run),
                                       .work = &run->state.work};
    int status;

    if (run->held.suspects.n > 0)
        PN_TRY(run_suspects(run));
    PN_TRY(pn_simulate(pn_run_trial(run), &calls));
out:
    return status;
}

/* Notes and the journal of this rank are there while it works. */
static int work_with_journal(struct pn_run *run)
{
    struct pn_run_held *held = &run->held;
    int number = pn_run_file_number(run), status, closed, is_last = 0;

    PN_TRY(pn_journal_create(held->folder, number, &run->subject.key,
                             pn_run_trial(run)->n_values, &held->journal));
    PN_TRY(pn_note_create(held->folder, number, &run->subject.key, run->state.launch,
                          &held->note));
    pn_cluster_watch_crashes(pn_note_signal(held->note), PN_NOTE_EXPLAINED);
    status = run_all(run);
    is_last = status == PN_OK && !pn_run_is_shard(run);
    if (status == PN_ERR_STOPPED)
        status = PN_OK; /* what is at work is dropped: it was never in the journal */
out:
    pn_cluster_watch_crashes(NULL, 0);
    pn_note_remove(&held->note);
    closed =
        is_last ? pn_journal_leave(&held->journal) : pn_journal_close(&held->journal);
    return status == PN_OK ? closed : status;
}

static int work(struct pn_run *run)
{
    int status;

    if (run->request.out)
        return work_with_journal(run);
    status = run_all(run);
    return status == PN_ERR_STOPPED ? PN_OK : status;
}

/* A number that no other start has: nobody decides anything by the clock in it. */
static int64_t launch_number(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec) ^ ((int64_t)getpid() << 40);
}

static void prepare(struct pn_run *run)
{
    struct pn_run_state *state = &run->state;
    int64_t n_all = (int64_t)run->subject.n_all;

    state->n_jobs = (size_t)pn_shard_n_jobs(run->request.shard, n_all);
    for (size_t i = 0; i < state->n_jobs; i++)
        state->n_found += (size_t)pn_run_is_done(run, job_at(run, (int64_t)i));
    state->unit =
        pn_unit_of_jobs((int64_t)state->n_jobs, pn_cluster_n_ranks(run->cluster));
    state->launch = pn_cluster_share(run->cluster, launch_number());
}

/* One rank's error ends the work of all: they are told, and stop as on request. */
static int agree_on_end(struct pn_run *run, int status)
{
    int own = status;

    if (own != PN_OK) {
        pn_cluster_tell_stop(run->cluster);
        pn_run_tell_error(run, own);
        pn_run_tell_end(run, PN_RUN_BROKEN, own);
    }
    status = pn_agree(run->cluster, own);
    if (status != PN_OK)
        return own == PN_OK ? PN_FAIL(status, "another rank failed: %s",
                                      pn_status_sentence(status))
                            : status;
    return pn_agree(run->cluster, run->state.stopped ? PN_ERR_STOPPED : PN_OK);
}

int pn_run_simulate(struct pn_run *run)
{
    struct pn_run_state *state = &run->state;
    double start = pn_seconds(), busy;
    int status;

    prepare(run);
    tell_progress(run, state->n_found, 0);
    busy = pn_seconds();
    status = work(run);
    busy = pn_seconds() - busy;
    status = agree_on_end(run, status);
    /* whichever rank it was that stopped: at the deadline, that is the reason for all */
    state->late = status == PN_ERR_STOPPED && pn_seconds() > state->deadline - 0.5;
    state->seconds = pn_seconds() - start;
    state->busy = pn_cluster_sum(run->cluster, busy) /
                  fmax(state->seconds * pn_cluster_n_ranks(run->cluster), 1e-9);
    tell_progress(run, state->n_jobs, 1);
    return status;
}
