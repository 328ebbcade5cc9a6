/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wave-speed limit of expiratory flow through Lambert's tree, on lanes of patients. */
#ifndef PN_MODELS_FLOW_LIMIT_H
#define PN_MODELS_FLOW_LIMIT_H

#include "models/lambert.h"

/** The bronchial tree of each lane's patient. */
struct pn_bronchi {
    pn_lane area[PN_GENERATIONS];   /* A_m [m2] */
    pn_lane length[PN_GENERATIONS]; /* [m] */
};

/** Lambert's own tree in every lane. */
void pn_bronchi_init(struct pn_bronchi *bronchi);

/** Smallest elastic recoil that carries a flow: the tree is marched from mouth to
 * periphery, and at the mouth end of each generation the total head is at least that of
 * sonic flow.
 *  @param[in]  steps   integration steps per generation, >= 1
 *  @param[in]  flow    [m3/s], > 0
 *  @param[out] recoil  [Pa]; may be negative (collapsed airways carry a trickle);
 *                      NaN: no recoil carries it, or NaN in the lane
 *  @param[out] choke   generation where flow is sonic; -1: nowhere */
void pn_recoil_of_flow(const struct pn_bronchi *bronchi, size_t steps,
                       const pn_lane *flow, pn_lane *recoil, pn_lane *choke);

enum { PN_FLOW_NODES = 22 };

/** Maximal flow as a function of recoil: nodes of a cubic with the slopes there. */
struct pn_flow_limit {
    pn_lane recoil[PN_FLOW_NODES]; /* Pa, increasing */
    pn_lane flow[PN_FLOW_NODES];   /* m3/s */
    pn_lane slope[PN_FLOW_NODES];  /* dflow/drecoil */
};

/** Tabulate from a trickle to the flow at recoil `top` > 0 [Pa]; NaN in lanes that
 * cannot. */
void pn_flow_limit_init(struct pn_flow_limit *limit, const struct pn_bronchi *bronchi,
                        size_t steps, const pn_lane *top);

/** Maximal flow [m3/s] at a recoil [Pa] not above `top`; 0 where recoil <= 0. */
void pn_flow_limit_at(const struct pn_flow_limit *limit, const pn_lane *recoil,
                      pn_lane *flow);

#endif
