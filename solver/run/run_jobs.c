/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of a rank: jobs from the counter, outcomes to its journal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"

/* the i-th job of the shard */
static int64_t job_at(const struct pn_run *run, int64_t i)
{
    return pn_shard_job(run->options.shard, (int64_t)run->index->n_jobs, i);
}

int pn_run_is_done(const struct pn_run *run, int64_t job)
{
    return run->index->in_file[job] >= 0 ||
           pn_is_reused(run->reuse, pn_trial_job(run->loaded.trial, job).point);
}

/* nothing to do, or done before by itself */
static int is_passed_over(const struct pn_run *run, int64_t job)
{
    return pn_run_is_done(run, job) || pn_suspects_find(&run->suspects, job);
}

/* Asked before every step: a flag, and now and then what the other ranks say. */
static int halt(void *user)
{
    enum { STEPS = 64 }; /* a look at the clock is not free */
    struct pn_run *run = user;
    double now;

    if (!run->stopped && pn_cluster_stop_asked()) {
        pn_cluster_tell_stop(run->cluster);
        run->stopped = 1;
    }
    if (run->stopped || ++run->n_asked % STEPS != 0)
        return run->stopped;
    now = pn_seconds();
    if (now - run->looked < 0.05)
        return 0;
    run->looked = now;
    run->stopped = now > run->deadline || pn_cluster_stop_told(run->cluster);
    return run->stopped;
}

static int64_t next_job(void *user)
{
    struct pn_run *run = user;

    for (;;) {
        if (halt(run))
            return -1;
        while (run->next < run->end && is_passed_over(run, job_at(run, run->next)))
            run->next++;
        if (run->next < run->end)
            return job_at(run, run->next++);
        run->next = pn_cluster_take(run->cluster, run->unit);
        if (run->next >= (int64_t)run->n_jobs) {
            run->next = run->end = 0;
            return -1;
        }
        run->end = run->next + run->unit < (int64_t)run->n_jobs ? run->next + run->unit
                                                                : (int64_t)run->n_jobs;
        pn_progress_show(&run->progress, (size_t)run->next);
    }
}

static int job_done(void *user, const struct pn_life *life)
{
    struct pn_run *run = user;

    return pn_journal_append(run->journal, life);
}

/* --- those who may have killed an earlier attempt --- */

static int64_t next_suspect(void *user)
{
    struct pn_run *run = user;
    int64_t job = run->alone;

    run->alone = -1;
    return halt(run) ? -1 : job;
}

/* Who killed the program twice, alone, is not tried again. */
static int quarantine(struct pn_run *run, const struct pn_suspect *suspect)
{
    size_t n = run->loaded.trial->n_values;
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
    status = pn_journal_append(run->journal, &life);
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
                                       .at_work = pn_note_hand(run->note),
                                       .work = &run->work};
    size_t n_ranks = (size_t)pn_cluster_n_ranks(run->cluster);
    int status = PN_OK;

    pn_note_alone(run->note, 1);
    for (size_t i = (size_t)pn_cluster_rank(run->cluster);
         i < run->suspects.n && status == PN_OK; i += n_ranks) {
        const struct pn_suspect *suspect = &run->suspects.suspect[i];

        run->alone = suspect->job;
        status = suspect->n_deaths >= DEATHS ? quarantine(run, suspect)
                                             : pn_simulate(run->loaded.trial, &calls);
    }
    pn_note_alone(run->note, 0);
    return status;
}

/* --- all --- */

static int run_all(struct pn_run *run)
{
    const struct pn_job_calls calls = {.user = run,
                                       .next = next_job,
                                       .done = job_done,
                                       .halt = halt,
                                       .at_work = pn_note_hand(run->note),
                                       .work = &run->work};
    int status;

    PN_TRY(run_suspects(run));
    PN_TRY(pn_simulate(run->loaded.trial, &calls));
out:
    return status;
}

/* Notes and the journal of this rank are there while it works. */
static int work(struct pn_run *run)
{
    int number = pn_run_file_number(run), status, closed, is_last = 0;

    PN_TRY(pn_journal_create(run->folder, number, &run->key, run->loaded.trial->n_values,
                             &run->journal));
    PN_TRY(pn_note_create(run->folder, number, &run->key, run->launch, &run->note));
    pn_cluster_watch_crashes(pn_note_signal(run->note), PN_NOTE_EXPLAINED);
    status = run_all(run);
    is_last = status == PN_OK && run->options.shard.n <= 1;
    if (status == PN_ERR_STOPPED)
        status = PN_OK; /* what is in hand is dropped: it was never in the journal */
out:
    pn_cluster_watch_crashes(NULL, 0);
    pn_note_remove(&run->note);
    closed = is_last ? pn_journal_leave(&run->journal) : pn_journal_close(&run->journal);
    return status == PN_OK ? closed : status;
}

/* A number that no other start has: nobody decides anything by the clock in it. */
static int64_t launch_number(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec) ^ ((int64_t)getpid() << 40);
}

int pn_run_simulate(struct pn_run *run)
{
    double start = pn_seconds(), busy;
    int status;

    run->n_jobs =
        (size_t)pn_shard_n_jobs(run->options.shard, (int64_t)run->index->n_jobs);
    for (size_t i = 0; i < run->n_jobs; i++)
        run->n_found += (size_t)pn_run_is_done(run, job_at(run, (int64_t)i));
    run->unit = pn_unit_of_jobs((int64_t)run->n_jobs, pn_cluster_n_ranks(run->cluster));
    run->launch = pn_cluster_share(run->cluster, launch_number());
    pn_progress_start(&run->progress, run->n_jobs, run->n_found,
                      run->options.quiet || pn_cluster_rank(run->cluster) != 0);
    busy = pn_seconds();
    status = work(run);
    busy = pn_seconds() - busy;
    if (status != PN_OK) {
        /* the others must not wait for us; what is done is in the journals */
        pn_cli_print_error();
        if (pn_cluster_rank(run->cluster) == 0)
            pn_run_audit_end(run, "error", status);
        if (status == PN_ERR_IO)
            fprintf(stderr,
                    "pneuma: what is done is kept in %s: when the disk has room "
                    "and can be written, the same command goes on\n",
                    run->folder);
        pn_cluster_abort(run->cluster, pn_status_exit_code(status));
    }
    status = pn_agree(run->cluster, run->stopped ? PN_ERR_STOPPED : PN_OK);
    /* whichever rank it was that stopped: at the deadline, that is the reason for all */
    run->late = status == PN_ERR_STOPPED && pn_seconds() > run->deadline - 0.5;
    run->seconds = pn_seconds() - start;
    run->busy = pn_cluster_sum(run->cluster, busy) /
                fmax(run->seconds * pn_cluster_n_ranks(run->cluster), 1e-9);
    pn_progress_end(&run->progress);
    return status;
}
