/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady expiratory flow through one compliant airway, up to the speed of its waves. */
#ifndef PN_MODELS_AIRWAY_WAVE_SPEED_H
#define PN_MODELS_AIRWAY_WAVE_SPEED_H

#include "models/airway/air.h"
#include "models/airway/lambert.h"

/** One airway, or equal ones side by side, at one flow.  Its state is alpha = A / A_m,
 * from which everything else follows with one power: t = alpha / alpha0 (P <= 0) or
 * (1 - alpha) / (1 - alpha0) (P > 0) is q^-n of the tube law, so dalpha/dP = slope
 * t^(1 + 1/n) and q = t / t^(1+1/n). */
struct pn_stream {
    double alpha0, n1, n2;
    double slope, P1, P2;  /* 1/Pa, Pa, Pa */
    double power1, power2; /* 1 + 1/n1, 1 + 1/n2 */
    pn_lane kinetic;       /* rho Q^2 / (2 A_m^2) [Pa] */
    pn_lane
        laminar; /* friction is laminar / alpha^2 (1 + inertial / sqrt(alpha)) [Pa/m] */
    pn_lane inertial;
    pn_lane length; /* m */
};

/** Equal airways side by side. */
struct pn_duct {
    const struct pn_tube *tube; /* its alpha0, slope, n1, n2 */
    double n;                   /* airways */
    pn_lane area;               /* A_m of all of them together [m2] */
    pn_lane length;             /* m */
};

/** @param[in] gas   that flows
 *  @param[in] flow  [m3/s] through all of them, > 0
 *  Friction: Reynolds 1982. */
void pn_stream_init(struct pn_stream *stream, const struct pn_duct *duct,
                    const struct pn_gas *gas, const pn_lane *flow);

/** March from the mouth end upstream by the midpoint rule.
 *  @param[in]  steps   >= 1
 *  @param[in]  head    total head that is asked for at the mouth end [Pa]; where sonic
 *                      flow takes more, the airway chokes; -infinity: nothing is asked
 *  @param[out] behind  total head at the upstream end; -infinity where nothing is asked
 *                      and flow is never sonic
 *  @param[out] choked  flow is sonic at the mouth end */
void pn_stream_march(const struct pn_stream *stream, size_t steps, const pn_lane *head,
                     pn_lane *behind, pn_mask *choked);

#endif
