/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wave-speed limit of expiratory flow through Lambert's tree, on lanes of patients. */
#ifndef PN_MODELS_AIRWAY_FLOW_LIMIT_H
#define PN_MODELS_AIRWAY_FLOW_LIMIT_H

#include "models/airway/air.h"
#include "models/airway/lambert.h"

/** The bronchial tree of each lane's patient. */
struct pn_bronchi {
    pn_lane area[PN_GENERATIONS];   /* A_m [m2] */
    pn_lane length[PN_GENERATIONS]; /* [m] */
    struct pn_gas gas;              /* in all of them */
};

/** Lambert's own tree in every lane, filled with air.
 *  @param[out] bronchi  m2, m, every lane alike */
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

/** Loss of head of fully open airways, linear Q + square Q^2 [Pa], and kinetic Q^2, that
 * of the kinetic energy in the narrowest generation: what a guess may start from. */
struct pn_recoil_terms {
    pn_lane linear, square, kinetic;
};
/** @param[out] terms  Pa over m3/s and its square */
void pn_recoil_terms(const struct pn_bronchi *bronchi, struct pn_recoil_terms *terms);

#endif
