/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma verify. */
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/verify.h"

#define AT(member) .at = offsetof(struct pn_verify_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, NULL, PN_AS_FLAG, AT(json), "the findings as JSON"},
    {"strict", 0, NULL, PN_AS_FLAG, AT(strict), "a note is a failure, too"},
    {0},
};
/* clang-format on */

static int work(void *user)
{
    return pn_verify(user);
}

static int verify(struct pn_call *call)
{
    struct pn_verify_options *options = call->request;

    options->result = call->word[0];
    call->told = 1;
    return pn_cli_guarded(call->word, 1, work, options);
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
    .size = sizeof(struct pn_verify_options),
    .run = verify,
};
