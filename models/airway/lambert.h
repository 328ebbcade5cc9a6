/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lambert's bronchial tree: generations 0 (trachea) to 16, each with its tube law. */
#ifndef PN_MODELS_AIRWAY_LAMBERT_H
#define PN_MODELS_AIRWAY_LAMBERT_H

#include "solver/base/lane.h"

enum { PN_GENERATIONS = 17 };

/** The airways of one generation together: alpha = A / A_m as a function of transmural
 * pressure P.  P <= 0: alpha0 (1 - P/P1)^-n1; P > 0: 1 - (1 - alpha0) (1 - P/P2)^-n2,
 * P1 = alpha0 n1 / slope, P2 = n2 (alpha0 - 1) / slope.  Source: Lambert 1982. */
struct pn_tube {
    double alpha0, slope; /* alpha and dalpha/dP [1/cmH2O] at P = 0 */
    double n1, n2;
    double area;   /* A_m, largest total cross-section of the generation [cm2] */
    double length; /* [cm] */
};

/** Shape [PN_GENERATIONS], trachea first. */
extern const struct pn_tube pn_lambert_tubes[PN_GENERATIONS];

/** The law of an airway between two generations: alpha0, slope, n1, n2 linear, area and
 * length not set; generation in [0, 16].
 *  @param[in] generation  in [0, 16], also between whole numbers */
void pn_tube_between(double generation, struct pn_tube *tube);

/** alpha at transmural pressure P [cmH2O].
 *  @return in (0, 1) [1] */
double pn_tube_alpha(const struct pn_tube *tube, double P);

/** Transmural pressure [cmH2O] at which a tube has 0 < alpha < 1: its inverse, on lanes.
 *  @param[in]  alpha  A / A_m, in (0, 1) [1]
 *  @param[out] P      [cmH2O] */
void pn_tube_pressure(const struct pn_tube *tube, const pn_lane *alpha, pn_lane *P);

#endif
