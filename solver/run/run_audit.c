/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run writes into its audit log: that an attempt begins, and how it ends. */
#include <unistd.h>

#include "solver/base/version.h"
#include "solver/run/audit.h"
#include "solver/run/installation.h"
#include "solver/run/run_folder.h"

/* host, process and start: no other attempt has them */
static void begin(const struct pn_run *run, const char *event, struct pn_json *line)
{
    pn_audit_begin(line, event);
    pn_json_put_print(line, "attempt", "%s-%ld-%s", run->held.host, (long)getpid(),
                      run->held.started);
}

static int append(const struct pn_run *run, struct pn_json *line)
{
    int status = pn_audit_append(run->held.folder, line);

    pn_json_free(line);
    return status;
}

static void put_start(const struct pn_run *run, struct pn_json *line)
{
    const unsigned char *key = run->subject.key.byte;
    char hex[2 * sizeof run->subject.key.byte + 1];

    pn_json_put_text(line, "study", pn_run_study(run)->name);
    pn_json_put_text(line, "command_line", run->request.command_line);
    pn_json_put_text(line, "version", pn_version());
    pn_json_put_text(line, "git_revision", pn_revision());
    pn_json_put_text(line, "host", run->held.host);
    pn_json_put_whole(line, "pid", getpid());
    pn_json_put_whole(line, "ranks", pn_cluster_n_ranks(run->cluster));
    pn_json_put_count(line, "jobs", run->subject.n_all);
    pn_json_put_count(line, "found", run->held.index->n_found);
    if (run->request.rerun_failed)
        pn_json_put_text(line, "rerun_failed",
                         run->state.replaces ? run->state.replaced : "unfinished run");
    for (size_t i = 0; i < sizeof run->subject.key.byte; i++)
        snprintf(hex + 2 * i, 3, "%02x", key[i]);
    pn_json_put_text(line, "key", hex);
}

int pn_run_audit_start(const struct pn_run *run)
{
    struct pn_installation installation;
    struct pn_json line;

    begin(run, "start", &line);
    put_start(run, &line);
    pn_installation_find(&installation);
    pn_installation_put(&installation, &line);
    pn_installation_free(&installation);
    return append(run, &line);
}

int pn_run_audit_result(const struct pn_run *run, const char *sha256)
{
    const struct pn_tally *tally = &run->state.tally;
    struct pn_json line;

    begin(run, "result", &line);
    pn_json_put_count(&line, "jobs", tally->n_jobs);
    pn_json_put_count(&line, "ok", tally->n_ok);
    pn_json_put_count(&line, "bytes", tally->n_bytes);
    pn_json_put_text(&line, "sha256", sha256);
    return append(run, &line);
}

void pn_run_audit_end(const struct pn_run *run, const char *event, int status)
{
    struct pn_json line;

    begin(run, event, &line);
    pn_json_put_whole(&line, "exit_code", pn_status_exit_code(status));
    if (status != PN_ERR_STOPPED && status != PN_OK)
        pn_json_put_text(&line, "message", pn_error_last()->text);
    /* the end is told when it can be: its own failure changes nothing */
    (void)append(run, &line);
}
