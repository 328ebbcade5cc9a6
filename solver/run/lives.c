/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes in arrays.  What has not been put is zero until pn_lives_share, so that ranks
 * unite their arrays bit by bit, whoever has done which job. */
#include "solver/run/lives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

_Static_assert(sizeof(struct pn_life) % sizeof(uint64_t) == 0, "a life is whole words");

int pn_lives_create(const struct pn_trial *trial, struct pn_lives *lives)
{
    size_t n = pn_trial_n_jobs(trial);

    *lives = (struct pn_lives){.n_jobs = n, .n_values = trial->n_values};
    lives->life = calloc(n + 1, sizeof *lives->life);
    lives->done = calloc(n + 1, sizeof *lives->done);
    lives->values = calloc(n + 1, (trial->n_values + 1) * sizeof *lives->values);
    if (lives->life && lives->done && lives->values)
        return PN_OK;
    return PN_FAIL(PN_ERR_MEMORY, "out of memory for the outcomes of %zu lives", n);
}

void pn_lives_free(struct pn_lives *lives)
{
    free(lives->life);
    free(lives->done);
    free(lives->values);
    *lives = (struct pn_lives){.n_jobs = 0};
}

void pn_lives_put(struct pn_lives *lives, const struct pn_life *life)
{
    size_t job = (size_t)life->job;

    lives->life[job] = *life;
    lives->life[job].values = NULL; /* set when ranks have united */
    lives->done[job] = 1;
    if (lives->n_values > 0)
        memcpy(lives->values + job * lives->n_values, life->values,
               lives->n_values * sizeof *lives->values);
}

void pn_lives_share(struct pn_lives *lives, struct pn_cluster *cluster)
{
    size_t n = lives->n_jobs;

    pn_cluster_unite(cluster, lives->done, n);
    pn_cluster_unite(cluster, lives->values, n * lives->n_values);
    pn_cluster_unite(cluster, lives->life, n * sizeof *lives->life / sizeof(uint64_t));
    for (size_t job = 0; job < n; job++) {
        struct pn_life *life = &lives->life[job];

        life->values = lives->values + job * lives->n_values;
        if (lives->done[job])
            continue;
        *life = (struct pn_life){.job = (int64_t)job,
                                 .status = PN_PATIENT_NOT_RUN,
                                 .method = -1,
                                 .t_end = (double)NAN,
                                 .values = life->values};
        for (size_t i = 0; i < lives->n_values; i++)
            life->values[i] = (double)NAN;
    }
}
