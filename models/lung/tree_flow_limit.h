/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wave-speed limit of expiratory flow through any airway tree, on lanes of flows.
 *
 * A flow through the trachea divides so that every terminal unit needs the same elastic
 * recoil; every path may choke for itself, and what is downstream of a choke then asks
 * nothing of what is behind it (Polak & Lutchen 2003).  At a junction the total head is
 * common.  Newton's iteration on all flows at once: one sweep marches all airways from
 * mouth to periphery, one eliminates from leaf to root, one corrects the flows. */
#ifndef PN_MODELS_LUNG_TREE_FLOW_LIMIT_H
#define PN_MODELS_LUNG_TREE_FLOW_LIMIT_H

#include "models/airway/flow_limit.h"
#include "models/lung/tree.h"

/** The airways of a tree, each with the tube law of its order. */
struct pn_tree_bronchi {
    const struct pn_tree *tree; /* borrowed */
    struct pn_tube *tube;       /* [highest Horsfield order + 1] */
    double *generation;         /* that of Lambert whose tube law the airway has, [n] */
    double *length;             /* m, [n] */
    double *open;               /* A_m of one airway before disease [m2], [n] */
    double *area;               /* A_m [m2], [n] */
    double *split;     /* flow through one airway over that of the trachea, [n]: where the
                          next search starts */
    struct pn_gas gas; /* air; after another one pn_tree_bronchi_narrow */
    /* what the last flows led to, [n]: of one airway */
    pn_lane *flow;   /* m3/s */
    pn_lane *behind; /* total head at the upstream end, over the pleura [Pa] */
    pn_mask *choked; /* flow is sonic at the mouth end */
    pn_lane *work;   /* 8 [n] */
};

/** Each airway has Lambert's law at the generation (highest - order) 16 / (highest - 1)
 * (Horsfield's order, parameters linear between generations).  Its A_m is to its own
 * calibre what Lambert's A_m is to Weibel's airways, whose lung holds 4.8 L of the 6.8 L
 * of its TLC [OURS]: Weibel's tree becomes Lambert's.
 *  @param[in] volume  gas at which the tree has its size, over the TLC of its lung
 *  @return PN_OK; PN_ERR_INPUT: a tree of one order; PN_ERR_MEMORY. */
int pn_tree_bronchi_create(const struct pn_tree *tree, double volume,
                           struct pn_tree_bronchi **bronchi);

/** Takes the address, accepts NULL, nulls it. */
void pn_tree_bronchi_free(struct pn_tree_bronchi **bronchi);

/** Factor on A_m from Lambert's generation 3 on (PN_FIRST_NARROW_AIRWAY); begins the
 * search anew.
 *  @param[in] factor  > 0 [1] */
void pn_tree_bronchi_narrow(struct pn_tree_bronchi *bronchi, double factor);

/** Loss of head of fully open airways: see flow_limit.h.  The flow divides as it would
 * through them if it were laminar; `split` is set so.
 *  @param[out] terms  Pa over m3/s and its square */
void pn_tree_recoil_terms(struct pn_tree_bronchi *bronchi, struct pn_recoil_terms *terms);

/** Smallest elastic recoil that carries a flow.
 *  @param[in]  steps   integration steps per airway, >= 1
 *  @param[in]  flow    of the trachea [m3/s], > 0
 *  @param[out] recoil  [Pa]; NaN where no division of the flow was found
 *  @return Newton steps that the slowest lane took. */
int pn_tree_recoil_of_flow(struct pn_tree_bronchi *bronchi, size_t steps,
                           const pn_lane *flow, pn_lane *recoil);

/** Start the next search from how the flow of this lane divides now.
 *  @param[in] lane  whose flows were found */
void pn_tree_bronchi_keep(struct pn_tree_bronchi *bronchi, size_t lane);

#endif
