/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the audit log and the journals of a run say now. */
#include "solver/inspect/run_view.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"

enum { SILENT = 120 /* s without a record: a run on another host may be dead */ };

/* --- the folder --- */

static int is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

int pn_run_view_open(const char *given, struct pn_run_view *view)
{
    *view = (struct pn_run_view){.state = "none"};
    if (asprintf(&view->folder, is_folder(given) ? "%s" : "%s.run", given) < 0) {
        view->folder = NULL;
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    }
    if (is_folder(view->folder))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "there is no run: neither %s nor %s is a folder", given,
                   view->folder);
}

void pn_run_view_close(struct pn_run_view *view)
{
    pn_watch_free(&view->watch);
    pn_audit_free(&view->audit);
    free(view->folder);
    view->folder = NULL;
}

/* --- what is known --- */

/* seconds since 1970 of "2026-01-31T12:00:00Z"; NaN: no such text */
static double seconds_of(const char *text)
{
    struct tm utc = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc);

    return end && !*end ? (double)timegm(&utc) : (double)NAN;
}

static size_t count_of(const json_t *line, const char *member)
{
    int64_t n = 0;

    return pn_json_whole_of(line, member, &n) && n > 0 ? (size_t)n : 0;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int process_is_gone(const json_t *start)
{
    char host[256] = "";
    int64_t pid = 0;

    gethostname(host, sizeof host - 1);
    return strcmp(host, pn_json_text_of(start, "host")) == 0 &&
           pn_json_whole_of(start, "pid", &pid) && pid > 0 && kill((pid_t)pid, 0) != 0 &&
           errno == ESRCH;
}

static const char *state_of(const struct pn_attempt *attempt, double silence)
{
    const char *event = pn_json_text_of(attempt->end, "event");

    if (strcmp(event, "result") == 0)
        return "complete";
    if (strcmp(event, "stop") == 0)
        return "stopped";
    if (strcmp(event, "shard") == 0) /* others may be at work, or yet to come */
        return "shard done";
    if (attempt->end)
        return "failed";
    if (process_is_gone(attempt->start))
        return "dead";
    return silence > SILENT ? "silent" : "running";
}

static double newest(const struct pn_watch *watch)
{
    double last = (double)NAN;

    for (size_t i = 0; i < watch->n_files; i++)
        last = fmax(last, (double)watch->file[i].changed);
    return last;
}

double pn_run_view_age_s(time_t when)
{
    return fmax(0.0, now() - (double)when);
}

/* --- looking --- */

/* lives that are done, and how fast they come */
static void count(struct pn_run_view *view, const struct pn_attempt *last, double elapsed)
{
    int complete = strcmp(view->state, "complete") == 0;
    size_t found = count_of(last->start, "found"), fresh;

    view->n_done = complete ? view->n_jobs : view->watch.n_done;
    view->n_failed =
        complete ? view->n_jobs - count_of(last->end, "ok") : view->watch.n_failed;
    fresh = view->n_done > found ? view->n_done - found : 0;
    view->rate = elapsed > 0.0 && fresh > 0 ? (double)fresh / elapsed : (double)NAN;
    view->remaining_s = view->n_done >= view->n_jobs
                            ? 0.0
                            : (double)(view->n_jobs - view->n_done) / view->rate;
}

static void take_attempt(struct pn_run_view *view, const struct pn_attempt *last)
{
    double started = seconds_of(pn_json_text_of(last->start, "time"));
    double ended = last->end ? seconds_of(pn_json_text_of(last->end, "time")) : now();

    view->study = pn_json_text_of(last->start, "study");
    view->host = pn_json_text_of(last->start, "host");
    view->started = pn_json_text_of(last->start, "time");
    view->ended = pn_json_text_of(last->end, "time");
    view->message = pn_json_text_of(last->end, "message");
    view->n_jobs = count_of(last->start, "jobs");
    view->n_ranks = count_of(last->start, "ranks");
    view->silence_s = fmax(0.0, now() - fmax(newest(&view->watch), started));
    view->state = last->start ? state_of(last, view->silence_s) : "none";
    view->is_over =
        strcmp(view->state, "running") != 0 && strcmp(view->state, "silent") != 0;
    count(view, last, ended - started);
}

/* a new attempt may have other jobs: then all is read anew */
static int refresh(struct pn_run_view *view)
{
    const struct pn_audit *audit = &view->audit;
    const json_t *start = NULL;

    for (size_t i = 0; i < audit->n_lines; i++)
        if (strcmp(pn_json_text_of(audit->line[i], "event"), "start") == 0)
            start = audit->line[i];
    if (view->watch.seen && strcmp(view->key, pn_json_text_of(start, "key")) == 0)
        return PN_OK;
    snprintf(view->key, sizeof view->key, "%s", pn_json_text_of(start, "key"));
    pn_watch_free(&view->watch);
    return pn_watch_create(count_of(start, "jobs"), view->key, &view->watch);
}

int pn_run_view_look(struct pn_run_view *view)
{
    struct pn_attempt *attempts = NULL, last = {NULL, NULL};
    int status;

    pn_audit_free(&view->audit);
    status = pn_audit_read(view->folder, &view->audit);
    if (status != PN_OK && status != PN_ERR_IO) /* a run may have no log yet */
        return status;
    PN_TRY(refresh(view));
    PN_TRY(pn_watch_update(&view->watch, view->folder));
    PN_TRY(pn_audit_attempts(&view->audit, &attempts, &view->n_attempts));
    if (view->n_attempts > 0)
        last = attempts[view->n_attempts - 1];
    take_attempt(view, &last);
out:
    free(attempts);
    return status;
}
