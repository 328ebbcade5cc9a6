/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings as they are gathered, a line each, or JSON. */
#include "solver/inspect/checklist.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
    [PN_PASS] = "PASS", [PN_NOTE] = "NOTE", [PN_FAILED] = "FAIL"};

void pn_report_add(struct pn_report *report, enum pn_verdict verdict, const char *check,
                   const char *format, ...)
{
    struct pn_finding *more =
        realloc(report->finding, (report->n + 1) * sizeof *report->finding);
    struct pn_finding *finding;
    va_list arguments;

    report->n_notes += verdict == PN_NOTE;
    report->n_failed += verdict == PN_FAILED;
    if (!more) {
        report->out_of_memory = 1;
        return;
    }
    report->finding = more;
    finding = &report->finding[report->n++];
    *finding = (struct pn_finding){.verdict = verdict, .check = strdup(check)};
    va_start(arguments, format);
    if (vasprintf(&finding->text, format, arguments) < 0)
        finding->text = NULL;
    va_end(arguments);
    if (!finding->text || !finding->check)
        report->out_of_memory = 1;
}

void pn_report_free(struct pn_report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        free(report->finding[i].check);
        free(report->finding[i].text);
    }
    free(report->finding);
    *report = (struct pn_report){.n = 0};
}

static const char *text_or_nothing(const char *text)
{
    return text ? text : "";
}

void pn_report_print(const struct pn_report *report, FILE *stream)
{
    for (size_t i = 0; i < report->n; i++)
        fprintf(stream, "%s  %s: %s\n", words[report->finding[i].verdict],
                text_or_nothing(report->finding[i].check),
                text_or_nothing(report->finding[i].text));
}

void pn_report_put(const struct pn_report *report, struct pn_json *json)
{
    pn_json_put_count(json, "passed", report->n - report->n_notes - report->n_failed);
    pn_json_put_count(json, "notes", report->n_notes);
    pn_json_put_count(json, "failed", report->n_failed);
    pn_json_open_list(json, "checks");
    for (size_t i = 0; i < report->n; i++) {
        const struct pn_finding *f = &report->finding[i];

        pn_json_open_object(json, NULL);
        pn_json_put_text(json, "verdict", words[f->verdict]);
        pn_json_put_text(json, "check", text_or_nothing(f->check));
        pn_json_put_text(json, "text", text_or_nothing(f->text));
        pn_json_close(json);
    }
    pn_json_close(json);
}
