/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma selftest: is this installation sound? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/hdf/draft.h"
#include "solver/inspect/qualify.h"

struct request {
    const char *json;
};

static int selftest(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_report report;
    char *text = NULL, *json = NULL;
    int status;

    PN_TRY(pn_qualify(&report));
    PN_TRY(pn_qualify_record(&report, &text, &json));
    fputs(text, stdout);
    if (r->json)
        PN_TRY(pn_draft_write(r->json, json, strlen(json)));
    if (report.n_failed > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "this installation is not sound");
out:
    pn_report_free(&report);
    free(text);
    free(json);
    return status;
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, "FILE", PN_AS_TEXT, .at = offsetof(struct request, json),
     "the record as JSON, too", .is_target = 1},
    {0},
};
/* clang-format on */

const struct pn_command pn_command_selftest = {
    "selftest",
    "[options]",
    "is this installation sound?",
    rows,
    .before =
        "Installation qualification: versions and hashes of the program and its "
        "libraries; "
        "known answers of its parts; studies simulated by the program itself against "
        "closed "
        "forms and SUNDIALS; one study on one rank, on two (if mpirun is found) and with "
        "the other instruction set: the same bytes.  Works in a temporary folder "
        "(TMPDIR).",
    .after = "The record ends with the SHA-256 of its own text: of all lines before the "
             "last one, in FILE before the last two (head -n -2 FILE | sha256sum).  Exit "
             "code 0: all passed, 70: not.",
    .size = sizeof(struct request),
    .run = selftest,
};
