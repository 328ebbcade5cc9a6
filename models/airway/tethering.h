/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pull of the lung around an airway that is narrower than the hole it came from. */
#ifndef PN_MODELS_AIRWAY_TETHERING_H
#define PN_MODELS_AIRWAY_TETHERING_H

#include "solver/base/lane.h"

/** Stress on the airway beyond that of the undeformed lung, in the unit of P:
 * 2 G (x + 1.5 x^2) with the shear modulus G = 0.7 P.
 *  @param[in] P  transpulmonary pressure, which the lung around has everywhere
 *  @param[in] x  (R_ref - R) / R_ref; R is the airway's outer radius, R_ref that of the
 *                undeformed hole; negative for an airway wider than its hole
 *  @param[out] stress  in the unit of P
 *  Source: Lai-Fook 1979; form of Rampadarath & Donovan 2018. */
void pn_tether(const pn_lane *P, const pn_lane *x, pn_lane *stress);

#endif
