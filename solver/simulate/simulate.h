/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a patient: jobs go in, several live side by side in lanes, outcomes come
 * out. */
#ifndef PN_SIMULATE_SIMULATE_H
#define PN_SIMULATE_SIMULATE_H

#include "solver/simulate/trial.h"

/** What the lanes did: lane-steps, and those of them that carried a patient. */
struct pn_lane_work {
    double n_steps, n_carried;
};

enum { PN_AT_WORK = 8 }; /* jobs side by side, at most */

/** Which jobs are at work, noted before the work begins: for whoever asks when the
 * process has died of one of them.  All but beds that share a step are told one by one.
 */
struct pn_at_work {
    volatile int64_t working; /* the one job that is worked on; -1: those of the phase */
    volatile int32_t phase, unused;
    volatile int64_t bed[PN_AT_WORK], room[PN_AT_WORK]; /* jobs; -1: empty */
};
enum { PN_WORK_IDLE, PN_WORK_BEDS, PN_WORK_ROOM }; /* phases */

/** Nothing in hand. */
void pn_at_work_clear(struct pn_at_work *hand);

/* Notes in the hand, each before the work that it is about: the compiler keeps the order
 * of these and all other stores. */
static inline void pn_at_work_note(volatile int64_t *place, int64_t job)
{
    *place = job;
    __asm__ volatile("" ::: "memory");
}

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
    struct pn_at_work *at_work; /* NULL, or kept up to date */
    struct pn_lane_work *work;  /* is added to; NULL: nobody asks */
};

/** Simulate jobs until there are no more.  Not collective; one call per rank.
 *  A job's outcome is the same bits in any company and order.
 *  @return PN_OK, or negative: PN_ERR_STOPPED when `halt` said so. */
int pn_simulate(const struct pn_trial *trial, const struct pn_job_calls *calls);

#endif
