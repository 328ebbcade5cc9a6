/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight nodes in a step (Gauss and Lobatto's): what lies between them is the polynomial
 * through them, which is the very dense output of every method here. */
#ifndef PN_INTEGRATE_NODES_H
#define PN_INTEGRATE_NODES_H

enum { PN_NODES = 8 };

/** Places in [0, 1], the first at 0 and the last at 1. */
extern const double pn_node[PN_NODES];

/** Integral over [0, 1], exact up to degree 13.
 *  @param[in] v  values at the nodes */
double pn_nodes_integral(const double *v);

/** The largest value of the polynomial through the nodes.
 *  @param[in]  v      values at the nodes
 *  @param[in]  above  what is known already
 *  @param[out] theta  where it is; untouched when nothing is above
 *  @return it, or `above`; NaN where one of them is missing */
double pn_nodes_largest(const double *v, double above, double *theta);

#endif
