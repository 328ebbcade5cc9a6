/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma verify. */
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/verify.h"
#include "solver/result/guarded.h"

struct request {
    struct pn_verify_options verify;
    int json;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, NULL, PN_AS_FLAG, AT(json), "the findings as JSON"},
    {"strict", 0, NULL, PN_AS_FLAG, AT(verify.strict), "a note is a failure, too"},
    {0},
};
/* clang-format on */

static int print_json(const char *result, const struct pn_verified *found)
{
    struct pn_json json;
    int status;

    pn_json_begin(&json);
    pn_json_put_text(&json, "result", result);
    pn_json_put_text(&json, "sha256", found->sha256);
    pn_json_put_truth(&json, "verified", found->good);
    pn_json_put_count(&json, "lives", found->lives.n);
    pn_json_put_count(&json, "ok", found->lives.n_ok);
    pn_json_put_count(&json, "failed_lives", found->lives.n_failed);
    pn_report_put(&found->report, &json);
    status = pn_json_write(&json, PN_JSON_PAGE, stdout);
    pn_json_free(&json);
    return status;
}

static int print(const char *result, const struct pn_verified *found)
{
    pn_report_print(&found->report, stdout);
    printf("%s: %s (%zu checks failed, %zu notes)\n", result,
           found->good ? "verified" : "NOT verified", found->report.n_failed,
           found->report.n_notes);
    return PN_OK;
}

static int work(void *user)
{
    const struct request *r = user;
    struct pn_verified found;
    int status = pn_verify(&r->verify, &found), told = PN_OK;

    if (status == PN_OK || status == PN_ERR_DIFFERENT)
        told = (r->json ? print_json : print)(r->verify.result, &found);
    pn_report_free(&found.report);
    return told == PN_OK ? status : told;
}

static int verify(struct pn_call *call)
{
    struct request *r = call->request;
    int status;

    r->verify.result = call->word[0];
    status = pn_result_guarded(call->word, 1, work, r);
    call->told = status == PN_ERR_DIFFERENT;
    return status;
}

const struct pn_command pn_command_verify = {
    "verify",
    "RESULT [options]",
    "is a result whole, and the one that was written?",
    rows,
    .before = "Checks that a result is whole and is what the run wrote: schema, "
              "dimensions, units, every patient of every arm accounted for, failed ones "
              "missing; provenance, inputs; and with RESULT.run/ beside it the file's "
              "SHA-256, counts and the chain of the audit log.",
    .after = "A note is what does not make the numbers wrong: no RESULT.run/, an input "
             "that has changed since.  Exit code 0: verified, 1: not, 65: no result that "
             "can be read.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .run = verify,
};
