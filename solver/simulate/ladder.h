/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder: by which methods a patient is tried, one after the other. */
#ifndef PN_SIMULATE_LADDER_H
#define PN_SIMULATE_LADDER_H

#include "solver/integrate/integrate.h"
#include "solver/study/study.h"

/** A rung: method, factor on the study's rtol, and the first rung below it (-1: none, it
 * fails). */
struct pn_rung {
    const char *name; /* in the result */
    const char *method;
    double rtol_factor;
    int next;
};

/** Rungs by the number recorded in a life. */
extern const struct pn_rung pn_ladder[];

/** The first rung for a study's method; auto starts with the explicit method. */
int pn_ladder_first(const char *method);

/** The rung that `auto` takes when the explicit method finds the typical patient stiff.
 */
int pn_ladder_stiff(void);

/** The rung to try after a failure in this one; -1: the failure stands. */
int pn_ladder_next(const char *method, int rung);

#endif
