/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Smooth muscle as four states of myosin, of which the attached ones bear the stress.
 *
 *   M <-> Mp (k1, k2), Mp <-> AMp (k3, k4), AMp <-> AM (k5, k6), AM -> M (k7)
 *
 * p: phosphorylated, A: attached; the shares sum to 1.  An agonist raises k1 = k6, the
 * rate at which myosin light chain is phosphorylated.  Source: Hai & Murphy 1988. */
#ifndef PN_MODELS_AIRWAY_HAI_MURPHY_H
#define PN_MODELS_AIRWAY_HAI_MURPHY_H

#include "solver/base/lane.h"

enum { PN_M, PN_MP, PN_AMP, PN_AM, PN_HAI_MURPHY_STATES };

#define PN_HAI_MURPHY_FASTEST 10.0 /* 1/s */

/** Rates [1/s] other than k1 = k6. */
struct pn_hai_murphy {
    double k2, k3, k4, k5, k7;
};

/** Carotid artery of the pig.  Source: Hai & Murphy 1988 (recalled, high). */
extern const struct pn_hai_murphy pn_hai_murphy_1988;

/** Rates of change [1/s] of the shares, shape [PN_HAI_MURPHY_STATES]; k1 in [1/s].
 *  @param[in]  x   shares, shape [PN_HAI_MURPHY_STATES]
 *  @param[out] dx  [1/s], the same shape */
void pn_hai_murphy_rate(const struct pn_hai_murphy *k, const pn_lane *k1,
                        const pn_lane *x, pn_lane *dx);

/** The shares after t seconds at constant rates, to rounding: the exponential of the
 * matrix of rates.
 *  @param[in]     k1  [1/s], 0 <= k1 <= PN_HAI_MURPHY_FASTEST, as all rates
 *  @param[in]     t   [s], >= 0
 *  @param[in,out] x   shares, shape [PN_HAI_MURPHY_STATES] */
void pn_hai_murphy_after(const struct pn_hai_murphy *k, const pn_lane *k1, double t,
                         pn_lane *x);

/** Bearing share: AMp + AM. */
static inline pn_lane pn_hai_murphy_stress(const pn_lane *x)
{
    return x[PN_AMP] + x[PN_AM];
}

#endif
