/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.json: what the result file must not hold because it differs from run to run (times,
 * host, ranks), beside what identifies the run. */
#include "solver/run/run_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/run/audit.h"
#include "solver/text/digest.h"

/* one text a line becomes a list */
static void put_lines(struct pn_json *json, const char *key, const char *text)
{
    pn_json_open_list(json, key);
    for (const char *line = text ? text : ""; *line;) {
        size_t n = strcspn(line, "\n");

        if (n > 0)
            pn_json_put_bytes(json, NULL, line, n);
        line += n + (line[n] == '\n');
    }
    pn_json_close(json);
}

static void put_tally(struct pn_json *json, const struct pn_tally *tally)
{
    size_t n_statuses = sizeof tally->by_status / sizeof *tally->by_status;

    pn_json_put_count(json, "jobs", tally->n_jobs);
    pn_json_put_count(json, "ok", tally->n_ok);
    pn_json_open_object(json, "failed");
    for (size_t i = 1; i < n_statuses; i++)
        if (tally->by_status[i] > 0)
            pn_json_put_count(json, pn_status_name((int)i), tally->by_status[i]);
    pn_json_close(json);
    if (tally->n_redrawn > 0)
        pn_json_put_count(json, "redrawn", tally->n_redrawn);
    pn_json_put_count(json, "steps", tally->n_steps);
}

static void put_work(struct pn_json *json, const struct pn_run_facts *facts)
{
    pn_json_put_real(json, "lane_use",
                     facts->lane_use > 0.0 ? facts->lane_use : (double)NAN);
    pn_json_put_real(json, "busy", facts->busy);
    pn_json_open_object(json, "seconds");
    pn_json_put_real(json, "simulating", facts->simulating);
    pn_json_put_real(json, "assembling", facts->assembling);
    pn_json_close(json);
}

static void put_inputs(struct pn_json *json, const struct pn_study *study)
{
    pn_json_open_list(json, "inputs");
    for (size_t i = 0; i < study->n_inputs; i++) {
        pn_json_open_object(json, NULL);
        pn_json_put_text(json, "path", study->input[i].path);
        pn_json_put_text(json, "sha256", study->input[i].sha256);
        pn_json_close(json);
    }
    pn_json_close(json);
}

static int put_result(struct pn_json *json, const struct pn_run_facts *facts,
                      const struct pn_tally *tally)
{
    char hex[65];
    int status;

    if (!facts->result) {
        pn_json_put_null(json, "result");
        return PN_OK;
    }
    if (!facts->result_sha256) {
        status = pn_sha256_file(facts->result, hex);
        if (status != PN_OK)
            return status;
    }
    pn_json_open_object(json, "result");
    pn_json_put_text(json, "path", facts->result);
    pn_json_put_count(json, "bytes", tally->n_bytes);
    pn_json_put_text(json, "sha256", facts->result_sha256 ? facts->result_sha256 : hex);
    pn_json_close(json);
    return PN_OK;
}

/* what the audit log says of the attempts, and which log that is */
static int put_audit(struct pn_json *json, const char *folder)
{
    struct pn_audit audit;
    int status = pn_audit_read(folder, &audit);

    if (status == PN_OK) {
        status = pn_audit_put_attempts(&audit, json);
        pn_json_open_object(json, "audit");
        pn_json_put_count(json, "lines", audit.n_lines);
        pn_json_put_text(json, "sha256", audit.last);
        pn_json_close(json);
    }
    pn_audit_free(&audit);
    return status == PN_ERR_MEMORY ? status : PN_OK; /* a folder without a log */
}

static void put_origin(struct pn_json *json, const struct pn_trial *trial,
                       const struct pn_provenance *p, const struct pn_run_facts *facts)
{
    pn_json_put_text(json, "study", trial->study->name);
    pn_json_put_text(json, "command_line", facts->command_line);
    pn_json_put_text(json, "version", p->version);
    pn_json_put_text(json, "git_revision", p->revision);
    pn_json_put_text(json, "compiler", p->compiler);
    pn_json_put_text(json, "flags", p->flags);
    put_lines(json, "libraries", p->libraries);
    pn_json_put_text(json, "started", facts->started);
    pn_json_put_text(json, "ended", facts->ended);
    pn_json_put_text(json, "host", facts->host);
    pn_json_put_whole(json, "ranks", facts->n_ranks);
    pn_json_put_whole(json, "lanes", facts->n_lanes);
    /* as text: many readers turn a 64-bit number into a double */
    pn_json_put_print(json, "seed", "%" PRIu64, trial->study->seed);
}

int pn_run_json_write(const char *folder, const struct pn_trial *trial,
                      const struct pn_provenance *provenance,
                      const struct pn_run_facts *facts, const struct pn_tally *tally)
{
    char *path = pn_format("%s/run.json", folder), *text = NULL;
    struct pn_json json;
    size_t n = 0;
    int status = path ? PN_OK : PN_ERR_MEMORY;

    pn_json_begin(&json);
    PN_TRY(status);
    put_origin(&json, trial, provenance, facts);
    put_work(&json, facts);
    put_tally(&json, tally);
    put_inputs(&json, trial->study);
    if (facts->installation)
        pn_installation_put(facts->installation, &json);
    PN_TRY(put_audit(&json, folder));
    PN_TRY(put_result(&json, facts, tally));
    PN_TRY(pn_json_make(&json, PN_JSON_PAGE, &text, &n));
    PN_TRY(pn_draft_write(path, text, n));
out:
    pn_json_free(&json);
    free(text);
    free(path);
    return status;
}
