/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma check: a study read, wired and printed, or its cost. */
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/clock.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/cli/option_shared.h"
#include "solver/inspect/cost.h"

struct request {
    struct pn_selection selection;
    int64_t n_ranks; /* 0: not given */
    int cost;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"cost", 0, NULL, PN_AS_FLAG, AT(cost),
     "forecast core-hours, memory, size of the files and a sensible number of ranks in "
     "place of printing the study"},
    {"ranks", 0, "N", PN_AS_WHOLE, AT(n_ranks), "with --cost: how long N ranks will take",
     PN_RANGE(1, 1000000)},
    {"selection", .kind = PN_AS_ROWS, AT(selection), .rows = pn_selection_rows},
    {0},
};
/* clang-format on */

static int look(const struct pn_call *call)
{
    const struct request *r = call->request;

    return !r->n_ranks || r->cost ? PN_OK
                                  : PN_FAIL(PN_ERR_USAGE, "--ranks belongs to --cost");
}

static int print_study(const struct pn_study *study)
{
    char *text = NULL;
    int status = pn_study_write(study, &text);

    if (text)
        fputs(text, stdout);
    free(text);
    return status;
}

static int print_cost(const struct pn_call *call, const struct pn_loaded *loaded,
                      double start_s)
{
    const struct request *r = call->request;
    struct pn_cost cost;
    int status = pn_cost_measure(call->word[0], &r->selection, loaded, start_s, &cost);

    if (status == PN_OK)
        pn_cost_print(&cost, loaded->study, (size_t)r->n_ranks);
    pn_cost_free(&cost);
    return status;
}

static int check(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_loaded loaded = {0};
    double start = pn_seconds();
    int status = pn_cli_load(call->word[0], &r->selection, 0, &loaded);

    call->told = status != PN_OK;
    if (status == PN_OK)
        status = r->cost ? print_cost(call, &loaded, pn_seconds() - start)
                         : print_study(loaded.study);
    pn_unload(&loaded);
    return status;
}

const struct pn_command pn_command_check = {
    "check",
    "STUDY [options]",
    "validate everything, print the resolved study, or its cost",
    rows,
    .after =
        "Reads the study and every file it names, wires every arm, and prints the "
        "resolved study: all defaults filled in, every quantity in the unit of its "
        "table.  With --cost a few patients of every arm are simulated and forgotten.  "
        "The range is that of patients (two standard errors) and of processors (20 %).",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .check = look,
    .run = check,
};
