/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal spirometry: NHANES III (Hankinson et al. 1999), Caucasian. */
#ifndef PN_MODELS_AIRWAY_REFERENCE_VALUES_H
#define PN_MODELS_AIRWAY_REFERENCE_VALUES_H

#include "solver/base/lane.h"

/** The youngest who were measured [year]. */
#define PN_NHANES3_YOUNGEST 8

/** What NHANES III has equations for. */
enum pn_nhanes3 {
    PN_NHANES3_FEV1,     /* L */
    PN_NHANES3_FVC,      /* L */
    PN_NHANES3_PEF,      /* L/s */
    PN_NHANES3_FEF25_75, /* L/s */
    PN_NHANES3_FEV1_FVC  /* 1 */
};

/** Predicted normal value and lower limit of normal (5th percentile) from 8 years on;
 * above 80 years the formula is extrapolated.
 *  @param[in] male       1 man, 0 woman
 *  @param[in] age        [year]; men are adults from 20, women from 18 years on
 *  @param[in] height_cm  [cm]
 *  @param[out] lower     NULL: not wanted
 *  @return NaN below 8 years (not measured there) and for NaN.
 *  Source: Hankinson 1999, AJRCCM 159:179, tables 4 to 6. */
double pn_nhanes3(enum pn_nhanes3 what, int male, double age, double height_cm,
                  double *lower);

/** Who is asked about, a patient a lane: sex is 1 in the lanes of men. */
struct pn_nhanes3_who {
    const pn_lane *sex, *age, *height_cm;
};

/** pn_nhanes3 on lanes, the same bits.  @param[out] lower  NULL: not wanted */
void pn_nhanes3_lanes(enum pn_nhanes3 what, const struct pn_nhanes3_who *who,
                      pn_lane *predicted, pn_lane *lower);

/** A value as a z-score: 0 what is predicted, -1.645 the lower limit of normal.  The SD
 * is taken from these two, as of a normal distribution [OURS: Hankinson found one in
 * FEV1, FVC and PEF only]. */
void pn_nhanes3_z(enum pn_nhanes3 what, const struct pn_nhanes3_who *who,
                  const pn_lane *value, pn_lane *z);

#endif
