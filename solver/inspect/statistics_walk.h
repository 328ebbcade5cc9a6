/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two sources of statistics share: lives, and summaries of a run. */
#ifndef PN_INSPECT_STATISTICS_WALK_H
#define PN_INSPECT_STATISTICS_WALK_H

#include "solver/inspect/statistics_result.h"
#include "solver/text/arena.h"
#include "solver/text/yaml.h"

struct pn_statistics_walk {
    const struct pn_statistics_options *options;
    struct pn_result *result;
    struct pn_fields fields;
    struct pn_arena arena;
    const struct pn_yaml *study; /* the resolved one; NULL: none */
    double *status;              /* [n_cells][n_patients] */
    double *time, *visit;        /* h */
    char *chosen;                /* [n_patients]: --where takes this patient */
    size_t against;              /* arm of --against; n_arms: not given */
    pn_statistics_call *call;
    void *user;
};

/** Where the numbers of an output lie: -1 where it has not this dimension. */
struct pn_statistics_form {
    int point, arm, patient, time, place; /* dimensions of the field */
    int at_visits;
};

/** Is this an output or a covariate?  @return 1: yes, its form is set */
int pn_statistics_form(const struct pn_statistics_walk *walk,
                       const struct pn_field *field, struct pn_statistics_form *form);

/** Number of an arm; n_arms: there is none of this name. */
size_t pn_statistics_find_arm(const struct pn_result *result, const char *name);

/** The arm that an output is compared with: --against, that of the study's endpoint, or
 * else the first. */
size_t pn_statistics_reference(const struct pn_statistics_walk *walk, const char *output);

/** Is it an endpoint with a contrast of its own? */
int pn_statistics_has_contrast(const struct pn_statistics_walk *walk, const char *output);

/** Is it an endpoint with change: ratio?  Its contrast is a ratio of geometric means. */
int pn_statistics_is_ratio(const struct pn_statistics_walk *walk, const char *output);

/** From logarithms to ratios; the SD stays that of logarithms. */
void pn_mean_difference_raise(struct pn_mean_difference *effect);

/** A row with nothing known. */
struct pn_statistics_row pn_statistics_empty(const struct pn_field *field);

/** Hours of index k of a form; NaN: it has no times. */
double pn_statistics_time(const struct pn_statistics_walk *walk,
                          const struct pn_statistics_form *form, size_t k);

/** An effect by its moments. */
struct pn_mean_difference pn_mean_difference_of(struct pn_moments of);

/** A ratio of geometric means and its interval: the moments are those of logarithms but
 * for the mean, which is the ratio itself. */
struct pn_mean_difference pn_mean_ratio_of(struct pn_moments of);

/** Put mean, interval, SD and standard error into a row. */
void pn_statistics_put_moments(struct pn_moments of, struct pn_statistics_row *row);

/** Rows of an output by its lives, all in the file. */
int pn_statistics_of_lives(const struct pn_statistics_walk *walk,
                           const struct pn_field *field,
                           const struct pn_statistics_form *form);

/** Rows of an output by NAME.mean and its like, when its lives are not in the file.
 *  @param[in] mean  the field NAME.mean */
int pn_statistics_of_summary(const struct pn_statistics_walk *walk,
                             const struct pn_field *mean);

#endif
