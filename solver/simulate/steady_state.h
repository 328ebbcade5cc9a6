/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady state of a drug's own states under the same dose again and again. */
#ifndef PN_SIMULATE_STEADY_STATE_H
#define PN_SIMULATE_STEADY_STATE_H

#include "solver/system/system.h"

/** The repeated input: `amount` at once when duration is 0, else at `rate` for
 * `duration`, into a state of the drug's system, every `ii`.  ii 0: `rate` without an
 * end. */
struct pn_pulse {
    size_t state;
    double amount, rate, duration, ii;
};

/** Steps of a search, all cycles together. */
enum { PN_STEADY_STEPS = 300000 };

/** Where a search ends without an answer: steps of all its cycles together, and a call
 * that says stop (NULL: none does). */
struct pn_patience {
    size_t max_steps;
    int (*halt)(void *user);
    void *user;
};

struct pn_steady;

/** For one drug's own system; created once, used for any patient.  rtol is the run's. */
int pn_steady_create(const struct pn_system *system, double rtol,
                     struct pn_steady **steady);
void pn_steady_free(struct pn_steady **steady);

/** States at time `phase` after an arrival in the cycle, 0 < phase <= ii (ii: just before
 * the next arrival); with ii 0 the equilibrium.
 *  @param[in]  parameters  of the drug's system
 *  @param[out] x           shape [n_states]
 *  @return PN_OK, PN_PATIENT_NO_STEADY_STATE, PN_PATIENT_STEPS, or negative:
 * PN_ERR_STOPPED when halt said so. */
int pn_steady_find(struct pn_steady *steady, const double *parameters,
                   const struct pn_pulse *pulse, double phase,
                   const struct pn_patience *patience, double *x);

#endif
