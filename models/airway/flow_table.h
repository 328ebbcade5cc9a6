/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximal flow as a function of elastic recoil, tabulated for lanes of patients. */
#ifndef PN_MODELS_AIRWAY_FLOW_TABLE_H
#define PN_MODELS_AIRWAY_FLOW_TABLE_H

#include "models/airway/flow_limit.h"

enum { PN_FLOW_NODES = 40 };

/** Nodes of a cubic: logarithm of flow against recoil. */
struct pn_flow_table {
    pn_lane recoil[PN_FLOW_NODES];   /* Pa, increasing */
    pn_lane log_flow[PN_FLOW_NODES]; /* of flow in m3/s */
    pn_lane slope[PN_FLOW_NODES];    /* of log_flow against recoil */
};

/** Tabulate from a trickle to the flow at recoil `top` > 0 [Pa]; NaN in lanes that
 * cannot.
 *  @param[in] steps  integration steps per generation, >= 1 */
void pn_flow_table_init(struct pn_flow_table *table, const struct pn_bronchi *bronchi,
                        size_t steps, const pn_lane *top);

/** Recoil [Pa] that carries a flow [m3/s]; NaN: none does. */
typedef void (*pn_carry)(void *context, const pn_lane *flow, pn_lane *recoil);

/** What a table of another airway is made of: the flow at recoil `top`, near enough to be
 * that of the last node, in three calls of `carry`; the flow of each node as a share of
 * it; slopes from recoil and log_flow.
 *  @param[in]  top      [Pa], > 0
 *  @param[out] highest  [m3/s] */
void pn_flow_at_top(const struct pn_recoil_terms *terms, pn_carry carry, void *context,
                    const pn_lane *top, pn_lane *highest);
double pn_flow_share(size_t j);
void pn_flow_table_join(struct pn_flow_table *table);

/** Maximal flow [m3/s] at a recoil [Pa] not above `top`; 0 where recoil <= 0.
 *  @param[in]  recoil  [Pa]
 *  @param[out] flow    [m3/s] */
void pn_flow_table_at(const struct pn_flow_table *table, const pn_lane *recoil,
                      pn_lane *flow);

#endif
