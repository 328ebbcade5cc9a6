/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flow through a network of any shape: nodes that store, branches that resist and have
 * inertia, given flows and pressures.  What trees cannot say (loops, ways that join,
 * lungs in series with an apparatus), and the general way that checks theirs: a dense
 * matrix, so for hundreds of unknowns. */
#ifndef PN_MODELS_LUNG_NETWORK_H
#define PN_MODELS_LUNG_NETWORK_H

#include <stddef.h>

/** P_from - P_to = (R + S |Q|) Q + L Q'; any consistent units. */
struct pn_network_branch {
    size_t from, to;
    double R, S, L; /* >= 0 */
};

/** A value that comes back after a period: a periodic cubic spline through points. */
struct pn_network_wave {
    size_t n;                /* points; 1: a constant */
    const double *t, *value; /* t[0] = 0 increasing to the period; first value = last */
    void *spline;            /* own */
};

/** What is given at a node. */
struct pn_network_source {
    size_t node;
    int is_pressure; /* else the flow into the node */
    struct pn_network_wave wave;
};

struct pn_network {
    size_t n_nodes, n_branches, n_sources;
    double *C; /* stored volume over pressure, >= 0, of each node */
    struct pn_network_branch *branch;
    struct pn_network_source *source; /* at most one pressure a node */
    double period;
};

enum { PN_NETWORK_MOST = 1000 }; /* unknowns */

/** The network at a time: pressure of each node, its slope, flow of each branch. */
struct pn_network_state {
    double t;
    const double *P, *dP, *Q;
};

struct pn_network_options {
    double rtol;
    size_t cycles, n_t; /* n_t outputs in each cycle, both its ends included, >= 2 */
    size_t max_steps;
    int from_rest; /* begin at zero; else in the steady state of the mean values */
};

/** Follow it from t = 0, where a flow that inertia alone takes is as if it stood still
 * (its pressure is right from the next output on); `visit` sees all outputs of all
 * cycles; nonzero ends.
 *  @return PN_OK; PN_ERR_INPUT (error record): no solution, such as no pressure given
 *  anywhere; PN_PATIENT_STEPS, _STEP_SIZE; PN_ERR_MEMORY, _LIBRARY */
int pn_network_run(struct pn_network *network, const struct pn_network_options *options,
                   int (*visit)(void *user, const struct pn_network_state *state),
                   void *user);

#endif
