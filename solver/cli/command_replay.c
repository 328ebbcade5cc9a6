/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma replay. */
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/replay.h"

#define AT(member) .at = offsetof(struct pn_replay_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"patient", 0, "N", PN_AS_WHOLE, AT(patient), "the patient's number in the result",
     PN_FROM(1), .must = 1},
    {"arm", 0, "NAME", PN_AS_TEXT, AT(arm), "the arm (needed when there are several)"},
    {"point", 0, "K", PN_AS_WHOLE, AT(point), "the point of the design (needed in a sweep)",
     PN_FROM(1)},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), "the trace goes there (default: stdout)"},
    {"inputs", 0, "FOLDER", PN_AS_TEXT, AT(inputs),
     "where the study stood, if it is not there any more: for tables that it names"},
    {0},
};
/* clang-format on */

static int work(void *user)
{
    return pn_replay(user);
}

static int replay(struct pn_call *call)
{
    struct pn_replay_options *options = call->request;

    options->result = call->word[0];
    call->told = 1;
    return pn_cli_guarded(call->word, 1, work, options);
}

const struct pn_command pn_command_replay = {
    "replay",
    "RESULT --patient N [options]",
    "one life again, with every step: the same bits?",
    rows,
    .after =
        "Simulates this life again from the study in the result, and writes a trace "
        "in CSV: every step (accepted or rejected), stop, dose, visit and act of a "
        "rule, with all states.  Then every number that the result has of it is "
        "compared, bit for bit: exit code 0 says that they are the same, 1 that some "
        "are not.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_replay_options),
    .run = replay,
};
