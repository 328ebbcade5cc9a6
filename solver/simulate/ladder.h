/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder: by which methods a patient is tried, one after the other. */
#ifndef PN_SIMULATE_LADDER_H
#define PN_SIMULATE_LADDER_H

/** A rung; its number and name (pn_ladder_names of life.h) are recorded in a life. */
struct pn_rung {
    const char *method; /* of solver/integrate */
    double rtol_factor; /* on the study's rtol */
    int next;           /* the rung below; -1: the failure stands */
};

enum { PN_RUNGS = 4 };

/** Steps at most of the typical patient, by whom `auto` chooses its first rung:
 * milliseconds, even where the method is hopeless. */
enum { PN_PROBE_STEPS = 20000 };
extern const struct pn_rung pn_ladder[];

/** The first rung for a study's method; auto starts at the top. */
int pn_ladder_first(const char *method);

/** The rung to try after a failure in this one; -1: the failure stands.  A study that
 * names one method gets that method and no other. */
int pn_ladder_next(const char *method, int rung);

#endif
