/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted sums of stages, the inner loop of both methods. */
#ifndef PN_INTEGRATE_WEIGHTED_H
#define PN_INTEGRATE_WEIGHTED_H

#include "solver/integrate/integrate_internal.h"

/** sum_k weight[k] stage[k n + j] over m stages, in this order.  With weights and m known
 * to the compiler the loop unrolls and its zeros vanish. */
static inline __attribute__((always_inline)) pn_lane
pn_weighted(const double *weight, size_t m, const pn_lane *stage, size_t n, size_t j)
{
    pn_lane sum = {0};

    for (size_t k = 0; k < m; k++)
        if (weight[k] != 0.0)
            sum = pn_fma(pn_all(weight[k]), stage[k * n + j], sum);
    return sum;
}

#endif
