/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run writes into its audit log: that an attempt begins, and how it ends. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/run/audit.h"
#include "solver/text/json.h"

static void put_text(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "\"%s\": ", name);
    pn_json_text(stream, text, strlen(text));
    fputs(", ", stream);
}

/* host, process and start: no other attempt has them */
static void put_attempt(const struct pn_run *run, FILE *stream)
{
    char name[400];

    snprintf(name, sizeof name, "%s-%ld-%s", run->host, (long)getpid(), run->started);
    put_text(stream, "attempt", name);
}

static void put_start(const struct pn_run *run, FILE *stream)
{
    struct pn_installation installation;

    pn_installation_find(&installation);
    put_text(stream, "study", run->loaded.study->name);
    put_text(stream, "command_line", run->command_line);
    put_text(stream, "version", pn_version());
    put_text(stream, "git_revision", pn_revision());
    put_text(stream, "host", run->host);
    fprintf(stream, "\"pid\": %ld, \"ranks\": %d, \"jobs\": %zu, \"found\": %zu, ",
            (long)getpid(), pn_cluster_n_ranks(run->cluster),
            pn_trial_n_jobs(run->loaded.trial), run->index->n_found);
    if (run->options.rerun_failed)
        put_text(stream, "rerun_failed",
                 run->replaces ? run->replaced : "unfinished run");
    fputs("\"key\": \"", stream);
    for (size_t i = 0; i < sizeof run->key.byte; i++)
        fprintf(stream, "%02x", run->key.byte[i]);
    fputs("\", ", stream);
    pn_installation_json(&installation, " ", stream);
}

static int append(const struct pn_run *run, const char *event,
                  void (*put)(const struct pn_run *run, FILE *stream), const char *more)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);
    int status;

    if (!stream)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the audit log");
    put_attempt(run, stream);
    if (put)
        put(run, stream);
    fputs(more, stream);
    if (fclose(stream) != 0 || !text) {
        free(text);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the audit log");
    }
    /* pn_audit_append puts a comma of its own */
    for (n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == ','); n--)
        text[n - 1] = '\0';
    status = pn_audit_append(run->folder, event, text);
    free(text);
    return status;
}

int pn_run_audit_start(const struct pn_run *run)
{
    return append(run, "start", put_start, "");
}

int pn_run_audit_result(const struct pn_run *run, const struct pn_tally *tally,
                        const char *sha256)
{
    char more[256];

    snprintf(more, sizeof more,
             "\"jobs\": %zu, \"ok\": %zu, \"bytes\": %" PRIu64 ", \"sha256\": \"%s\"",
             tally->n_jobs, tally->n_ok, tally->n_bytes, sha256);
    return append(run, "result", NULL, more);
}

void pn_run_audit_end(const struct pn_run *run, const char *event, int status)
{
    char more[64], *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    if (!stream)
        return;
    snprintf(more, sizeof more, "\"exit_code\": %d", pn_status_exit_code(status));
    fputs(more, stream);
    if (status != PN_ERR_STOPPED && status != PN_OK) {
        fputs(", ", stream);
        put_text(stream, "message", pn_error_last()->text);
    }
    fclose(stream);
    /* the end is told when it can be: its own failure changes nothing */
    if (text)
        (void)append(run, event, NULL, text);
    free(text);
}
