/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over patients: the one place where they are computed.  A result's summary
 * and pneuma statistics call it; scripts read what they wrote. */
#ifndef PN_TRIAL_STATISTICS_H
#define PN_TRIAL_STATISTICS_H

#include <stddef.h>

/** Number, mean and spread of a sample. */
struct pn_moments {
    size_t n;
    double mean; /* NaN of none */
    double sd;   /* with n - 1; NaN of less than two */
};

/** Move the numbers that are there to the front, in their order.
 *  @param[in,out] x  shape [n]; NaN is missing
 *  @return how many are there */
size_t pn_sample_present(double *x, size_t n);

/** Moments, in two passes in the order of the sample: the bits are those of any number of
 * ranks.
 *  @param[in] x  shape [n], none missing */
struct pn_moments pn_sample_moments(const double *x, size_t n);

/** Standard error of the mean; NaN of less than two. */
double pn_moments_error(struct pn_moments of);

/** Half the width of the mean's 95 % interval, by Student's t; NaN of less than two. */
double pn_moments_reach(struct pn_moments of);

/** A quantile of type 7 (Hyndman and Fan 1996, Am Stat 50:361): the default of R and
 * NumPy.
 *  @param[in] sorted  shape [n], increasing
 *  @param[in] share   0 to 1
 *  @return NaN of none */
double pn_sample_quantile(const double *sorted, size_t n, double share);

/** The share that responds: that is above the threshold, or else below it.
 *  @param[in] x  shape [n], none missing
 *  @return 0 to 1; NaN of none */
double pn_sample_responders(const double *x, size_t n, double threshold, int above);

/** How each patient differs from the twin in another arm.
 *  @param[in]     x         shape [n]
 *  @param[in,out] twin      shape [n]; becomes x - twin, missing where one of them is
 *  @param[in]     is_ratio  twin becomes ln x - ln twin, missing where one is not
 * positive: exp of its mean is the ratio of geometric means */
void pn_sample_contrast(const double *x, double *twin, size_t n, int is_ratio);

#endif
