/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a trial records: one struct for each dataset of the result. */
#ifndef PN_TRIAL_OUTPUT_H
#define PN_TRIAL_OUTPUT_H

#include <stddef.h>

enum pn_output_over {
    PN_OVER_TIME,
    PN_OVER_VISITS,
    PN_PER_PATIENT,
    PN_ENDPOINT,          /* per patient too, made of other outputs */
    PN_OVER_OBSERVATIONS, /* n_values: most_observations; the k-th value is that of the
                             patient's k-th observation, NaN behind the last */
    PN_OVER_DOSES,        /* n_values: most_doses; filled up to life.n_doses */
};

enum { PN_OUTPUT_NAME = 123 }; /* letters of an output's name; more is an error */

/** One recorded quantity: a dataset (arm, patient[, time or visit][, point]) of the
 * result; over observations (arm, obs), over doses (dose), where patients have
 * different numbers of them.
 *
 * Over observations the name is "obs.NAME".  "obs.n_doses" [1], doses delivered before
 * the observation, tells whether it saw a dose of the same time; without that output it
 * did not.
 *
 * Over doses there are "dose_time" [h], when it is taken (delays of adherence are in it,
 * the lag of the route is not); "dose_amount", before F, in the unit of the state (unit:
 * that of all compartments when they share one, else "1"); "dose_duration" [h] as
 * delivered, 0: bolus; "dose_compartment", index in the study's compartments.  Where any
 * dose of the study has one: "dose_rate" as it was given (per h; -1, -2: the model's rate
 * or duration; 0: none), "dose_II" [h] and "dose_SS"; with an event table "dose_row", the
 * line of the record (0: a regimen's dose, -1: a rule's).  A failed life has none in the
 * file. */
struct pn_output {
    char name[PN_OUTPUT_NAME + 5];        /* room for "obs." */
    const char *unit, *sentence, *source; /* borrowed from the tables */
    enum pn_output_over over;
    size_t n_points; /* 1: a number; more: a curve (last dimension NAME_point) */
    size_t first,
        n_values;       /* its place among the values of a job, [time or visit][point] */
    size_t test, point; /* of a test's result: the test and the first of its points */
    double factor;      /* from the unit of its row to `unit` */
};

/** The outputs over doses, the last ones of a trial, in this order; those from the rate
 * on need not be there. */
enum pn_dose_output {
    PN_DOSE_TIME,
    PN_DOSE_AMOUNT,
    PN_DOSE_DURATION,
    PN_DOSE_COMPARTMENT,
    PN_DOSE_RATE,
    PN_DOSE_II,
    PN_DOSE_SS,
    PN_DOSE_ROW,
    PN_DOSE_OUTPUTS
};

#endif
