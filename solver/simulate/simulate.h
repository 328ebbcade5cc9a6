/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a patient: jobs go in, several live side by side in lanes, outcomes come
 * out. */
#ifndef PN_SIMULATE_SIMULATE_H
#define PN_SIMULATE_SIMULATE_H

#include "solver/simulate/at_work.h"
#include "solver/simulate/life.h"
#include "solver/trial/trial.h"

/** What the lanes did: lane-steps, and those of them that carried a patient. */
struct pn_lane_work {
    double n_steps, n_carried;
};

/** What happens in a life: a try by a method begins; a step was tried; there is a stop; a
 * dose is taken; a visit; a rule acts; the life ends or the try fails. */
enum pn_trace_kind {
    PN_TRACE_TRY,
    PN_TRACE_STEP,
    PN_TRACE_REJECTED,
    PN_TRACE_STOP,
    PN_TRACE_DOSE,
    PN_TRACE_VISIT,
    PN_TRACE_RULE,
    PN_TRACE_END,
    PN_TRACE_FAILED
};

struct pn_trace_event {
    enum pn_trace_kind kind;
    const struct pn_life *life; /* job, n_tries and method; status of a failed try */
    double t;                   /* h */
    double h;                   /* h, of a step; 0 */
    const double *x;            /* the states, shape [n]; behind doses of this time */
    size_t number;              /* of the visit, dose or rule, from 1; 0 */
    double amount, duration;    /* of a dose */
    int compartment;
};

/** Told of each event of each life, in the order of its own time. */
struct pn_trace {
    void *user;
    void (*event)(void *user, const struct pn_trace_event *event);
};

/** Where jobs come from and outcomes go to. */
struct pn_job_calls {
    void *user;
    /** The next job, or -1: no more.  Jobs of one arm come one after the other. */
    int64_t (*next)(void *user);
    /** A job has ended (in any order); life is valid during the call only.
     *  @return PN_OK, or negative: the run stops with that status. */
    int (*done)(void *user, const struct pn_life *life);
    /** NULL, or asked before every step: not 0 drops the jobs at work and ends with
     * PN_ERR_STOPPED. */
    int (*halt)(void *user);
    struct pn_at_work *at_work;   /* NULL, or kept up to date */
    struct pn_lane_work *work;    /* is added to; NULL: nobody asks */
    const struct pn_trace *trace; /* NULL, or told of everything */
};

/** Simulate jobs until there are no more.  Not collective; one call per rank.
 *  A job's outcome is the same bits in any company and order.
 *  @return PN_OK, or negative: PN_ERR_STOPPED when `halt` said so. */
int pn_simulate(const struct pn_trial *trial, const struct pn_job_calls *calls);

#endif
