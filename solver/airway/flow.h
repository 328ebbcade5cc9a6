/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady flow through a tree with one condition for all its leaves. */
#ifndef PN_AIRWAY_FLOW_H
#define PN_AIRWAY_FLOW_H

#include "models/lung/tree_flow.h"
#include "solver/airway/airway_file.h"

struct pn_airway_flow {
    struct pn_tree_flow_options flow;
    int root_is_flow, leaves_are_flow; /* else pressures; not both */
    double root, leaf;                 /* Pa, or m3/s (leaf: of one airway) */
};

/** Gas and law as usual (Pedley), 0 Pa at all ends. */
void pn_airway_flow_defaults(struct pn_airway_flow *options);

/** What a solution says of the tree as a whole. */
struct pn_airway_flow_totals {
    double leaf;       /* mean pressure of the leaves [Pa] */
    double resistance; /* Pa.s/m3; NaN where nothing flows or leaves have flows */
    double friction;   /* W */
    double reynolds;   /* the largest Reynolds number */
    int generation;    /* and where it is */
};

/** @param[out] flow  free with pn_tree_flow_free, also after an error
 *  @return PN_OK; PN_ERR_VALUE: out of range; PN_ERR_LIBRARY: no solution was found;
 *  PN_ERR_MEMORY */
int pn_airway_flow(const struct pn_tree *tree, const struct pn_airway_flow *options,
                   struct pn_tree_flow **flow, struct pn_airway_flow_totals *totals);

/** Pressure, flow and Reynolds number of each airway: .csv, .h5 or .vtu.
 *  @return as pn_airway_write_rows */
int pn_airway_flow_write(const struct pn_tree_flow *flow, const char *path,
                         const char *command);

#endif
