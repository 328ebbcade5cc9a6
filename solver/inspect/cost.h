/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a study will cost, from a few lives of every arm: pneuma check --cost. */
#ifndef PN_INSPECT_COST_H
#define PN_INSPECT_COST_H

#include "solver/run/load.h"

struct pn_cost_arm {
    size_t n_lives; /* in all */
    size_t n_tried; /* simulated here, of them … */
    size_t n_failed, n_doses;
    double seconds; /* CPU time of a life on this processor */
    double error;   /* relative standard error of it, between patients */
};

struct pn_cost {
    size_t n_lives, n_tried, n_failed;
    struct pn_cost_arm *arm;         /* shape [n_arms] */
    double tried_s;                  /* CPU time spent on trying */
    double cpu_s, cpu_low, cpu_high; /* of all lives */
    double start_s;                  /* reading, drawing and wiring, once a rank */
    double memory_bytes;             /* of a rank, without MPI's own */
    double journal_bytes, result_bytes;
};

/** Simulate a few lives of every arm in memory, write a result of three patients in a
 * folder that goes away, and forecast the whole.  Free with pn_cost_free in any case.
 *  @param[in] loaded   the study as `path` and `selection` give it
 *  @param[in] start_s  what loading it took
 *  @return PN_OK, PN_ERR_IO, … */
int pn_cost_measure(const char *path, const struct pn_selection *selection,
                    const struct pn_loaded *loaded, double start_s, struct pn_cost *cost);
void pn_cost_free(struct pn_cost *cost);

/** Hours of n ranks side by side, and the share of them that computes. */
double pn_cost_wall_s(const struct pn_cost *cost, size_t n_ranks);
double pn_cost_busy(const struct pn_cost *cost, size_t n_ranks);

/** The share of the time that ranks should work. */
extern const double pn_cost_enough;

/** The most ranks that are busy for so much of their time. */
size_t pn_cost_sensible_ranks(const struct pn_cost *cost);

#endif
