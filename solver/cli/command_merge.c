/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma merge: one result of all shards. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/cli/option_shared.h"

#define AT(member) .at = offsetof(struct pn_run_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"max-failed", 0, "SHARE", PN_AS_TAKEN, AT(request.max_failed), PN_MAX_FAILED_SENTENCE,
     .take = pn_take_share},
    {"quiet", 'q', NULL, PN_AS_FLAG, AT(quiet), "no summary"},
    {0},
};
/* clang-format on */

/* RESULT or its folder RESULT.run/ may be named. */
static char *name_result(const char *word)
{
    char *out = strdup(word);
    size_t n = out ? strlen(out) : 0;

    while (n > 1 && out[n - 1] == '/')
        out[--n] = '\0';
    if (n > 4 && strcmp(out + n - 4, ".run") == 0)
        out[n - 4] = '\0';
    return out;
}

static int merge(struct pn_call *call)
{
    const struct pn_run_options *options = call->request;
    struct pn_run_request request = options->request;
    struct pn_run_printer printer = {.quiet = options->quiet};
    const struct pn_run_events events = pn_run_print_events(&printer);
    char *out = name_result(call->word[0]);
    int status;

    if (!out)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    request.out = out;
    request.command_line = call->line;
    call->told = 1; /* by the events */
    status = pn_run_merge(&request, &events, NULL);
    free(out);
    return status;
}

const struct pn_command pn_command_merge = {
    "merge",
    "RESULT [options]",
    "one result of the shards of an array job",
    rows,
    .after =
        "Assembles RESULT from what the shards of pneuma run --shard K/N have left in "
        "RESULT.run/ (which may be named instead): the same bytes as a run without "
        "shards.  While shards are missing it names them and ends with code 85; when "
        "the result is there already it does nothing.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_run_options),
    .begin = pn_run_options_begin,
    .run = merge,
};
