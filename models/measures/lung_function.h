/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all lung-function tests have in common: the fit to a patient's own baseline. */
#ifndef PN_MODELS_MEASURES_LUNG_FUNCTION_H
#define PN_MODELS_MEASURES_LUNG_FUNCTION_H

#include "solver/base/component.h"

/** Most points that the results of a test may have together. */
enum { PN_TEST_POINTS_MOST = 128 };

/** Points of all results of a test: the size of its `out`.
 *  @return points [1] */
size_t pn_test_n_points(const struct pn_test *test);

/** Give every lane its own baseline: find the value of the parameter `adjusted`, within
 * its [low, high], at which the fitted result equals the parameter `target` to 1e-6 of
 * it.  A lane whose target is NaN keeps what it has.  Test must have a fit.
 *  @param[in,out] p   parameters and derived constants, as `run` takes them; prepared
 *                     before and after; adjusted is NaN in failed lanes
 *  @param[in]  r      signals read at baseline
 *  @param[in]  lungs  as in struct pn_view
 *  @param[out] failed true in the lanes whose target is out of reach, or whose test
 *                     cannot be carried out: PN_PATIENT_AIRWAY_FIT
 *  @return largest number of evaluations that any lane took. */
size_t pn_test_fit(const struct pn_test *test, pn_lane *p, const pn_lane *r,
                   const struct pn_lungs *lungs, pn_mask *failed);

#endif
