/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a run is, as a person reads it and as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/run_view.h"
#include "solver/text/json.h"

static void print_time(double seconds)
{
    if (seconds < 120.0)
        printf("%.0f s", seconds);
    else if (seconds < 7200.0)
        printf("%.0f min", seconds / 60.0);
    else
        printf("%.1f h", seconds / 3600.0);
}

static void print_files(const struct pn_watch *watch)
{
    for (size_t i = 0; i < watch->n_files; i++) {
        const struct pn_watch_file *file = &watch->file[i];

        printf("  %s: %zu done, %zu failed, last record ", file->name, file->n_records,
               file->n_failed);
        print_time(pn_run_view_age_s(file->changed));
        printf(" ago");
        if (file->n_torn > 0)
            printf(", %zu torn or foreign", file->n_torn);
        putchar('\n');
    }
}

int pn_cli_print_run(const struct pn_run_view *view)
{
    const struct pn_watch *watch = &view->watch;

    printf("%s: %s", view->folder, view->state);
    if (view->n_attempts == 0) {
        printf(": no attempt is in its log; %zu records in %zu journals\n", watch->n_done,
               watch->n_files);
        print_files(watch);
        return PN_OK;
    }
    printf(", study %s, attempt %zu, %zu rank%s on %s since %s", view->study,
           view->n_attempts, view->n_ranks, view->n_ranks == 1 ? "" : "s", view->host,
           view->started);
    if (*view->ended)
        printf(" until %s", view->ended);
    if (*view->message)
        printf("\n%s", view->message);
    printf("\ndone %zu of %zu lives (%.1f %%), %zu failed", view->n_done, view->n_jobs,
           view->n_jobs ? 100.0 * (double)view->n_done / (double)view->n_jobs : 100.0,
           view->n_failed);
    for (int s = 1; s < (int)(sizeof watch->by_status / sizeof *watch->by_status); s++)
        if (watch->by_status[s])
            printf(", %s %zu", pn_status_name(s), watch->by_status[s]);
    putchar('\n');
    if (!view->is_over && isfinite(view->rate)) {
        printf("%.3g lives a second, ", view->rate);
        print_time(view->remaining_s);
        puts(" left");
    } else if (view->is_over && strcmp(view->state, "complete") != 0) {
        puts("the same pneuma run command goes on");
    }
    print_files(watch);
    return PN_OK;
}

static void put_journals(struct pn_json *json, const struct pn_watch *watch)
{
    pn_json_open_list(json, "journals");
    for (size_t i = 0; i < watch->n_files; i++) {
        const struct pn_watch_file *file = &watch->file[i];

        pn_json_open_object(json, NULL);
        pn_json_put_text(json, "name", file->name);
        pn_json_put_count(json, "done", file->n_records);
        pn_json_put_count(json, "failed", file->n_failed);
        pn_json_put_count(json, "torn", file->n_torn);
        pn_json_put_whole(json, "changed", file->changed);
        pn_json_close(json);
    }
    pn_json_close(json);
}

int pn_cli_print_run_json(const struct pn_run_view *view)
{
    struct pn_json json;
    int status;

    pn_json_begin(&json);
    pn_json_put_text(&json, "folder", view->folder);
    pn_json_put_text(&json, "state", view->state);
    pn_json_put_text(&json, "study", view->study);
    pn_json_put_text(&json, "host", view->host);
    pn_json_put_text(&json, "started", view->started);
    pn_json_put_text(&json, "ended", view->ended);
    pn_json_put_text(&json, "message", view->message);
    pn_json_put_count(&json, "attempts", view->n_attempts);
    pn_json_put_count(&json, "ranks", view->n_ranks);
    pn_json_put_count(&json, "jobs", view->n_jobs);
    pn_json_put_count(&json, "done", view->n_done);
    pn_json_put_count(&json, "failed", view->n_failed);
    pn_json_put_count(&json, "torn", view->watch.n_torn);
    pn_json_put_real(&json, "lives_per_second", view->rate);
    pn_json_put_real(&json, "seconds_left", view->remaining_s);
    pn_json_put_real(&json, "seconds_since_last_record", view->silence_s);
    put_journals(&json, &view->watch);
    status = pn_json_write(&json, PN_JSON_PAGE, stdout);
    pn_json_free(&json);
    return status;
}
