/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted normal spirometry: NHANES III (Hankinson et al. 1999), Caucasian. */
#ifndef PN_MODELS_AIRWAY_REFERENCE_VALUES_H
#define PN_MODELS_AIRWAY_REFERENCE_VALUES_H

#include "solver/base/lane.h"

/** Predicted normal FEV1 [L] from 8 years on; above 80 years the formula is extrapolated.
 *  @param[in] male       1 man, 0 woman
 *  @param[in] age        [year]; men are adults from 20, women from 18 years on
 *  @param[in] height_cm  [cm]
 *  @return NaN below 8 years (not measured there) and for NaN.
 *  Source: Hankinson 1999, AJRCCM 159:179, tables 4 and 5. */
double pn_nhanes3_fev1(int male, double age, double height_cm);

/** Predicted normal FVC [L]; as pn_nhanes3_fev1. */
double pn_nhanes3_fvc(int male, double age, double height_cm);

/** pn_nhanes3_fev1 on lanes, the same bits; sex is 1 in the lanes of men. */
void pn_nhanes3_fev1_lanes(const pn_lane *sex, const pn_lane *age,
                           const pn_lane *height_cm, pn_lane *fev1);

#endif
