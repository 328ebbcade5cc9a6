/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of a rank: jobs from the counter, outcomes to its journal. */
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/cli/run.h"
#include "solver/simulate/simulate.h"

static int is_done(const struct pn_run *run, int64_t job)
{
    return run->index->in_file[job] >= 0 ||
           pn_is_reused(run->reuse, pn_trial_job(run->loaded.trial, job).point);
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
    now = pn_cli_seconds();
    if (now - run->looked < 0.05)
        return 0;
    run->looked = now;
    run->stopped = pn_cluster_stop_told(run->cluster);
    return run->stopped;
}

static int64_t next_job(void *user)
{
    struct pn_run *run = user;

    for (;;) {
        if (halt(run))
            return -1;
        while (run->next < run->end && is_done(run, run->next))
            run->next++;
        if (run->next < run->end)
            return run->next++;
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

/* Units of 64, smaller where there is little work, so that no rank waits long for the
 * last. */
static int64_t unit_of(size_t n_jobs, int n_ranks)
{
    int64_t unit = (int64_t)n_jobs / (16 * n_ranks);

    return unit < 8 ? 8 : unit > 64 ? 64 : unit;
}

int pn_run_simulate(struct pn_run *run)
{
    const struct pn_job_calls calls = {run, next_job, job_done, halt};
    double start = pn_cli_seconds();
    int status = PN_OK, closed;

    run->n_jobs = pn_trial_n_jobs(run->loaded.trial);
    run->unit = unit_of(run->n_jobs, pn_cluster_n_ranks(run->cluster));
    pn_progress_start(&run->progress, run->n_jobs, run->index->n_found,
                      run->options.quiet || pn_cluster_rank(run->cluster) != 0);
    PN_TRY(pn_journal_create(run->folder, pn_cluster_rank(run->cluster), &run->key,
                             run->loaded.trial->n_values, &run->journal));
    status = pn_simulate(run->loaded.trial, &calls);
    if (status == PN_ERR_STOPPED)
        status = PN_OK; /* what is in hand is dropped: it was never in the journal */
    closed = pn_journal_close(&run->journal);
    status = status == PN_OK ? closed : status;
out:
    if (status !=
        PN_OK) { /* the others must not wait for us; what is done is in the journals */
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
    run->seconds = pn_cli_seconds() - start;
    pn_progress_end(&run->progress);
    return status;
}
