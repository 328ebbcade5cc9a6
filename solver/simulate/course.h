/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of one patient's treatment: records in their order, and what they leave
 * pending: lagged and additional doses, infusions that end.  Rules of the field:
 * README.md. */
#ifndef PN_SIMULATE_COURSE_H
#define PN_SIMULATE_COURSE_H

#include "solver/simulate/steady_state.h"
#include "solver/trial/trial.h"

/** A dose that is taken: time before the lag, amount before F, duration as it runs; the
 * rest as it was given (outputs "dose_rate", …). */
struct pn_given_dose {
    double time, amount, duration; /* h, unit of the state, h (0: bolus) */
    double rate, ii;
    int compartment, ss, row;
};

/** The lane that a course acts on. */
struct pn_hand {
    struct pn_lanes *lanes;
    size_t lane;
    pn_lane *x;                  /* [n_states] of the arm's system */
    double *row;                 /* variables of the population, as they are now */
    double *parameters;          /* of the system, as they are now */
    uint64_t n_redrawn;          /* how often the patient was drawn again */
    const double *initial;       /* states at the beginning, shape [n_states] */
    struct pn_patience patience; /* of a search for a steady state */
    /** Observation k of the patient is as of now, states and parameters (it stands behind
     * a change at this time). */
    void (*observe)(void *user, size_t k);
    /** Parameters are about to change: what was recorded belongs to the old ones. */
    void (*before_parameters)(void *user);
    void *user;
};

struct pn_course;

/** One per bed.  trial is borrowed. */
int pn_course_create(const struct pn_trial *trial, size_t i_arm,
                     struct pn_course **course);
void pn_course_free(struct pn_course **course);

/** Take up the records of a patient (0-based), or of PN_TYPICAL_PATIENT.
 *  @param[in] study  the trial's, at the patient's point of the design; borrowed */
PN_DOOR void pn_course_start(struct pn_course *course, const struct pn_study *study,
                             size_t patient);

/** Time of the next stop: a record that changes something, or a pending thing; or
 * INFINITY. */
double pn_course_next(const struct pn_course *course);

/** All that happens at time t.
 *  @param[out] changed  1 where states, parameters or inputs have changed
 *  @return PN_OK; PN_PATIENT_*: no steady state, a bad dose; or negative. */
int pn_course_act(struct pn_course *course, double t, const struct pn_hand *hand,
                  int *changed);

/** Times of the patient's observations that lie in the records, increasing. */
size_t pn_course_n_observations(const struct pn_course *course);
double pn_course_observation(const struct pn_course *course, size_t k);

/** Doses taken so far. */
const struct pn_given_dose *pn_course_doses(const struct pn_course *course, size_t *n);

/* what rules decide at visits */

/** One dose of a regimen at time t, in addition to all others. */
int pn_course_rescue(struct pn_course *course, int regimen, double t);
/** Later doses of a regimen are multiplied by a factor, the amount staying in [low,
 * high]. */
void pn_course_titrate(struct pn_course *course, int regimen, double factor, double low,
                       double high);
/** No more doses of a regimen. */
void pn_course_stop(struct pn_course *course, int regimen);

#endif
