/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The airway at rest between its muscle, which narrows it, and the pressures that hold it
 * open: lumen, tube law, tethering.
 *
 *   T / r = P + tau(outer radius) - P_tube(alpha)
 *
 * P: transpulmonary pressure; tau: pn_tether; T: tension of the muscle; r: its radius.
 * alpha is the lumen that a healthy wall would leave, over its largest, so the tube law
 * belongs to the muscle's circle and a thicker wall takes away from the lumen only.
 * Tensions are given as kappa = T / r_max [cmH2O], radii as rho = r / r_max, where r_max
 * is the muscle's radius at alpha = 1.  kappa as a function of rho has one fold or two
 * where the airway may be open or closed: Anafi & Wilson 2001. */
#ifndef PN_MODELS_AIRWAY_AIRWAY_EQUILIBRIUM_H
#define PN_MODELS_AIRWAY_AIRWAY_EQUILIBRIUM_H

#include "models/airway/airway_wall.h"
#include "models/airway/lambert.h"

/** An airway in the lung; pressures cmH2O, lengths mm. */
struct pn_airway {
    const struct pn_tube *tube;
    pn_lane largest;  /* lumen at alpha = 1 with the healthy wall [mm2] */
    pn_lane healthy;  /* inner wall that belongs to the tube law [mm2] */
    pn_lane recoil;   /* transpulmonary pressure */
    pn_lane tethered; /* 1; 0 without lung around; shares in between */
    struct pn_wall wall;
    /* kappa falls with the muscle's length as sin^3(pi rho / 2): Donovan 2016 */
    int shortens;
};

/** A wall without thickness, where rho^2 = alpha.
 *  @param[in]  recoil    [cmH2O]
 *  @param[in]  tethered  1: the lung pulls, 0: no lung around
 *  @param[out] airway    largest lumen 1 mm2, to be set */
void pn_airway_thin(const struct pn_tube *tube, double recoil, int tethered,
                    struct pn_airway *airway);

/** rho without muscle: alpha is that of the tube law at the recoil.
 *  @param[out] rho  [1] */
void pn_airway_relaxed(const struct pn_airway *airway, pn_lane *rho);

/** kappa that holds the muscle at rho (of a muscle at its best length, where the airway
 * `shortens`); NaN where alpha is not between 0 and 1.
 *  @param[in]  rho    radius of the muscle over its largest [1]
 *  @param[out] kappa  [cmH2O] */
void pn_airway_load(const struct pn_airway *airway, const pn_lane *rho, pn_lane *kappa);

/** rho to which a relaxed airway comes when the muscle tightens slowly up to each kappa:
 * beyond a fold it falls to the closed branch.
 *  @param[in]  kappa  [cmH2O], shape [n], >= 0 in any order
 *  @param[out] rho    shape [n]; least value where alpha is 1e-6 of the relaxed one */
void pn_airway_narrow(const struct pn_airway *airway, size_t n, const pn_lane *kappa,
                      pn_lane *rho);

/** Lumen [mm2] at rho behind the actual wall; negative: less than nothing is left.
 *  @param[in] rho  [1] */
void pn_airway_lumen(const struct pn_airway *airway, const pn_lane *rho, pn_lane *lumen);

#endif
