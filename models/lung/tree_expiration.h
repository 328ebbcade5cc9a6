/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forced expiration from any airway tree: its maximal flow at each recoil, and where its
 * airways choke. */
#ifndef PN_MODELS_LUNG_TREE_EXPIRATION_H
#define PN_MODELS_LUNG_TREE_EXPIRATION_H

#include "models/airway/forced_expiration.h"
#include "models/lung/tree_flow_limit.h"
#include "solver/base/component.h"

/** Gas at which the tree of a study has its size, over TLC: that of grown trees [OURS].
 */
#define PN_TREE_VOLUME (3 / 6.8)

/** Maximal flow against recoil up to `top` [Pa], as pn_flow_table_init for the symmetric
 * tree, into one lane of a table; NaN in it where no flow was found.  The bits do not
 * depend on the number of lanes.
 *  @return Newton steps of the slowest search. */
int pn_tree_flow_table(struct pn_tree_bronchi *bronchi, size_t steps, double top,
                       size_t lane, struct pn_flow_table *table);

/** Breathe out; the same in every lane of the table and of `out`.
 *  @param[in]  TLC, RV  [L]
 *  @param[out] table    maximal flow of the tree, up to the recoil at TLC */
void pn_tree_expiration(struct pn_tree_bronchi *bronchi, size_t steps, double TLC,
                        double RV, struct pn_flow_table *table,
                        struct pn_expiration *out);

/** Where flow is sonic, looked at from the units: the first choke on the way to the
 * mouth, of which there may be one on each path. */
struct pn_tree_choke {
    double flow; /* of the trachea [m3/s] */
    double
        generation; /* mean over the flow, branchings from the trachea; NaN: no choke */
    double share;   /* of the flow that comes through a choke */
    double n;       /* airways that choke so */
};

/** The state of all airways (bronchi->flow, behind, choked: lane 0) when maximal flow
 * leaves a lung of a recoil [Pa]; the table's `lane`.  @return 0: no such flow was found.
 */
int pn_tree_choke(struct pn_tree_bronchi *bronchi, size_t steps,
                  const struct pn_flow_table *table, double recoil, size_t lane,
                  struct pn_tree_choke *choke);

/** What the lungs of a study breathe out, each patient through the own tree.
 *  @param[in]  TLC, RV  [L]
 *  @param[in]  calibre  factor on A_m from Lambert's generation 3 on
 *  @param[out] choke    pn_tree_choke's generation when half of VC is breathed out
 *  NaN in lanes that cannot. */
void pn_lungs_expire(const struct pn_lungs *lungs, const pn_lane *TLC, const pn_lane *RV,
                     const pn_lane *calibre, struct pn_expiration *out, pn_lane *choke);

#endif
