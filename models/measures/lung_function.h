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

/** Most parameters and reads of a fit that tests may share, and most such fits. */
enum { PN_FIT_ROWS_MOST = 16, PN_FITS_MOST = 8 };

/** Fits of the patients in the lanes, for the tests that find the same baseline. */
struct pn_fits {
    size_t n; /* 0 at first, and again for other patients */
    struct pn_fitted {
        const struct pn_fit *fit;
        pn_lane p[PN_FIT_ROWS_MOST], r[PN_FIT_ROWS_MOST]; /* as they were */
        pn_lane adjusted;
        pn_mask failed;
    } of[PN_FITS_MOST];
};

/** As pn_test_fit, but where a test with the same measure was fitted to the same rows
 * before, its result is taken: the same bits.
 *  @param[in,out] fits  NULL: fit in any case
 *  @return evaluations; 0: taken. */
size_t pn_test_fit_once(struct pn_fits *fits, const struct pn_test *test, pn_lane *p,
                        const pn_lane *r, const struct pn_lungs *lungs, pn_mask *failed);

#endif
