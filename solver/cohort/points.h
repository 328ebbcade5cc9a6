/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a design: a table [point x factor], a pure function of the seed. */
#ifndef PN_COHORT_POINTS_H
#define PN_COHORT_POINTS_H

#include "solver/study/design/design.h"

struct pn_points {
    size_t n, n_factors; /* without a design: 1, 0 */
    double *value;       /* shape [n][n_factors], in the units of the factors' rows */
};

/** Compute the points of a study's design.  Random draws are keyed by (seed, purpose
 * PN_DRAW_DESIGN, name of the factor, number of the point from 1): more points leave the
 * earlier ones as they are, except those of a Latin hypercube.
 *  @return PN_OK; PN_ERR_INPUT: complaints say which point has a factor out of its
 * range; PN_ERR_MEMORY. */
int pn_points_create(const struct pn_study *study, struct pn_complaints *list,
                     struct pn_points **points);
void pn_points_free(struct pn_points **points);

/** Values of the factors at a point. */
static inline const double *pn_point(const struct pn_points *points, size_t i)
{
    return points->value + i * points->n_factors;
}

#endif
