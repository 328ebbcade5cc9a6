/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patchy ventilation of a lung whose smooth muscle is tightened uniformly, on lanes of
 * activations: Venegas 2005, Winkler & Venegas 2007.
 *
 * Each airway is in equilibrium between its muscle and a lung whose pull follows the
 * tidal volume behind the airway (Anafi & Wilson 2001).  The lung as a whole breathes a
 * constant tidal volume, so what one airway loses others get: a narrow one is pulled less
 * and narrows more.  Beyond a critical activation that ends in clusters of units without
 * ventilation, placed by small differences of the walls. */
#ifndef PN_MODELS_LUNG_VENTILATION_DEFECTS_H
#define PN_MODELS_LUNG_VENTILATION_DEFECTS_H

#include <stdint.h>

#include "models/lung/tree_flow_limit.h"

struct pn_defects_options {
    double recoil;    /* transpulmonary pressure without breathing [cmH2O] */
    double swing;     /* and what the tidal breath of an even lung adds to it [cmH2O] */
    double frequency; /* of breathing [Hz] */
    double elastance; /* of all units together [cmH2O/L] */
    double noise;     /* coefficient of variation of wall thickness */
    uint64_t seed;    /* of the walls */
    size_t most;      /* breaths */
};

/** Usual values; swing and recoil are OURS.
 *  @param[out] options  all of it is set */
void pn_defects_defaults(struct pn_defects_options *options);

struct pn_defects {
    pn_lane variation;  /* coefficient of variation of the units' ventilation */
    pn_lane bimodality; /* Sarle's coefficient of it: above 5/9 where it has two modes */
    pn_lane defective;  /* share of units with less than half of the mean */
    pn_lane clusters;   /* whole subtrees of such units, as large as they come */
    pn_lane largest;    /* share of units in the largest cluster */
    pn_lane breaths;    /* until all airways stayed; `most`: they did not */
};

/** @param[in]  tension      of the muscle over its largest radius [cmH2O], uniform
 *  @param[out] defects
 *  @param[out] ventilation  of each airway (row), per unit behind it, over the mean, [n];
 *                           NULL: not wanted
 *  @param[out] lumen        share of the relaxed lumen, [n]; NULL
 *  @return PN_OK; PN_ERR_INPUT: a row stands for many airways; PN_ERR_MEMORY. */
int pn_ventilation_defects(const struct pn_tree_bronchi *bronchi,
                           const struct pn_defects_options *options,
                           const pn_lane *tension, struct pn_defects *defects,
                           pn_lane *ventilation, pn_lane *lumen);

#endif
