/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run has to say, printed. */
#include <math.h>
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/cluster/cluster.h"

/* --- how it ended --- */

static void print_statuses(const struct pn_tally *tally)
{
    for (int s = 1; s < (int)(sizeof tally->by_status / sizeof *tally->by_status); s++)
        if (tally->by_status[s])
            printf("  %6zu %s: %s\n", tally->by_status[s], pn_status_name(s),
                   pn_status_sentence(s));
}

static void print_found(const struct pn_run_report *report)
{
    if (report->n_points > 0)
        printf("%zu points were found in %s\n", report->n_points, report->points);
    if (report->n_found > 0)
        printf("%zu of them were found in %s\n", report->n_found,
               report->replaces ? "the earlier result and in journals of its rerun"
                                : "the journals of an earlier attempt");
}

static void print_speed(const struct pn_run_report *report)
{
    if (report->n_simulated == 0)
        return;
    printf("%.2f s on %d rank%s, %.0f patients a second", report->seconds,
           report->n_ranks, report->n_ranks == 1 ? "" : "s",
           (double)report->n_simulated / fmax(report->seconds, 1e-9));
    if (report->n_ranks > 1)
        printf(", ranks busy %.0f %%", 100.0 * report->busy);
    putchar('\n');
}

static void print_summary(const struct pn_run_report *report)
{
    const struct pn_study *study = report->trial->study;
    const struct pn_tally *tally = report->tally;
    size_t n_points = report->trial->points->n;

    printf("%s: %zu patients in %zu arm%s", study->name, study->population.n_patients,
           study->n_arms, study->n_arms == 1 ? "" : "s");
    if (study->design)
        printf(" at %zu point%s", n_points, n_points == 1 ? "" : "s");
    printf(": %zu lives, %zu fine, %zu failed\n", tally->n_jobs, tally->n_ok,
           tally->n_jobs - tally->n_ok);
    print_statuses(tally);
    if (tally->n_redrawn > 0)
        printf("  %6zu of patients who were drawn again: no airway had their first "
               "baseline lung function\n",
               tally->n_redrawn);
    if (report->n_warnings > 0)
        printf("%zu warning%s on the study, in the result's /provenance/warnings\n",
               report->n_warnings, report->n_warnings == 1 ? "" : "s");
    print_found(report);
    print_speed(report);
    printf("result: %s (%.1f MB)\n", report->out, 1e-6 * (double)tally->n_bytes);
}

static void print_finished(const struct pn_run_report *report)
{
    const struct pn_tally *tally = report->tally;

    printf("%s is complete: %zu lives, %zu fine, %zu failed: nothing to do%s\n",
           report->out, tally->n_jobs, tally->n_ok, tally->n_jobs - tally->n_ok,
           report->has_rerun ? ", but --rerun-failed has work left" : "");
}

static void print_shard(const struct pn_run_report *report)
{
    printf("%s: shard %lld/%lld is done: %zu lives", report->trial->study->name,
           (long long)report->shard.k, (long long)report->shard.n, report->n_jobs);
    if (report->n_found)
        printf(", %zu of them done before", report->n_found);
    printf("\n%.2f s on %d ranks; when all shards are done: pneuma merge %s\n",
           report->seconds, report->n_ranks, report->out);
}

static void print_end(void *user, const struct pn_run_report *report)
{
    static void (*const print[])(const struct pn_run_report *report) = {
        [PN_RUN_COMPLETE] = print_summary,
        [PN_RUN_WAS_COMPLETE] = print_finished,
        [PN_RUN_SHARD] = print_shard,
    };
    const struct pn_run_printer *printer = user;

    if (report->end == PN_RUN_STOPPED)
        fprintf(stderr, "pneuma: stopped %s with work left: the same command goes on\n",
                report->late ? "in time for --max-hours" : "on request");
    else if (report->end == PN_RUN_BROKEN && report->status == PN_ERR_IO)
        fprintf(stderr,
                "pneuma: what is done is kept in %s: when the disk has room "
                "and can be written, the same command goes on\n",
                report->folder);
    else if (report->end != PN_RUN_BROKEN && !printer->quiet)
        print[report->end](report);
}

/* --- while it runs --- */

static void print_complaints(void *user, const struct pn_complaints *list)
{
    const struct pn_run_printer *printer = user;

    if (list->n > 0)
        pn_cli_print_complaints(list);
    else if (!printer->quiet)
        pn_cli_print_warnings(list);
}

static void print_error(void *user, int status, const char *text)
{
    (void)user;
    (void)status;
    fprintf(stderr, "pneuma: error: %s\n", text);
}

static void print_warning(void *user, const char *text)
{
    const struct pn_run_printer *printer = user;

    if (!printer->quiet)
        fprintf(stderr, "pneuma: %s\n", text);
}

static void print_progress(void *user, const struct pn_run_progress *progress)
{
    struct pn_run_printer *printer = user;

    if (!printer->has_progress)
        pn_progress_start(&printer->progress, progress->n_jobs, progress->n_patients,
                          progress->n_before, printer->quiet);
    else if (progress->is_over)
        pn_progress_end(&printer->progress);
    else
        pn_progress_show(&printer->progress, progress->n_done);
    printer->has_progress = 1;
}

static void keep_deadline(void *user, double seconds)
{
    (void)user;
    pn_cluster_end_within(seconds);
}

struct pn_run_events pn_run_print_events(struct pn_run_printer *printer)
{
    return (struct pn_run_events){
        .user = printer,
        .progress = print_progress,
        .complaints = print_complaints,
        .error = print_error,
        .warning = print_warning,
        .deadline = keep_deadline,
        .ended = print_end,
    };
}
