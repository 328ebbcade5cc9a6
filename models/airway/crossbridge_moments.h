/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crossbridges of crossbridge.h by moments of their distribution: seven ordinary
 * equations in place of a partial one.
 *
 * n_AMp and n_AM are taken to be Gaussian in x, so that three moments of each say all,
 * and n_M to be the share C of what is not bound (C is that far from all bridges) [OURS:
 * the published scripts leave n_AM out of what is bound; with it the force is nearer to
 * the equation's].  A Gaussian cannot hold the many slow bridges at x near 0: isometric
 * stiffness is 15 % too small, force 2 % too large, and 11 % under oscillation of half a
 * power stroke.  Source: Rampadarath & Donovan 2018. */
#ifndef PN_MODELS_AIRWAY_CROSSBRIDGE_MOMENTS_H
#define PN_MODELS_AIRWAY_CROSSBRIDGE_MOMENTS_H

#include "models/airway/crossbridge.h"

/** Moments 0 to 2 of n_AMp, of n_AM, and C. */
enum { PN_MOMENTS_P, PN_MOMENTS_A = 3, PN_MOMENTS_C = 6, PN_MOMENTS };

/** Integral from minus infinity to `to` of x^l times a Gaussian of mean p and standard
 * deviation q > 0, l = 0 … 3.
 *  @param[in]  to      [power strokes], as p and q
 *  @param[out] moment  shape [4] */
void pn_gaussian_moments(double p, double q, double to, double *moment);

/** Integrate by CVODE (BDF) from t = 0, all in M.
 *  @param[in]  t     times [s], shape [n], increasing, > 0
 *  @param[out] sums  shape [n]; `least` is the least zeroth moment
 *  @return PN_OK; PN_PATIENT_STEP_SIZE; PN_ERR_MEMORY; PN_ERR_LIBRARY */
int pn_moments_run(const struct pn_crossbridge_rates *rates,
                   const struct pn_protocol *protocol, size_t n, const double *t,
                   struct pn_bridges *sums);

#endif
