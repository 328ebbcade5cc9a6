/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma replay. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/replay.h"
#include "solver/result/guarded.h"

#define AT(member) .at = offsetof(struct pn_replay_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"patient", 0, "N", PN_AS_WHOLE, AT(patient), "the patient's number in the result",
     PN_FROM(1), .must = 1},
    {"arm", 0, "NAME", PN_AS_TEXT, AT(arm), "the arm (needed when there are several)"},
    {"point", 0, "K", PN_AS_WHOLE, AT(point), "the point of the design (needed in a sweep)",
     PN_FROM(1)},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), "the trace goes there (default: stdout)", .is_target = 1},
    {"inputs", 0, "FOLDER", PN_AS_TEXT, AT(inputs),
     "where the study stood, if it is not there any more: for tables that it names"},
    {0},
};
/* clang-format on */

/* The verdict does not mix with a trace on stdout. */
static void print(const struct pn_replay_options *options,
                  const struct pn_replayed *shown)
{
    FILE *stream = options->out ? stdout : stderr;
    const struct pn_differences *d = &shown->differences;

    if (d->n == 0) {
        fprintf(stream, "same bits: %zu numbers of patient %" PRId64 " in arm %s\n",
                d->n_compared, options->patient, shown->arm);
        return;
    }
    for (size_t i = 0; i < d->n && i < sizeof d->first / sizeof *d->first; i++)
        fprintf(stream, "%s[%zu]: was %.17g, is %.17g\n", d->first[i].name,
                d->first[i].index, d->first[i].was, d->first[i].is);
    fprintf(stream, "%zu of %zu numbers are different\n", d->n, d->n_compared);
}

static int work(void *user)
{
    const struct pn_replay_options *options = user;
    struct pn_replayed shown;
    int status = pn_replay(options, stdout, &shown);

    if (shown.is_other_program)
        fputs("pneuma: this program is not the one that made the result: bits may "
              "differ\n",
              stderr);
    if (status == PN_OK || status == PN_ERR_DIFFERENT)
        print(options, &shown);
    free(shown.arm);
    return status;
}

static int replay(struct pn_call *call)
{
    struct pn_replay_options *options = call->request;
    int status;

    options->result = call->word[0];
    status = pn_result_guarded_long(call->word[0], work, options);
    call->told = status == PN_ERR_DIFFERENT; /* work has told what */
    return status;
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
