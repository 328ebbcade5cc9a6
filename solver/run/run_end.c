/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a run on rank 0: the result, run.json, and what led to them goes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/version.h"
#include "solver/hdf/draft.h"
#include "solver/run/rerun_note.h"
#include "solver/run/run_folder.h"
#include "solver/run/run_json.h"
#include "solver/text/digest.h"

int pn_run_judge_failed(const struct pn_run *run)
{
    const struct pn_tally *tally = &run->state.tally;
    double allowed = isnan(run->request.max_failed) ? pn_run_study(run)->max_failed
                                                    : run->request.max_failed;
    size_t n_failed = tally->n_jobs - tally->n_ok;

    if ((double)n_failed <= allowed * (double)tally->n_jobs)
        return PN_OK;
    return PN_FAIL(PN_ERR_FAILED_PATIENTS,
                   "%zu of %zu patients failed, more than the %g %% allowed", n_failed,
                   tally->n_jobs, 100.0 * allowed);
}

static int may_publish(const void *lock)
{
    return pn_lock_check(lock);
}

static struct pn_provenance provenance_of(const struct pn_run *run)
{
    return (struct pn_provenance){
        .resolved = run->subject.resolved,
        .warnings = run->subject.loaded->warnings,
        .version = pn_version(),
        .revision = pn_revision(),
        .compiler = pn_compiler(),
        .flags = pn_flags(),
        .libraries = run->held.libraries,
        .may_publish = may_publish,
        .user = run->held.lock,
    };
}

static int write_json(const struct pn_run *run,
                      const struct pn_installation *installation, const char *sha256)
{
    const struct pn_run_state *state = &run->state;
    const struct pn_provenance provenance = provenance_of(run);
    const struct pn_run_facts facts = {
        .command_line = run->request.command_line,
        .started = run->held.started,
        .ended = run->held.ended,
        .host = run->held.host,
        .n_ranks = pn_cluster_n_ranks(run->cluster),
        .n_lanes = PN_LANES,
        .lane_use = state->work.n_carried / state->work.n_steps,
        .busy = state->busy,
        .simulating = state->seconds,
        .assembling = pn_seconds() - state->ending,
        .installation = installation,
        .result = run->request.out,
        .result_sha256 = sha256,
    };

    return pn_run_json_write(run->held.folder, pn_run_trial(run), &provenance, &facts,
                             &state->tally);
}

static void remove_in(const struct pn_run *run, const char *name)
{
    char *path = pn_format("%s/%s", run->held.folder, name);

    if (path)
        pn_remove(path);
    free(path);
}

/* The result is there: audit log and run.json are written, and what led to it goes, the
 * identity last: it says that there may be something to go. */
static int close_folder(struct pn_run *run, const struct pn_index *all)
{
    struct pn_installation installation;
    char sha256[65];
    int status;

    pn_installation_find(&installation);
    pn_utc_now(run->held.ended);
    PN_TRY(pn_lock_check(run->held.lock));
    memcpy(sha256, run->state.tally.sha256, sizeof sha256);
    if (!*sha256)
        PN_TRY(pn_sha256_file(run->request.out, sha256));
    PN_TRY(pn_run_audit_result(run, sha256));
    PN_TRY(write_json(run, &installation, sha256));
    for (size_t i = 0; i < all->n_files; i++)
        if (all->foreign[i] == 0)
            pn_remove(all->file[i]);
    pn_run_remove_notes(run);
    pn_run_remove_shards(run);
    remove_in(run, PN_RERUN_FILE);
    /* before the identity: who is killed here leaves no lock */
    pn_lock_release(&run->held.lock);
    remove_in(run, "identity");
out:
    pn_installation_free(&installation);
    return status;
}

/* What was simulated may be gone again: a disk that went bad, a file that was removed. */
static int find_missing(const struct pn_run *run, const struct pn_index *all)
{
    const struct pn_trial *trial = pn_run_trial(run);
    size_t n_missing = 0;

    for (size_t i = 0; i < run->subject.n_all; i++)
        n_missing += all->in_file[i] < 0 &&
                     !pn_is_reused(all->reuse, pn_trial_job(trial, (int64_t)i).point);
    if (n_missing == 0)
        return PN_OK;
    return PN_FAIL(
        PN_ERR_IO,
        "%s: %zu li%s simulated, but the record%s cannot be read any more: the "
        "same command simulates %s again",
        run->held.folder, n_missing, n_missing == 1 ? "fe was" : "ves were",
        n_missing == 1 ? "" : "s", n_missing == 1 ? "it" : "them");
}

int pn_run_assemble(struct pn_run *run)
{
    struct pn_provenance provenance = provenance_of(run);
    struct pn_index *all = NULL;
    char *points = NULL;
    int status = PN_OK;

    run->state.ending = pn_seconds();
    PN_TRY(pn_lock_check(run->held.lock)); /* another may have tidied up already */
    PN_TRY(pn_run_read_index(run, run->held.index, &all));
    all->reuse = run->held.reuse;
    PN_TRY(find_missing(run, all));
    if (pn_run_study(run)->design)
        PN_TRY(pn_point_keys(pn_run_trial(run), run->subject.identity->program, &points));
    provenance.points = points;
    PN_TRY((run->state.replaces ? pn_result_replace : pn_result_write)(
        run->request.out, pn_run_trial(run), all, &provenance, &run->state.tally));
    PN_TRY(close_folder(run, all));
    pn_run_tell_end(run, PN_RUN_COMPLETE, PN_OK);
    status = pn_run_judge_failed(run);
out:
    if (status != PN_OK && status != PN_ERR_FAILED_PATIENTS)
        pn_run_audit_end(run, "error", status);
    free(points);
    pn_index_free(&all);
    return status;
}

/* An attempt that was killed between the result and the end of its tidying. */
static int tidy(struct pn_run *run)
{
    struct pn_index *all = NULL;
    int status;

    run->state.ending = pn_seconds();
    pn_run_remove_drafts(run);
    PN_TRY(pn_run_read_index(run, NULL, &all));
    PN_TRY(close_folder(run, all));
out:
    pn_index_free(&all);
    return status;
}

int pn_run_end_finished(struct pn_run *run)
{
    int status = PN_OK;

    if (run->state.untidy)
        PN_TRY(tidy(run));
    run->state.has_rerun = pn_run_is_rerun(run);
    pn_run_tell_end(run, PN_RUN_WAS_COMPLETE, PN_OK);
    status = pn_run_judge_failed(run);
out:
    return status;
}
