/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward: all that one arm needs on one rank.  Inside of this folder. */
#ifndef PN_SIMULATE_WARD_H
#define PN_SIMULATE_WARD_H

#include "solver/base/time.h"
#include "solver/integrate/integrate.h"
#include "solver/simulate/course_internal.h"
#include "solver/simulate/measure.h"

/** An output that is due. */
struct pn_due {
    double time;
    size_t slot; /* the grid's, then moments of endpoints, then observations */
};

struct pn_followed; /* follow.h */

/** A bed: one lane and the patient who lives in it. */
struct pn_bed {
    struct pn_life life; /* values: of this bed, shape [n_values] */
    size_t patient;
    const struct pn_study *study; /* as it is at the patient's point of the design */
    struct pn_study_view *view;
    double *row;        /* variables, shape [n_variables] */
    double *baseline;   /* the same at the beginning: of the tests */
    double *parameters; /* of the system, shape [n_parameters] */
    double *initial;    /* states at the beginning, shape [n_states] */
    double *reads;      /* of all tests at the beginning and each visit */
    struct pn_course *course;
    struct pn_due *due;             /* increasing times, [n_due] */
    size_t n_due, i_due, i_flushed; /* those before i_due are recorded */
    size_t n_visits;                /* done; those before n_visits_flushed are flushed */
    size_t n_visits_flushed;
    struct pn_followed *followed; /* [trial->n_followed] */
    double *x_due;    /* states at each output that is due, by slot, [..][n_states] */
    double *x_moment; /* the beginning, then each visit, [1 + n_visits][n_states] */
    int trouble;      /* a status that ends this life */
    int bad_output;   /* the first that was not finite, or -1; at … */
    double bad_time;  /* … h; where an amount was too far below zero, if negative */
    int negative;
    double candidate; /* time of the next dropout candidate, or INFINITY */
    size_t n_candidates;
    double hazard; /* of dropout since the last visit, per h */
    int *n_acted;  /* of each rule */
};

struct pn_ward {
    const struct pn_trial *trial;
    const struct pn_study *study;
    const struct pn_trial_arm *arm;
    const struct pn_job_calls *calls;
    size_t i_arm, n_states;
    int64_t next; /* taken from the caller and not yet in a bed; -1: none left */
    int probing;  /* the typical patient is in bed, nothing is recorded */
    int rung;
    struct pn_arrival typical; /* what the typical patient took */
    struct pn_life *retry;     /* who failed on the rung above, without values */
    size_t n_retry, retry_limit, i_retry;
    struct pn_life *failed; /* who failed on this rung and has another chance */
    size_t n_failed, failed_limit;
    double n_carried; /* steps of patients since the integrator was created */
    struct pn_lanes *lanes, *bench; /* bench: one patient at several times */
    struct pn_integrator *integrator;
    struct pn_room *room;
    pn_lane *x, *signal; /* [n_states], [n_signals] */
    double *lowest;      /* that an amount may be by its error, [n_states] */
    pn_lane *sample;     /* of what is followed at nodes, [n_followed][PN_NODES] */
    struct pn_bed bed[PN_LANES];
};

/** The trace of a ward: nothing is done without one. */
struct pn_stage { /* what a bed had before it came to a stop */
    size_t n_doses, n_visits, n_acted;
};
struct pn_stage pn_trace_stage(const struct pn_ward *ward, size_t lane);
void pn_trace_tell(const struct pn_ward *ward, size_t lane, enum pn_trace_kind kind,
                   double t, const pn_lane *x);
/** All that a stop has brought. */
void pn_trace_stop(const struct pn_ward *ward, size_t lane, const struct pn_stage *before,
                   double t, const pn_lane *x);
void pn_trace_step(void *user, size_t lane, double t, double h, int accepted,
                   const double *x);

/** Open the ward of a job's arm: everything but the integrator.  Zero before, to be
 * closed in any case; trial and calls are borrowed.  @return PN_OK, PN_ERR_MEMORY, … */
int pn_ward_open(const struct pn_trial *trial, const struct pn_job_calls *calls,
                 int64_t job, struct pn_ward *ward);
void pn_ward_close(struct pn_ward *ward);

/** The integrator of the ward's rung, in place of the one that is there. */
int pn_ward_integrator(struct pn_ward *ward);

/** The integrator's halt call; user is the ward. */
int pn_ward_halt(void *user);

/** The rung on which the arm starts, and its integrator.  For `auto` the typical patient
 * lives once on each of two rungs; the cheaper one is taken. */
int pn_ward_first_rung(struct pn_ward *ward);

/** The patient whose row stands in the bed begins: states in the lane of x, all that is
 * due at once is done.  @return 1: *leg is the first piece; 0: life is over already (or
 * in trouble). */
int pn_life_begin(struct pn_ward *ward, size_t lane, pn_lane *x, struct pn_leg *leg);

/** All that happens at time t: visits, decisions, records, pending doses.
 *  @return 1: *leg is the next piece; 0: life is over; bed->trouble says how when not
 * well. */
int pn_life_go_on(struct pn_ward *ward, size_t lane, double t, pn_lane *x,
                  struct pn_leg *leg);

/** The integrator's record call; user is the ward. */
void pn_life_record(void *user, size_t lane, double t, const double *x, double *next);

/** Outputs and reads of all that was recorded since the last flush, by the parameters
 * that held. */
void pn_life_flush(struct pn_ward *ward, size_t lane);

/** The state that is recorded in a slot becomes outputs, by the parameters that hold. */
void pn_life_evaluate(struct pn_ward *ward, size_t lane, size_t slot);

/** Observation k, which stands behind something of its own time, is as of now: state x of
 * the lane and the parameters that hold at its record. */
void pn_life_observe(struct pn_ward *ward, size_t lane, size_t k, const pn_lane *x);

/** The doses taken go to the outputs over doses. */
void pn_life_store_doses(struct pn_ward *ward, struct pn_bed *bed);

/** The first slot of the observations. */
size_t pn_ward_observations(const struct pn_ward *ward);

/** All rules of the arm as of time t, after a visit.
 *  @return PN_OK, PN_PATIENT_*, or negative */
int pn_decide(struct pn_ward *ward, size_t lane, double t, const pn_lane *x);

/** Dropout by thinning: the next candidate after t at the bounding rate; the rate since a
 * visit; does the patient leave now? */
void pn_dropout_next(const struct pn_ward *ward, struct pn_bed *bed, double t);
int pn_dropout_update(struct pn_ward *ward, size_t lane, const pn_lane *x);
int pn_dropout_leaves(struct pn_ward *ward, struct pn_bed *bed, double t);

/** Is it time? */
static inline int pn_has_come(double time, double now)
{
    return time <= now || pn_same_time(time, now);
}

#endif
