/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.json: what the result file must not hold because it differs from run to run (times,
 * host, ranks), beside what identifies the run. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/record/record.h"
#include "solver/run/audit.h"
#include "solver/text/digest.h"
#include "solver/text/json.h"

static void put_field(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "  \"%s\": ", name);
    if (text)
        pn_json_text(stream, text, strlen(text));
    else
        fputs("null", stream);
    fputs(",\n", stream);
}

/* one text a line becomes a list */
static void put_lines(FILE *stream, const char *name, const char *text)
{
    const char *separator = "";

    fprintf(stream, "  \"%s\": [", name);
    for (const char *line = text ? text : ""; *line;) {
        size_t n = strcspn(line, "\n");

        if (n > 0) {
            fputs(separator, stream);
            pn_json_text(stream, line, n);
            separator = ", ";
        }
        line += n + (line[n] == '\n');
    }
    fputs("],\n", stream);
}

static void put_tally(FILE *stream, const struct pn_tally *tally)
{
    size_t n_statuses = sizeof tally->by_status / sizeof *tally->by_status;

    fprintf(stream, "  \"jobs\": %zu,\n  \"ok\": %zu,\n  \"failed\": {", tally->n_jobs,
            tally->n_ok);
    for (size_t i = 1, n = 0; i < n_statuses; i++)
        if (tally->by_status[i] > 0)
            fprintf(stream, "%s\"%s\": %zu", n++ > 0 ? ", " : "", pn_status_name((int)i),
                    tally->by_status[i]);
    fprintf(stream, "},\n  \"steps\": %" PRIu64 ",\n", tally->n_steps);
}

/* JSON has no NaN */
static void put_work(FILE *stream, const struct pn_provenance *p)
{
    if (p->lane_use > 0.0)
        fprintf(stream, "  \"lane_use\": %.4f,\n", p->lane_use);
    else
        fputs("  \"lane_use\": null,\n", stream);
    fprintf(stream, "  \"busy\": %.4f,\n", p->busy);
    fprintf(stream, "  \"seconds\": {\"simulating\": %.3f, \"assembling\": %.3f},\n",
            p->simulating, p->assembling);
}

static void put_inputs(FILE *stream, const struct pn_study *study)
{
    fputs("  \"inputs\": [", stream);
    for (size_t i = 0; i < study->n_inputs; i++) {
        fprintf(stream, "%s\n    {\"path\": ", i > 0 ? "," : "");
        pn_json_text(stream, study->input[i].path, strlen(study->input[i].path));
        fputs(", \"sha256\": ", stream);
        pn_json_text(stream, study->input[i].sha256, strlen(study->input[i].sha256));
        putc('}', stream);
    }
    fputs("\n  ],\n", stream);
}

static int put_result(FILE *stream, const char *path, const char *known,
                      const struct pn_tally *tally)
{
    char hex[65];
    int status = PN_OK;

    if (known)
        snprintf(hex, sizeof hex, "%s", known);
    else if (path)
        status = pn_sha256_file(path, hex);
    if (!path || status != PN_OK) {
        fputs("  \"result\": null\n", stream);
        return status;
    }
    fputs("  \"result\": {\"path\": ", stream);
    pn_json_text(stream, path, strlen(path));
    fprintf(stream, ", \"bytes\": %" PRIu64 ", \"sha256\": \"%s\"}\n", tally->n_bytes,
            hex);
    return PN_OK;
}

/* what the audit log says of the attempts, and which log that is */
static int put_audit(FILE *stream, const char *folder)
{
    struct pn_audit audit;
    int status = pn_audit_read(folder, &audit);

    if (status == PN_OK) {
        fputs("  \"attempts\": ", stream);
        pn_audit_attempts_json(&audit, stream);
        fprintf(stream, ",\n  \"audit\": {\"lines\": %zu, \"sha256\": \"%s\"},\n",
                audit.n_lines, audit.last);
    }
    pn_audit_free(&audit);
    return status == PN_ERR_MEMORY ? status : PN_OK; /* a folder without a log */
}

static int compose(const char *folder, const struct pn_trial *trial,
                   const struct pn_provenance *p, const struct pn_tally *tally,
                   char **text, size_t *n)
{
    FILE *stream = open_memstream(text, n);
    int status;

    if (!stream)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for run.json");
    fputs("{\n", stream);
    put_field(stream, "study", trial->study->name);
    put_field(stream, "command_line", p->command_line);
    put_field(stream, "version", p->version);
    put_field(stream, "git_revision", p->revision);
    put_field(stream, "compiler", p->compiler);
    put_field(stream, "flags", p->flags);
    put_lines(stream, "libraries", p->libraries);
    put_field(stream, "started", p->started);
    put_field(stream, "ended", p->ended);
    put_field(stream, "host", p->host);
    fprintf(stream, "  \"ranks\": %d,\n  \"lanes\": %d,\n  \"seed\": \"%" PRIu64 "\",\n",
            p->n_ranks, p->n_lanes, trial->study->seed);
    put_work(stream, p);
    put_tally(stream, tally);
    put_inputs(stream, trial->study);
    if (p->installation) {
        pn_installation_json(p->installation, "\n  ", stream);
        putc('\n', stream);
    }
    status = put_audit(stream, folder);
    if (status == PN_OK)
        status = put_result(stream, p->result, p->result_sha256, tally);
    fputs("}\n", stream);
    if (fclose(stream) != 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for run.json");
    return status;
}

int pn_run_json_write(const char *folder, const struct pn_trial *trial,
                      const struct pn_provenance *provenance,
                      const struct pn_tally *tally)
{
    char *path = NULL, *text = NULL;
    struct pn_draft draft = {.path = NULL};
    size_t n = 0;
    int status;

    if (asprintf(&path, "%s/run.json", folder) < 0) {
        path = NULL;
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    }
    PN_TRY(compose(folder, trial, provenance, tally, &text, &n));
    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, n) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    pn_draft_abandon(&draft);
    free(text);
    free(path);
    return status;
}
