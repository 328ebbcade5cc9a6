/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings of pneuma verify and pneuma selftest: a line each, or JSON. */
#ifndef PN_INSPECT_CHECKLIST_H
#define PN_INSPECT_CHECKLIST_H

#include <stddef.h>
#include <stdio.h>

#include "solver/text/json.h"

enum pn_verdict { PN_PASS, PN_NOTE, PN_FAILED };

struct pn_finding {
    enum pn_verdict verdict;
    char *check, *text;
};

struct pn_report {
    struct pn_finding *finding;
    size_t n, n_notes, n_failed;
    int out_of_memory;
};

/** Add a finding (printf form). */
void pn_report_add(struct pn_report *report, enum pn_verdict verdict, const char *check,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
void pn_report_free(struct pn_report *report);

/** "PASS  check: text", a line each. */
void pn_report_print(const struct pn_report *report, FILE *stream);

/** The members "passed", "notes", "failed" and "checks" of the object that is open. */
void pn_report_put(const struct pn_report *report, struct pn_json *json);

#endif
