/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large implicit systems F(t, y, y') = 0 by IDA (BDF of variable order), whose linear
 * systems the caller solves with what it knows of their structure. */
#ifndef PN_INTEGRATE_IMPLICIT_H
#define PN_INTEGRATE_IMPLICIT_H

#include <stddef.h>

/** n equations in n unknowns, the last n_algebraic of them without a derivative in F. */
struct pn_implicit {
    size_t n, n_algebraic;
    void *context;
    /** f = F(t, y, y').  Nonzero: y is not possible, take a shorter step. */
    int (*residual)(void *context, double t, const double *y, const double *dy,
                    double *f);
    /** x = M^-1 x with M = dF/dy + alpha dF/dy' where residual was called last. */
    void (*solve)(void *context, double alpha, double *x);
};

struct pn_implicit_options {
    double rtol;
    double atol;          /* of all unknowns; the algebraic ones are not controlled */
    size_t max_steps;     /* of the whole run */
    const double *corner; /* times where F has a corner, increasing; steps end there */
    size_t n_corners;
};

struct pn_implicit_counts {
    size_t n_steps, n_rejected, n_residuals, n_solves;
};

/** When the run is looked at, and by whom. */
struct pn_implicit_outputs {
    const double *t; /* increasing, from where the run begins to where it ends, [n] */
    size_t n;
    /** Sees y and y' at each of these times, borrowed; nonzero ends the run with that
     * status. */
    int (*visit)(void *user, double t, const double *y, const double *dy);
    void *user;
};

/** From the first time to the last.
 *  @param[in,out] y, dy  F(t[0], y, dy) = 0 in, the end out, shape [problem->n]
 *  @return PN_OK; PN_PATIENT_STEPS, _STEP_SIZE, _NOT_FINITE; PN_ERR_MEMORY, _LIBRARY
 *  Not collective. */
int pn_implicit_run(const struct pn_implicit *problem,
                    const struct pn_implicit_options *options,
                    const struct pn_implicit_outputs *outputs, double *y, double *dy,
                    struct pn_implicit_counts *counts);

#endif
