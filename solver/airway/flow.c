/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady flow through a tree: solved, summed up, written. */
#include "solver/airway/flow.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"

void pn_airway_flow_defaults(struct pn_airway_flow *options)
{
    *options = (struct pn_airway_flow){.root = 0};
    pn_tree_flow_defaults(&options->flow);
    options->flow.law = PN_FLOW_PEDLEY;
}

static int solve(const struct pn_airway_flow *o, struct pn_tree_flow *flow)
{
    size_t n = flow->tree->n_terminals;
    double *leaf = calloc(n + 1, sizeof *leaf);
    char *is_flow = calloc(n + 1, 1);
    struct pn_tree_flow_ends ends = {o->root_is_flow, is_flow, o->root, leaf, NULL};
    int status = PN_OK;

    if (!leaf || !is_flow) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t k = 0; k < n; k++) {
        leaf[k] = o->leaf;
        is_flow[k] = (char)o->leaves_are_flow;
    }
    PN_TRY(pn_tree_flow_solve(flow, &ends, 0));
    if (flow->status[0] != PN_OK)
        status =
            PN_FAIL(PN_ERR_LIBRARY, "%s: residual %.2g, step %.2g after %g iterations",
                    pn_status_sentence(flow->status[0]), flow->residual, flow->step,
                    flow->iterations);
out:
    free(leaf);
    free(is_flow);
    return status;
}

static void sum_up(const struct pn_airway_flow *o, const struct pn_tree_flow *flow,
                   struct pn_airway_flow_totals *totals)
{
    const struct pn_tree *t = flow->tree;
    double mean = 0, n_leaves = 0;
    size_t most_at = 0;

    *totals = (struct pn_airway_flow_totals){.resistance = (double)NAN};
    for (size_t k = 0; k < t->n_terminals; k++) {
        size_t i = (size_t)t->terminal[k];
        mean += t->multiplicity[i] * flow->pressure[i];
        n_leaves += t->multiplicity[i];
    }
    totals->leaf = mean / n_leaves;
    for (size_t i = 0; i < t->n; i++)
        if (pn_tree_flow_reynolds(flow, i) > totals->reynolds) {
            totals->reynolds = pn_tree_flow_reynolds(flow, i);
            most_at = i;
        }
    totals->generation = t->generation[most_at];
    totals->friction = pn_tree_flow_friction(flow);
    if (!o->leaves_are_flow && flow->inlet_flow != 0)
        totals->resistance = (flow->inlet - totals->leaf) / flow->inlet_flow;
}

int pn_airway_flow(const struct pn_tree *tree, const struct pn_airway_flow *options,
                   struct pn_tree_flow **flow, struct pn_airway_flow_totals *totals)
{
    int status;

    PN_TRY(pn_tree_flow_create(tree, &options->flow, flow));
    PN_TRY(solve(options, *flow));
    sum_up(options, *flow, totals);
out:
    return status;
}

int pn_airway_flow_write(const struct pn_tree_flow *flow, const char *path,
                         const char *command)
{
    const struct pn_tree *t = flow->tree;
    double *room = calloc(2 * t->n + t->n_points + 1, sizeof *room);
    double *before = room, *reynolds = room + t->n, *point = room + 2 * t->n;
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",        "",     "row of the parent, -1: the trachea",     NULL,            t->parent},
        {"generation",    "",     "branchings from the trachea",            NULL,            t->generation},
        {"multiplicity",  "",     "airways that the row stands for",        t->multiplicity, NULL},
        {"length",        "m",    "length of the airway",                   t->length,       NULL},
        {"radius",        "m",    "radius by its laminar resistance",       t->radius,       NULL},
        {"pressure_in",   "Pa",   "pressure where the airway begins",       before,          NULL},
        {"pressure_out",  "Pa",   "pressure where the airway ends",         flow->pressure,  NULL},
        {"flow",          "m3/s", "flow through one airway, into the lung", flow->flow,      NULL},
        {"reynolds",      "",     "Reynolds number",                        reynolds,        NULL},
    };
    /* clang-format on */
    int status;

    if (!room)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < t->n; i++) {
        before[i] = i > 0 ? flow->pressure[t->parent[i]] : flow->inlet;
        reynolds[i] = pn_tree_flow_reynolds(flow, i);
    }
    pn_tree_flow_points(flow, point);
    status = pn_airway_write_rows(path, t, column, sizeof column / sizeof *column, point,
                                  command);
    free(room);
    return status;
}
