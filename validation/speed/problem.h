/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problems of the benchmark as a modeller writes them by hand: scalar right-hand
 * sides, times in h.  Nothing here is Pneuma's. */
#ifndef PN_SPEED_PROBLEM_H
#define PN_SPEED_PROBLEM_H

#include <stdio.h>

enum { MOST_STATES = 64, MOST_PARAMETERS = 64, MOST_REGIMENS = 8 };

struct regimen {
    double every; /* h; the first dose at 0 */
    void (*give)(const double *p, double *x);
};

struct problem {
    const char *name;
    size_t n, n_parameters; /* states; columns of the CSV behind the ID */
    size_t n_outputs;
    double end, grid;    /* h: outputs at 0, grid, ..., end; doses before the end */
    const double *scale; /* size of each state, shape [n] */
    size_t n_regimens;
    struct regimen regimen[MOST_REGIMENS];
    void (*start)(const double *p, double *x);
    /* in GSL's form; user is the parameters.  @return 0 */
    int (*rate)(double t, const double x[], double dx[], void *user);
    void (*observe)(const double *p, const double *x, double *out); /* [n_outputs] */
};

extern const struct problem problem_t1, problem_t3, problem_full;

/** "t1", "t3", "full"; anything else: NULL. */
const struct problem *problem_find(const char *name);

/** An integrator: from t to t_next, x in and out; restart: x has jumped since.
 *  @return 0, or it has failed. */
typedef int (*advance)(void *solver, const double *p, double t, double t_next, double *x,
                       int restart);

/** Every patient of the CSV (a header, then ID and parameters), one after the other:
 * doubles [patient][output time][output], before the doses of the same time, to `out`.
 *  @return exit code */
int problem_run(const struct problem *problem, advance go, void *solver, FILE *in,
                FILE *out);

#endif
