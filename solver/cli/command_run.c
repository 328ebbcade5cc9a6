/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma run: the ranks join, the engine runs. */
#include "solver/cli/command_run.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/cli/option_shared.h"
#include "solver/cluster/cluster.h"
#include "solver/run/shard.h"

#define AT(member) .at = offsetof(struct pn_run_options, member)

static int take_hours(const struct pn_option *option, const char *text, void *member)
{
    double *hours = member;
    char *end;

    *hours = strtod(text, &end);
    if (end != text && !*end && *hours > 0.0 && isfinite(*hours))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected hours such as 4 or 0.5",
                   option->name, text);
}

static int take_shard(const struct pn_option *option, const char *text, void *member)
{
    (void)option;
    return pn_shard_parse(text, member);
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"out", 'o', "FILE", PN_AS_TEXT, AT(request.out), "the result", PN_USUAL_TEXT("results.h5")},
    {"selection", .kind = PN_AS_ROWS, AT(request.selection), .rows = pn_selection_rows},
    {"max-failed", 0, "SHARE", PN_AS_TAKEN, AT(request.max_failed), PN_MAX_FAILED_SENTENCE,
     .take = pn_take_share},
    {"max-hours", 0, "H", PN_AS_TAKEN, AT(request.max_hours),
     "stop in time for the result to be written before H hours are over; exit code 85 "
     "when work is left", .take = take_hours},
    {"extend", 0, "RESULT", PN_AS_TEXT, AT(request.extend),
     "take the points of the design that an earlier result has from it, run the others "
     "only"},
    {"shard", 0, "K/N", PN_AS_TAKEN, AT(request.shard),
     "only part K of N; pneuma merge FILE assembles when all are done", .take = take_shard},
    {"rerun-failed", 0, NULL, PN_AS_FLAG, AT(request.rerun_failed),
     "simulate only patients again who failed or crashed, of a result or of an "
     "unfinished run, also with a larger budget (max_steps)"},
    {"restart", 0, NULL, PN_AS_FLAG, AT(request.restart),
     "discard an existing result and its unfinished run"},
    {"quiet", 'q', NULL, PN_AS_FLAG, AT(quiet), "no progress, no summary"},
    {0},
};
/* clang-format on */

void pn_run_options_begin(void *request)
{
    pn_run_request_init(&((struct pn_run_options *)request)->request);
}

static int check(const struct pn_call *call)
{
    const struct pn_run_request *request =
        &((const struct pn_run_options *)call->request)->request;

    if (request->restart && request->shard.n > 1)
        return PN_FAIL(PN_ERR_USAGE,
                       "--restart would discard all shards: give it without "
                       "--shard, or remove the folder of the run");
    if (request->rerun_failed &&
        (request->restart || request->extend || request->shard.n > 1))
        return PN_FAIL(PN_ERR_USAGE,
                       "--rerun-failed takes what is fine from the result itself, and "
                       "is not given together with --restart, --extend or --shard");
    return PN_OK;
}

static int run(struct pn_call *call)
{
    const struct pn_run_options *options = call->request;
    struct pn_run_request request = options->request;
    struct pn_run_printer printer = {.quiet = options->quiet};
    const struct pn_run_events events = pn_run_print_events(&printer);
    int status;

    call->told = 1; /* by the events */
    request.study = call->word[0];
    request.command_line = call->line;
    pn_cluster_watch_signals();
    status = pn_cluster_create(&request.cluster);
    if (status == PN_OK)
        status = pn_run_execute(&request, &events, NULL);
    else if (pn_cluster_launched_rank() == 0)
        pn_cli_print_error();
    pn_cluster_free(&request.cluster);
    return status;
}

const struct pn_command pn_command_run = {
    "run",
    "STUDY [options]",
    "simulate a study and write its result",
    rows,
    .after = "While it runs, FILE.run/ holds the journals; the same command goes on "
             "where a killed run has stopped.  mpirun -n N pneuma run … uses N ranks.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_run_options),
    .begin = pn_run_options_begin,
    .check = check,
    .run = run,
};
