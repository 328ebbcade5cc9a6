/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints of a trial: one number a patient, made of one of the outputs; which lives and
 * which statistics the result keeps. */
#ifndef PN_STUDY_ENDPOINT_H
#define PN_STUDY_ENDPOINT_H

#include <stdint.h>

#include "solver/text/complaint.h"

/** How an output becomes one number.  What is of a span is of the solution between `from`
 * (behind doses of that time) and `to` (before them), not of the output times; of a
 * lung-function test it is of what was measured at visits. */
enum pn_take {
    PN_TAKE_AT,  /* the value at a time, before a dose of that time */
    PN_TAKE_MAX, /* the largest, smallest, time-averaged value of the span */
    PN_TAKE_MIN,
    PN_TAKE_MEAN, /* the area divided by the length of the span */
    PN_TAKE_AUC,  /* the area, in the output's unit times h */
    PN_TAKE_TMAX, /* the time from `from` to the largest value, in h */
};

/** What it is compared with: the output at the time `baseline`. */
enum pn_change {
    PN_CHANGE_NONE,
    PN_CHANGE_ABSOLUTE, /* value - baseline */
    PN_CHANGE_RATIO,    /* value / baseline */
    PN_CHANGE_PERCENT,  /* 100 (value / baseline - 1) */
};

/** Their words in a study, as they are written: "at", …; "none", … */
extern const char *const pn_take_name[], *const pn_change_name[];

struct pn_endpoint {
    char *name, *of; /* of: a kept output over time or visits */
    enum pn_take take;
    enum pn_change change;
    double at, from, to, baseline; /* h; NaN: not given (the end, begin, end, begin) */
    char *unit;                    /* of the endpoint */
    int has_responder, above;      /* who is above, or below, the threshold responds */
    double threshold;              /* in the unit of the endpoint */
    int contrast; /* arm that the others are compared with on twins; -1: none */
    struct pn_place place;
};

/** Whose trajectories the result keeps; statistics and outcomes are of all. */
enum pn_keep_lives { PN_KEEP_ALL, PN_KEEP_SUMMARY, PN_KEEP_SOME };

struct pn_keep {
    enum pn_keep_lives lives;
    size_t n_patients;
    int64_t *patient; /* their numbers, increasing (PN_KEEP_SOME) */
    int has_summary;  /* statistics over patients are written */
    size_t n_quantiles;
    double *quantile; /* increasing, in (0, 1) */
};

#endif
