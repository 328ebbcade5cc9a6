/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma statistics. */
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/statistics_result.h"
#include "solver/result/guarded.h"

#define AT(member) .at = offsetof(struct pn_statistics_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"csv", 0, "FILE", PN_AS_TEXT, AT(csv),
     "write there (what is there is replaced; default: stdout)", .is_target = 1},
    {"only", 0, "A,B", PN_AS_TEXT, AT(only), "these outputs only"},
    {"against", 0, "ARM", PN_AS_TEXT, AT(against),
     "the arm that others are compared with (default: that of the endpoint, else the "
     "first)"},
    {"where", 0, "NAME=NUMBER", PN_AS_TEXT, AT(where),
     "only patients with this covariate, such as sex=1"},
    {"curves", 0, NULL, PN_AS_FLAG, AT(curves),
     "outputs with several numbers a visit, too"},
    {0},
};
/* clang-format on */

static int work(void *user)
{
    return pn_statistics(user, stdout);
}

static int statistics(struct pn_call *call)
{
    struct pn_statistics_options *options = call->request;

    options->result = call->word[0];
    return pn_result_guarded(call->word, 1, work, options);
}

const struct pn_command pn_command_statistics = {
    "statistics",
    "RESULT [options]",
    "means, quantiles, changes and contrasts over patients",
    rows,
    .before =
        "A row of CSV for each output, point of a sweep, arm and time: how many "
        "patients, "
        "mean, SD, standard error, quantiles (type 7), change from the first visit, and "
        "the contrast with another arm, each patient against the twin there; responders "
        "where an endpoint defines them.",
    .after =
        "Intervals are 95 % intervals of the mean over the simulated patients (Student's "
        "t): they shrink with the number of patients and are not those of a trial.  The "
        "contrast is that of the change, or of the value where an output has one number "
        "a patient.  Outputs that are positive everywhere have a second row in the scale "
        "'log': geometric mean, SD of the logarithm, ratios as change and contrast.  "
        "Failed patients are left out and counted.  Of a result that keeps no lives the "
        "rows are what the run has written.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_statistics_options),
    .run = statistics,
};
