/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma status: how far a run is, while it runs or after; reads, locks nothing. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/run/audit.h"
#include "solver/run/watch.h"
#include "solver/text/json.h"

enum { SILENT = 120 /* s without a record: a run on another host may be dead */ };

struct request {
    int json;
    double watch; /* s; 0: once */
};

/* what the audit log and the journals say now */
struct view {
    const char *state; /* running silent dead stopped failed complete none */
    const char *study, *host, *started, *ended, *message;
    size_t n_jobs, n_found, n_ok, n_attempts, n_ranks;
    int is_over;    /* nothing more will come of itself */
    double elapsed; /* s of the attempt; NaN: unknown */
    double silence; /* s since the last record */
};

/* RESULT stands for RESULT.run */
static int find_folder(const char *given, char *folder, size_t size)
{
    struct stat about;

    snprintf(folder, size, "%s", given);
    if (stat(folder, &about) == 0 && S_ISDIR(about.st_mode))
        return PN_OK;
    snprintf(folder, size, "%s.run", given);
    if (stat(folder, &about) == 0 && S_ISDIR(about.st_mode))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "there is no run: neither %s nor %s is a folder", given,
                   folder);
}

/* --- what is known --- */

/* seconds since 1970 of "2026-01-31T12:00:00Z"; NaN: no such text */
static double seconds_of(const char *text)
{
    struct tm utc = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc);

    return end && !*end ? (double)timegm(&utc) : (double)NAN;
}

static size_t count_of(const struct pn_yaml *line, const char *member)
{
    return (size_t)strtoull(pn_audit_get(line, member), NULL, 10);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int process_is_gone(const struct pn_yaml *start)
{
    char host[256] = "";
    long pid = strtol(pn_audit_get(start, "pid"), NULL, 10);

    gethostname(host, sizeof host - 1);
    return strcmp(host, pn_audit_get(start, "host")) == 0 && pid > 0 &&
           kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static const char *state_of(const struct pn_attempt *attempt, double silence)
{
    const char *event = pn_audit_get(attempt->end, "event");

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

static int look(const struct pn_audit *audit, const struct pn_watch *watch,
                struct view *view)
{
    struct pn_attempt *attempts = NULL, last = {NULL, NULL};
    double started, ended;
    size_t n = 0;
    int status = pn_audit_attempts(audit, &attempts, &n);

    if (status == PN_OK && n > 0)
        last = attempts[n - 1];
    free(attempts);
    started = seconds_of(pn_audit_get(last.start, "time"));
    ended = last.end ? seconds_of(pn_audit_get(last.end, "time")) : now();
    *view = (struct view){.study = pn_audit_get(last.start, "study"),
                          .host = pn_audit_get(last.start, "host"),
                          .started = pn_audit_get(last.start, "time"),
                          .ended = pn_audit_get(last.end, "time"),
                          .message = pn_audit_get(last.end, "message"),
                          .n_jobs = count_of(last.start, "jobs"),
                          .n_found = count_of(last.start, "found"),
                          .n_ranks = count_of(last.start, "ranks"),
                          .n_ok = count_of(last.end, "ok"),
                          .n_attempts = n,
                          .elapsed = ended - started};
    view->silence = fmax(0.0, now() - fmax(newest(watch), started));
    view->state = n > 0 ? state_of(&last, view->silence) : "none";
    view->is_over =
        strcmp(view->state, "running") != 0 && strcmp(view->state, "silent") != 0;
    return status;
}

/* --- what is told --- */

struct count {
    size_t done, failed;
    double rate, remaining; /* lives a second, s; NaN: unknown */
};

static struct count count(const struct view *view, const struct pn_watch *watch)
{
    int complete = strcmp(view->state, "complete") == 0;
    struct count c = {.done = complete ? view->n_jobs : watch->n_done,
                      .failed = complete ? view->n_jobs - view->n_ok : watch->n_failed};
    size_t fresh = c.done > view->n_found ? c.done - view->n_found : 0;

    c.rate =
        view->elapsed > 0.0 && fresh > 0 ? (double)fresh / view->elapsed : (double)NAN;
    c.remaining = c.done >= view->n_jobs ? 0.0 : (double)(view->n_jobs - c.done) / c.rate;
    return c;
}

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
        print_time(fmax(0.0, now() - (double)file->changed));
        printf(" ago");
        if (file->n_torn > 0)
            printf(", %zu torn or foreign", file->n_torn);
        putchar('\n');
    }
}

static void print_text(const char *folder, const struct view *view,
                       const struct pn_watch *watch)
{
    struct count c = count(view, watch);

    printf("%s: %s", folder, view->state);
    if (view->n_attempts == 0) {
        printf(": no attempt is in its log; %zu records in %zu journals\n", watch->n_done,
               watch->n_files);
        print_files(watch);
        return;
    }
    printf(", study %s, attempt %zu, %zu rank%s on %s since %s", view->study,
           view->n_attempts, view->n_ranks, view->n_ranks == 1 ? "" : "s", view->host,
           view->started);
    if (*view->ended)
        printf(" until %s", view->ended);
    if (*view->message)
        printf("\n%s", view->message);
    printf("\ndone %zu of %zu lives (%.1f %%), %zu failed", c.done, view->n_jobs,
           view->n_jobs ? 100.0 * (double)c.done / (double)view->n_jobs : 100.0,
           c.failed);
    for (int s = 1; s < (int)(sizeof watch->by_status / sizeof *watch->by_status); s++)
        if (watch->by_status[s])
            printf(", %s %zu", pn_status_name(s), watch->by_status[s]);
    putchar('\n');
    if (!view->is_over && isfinite(c.rate)) {
        printf("%.3g lives a second, ", c.rate);
        print_time(c.remaining);
        puts(" left");
    } else if (view->is_over && strcmp(view->state, "complete") != 0) {
        puts("the same pneuma run command goes on");
    }
    print_files(watch);
}

static void put_number(const char *name, double number)
{
    if (isfinite(number))
        printf("  \"%s\": %.6g,\n", name, number);
    else
        printf("  \"%s\": null,\n", name);
}

static void put_text(const char *name, const char *text)
{
    printf("  \"%s\": ", name);
    pn_json_text(stdout, text, strlen(text));
    puts(",");
}

static void print_json(const char *folder, const struct view *view,
                       const struct pn_watch *watch)
{
    struct count c = count(view, watch);

    puts("{");
    put_text("folder", folder);
    put_text("state", view->state);
    put_text("study", view->study);
    put_text("host", view->host);
    put_text("started", view->started);
    put_text("ended", view->ended);
    put_text("message", view->message);
    printf("  \"attempts\": %zu,\n  \"ranks\": %zu,\n  \"jobs\": %zu,\n"
           "  \"done\": %zu,\n  \"failed\": %zu,\n  \"torn\": %zu,\n",
           view->n_attempts, view->n_ranks, view->n_jobs, c.done, c.failed,
           watch->n_torn);
    put_number("lives_per_second", c.rate);
    put_number("seconds_left", c.remaining);
    put_number("seconds_since_last_record", view->silence);
    fputs("  \"journals\": [", stdout);
    for (size_t i = 0; i < watch->n_files; i++) {
        const struct pn_watch_file *file = &watch->file[i];

        printf("%s\n    {\"name\": ", i > 0 ? "," : "");
        pn_json_text(stdout, file->name, strlen(file->name));
        printf(", \"done\": %zu, \"failed\": %zu, \"torn\": %zu, \"changed\": %lld}",
               file->n_records, file->n_failed, file->n_torn, (long long)file->changed);
    }
    puts("\n  ]\n}");
}

/* --- the whole --- */

/* a new attempt may have other jobs: then all is read anew */
static int refresh(const struct pn_audit *audit, struct pn_watch *watch, char key[64])
{
    const struct pn_yaml *start = NULL;

    for (size_t i = 0; i < audit->n_lines; i++)
        if (strcmp(pn_audit_get(audit->line[i], "event"), "start") == 0)
            start = audit->line[i];
    if (watch->seen && strcmp(key, pn_audit_get(start, "key")) == 0)
        return PN_OK;
    snprintf(key, 64, "%s", pn_audit_get(start, "key"));
    pn_watch_free(watch);
    return pn_watch_create(count_of(start, "jobs"), key, watch);
}

static int tell(const struct request *options, const char *folder, struct pn_watch *watch,
                char key[64], int *is_over)
{
    struct pn_audit audit;
    struct view view;
    int status = pn_audit_read(folder, &audit);

    if (status != PN_OK && status != PN_ERR_IO)
        goto out;
    PN_TRY(refresh(&audit, watch, key));
    PN_TRY(pn_watch_update(watch, folder));
    PN_TRY(look(&audit, watch, &view));
    (options->json ? print_json : print_text)(folder, &view, watch);
    fflush(stdout);
    *is_over = view.is_over;
out:
    pn_audit_free(&audit);
    return status;
}

static int status(struct pn_call *call)
{
    const struct request *r = call->request;
    const struct timespec pause = {(time_t)r->watch,
                                   (long)(1e9 * (r->watch - floor(r->watch)))};
    struct pn_watch watch = {.n_files = 0};
    char folder[4096], key[64] = "";
    int status, is_over = 0;

    PN_TRY(find_folder(call->word[0], folder, sizeof folder));
    for (;;) {
        PN_TRY(tell(r, folder, &watch, key, &is_over));
        if (r->watch <= 0.0 || is_over)
            break;
        nanosleep(&pause, NULL);
    }
out:
    pn_watch_free(&watch);
    return status;
}

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, NULL, PN_AS_FLAG, AT(json), "as JSON"},
    {"watch", 0, "S", PN_AS_NUMBER, AT(watch),
     "again every S seconds (5 without S) until the run is over", PN_RANGE(0.1, 86400),
     .bare = "5"},
    {0},
};
/* clang-format on */

const struct pn_command pn_command_status = {
    "status",
    "FOLDER [options]",
    "how far a run is, while it runs or after",
    rows,
    .before = "How far the run in FOLDER (RESULT.run, or RESULT) is: done, failed, rate, "
              "remaining, and each rank; from any machine that sees the folder, without "
              "locks.",
    .after =
        "running: records come.  silent: none for 2 minutes.  dead: its process on "
        "this host is gone.  stopped, failed, complete: as the run itself has told.  "
        "Exit code 0 whatever the state is, 74: there is no run.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .run = status,
};
