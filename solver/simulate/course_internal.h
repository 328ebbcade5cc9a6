/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of a course: course.c has the records, queue.c what waits, doses.c what a dose
 * does, occasions.c when occasions begin. */
#ifndef PN_SIMULATE_COURSE_INTERNAL_H
#define PN_SIMULATE_COURSE_INTERNAL_H

#include "solver/simulate/course.h"

/* What waits for its time.  At equal times: ends of infusions, then doses in the order in
 * which they were put here, then records in the order of the table. */
enum pn_pending_kind { PN_INFUSION_END, PN_LAGGED, PN_ADDITIONAL };
struct pn_pending {
    enum pn_pending_kind kind;
    double time;
    size_t order;
    struct pn_event event; /* of a dose; addl counts what is left */
    double amount, rate,
        duration; /* of a lagged dose: after F; of an end: the rate that ends */
};

struct pn_course {
    const struct pn_trial *trial;
    const struct pn_study *study;
    const struct pn_trial_arm *arm;
    size_t i_arm, patient, n_compartments;
    struct pn_event *event; /* records, [n_events] */
    size_t n_events, next;
    struct pn_pending *pending; /* sorted by time, kind, order */
    size_t n_pending, pending_limit, order;
    double *factor; /* of each regimen, by titration */
    int *stopped;   /* of each regimen */
    struct pn_given_dose *dose;
    size_t n_doses, dose_limit;
    size_t *observation; /* record of each */
    size_t n_observations, next_observation;
    char *changes_at;            /* of each record: other covariates hold behind it */
    size_t row, end_row, n_rows; /* of the table: the next one, of this patient */
    int occasion;
    double next_occasion; /* when it ends, by the clock; or INFINITY */
    double *begin;        /* of the second occasion, the third …, [n_begins] */
    size_t n_begins;
    double dose_time; /* where doses begin occasions: of the last; NaN: none yet */
    struct pn_steady **steady; /* of each drug; made when first wanted */
    double *drug_parameters, *drug_states;
};

/** Put a thing that waits in its order.  @return PN_OK, PN_ERR_MEMORY. */
int pn_course_put(struct pn_course *course, struct pn_pending one);

/** The first thing that waits (n_pending > 0), which waits no longer. */
struct pn_pending pn_course_take(struct pn_course *course);

/** Where a compartment stands in the arm. */
const struct pn_trial_place *pn_course_place(const struct pn_course *course,
                                             int compartment);

/** Index of a compartment's drug. */
size_t pn_course_drug(const struct pn_course *course, int compartment);

/** A dose is due at time t: it enters now or waits for its lag; its successors wait.
 *  @return PN_OK, PN_PATIENT_BAD_DOSE, PN_PATIENT_NO_STEADY_STATE, or negative. */
int pn_course_dose(struct pn_course *course, const struct pn_hand *hand,
                   const struct pn_event *e, double t);

/** A dose of a regimen as its patient wants it now: amount, rate, interval (0 mg: none).
 *  @return PN_OK; PN_PATIENT_BAD_DOSE: the patient is in no band. */
int pn_course_measure(const struct pn_course *course, const struct pn_hand *hand,
                      struct pn_event *e);

/** A dose enters its compartment after its lag. */
int pn_course_enter(struct pn_course *course, const struct pn_hand *hand,
                    const struct pn_pending *p);

/* occasions.c: those that the study's key says, and their numbers of a table */

/** The occasion of the beginning; begin, n_begins and next_occasion follow. */
void pn_course_first_occasion(struct pn_course *course);

/** The next occasion begins by the clock, or by a dose at time t where doses do that.
 *  @return PN_OK, PN_PATIENT_OUT_OF_RANGE */
int pn_course_begin_occasion(struct pn_course *course, const struct pn_hand *hand,
                             int *changed);
int pn_course_occasion_of_dose(struct pn_course *course, const struct pn_hand *hand,
                               double t);

/** Parameters follow covariates and occasion as they are now.
 *  @return PN_OK, PN_PATIENT_OUT_OF_RANGE */
int pn_course_follow(struct pn_course *course, const struct pn_hand *hand);

/** What runs into a state: the sum of the infusions that wait for their ends. */
void pn_course_input(const struct pn_course *course, const struct pn_hand *hand,
                     size_t state);

/** States of a drug (-1: of all) return to their beginning; nothing of it waits or runs.
 */
void pn_course_reset(struct pn_course *course, const struct pn_hand *hand, int drug);

#endif
