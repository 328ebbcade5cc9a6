/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a run on rank 0: the result, run.json, the summary. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/run/rerun_note.h"
#include "solver/text/digest.h"

static void print_summary(const struct pn_run *run, const struct pn_tally *tally)
{
    const struct pn_study *study = run->loaded.study;
    size_t simulated = tally->n_jobs - run->index->n_found;

    if (run->reuse)
        simulated -= run->reuse->n_reused * study->n_arms * study->population.n_patients;

    printf("%s: %zu patients in %zu arm%s", study->name, study->population.n_patients,
           study->n_arms, study->n_arms == 1 ? "" : "s");
    if (study->design)
        printf(" at %zu point%s", run->loaded.trial->points->n,
               run->loaded.trial->points->n == 1 ? "" : "s");
    printf(": %zu lives, %zu fine, %zu failed\n", tally->n_jobs, tally->n_ok,
           tally->n_jobs - tally->n_ok);
    for (int s = 1; s < (int)(sizeof tally->by_status / sizeof *tally->by_status); s++)
        if (tally->by_status[s])
            printf("  %6zu %s: %s\n", tally->by_status[s], pn_status_name(s),
                   pn_status_sentence(s));
    if (run->reuse)
        printf("%zu points were found in %s\n", run->reuse->n_reused,
               run->replaces ? run->options.out : run->options.extend);
    if (run->index->n_found)
        printf("%zu of them were found in %s\n", run->index->n_found,
               run->replaces ? "the earlier result and in journals of its rerun"
                             : "the journals of an earlier attempt");
    if (simulated > 0)
        printf("%.2f s on %d rank%s, %.0f patients a second", run->seconds,
               pn_cluster_n_ranks(run->cluster),
               pn_cluster_n_ranks(run->cluster) == 1 ? "" : "s",
               (double)simulated / fmax(run->seconds, 1e-9));
    if (simulated > 0 && pn_cluster_n_ranks(run->cluster) > 1)
        printf(", ranks busy %.0f %%", 100.0 * run->busy);
    if (simulated > 0)
        putchar('\n');
    printf("result: %s (%.1f MB)\n", run->options.out, 1e-6 * (double)tally->n_bytes);
}

static int judge_failed(const struct pn_run *run, size_t n_failed, size_t n_jobs)
{
    double allowed = isnan(run->options.max_failed) ? run->loaded.study->max_failed
                                                    : run->options.max_failed;

    if ((double)n_failed <= allowed * (double)n_jobs)
        return PN_OK;
    return PN_FAIL(PN_ERR_FAILED_PATIENTS,
                   "%zu of %zu patients failed, more than the %g %% allowed", n_failed,
                   n_jobs, 100.0 * allowed);
}

static void unlink_in(const struct pn_run *run, const char *name)
{
    char path[sizeof run->folder + 64];

    snprintf(path, sizeof path, "%s/%s", run->folder, name);
    unlink(path);
}

static struct pn_provenance describe(const struct pn_run *run)
{
    return (struct pn_provenance){
        .resolved = run->resolved,
        .command_line = run->command_line,
        .version = pn_version(),
        .revision = pn_revision(),
        .compiler = pn_compiler(),
        .flags = pn_flags(),
        .libraries = run->libraries,
        .started = run->started,
        .ended = run->ended,
        .host = run->host,
        .result = run->options.out,
        .n_ranks = pn_cluster_n_ranks(run->cluster),
        .n_lanes = PN_LANES,
        .lane_use = run->work.n_carried / run->work.n_steps,
        .simulating = run->seconds,
        .busy = run->busy,
    };
}

/* The result is there: audit log and run.json are written, and what led to it goes, the
 * identity last: it says that there may be something to go. */
static int close_folder(struct pn_run *run, const struct pn_index *all)
{
    struct pn_provenance provenance = describe(run);
    struct pn_installation installation;
    char sha256[65];
    int status;

    pn_installation_find(&installation);
    provenance.installation = &installation;
    provenance.result_sha256 = sha256;
    pn_utc_now(run->ended);
    memcpy(sha256, run->tally.sha256, sizeof sha256);
    if (!*sha256)
        PN_TRY(pn_sha256_file(run->options.out, sha256));
    PN_TRY(pn_run_audit_result(run, &run->tally, sha256));
    provenance.assembling = pn_seconds() - run->ending;
    PN_TRY(pn_run_json_write(run->folder, run->loaded.trial, &provenance, &run->tally));
    for (size_t i = 0; i < all->n_files; i++)
        if (all->foreign[i] == 0)
            unlink(all->file[i]);
    pn_run_remove_notes(run);
    pn_run_forget_shards(run);
    unlink_in(run, PN_RERUN_FILE);
    pn_run_leave_folder(run); /* before the identity: who is killed here leaves no lock */
    unlink_in(run, "identity");
out:
    return status;
}

int pn_run_assemble(struct pn_run *run)
{
    struct pn_provenance provenance = describe(run);
    struct pn_index *all = NULL;
    const struct pn_tally *tally = &run->tally;
    char *points = NULL;
    int status = PN_OK;

    run->ending = pn_seconds();
    PN_TRY(
        pn_index_read_again(run->index, run->folder, &run->key, run->loaded.trial, &all));
    all->reuse = run->reuse;
    if (run->loaded.study->design)
        PN_TRY(pn_point_keys(run->loaded.trial, run->identity->program, &points));
    provenance.points = points;
    PN_TRY((run->replaces ? pn_result_replace : pn_result_write)(
        run->options.out, run->loaded.trial, all, &provenance, &run->tally));
    PN_TRY(close_folder(run, all));
    if (!run->options.quiet)
        print_summary(run, tally);
    status = judge_failed(run, tally->n_jobs - tally->n_ok, tally->n_jobs);
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

    run->ending = pn_seconds();
    PN_TRY(pn_index_read(run->folder, &run->key, run->loaded.trial, &all));
    PN_TRY(close_folder(run, all));
out:
    pn_index_free(&all);
    return status;
}

int pn_run_tell_finished(struct pn_run *run)
{
    const struct pn_tally *tally = &run->tally;
    size_t n_failed = tally->n_jobs - tally->n_ok;
    int status = PN_OK;

    if (run->untidy)
        PN_TRY(tidy(run));
    status = judge_failed(run, n_failed, tally->n_jobs);
    if (!run->options.quiet)
        printf("%s is complete: %zu lives, %zu fine, %zu failed: nothing to do%s\n",
               run->options.out, tally->n_jobs, tally->n_ok, n_failed,
               pn_run_is_rerun(run) ? ", but --rerun-failed has work left" : "");
out:
    if (status != PN_OK)
        pn_cli_print_error();
    return status;
}
