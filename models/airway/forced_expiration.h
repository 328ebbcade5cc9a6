/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forced expiration from total lung capacity: maximal flow at each volume, breathed out
 * with an effort that rises within a tenth of a second. */
#ifndef PN_MODELS_AIRWAY_FORCED_EXPIRATION_H
#define PN_MODELS_AIRWAY_FORCED_EXPIRATION_H

#include "models/airway/flow_table.h"

enum { PN_VOLUME_POINTS = 40 };

/** What is to be breathed out. */
struct pn_lung {
    struct pn_bronchi bronchi;
    pn_lane TLC, RV; /* total lung capacity, residual volume [L], RV < TLC */
};

struct pn_expiration {
    pn_lane VC;        /* TLC - RV [L] */
    pn_lane FEV1, FVC; /* breathed out after 1 s, and at RV or after 6 s [L] */
    pn_lane PEF;       /* largest flow [L/s] */
    /* at volumes equidistant from TLC to RV, ends included [L/s] */
    pn_lane limit[PN_VOLUME_POINTS];  /* maximal flow */
    pn_lane flow[PN_VOLUME_POINTS];   /* as breathed; 0 at volumes not reached in 6 s */
    pn_lane effort[PN_VOLUME_POINTS]; /* s from TLC to there, were all flow maximal */
};

/** Elastic recoil [Pa] at a volume as a share of TLC; negative below 0.22.
 *  @param[in]  share   volume over TLC [1]
 *  @param[out] recoil  [Pa] */
void pn_lung_recoil(const pn_lane *share, pn_lane *recoil);

/** Breathe out.  NaN in the lanes where no recoil carries any flow, RV is not below TLC,
 * or a parameter is NaN.
 *  @param[in] steps  integration steps per generation, >= 1; PN_EXPIRATION_STEPS keeps
 *                    FEV1 within 0.15 % of fine steps */
void pn_forced_expiration(const struct pn_lung *lung, size_t steps,
                          struct pn_expiration *out);

#define PN_EXPIRATION_STEPS 6

/** When a volume has been breathed out, and the flow of that moment: exact where maximal
 * flow is linear in volume between the points.
 *  @param[in]  volume  [L], 0 < volume < FVC
 *  @param[out] time    since the beginning [s]
 *  @param[out] flow    [L/s].  NaN where the volume is out of range or the lane failed.
 */
void pn_expiration_at(const struct pn_expiration *e, const pn_lane *volume, pn_lane *time,
                      pn_lane *flow);

/** The same where the maximal flow is known at each recoil up to that of TLC [L].
 *  @param[in]  TLC, RV  [L] */
void pn_expire(const struct pn_flow_table *table, const pn_lane *TLC, const pn_lane *RV,
               struct pn_expiration *out);

#endif
