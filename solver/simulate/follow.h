/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints of a span, along the solution itself.  Inside of this folder. */
#ifndef PN_SIMULATE_FOLLOW_H
#define PN_SIMULATE_FOLLOW_H

#include "solver/simulate/ward.h"

/** What was followed of an endpoint so far. */
struct pn_followed {
    double area;
    double best; /* of the value; of take: min of its negative */
    double at;   /* h, of the largest value … */
    double peak; /* … which was this one … */
    double dip;  /* … and the smallest behind it */
};

/** The integrator's follow call; user is the ward. */
void pn_follow(void *user, const struct pn_path *path, pn_mask *looked);

/** A life begins: nothing was followed yet. */
void pn_follow_begin(const struct pn_ward *ward, struct pn_bed *bed);

/** A life is over, at its t_end: what was followed goes to the endpoints' places; a span
 * that it has not lived through is missing. */
void pn_follow_store(const struct pn_ward *ward, struct pn_bed *bed);

#endif
