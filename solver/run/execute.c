/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a run: read on every rank, agree, take jobs from the counter, agree, and
 * assemble on rank 0 or unite what is in memory. */
#include "solver/run/run_folder.h"

/* --- into a result --- */

/* Ranks agree here twice: after the folder is ours, and before the work. */
static int open_result(struct pn_run *run)
{
    struct pn_run_state *state = &run->state;
    int is_first = pn_cluster_rank(run->cluster) == 0, status;

    PN_TRY(pn_run_agree(run, is_first ? pn_run_open_folder(run) : PN_OK));
    state->finished = (int)pn_cluster_share(run->cluster, state->finished);
    if (state->finished)
        return PN_OK;
    state->replaces = (int)pn_cluster_share(run->cluster, state->replaces);
    if (state->replaces)
        PN_TRY(pn_run_reuse_points(run));
    PN_TRY(pn_run_agree_alike(run, pn_run_read_journals(run)));
    PN_TRY(pn_run_limit(run));
    PN_TRY(pn_run_agree(run, is_first ? pn_run_audit_start(run) : PN_OK));
out:
    return status;
}

/* Stopped, or broken by an error that has been told. */
static void end_early(struct pn_run *run, int status)
{
    if (pn_cluster_rank(run->cluster) != 0)
        return;
    if (run->request.out)
        pn_run_audit_end(run, status == PN_ERR_STOPPED ? "stop" : "error", status);
    if (status == PN_ERR_STOPPED)
        pn_run_tell_end(run, PN_RUN_STOPPED, status);
}

static int run_into_result(struct pn_run *run)
{
    int is_first = pn_cluster_rank(run->cluster) == 0, status;

    PN_TRY(open_result(run));
    if (run->state.finished)
        return pn_run_agree(run, is_first ? pn_run_end_finished(run) : PN_OK);
    status = pn_run_simulate(run);
    if (status != PN_OK) {
        end_early(run, status);
        goto out;
    }
    if (is_first)
        status = pn_run_is_shard(run) ? pn_run_end_shard(run) : pn_run_assemble(run);
    status = pn_run_agree(run, status);
out:
    return status;
}

/* --- in memory --- */

static void sum_up(struct pn_run *run)
{
    struct pn_tally *tally = &run->state.tally;
    enum { STATUSES = sizeof tally->by_status / sizeof *tally->by_status };
    uint64_t sum[STATUSES + 4] = {tally->n_jobs, tally->n_ok, tally->n_steps};

    for (size_t i = 0; i < STATUSES; i++)
        sum[3 + i] = tally->by_status[i];
    sum[STATUSES + 3] = tally->n_redrawn;
    pn_cluster_add_up(run->cluster, sum, STATUSES + 4);
    tally->n_redrawn = sum[STATUSES + 3];
    tally->n_jobs = sum[0];
    tally->n_ok = sum[1];
    tally->n_steps = sum[2];
    for (size_t i = 0; i < STATUSES; i++)
        tally->by_status[i] = sum[3 + i];
}

static int run_in_memory(struct pn_run *run)
{
    struct pn_lives *lives = run->request.lives;
    int is_first = pn_cluster_rank(run->cluster) == 0, status = PN_OK;

    if (lives)
        status = pn_lives_create(pn_run_trial(run), lives);
    PN_TRY(pn_run_agree(run, status));
    PN_TRY(pn_run_limit(run));
    status = pn_run_simulate(run);
    sum_up(run);
    if (lives)
        pn_lives_share(lives, run->cluster);
    if (status != PN_OK) {
        end_early(run, status);
        goto out;
    }
    if (is_first)
        pn_run_tell_end(run, PN_RUN_COMPLETE, PN_OK);
    status = pn_run_judge_failed(run);
    if (is_first)
        pn_run_tell_error(run, status);
out:
    return status;
}

/* --- */

int pn_run_execute(const struct pn_run_request *request,
                   const struct pn_run_events *events, struct pn_tally *tally)
{
    struct pn_run run;
    int status = pn_run_begin(&run, request, events);

    if (run.cluster)
        status = pn_run_agree(&run, status);
    PN_TRY(status);
    PN_TRY(pn_run_read(&run));
    status = request->out ? run_into_result(&run) : run_in_memory(&run);
out:
    if (tally)
        *tally = run.state.tally;
    pn_run_close(&run);
    return status;
}
