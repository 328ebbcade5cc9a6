/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a result whole, and is it the one that the run wrote? */
#include "solver/inspect/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/status.h"
#include "solver/result/field_attributes.h"
#include "solver/run/audit.h"
#include "solver/text/digest.h"
#include "solver/text/yaml.h"

struct verify {
    const struct pn_verify_options *options;
    char *folder; /* RESULT.run */
    struct pn_result *result;
    struct pn_fields fields;
    struct pn_attributes root, provenance;
    struct pn_arena arena;
    json_t *run; /* run.json; NULL: none */
    struct pn_verified *found;
};

/* --- the file as such --- */

static const char *root_text(const struct verify *v, const char *name)
{
    const char *text = pn_attributes_find(&v->root, name);

    return text ? text : "";
}

static const char *provenance_text(const struct verify *v, const char *name)
{
    const char *text = pn_attributes_find(&v->provenance, name);

    return text ? text : "";
}

static void check_schema(struct verify *v)
{
    const char *version = root_text(v, "schema_version");
    int good = strncmp(version, "1.", 2) == 0;

    pn_report_add(&v->found->report, good ? PN_PASS : PN_FAILED, "schema",
                  "%s %s, written by %s", root_text(v, "schema"),
                  *version ? version : "(no version)", root_text(v, "source"));
}

/* --- provenance and inputs --- */

static int check_provenance(struct verify *v)
{
    static const char *const names[] = {"version", "git_revision", "compiler",
                                        "flags",   "libraries",    "seed"};
    struct pn_complaints list = {.n = 0};
    char *resolved = NULL, missing[256] = "";
    int status = pn_result_whole_text(v->result, "provenance/resolved", &resolved);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!*provenance_text(v, names[i]))
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), " %s",
                     names[i]);
    if (status == PN_ERR_INPUT)
        pn_report_add(&v->found->report, PN_FAILED, "provenance", "%s",
                      pn_error_last()->text);
    else if (status == PN_OK &&
             !pn_yaml_parse(resolved, strlen(resolved), "resolved", &v->arena, &list))
        pn_report_add(&v->found->report, PN_FAILED, "provenance",
                      "the resolved study is no YAML: %s", list.kept[0].text);
    else if (missing[0])
        pn_report_add(&v->found->report, PN_FAILED, "provenance", "missing:%s", missing);
    else if (status == PN_OK)
        pn_report_add(&v->found->report, PN_PASS, "provenance",
                      "resolved study of %zu bytes, pneuma %s (%s), seed %s",
                      strlen(resolved), provenance_text(v, "version"),
                      provenance_text(v, "git_revision"), provenance_text(v, "seed"));
    free(resolved);
    return status == PN_ERR_INPUT ? PN_OK : status;
}

struct inputs {
    size_t n_same, n_changed, n_missing;
};

/* "SHA-256  PATH" */
static void check_input(struct verify *v, const char *line, struct inputs *inputs)
{
    char hex[65];
    const char *path = strlen(line) > 66 ? line + 66 : "";
    struct stat about;

    if (!*path || strspn(line, "0123456789abcdef") != 64) {
        pn_report_add(&v->found->report, PN_FAILED, "inputs", "no hash and path: '%.80s'",
                      line);
    } else if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        inputs->n_missing++;
        pn_report_add(&v->found->report, PN_NOTE, "inputs", "%s is missing here", path);
    } else if (pn_sha256_file(path, hex) != PN_OK || memcmp(hex, line, 64) != 0) {
        inputs->n_changed++;
        pn_report_add(&v->found->report, PN_NOTE, "inputs", "%s has changed since", path);
    } else {
        inputs->n_same++;
    }
}

static int check_inputs(struct verify *v)
{
    char *text = NULL;
    struct inputs inputs = {0};
    int status = pn_result_whole_text(v->result, "provenance/inputs", &text);

    if (status == PN_ERR_INPUT) {
        pn_report_add(&v->found->report, PN_FAILED, "inputs", "%s",
                      pn_error_last()->text);
        return PN_OK;
    }
    PN_TRY(status);
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            check_input(v, line, &inputs);
    pn_report_add(&v->found->report, PN_PASS, "inputs",
                  "%zu same, %zu changed, %zu missing here", inputs.n_same,
                  inputs.n_changed, inputs.n_missing);
out:
    free(text);
    return status;
}

/* --- the folder RESULT.run/ --- */

static void check_count(struct verify *v, const char *name, size_t count)
{
    int64_t said = -1;

    if (!pn_json_whole_of(v->run, name, &said))
        pn_report_add(&v->found->report, PN_FAILED, "run.json", "%s is missing there",
                      name);
    else if (said != (int64_t)count)
        pn_report_add(&v->found->report, PN_FAILED, "run.json",
                      "%s is %lld there, %zu in the file", name, (long long)said, count);
}

static void check_run_json(struct verify *v)
{
    const char *hash = pn_json_text_of(json_object_get(v->run, "result"), "sha256");
    size_t before = v->found->report.n_failed;

    if (strcmp(hash, v->found->sha256) == 0)
        pn_report_add(&v->found->report, PN_PASS, "hash", "%s, as run.json says",
                      v->found->sha256);
    else
        pn_report_add(&v->found->report, PN_FAILED, "hash", "%s, but run.json says %s",
                      v->found->sha256, *hash ? hash : "nothing");
    check_count(v, "jobs", v->found->lives.n);
    check_count(v, "ok", v->found->lives.n_ok);
    for (size_t i = 0; i < 3; i++) {
        const char *name = (const char *[]){"version", "git_revision", "seed"}[i];

        if (strcmp(pn_json_text_of(v->run, name), provenance_text(v, name)) != 0)
            pn_report_add(&v->found->report, PN_FAILED, "run.json",
                          "%s is '%s' there, '%s' in the file", name,
                          pn_json_text_of(v->run, name), provenance_text(v, name));
    }
    if (v->found->report.n_failed == before)
        pn_report_add(&v->found->report, PN_PASS, "run.json",
                      "counts, version and seed agree");
}

/* the last line that tells of a result, and run.json's of the log */
static void check_audit_end(struct verify *v, const struct pn_audit *audit)
{
    const json_t *about = json_object_get(v->run, "audit");
    const char *hash = "";
    int64_t n = 0;

    (void)pn_json_whole_of(about, "lines", &n);
    for (size_t i = 0; i < audit->n_lines; i++)
        if (strcmp(pn_json_text_of(audit->line[i], "event"), "result") == 0)
            hash = pn_json_text_of(audit->line[i], "sha256");
    if (strcmp(hash, v->found->sha256) != 0)
        pn_report_add(&v->found->report, PN_FAILED, "audit",
                      "the log tells of another result: %s", *hash ? hash : "none");
    else if ((int64_t)audit->n_lines < n)
        pn_report_add(&v->found->report, PN_FAILED, "audit",
                      "%zu lines of %lld are there", audit->n_lines, (long long)n);
    else if ((int64_t)audit->n_lines == n &&
             strcmp(pn_json_text_of(about, "sha256"), audit->last) != 0)
        pn_report_add(&v->found->report, PN_FAILED, "audit",
                      "its last line is not the one that "
                      "run.json knows");
    else
        pn_report_add(&v->found->report, PN_PASS, "audit",
                      "%zu lines, each with the hash of the "
                      "one before%s",
                      audit->n_lines, audit->n_torn > 0 ? " (some were cut)" : "");
}

static int check_audit(struct verify *v)
{
    struct pn_audit audit;
    int status = pn_audit_read(v->folder, &audit);

    if (status == PN_ERR_IO || status == PN_ERR_INPUT) {
        pn_report_add(&v->found->report, status == PN_ERR_IO ? PN_NOTE : PN_FAILED,
                      "audit", "%s", pn_error_last()->text);
        status = PN_OK;
    } else if (status == PN_OK && audit.broken > 0) {
        pn_report_add(&v->found->report, PN_FAILED, "audit",
                      "the chain is broken at line %zu: a line before it was changed or "
                      "taken out",
                      audit.broken);
    } else if (status == PN_OK) {
        check_audit_end(v, &audit);
    }
    pn_audit_free(&audit);
    return status;
}

static int check_folder(struct verify *v)
{
    int status = pn_run_json_read(v->folder, &v->run);

    if (status == PN_ERR_IO) {
        pn_report_add(&v->found->report, PN_NOTE, "hash",
                      "%s (nothing to compare it with: %s)", v->found->sha256,
                      pn_error_last()->text);
    } else if (status == PN_ERR_INPUT) {
        pn_report_add(&v->found->report, PN_FAILED, "run.json", "%s",
                      pn_error_last()->text);
    } else if (status == PN_OK) {
        check_run_json(v);
    } else {
        return status;
    }
    return check_audit(v);
}

/* --- the whole --- */

static int check_all(struct verify *v)
{
    struct pn_units *units = NULL;
    int status = PN_OK;

    if (asprintf(&v->folder, "%s.run", v->options->result) < 0) {
        v->folder = NULL;
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    }
    PN_TRY(pn_sha256_file(v->options->result, v->found->sha256));
    PN_TRY(pn_result_open(v->options->result, &v->result));
    PN_TRY(pn_fields_list(v->result, &v->fields));
    PN_TRY(pn_attributes_list(v->result, "/", &v->root));
    PN_TRY(pn_attributes_list(v->result, "provenance", &v->provenance));
    PN_TRY(pn_units_create(&units));
    check_schema(v);
    PN_TRY(pn_verify_numbers(v->result, &v->fields, units, &v->found->report,
                             &v->found->lives));
    PN_TRY(pn_verify_statistics(v->options->result, v->result, &v->fields,
                                &v->found->report));
    PN_TRY(check_provenance(v));
    PN_TRY(check_inputs(v));
    PN_TRY(check_folder(v));
out:
    pn_units_free(&units);
    return status;
}

int pn_verify(const struct pn_verify_options *options, struct pn_verified *found)
{
    struct verify v = {.options = options, .found = found};
    int status;

    *found = (struct pn_verified){.good = 0};
    PN_TRY(check_all(&v));
    found->good = found->report.n_failed == 0 && !found->report.out_of_memory &&
                  !(options->strict && found->report.n_notes > 0);
    if (!found->good)
        status = PN_FAIL(PN_ERR_DIFFERENT, "%s is not verified", options->result);
out:
    free(v.folder);
    pn_attributes_free(&v.root);
    pn_attributes_free(&v.provenance);
    pn_fields_free(&v.fields);
    pn_arena_free(&v.arena);
    json_decref(v.run);
    pn_result_close(&v.result);
    return status;
}
