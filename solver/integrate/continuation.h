/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equilibria F(u, lambda) = 0 by KINSOL, and the curve that they make, followed along its
 * arc through folds. */
#ifndef PN_INTEGRATE_CONTINUATION_H
#define PN_INTEGRATE_CONTINUATION_H

#include <stddef.h>

/** n equations in n unknowns and one parameter. */
struct pn_equilibria {
    size_t n;
    void *context; /* first argument of residual */
    /** f = F(u, lambda), shapes [n]; a NaN makes the step shorter. */
    void (*residual)(void *context, const double *u, double lambda, double *f);
};

/** A point of the curve; u is borrowed for the time of the call. */
struct pn_curve_point {
    const double *u; /* shape [n] */
    double lambda, arc;
    int fold; /* lambda has an extremum here: 1 the largest, -1 the least nearby; else 0
               */
};

struct pn_curve_options {
    double step, least, most; /* of arc; the first, the shortest, the longest */
    size_t max_points;
    double direction; /* of lambda at the beginning: 1 or -1 */
};

/** Solve F(u, lambda) = 0 for u at a given lambda, from a guess, by Newton's method with
 * line search.
 *  @param[in,out] u  guess in, solution out, shape [n]
 *  @return PN_OK; PN_PATIENT_STEP_SIZE: none found; PN_ERR_MEMORY, PN_ERR_LIBRARY */
int pn_equilibrium_find(const struct pn_equilibria *problem, double lambda, double *u);

/** Follow the curve from a solution until `visit` returns nonzero.  Folds are visited as
 * points of their own, between the two points that they lie between, with lambda to
 * rounding.  Unknowns and lambda should be of order one: arc is Euclidean.
 *  @return PN_OK: stopped by visit; PN_PATIENT_STEP_SIZE: the curve was lost;
 *  PN_PATIENT_STEPS: max_points; PN_ERR_MEMORY, PN_ERR_LIBRARY */
int pn_curve_follow(const struct pn_equilibria *problem, const double *u, double lambda,
                    const struct pn_curve_options *options,
                    int (*visit)(void *user, const struct pn_curve_point *point),
                    void *user);

#endif
