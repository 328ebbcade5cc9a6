/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of a result: of every output over time, at visits and per patient, in every
 * arm, at every point of a sweep. */
#ifndef PN_INSPECT_STATISTICS_RESULT_H
#define PN_INSPECT_STATISTICS_RESULT_H

#include <stdio.h>

#include "solver/result/field.h"
#include "solver/trial/statistics.h"

struct pn_statistics_options {
    const char *result;
    const char *csv;     /* NULL: the stream given */
    const char *only;    /* names of outputs parted by commas; NULL: all */
    const char *against; /* arm of the contrasts; NULL: the endpoint's, else the first */
    const char *where;   /* "NAME=NUMBER": patients with this covariate; NULL: all */
    int curves;          /* outputs with several numbers a visit, too */
};

/** A mean over patients and its 95 % interval: the simulation error.  NaN: unknown. */
struct pn_mean_difference {
    size_t n;
    double value, sd, low, high;
};

enum { PN_QUARTILES = 5 };
extern const double pn_quartile_share[PN_QUARTILES]; /* 5, 25, 50, 75, 95 % */

/** What is known of one output in one arm at one time.  Of a row in the scale of
 * logarithms the mean is the geometric one, sd and se are those of the logarithm, change
 * and contrast are ratios; the contrast of an endpoint with change: ratio is one in
 * either scale. */
struct pn_statistics_row {
    const char *output, *unit, *over; /* over: "time", "visit", "life", "patient" */
    double time;                      /* h; NaN: one number a patient */
    long long place;                  /* of a curve, from 0; -1: no curve */
    size_t point;                     /* of the design, from 1; 0: none */
    const char *arm;                  /* NULL: a covariate, known before any arm */
    int is_log, is_ratio;             /* is_ratio: the contrast is one in any scale */
    size_t n, n_failed;
    double mean, low, high; /* with the mean's 95 % interval */
    double sd, se, least, most, quantile[PN_QUARTILES];
    struct pn_mean_difference change;   /* from the first visit, else the first time */
    struct pn_mean_difference contrast; /* of the change, or else the value, on twins … */
    const char *against;                /* … with this arm; NULL: none */
    double responders;                  /* share; NaN: none is defined */
};

/** Called with each row, by output, point, arm, time, place, scale.
 *  @return PN_OK; anything else ends the walk */
typedef int pn_statistics_call(void *user, const struct pn_statistics_row *row);

/** Compute the statistics of a result, or take them where it keeps no lives.  Logarithms
 * are taken of outputs that are positive everywhere.
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_IO, PN_ERR_MEMORY, or what call
 *          returned. */
int pn_statistics_walk(const struct pn_statistics_options *options,
                       pn_statistics_call *call, void *user);

/** The same as CSV (RFC 4180): to options->csv, whole or not at all, or to a stream. */
int pn_statistics(const struct pn_statistics_options *options, FILE *stream);

#endif
