/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outcomes of a run in memory, by the number of the job. */
#ifndef PN_RUN_LIVES_H
#define PN_RUN_LIVES_H

#include "solver/cluster/cluster.h"
#include "solver/simulate/life.h"
#include "solver/trial/trial.h"

struct pn_lives {
    size_t n_jobs, n_values;
    struct pn_life *life; /* shape [n_jobs]; without an outcome: not_run, values NaN.  The
                             places of the values: trial->output[…].first */
    double *values;       /* shape [n_jobs][n_values], those of the lives */
    uint64_t *done;       /* shape [n_jobs]: there is an outcome */
};

/** Room for all jobs of a trial.  Not collective.  Free with pn_lives_free in any case.
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_lives_create(const struct pn_trial *trial, struct pn_lives *lives);
void pn_lives_free(struct pn_lives *lives);

/** Keep one outcome: a copy. */
void pn_lives_put(struct pn_lives *lives, const struct pn_life *life);

/** After the work: every rank has the outcomes of all.  Collective; a job has been put on
 * one rank at most. */
void pn_lives_share(struct pn_lives *lives, struct pn_cluster *cluster);

#endif
