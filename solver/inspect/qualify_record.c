/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of a qualification: what is installed, what was found, signed by the hash of
 * its own text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "solver/base/clock.h"
#include "solver/base/lane.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/inspect/qualify.h"
#include "solver/run/installation.h"
#include "solver/run/libraries.h"
#include "solver/text/digest.h"
#include "solver/text/json.h"

/* what is installed, when it was looked at */
struct record {
    const struct pn_report *report;
    struct pn_installation what;
    char libraries[2048], when[24];
};

static int out_of_memory(void)
{
    return PN_FAIL(PN_ERR_MEMORY, "out of memory for the record");
}

/* --- as text --- */

static void put_lines(FILE *stream, const char *title, const char *lines)
{
    for (const char *line = lines; *line;) {
        size_t n = strcspn(line, "\n");

        fprintf(stream, "%s%.*s\n", title, (int)n, line);
        line += n + (line[n] == '\n');
    }
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

static void put_text(const struct record *r, FILE *stream)
{
    struct utsname system;
    const struct pn_report *report = r->report;

    fprintf(stream, "pneuma selftest, %s\n", r->when);
    fprintf(stream, "version: %s (%s)\n", pn_version(), pn_revision());
    fprintf(stream, "compiler: %s\nflags: %s\n", pn_compiler(), pn_flags());
    fprintf(stream, "lanes: %d\n", (int)PN_LANES);
    if (uname(&system) == 0)
        fprintf(stream, "system: %s %s %s, host %s\n", system.sysname, system.release,
                system.machine, system.nodename);
    fprintf(stream, "program: %s %s\n", r->what.program_sha256,
            or_nothing(r->what.program));
    fprintf(stream, "library: %s %s\n", r->what.library_sha256,
            or_nothing(r->what.library));
    put_lines(stream, "uses: ", r->libraries);
    pn_report_print(report, stream);
    fprintf(stream, "selftest: %s (%zu failed, %zu not tried)\n",
            report->n_failed == 0 ? "PASSED" : "FAILED", report->n_failed,
            report->n_notes);
}

static int make_text(const struct record *r, char **out)
{
    char *text = NULL, hex[65];
    size_t n;
    FILE *stream = open_memstream(&text, &n);
    int status = PN_OK;

    if (!stream)
        return out_of_memory();
    put_text(r, stream);
    if (fclose(stream) != 0)
        status = out_of_memory();
    else
        status = pn_sha256_text(text, n, hex);
    if (status == PN_OK && asprintf(out, "%sSHA-256 of this record: %s\n", text, hex) < 0)
        status = out_of_memory();
    free(text);
    return status;
}

/* --- as JSON --- */

static void put_json(const struct record *r, struct pn_json *json)
{
    pn_json_put_text(json, "time", r->when);
    pn_json_put_text(json, "version", pn_version());
    pn_json_put_text(json, "git_revision", pn_revision());
    pn_json_put_text(json, "compiler", pn_compiler());
    pn_json_put_text(json, "flags", pn_flags());
    pn_json_put_text(json, "libraries", r->libraries);
    pn_json_put_whole(json, "lanes", PN_LANES);
    pn_installation_put(&r->what, json);
    pn_json_put_truth(json, "good", r->report->n_failed == 0);
    pn_report_put(r->report, json);
}

/* In place of its 64 zeros in the last line but one: the hash of the lines before. */
static int sign(char *text, size_t n)
{
    char zeros[65], hex[65], *place = NULL, *line;
    int status;

    memset(zeros, '0', 64);
    zeros[64] = '\0';
    for (char *at = text; (at = strstr(at, zeros)); at++)
        place = at;
    line = place;
    while (line && line > text && line[-1] != '\n')
        line--;
    if (!line || place + 64 > text + n)
        return PN_FAIL(PN_ERR_LIBRARY, "the record has no place for its hash");
    status = pn_sha256_text(text, (size_t)(line - text), hex);
    if (status == PN_OK)
        memcpy(place, hex, 64);
    return status;
}

static int make_json(const struct record *r, char **out)
{
    struct pn_json json;
    size_t n;
    int status;

    pn_json_begin(&json);
    put_json(r, &json);
    pn_json_put_print(&json, "sha256", "%064d", 0);
    PN_TRY(pn_json_make(&json, PN_JSON_PAGE, out, &n));
    status = sign(*out, n);
out:
    pn_json_free(&json);
    return status;
}

int pn_qualify_record(const struct pn_report *report, char **text, char **json)
{
    struct record r = {.report = report};
    int status;

    *text = *json = NULL;
    pn_installation_find(&r.what);
    pn_libraries(r.libraries, sizeof r.libraries);
    pn_utc_now(r.when);
    PN_TRY(make_text(&r, text));
    status = make_json(&r, json);
out:
    pn_installation_free(&r.what);
    return status;
}
