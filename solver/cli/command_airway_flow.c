/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway flow: steady flow through a tree. */
#include <math.h>

#include "solver/airway/flow.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_flow how;
    struct pn_tree_options read;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

static int take_end(const struct pn_option *option, const char *text, int *is_flow,
                    double *value)
{
    *is_flow = 0;
    if (pn_take_quantity(option, text, "Pa", value) == PN_OK)
        return PN_OK;
    *is_flow = 1;
    if (pn_take_quantity(option, text, "m3/s", value) == PN_OK)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE,
                   "--%s %.60s: expected a pressure such as '1 cmH2O' or a flow such as "
                   "'0.5 L/s'",
                   option->name, text);
}

static int take_root(const struct pn_option *option, const char *text, void *member)
{
    struct pn_airway_flow *how = member;

    return take_end(option, text, &how->root_is_flow, &how->root);
}

static int take_leaves(const struct pn_option *option, const char *text, void *member)
{
    struct pn_airway_flow *how = member;

    return take_end(option, text, &how->leaves_are_flow, &how->leaf);
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"root", 0, "X", PN_AS_TAKEN, AT(how),
     "at the inlet, a pressure such as '0 Pa' or a flow such as '0.5 L/s' (default 0 Pa)",
     .take = take_root},
    {"leaves", 0, "X", PN_AS_TAKEN, AT(how),
     "at each terminal airway, a pressure or a flow (default 0 Pa)", .take = take_leaves},
    {"flow", .kind = PN_AS_ROWS, AT(how.flow), .rows = pn_flow_rows},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = pn_row_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_flow_defaults(&r->how);
}

static int check(const struct pn_call *call)
{
    const struct request *r = call->request;

    if (r->how.root_is_flow && r->how.leaves_are_flow)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--root or --leaves must be a pressure: flows at all ends leave the "
            "pressure open");
    return PN_OK;
}

static void print_totals(const struct pn_tree_flow *flow,
                         const struct pn_airway_flow_totals *totals)
{
    printf("inlet pressure          %.12g Pa = %.7g cmH2O\n", flow->inlet,
           flow->inlet / PN_CMH2O);
    printf("inlet flow              %.12g m3/s = %.7g L/s\n", flow->inlet_flow,
           flow->inlet_flow * 1e3);
    printf("leaf pressure           %.12g Pa (mean)\n", totals->leaf);
    if (isfinite(totals->resistance))
        printf("resistance              %.12g Pa.s/m3 = %.7g cmH2O.s/L\n",
               totals->resistance, totals->resistance / PN_CMH2O_PER_LITRE);
    printf("friction                %.6g W\n", totals->friction);
    printf("largest Reynolds number %.6g, generation %d\n", totals->reynolds,
           totals->generation);
    printf("Newton's method         %g iterations, residual %.2g, step %.2g\n",
           flow->iterations, flow->residual, flow->step);
}

static int flow(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_airway_flow_totals totals;
    struct pn_tree *tree = NULL;
    struct pn_tree_flow *flow = NULL;
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], &r->read, &tree));
    PN_TRY(pn_airway_flow(tree, &r->how, &flow, &totals));
    if (r->out)
        PN_TRY(pn_airway_flow_write(flow, r->out, call->line));
    print_totals(flow, &totals);
out:
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_flow = {
    "airway flow",
    "FILE [options]",
    "steady flow and pressure in every airway",
    rows,
    .before =
        "Prints totals; --out writes pressure, flow and Reynolds number of each airway.",
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = flow,
};
