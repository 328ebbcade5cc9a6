/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All equilibria of an airway, stable and unstable, as one curve: followed by KINSOL
 * along its arc through the folds where the airway closes and reopens. */
#ifndef PN_MODELS_AIRWAY_AIRWAY_CURVE_H
#define PN_MODELS_AIRWAY_AIRWAY_CURVE_H

#include "models/airway/airway_equilibrium.h"

/** A point of the curve. */
struct pn_airway_point {
    double kappa;  /* tension over largest radius [cmH2O] */
    double recoil; /* transpulmonary pressure [cmH2O] */
    double rho;    /* muscle's radius over its largest */
    double alpha;  /* lumen behind a healthy wall over its largest */
    double lumen;  /* behind the actual wall [mm2]; negative: shut */
    int fold;      /* 1: the airway closes here, -1: it reopens, 0: neither */
};

/** Called for each point; nonzero ends the curve. */
typedef int pn_airway_visit(void *user, const struct pn_airway_point *point);

/** Lane 0 of the airway, from relaxed, while the muscle tightens: until kappa exceeds
 * `most` [cmH2O] or alpha falls below 1e-5.
 *  @return PN_OK or what pn_curve_follow returned */
int pn_airway_tighten(const struct pn_airway *airway, double most, pn_airway_visit *visit,
                      void *user);

/** Lane 0 of the airway at a given kappa > 0, while the lung deflates from its recoil:
 * until the recoil is `least` [cmH2O], or above where it began.
 *  @param[in] kappa, least  [cmH2O]
 *  @return as pn_airway_tighten */
int pn_airway_deflate(const struct pn_airway *airway, double kappa, double least,
                      pn_airway_visit *visit, void *user);

#endif
