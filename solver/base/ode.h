/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An autonomous ODE system on lanes: all that solver/integrate knows of a model. */
#ifndef PN_BASE_ODE_H
#define PN_BASE_ODE_H

#include "solver/base/lane.h"

struct pn_ode {
    size_t n; /* states */
    const double
        *scale;    /* typical size of each state, shape [n]; atol = rtol x scale x 1e-3 */
    void *context; /* first argument of the functions below */
    /** dx = f(x), shape [n], per hour. */
    void (*rate)(void *context, const pn_lane *x, pn_lane *dx);
    /** Factorise d I - df/dx at x, d > 0 per lane; *bad is true in the lanes with a pivot
     * below 1e-10 of its row, or NaN. */
    void (*factor)(void *context, const pn_lane *x, const pn_lane *d, pn_mask *bad);
    /** Solve with the last factorisation; b is right-hand side in, solution out, shape
     * [n]. */
    void (*solve)(void *context, pn_lane *b);
};

#endif
