/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a patient: jobs go in, several live side by side in lanes, outcomes come
 * out. */
#ifndef PN_SIMULATE_SIMULATE_H
#define PN_SIMULATE_SIMULATE_H

#include "solver/simulate/trial.h"

/** Where jobs come from and outcomes go to. */
struct pn_job_calls {
    void *user;
    /** The next job, or -1: no more.  Jobs of one arm come one after the other. */
    int64_t (*next)(void *user);
    /** A job has ended (in any order); life is valid during the call only.
     *  @return PN_OK, or negative: the run stops with that status. */
    int (*done)(void *user, const struct pn_life *life);
    /** NULL, or asked before every step: not 0 drops the jobs in hand and ends with
     * PN_ERR_STOPPED. */
    int (*halt)(void *user);
};

/** Simulate jobs until there are no more.  Not collective; one call per rank.
 *  A job's outcome is the same bits in any company and order.
 *  @return PN_OK, or negative: PN_ERR_STOPPED when `halt` said so. */
int pn_simulate(const struct pn_trial *trial, const struct pn_job_calls *calls);

#endif
