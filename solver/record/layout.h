/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of a result file: which datasets there are, and what describes them. */
#ifndef PN_RECORD_LAYOUT_H
#define PN_RECORD_LAYOUT_H

#include "solver/record/lists.h"
#include "solver/record/summary.h"

/* how a patient's life in an arm went: columns (arm, patient) */
enum pn_outcome {
    PN_OUTCOME_STATUS,
    PN_OUTCOME_METHOD,
    PN_OUTCOME_N_TRIES,
    PN_OUTCOME_N_STEPS,
    PN_OUTCOME_N_REJECTED,
    PN_OUTCOME_N_RATES,
    PN_OUTCOME_N_FACTORS,
    PN_OUTCOME_N_DOSES,
    PN_OUTCOME_N_REDRAWN,
    PN_OUTCOME_T_END,
    PN_OUTCOMES
};

/** All columns of a file in the order of creation. */
struct pn_layout {
    size_t n_columns, n_outputs, n_variables, n_factors;
    struct pn_dimension life[3]; /* (point,) arm, patient */
    int n_life;
    struct pn_column *column;
    struct pn_lists lists;
    struct pn_column *point, *patient, *time, *visit; /* coordinates; NULL: none */
    struct pn_column *factor;                  /* shape [n_factors] of the design */
    struct pn_column *quantile, *kept_patient; /* coordinates; NULL: none */
    size_t n_kept; /* patients whose trajectories are kept … */
    size_t *kept;  /* … their places among all, increasing; NULL: all are */
    struct pn_column (*statistic)[PN_STATISTICS]; /* of each output; dataset -1: none */
    struct pn_column *list;     /* shape [PN_LIST_COLUMNS]; dataset -1: not there */
    struct pn_column *output;   /* shape [n_outputs]; dataset -1: without values */
    struct pn_column *outcome;  /* shape [PN_OUTCOMES] */
    struct pn_column *variable; /* shape [n_variables] of the population */
};

/** The number of a row over (point, arm, patient): points stand outermost. */
static inline size_t pn_layout_row(const struct pn_study *study, struct pn_job job)
{
    return (job.point * study->n_arms + job.arm) * study->population.n_patients +
           job.patient;
}

/* Functions return PN_OK, PN_ERR_IO, PN_ERR_LIBRARY or PN_ERR_MEMORY; none is collective.
 */

/** The messages of all lives over (point, arm, patient).
 *  @param[in] text  shape [n_jobs] in the order of rows */
int pn_layout_messages(const struct pn_hdf *hdf, const struct pn_layout *layout,
                       const char *const *text);

/** Create every dataset and attribute of the file; no column has numbers yet but those of
 *  curves' points and of records.
 *  @param[in]  lists   their lengths
 *  @param[out] layout  pn_layout_free it in any case */
int pn_layout_create(const struct pn_hdf *hdf, const struct pn_trial *trial,
                     const struct pn_lists *lists, const struct pn_provenance *provenance,
                     struct pn_layout *layout);
void pn_layout_free(struct pn_layout *layout);

/** Create the column of an outcome over the dimensions of a life. */
int pn_outcome_create(const struct pn_hdf *hdf, enum pn_outcome outcome,
                      struct pn_dimension *const *life, int n_life,
                      struct pn_column *column);

/** Write an outcome of n lives into a buffer in the form of its column.
 *  @param[in]  life    shape [n]
 *  @param[out] buffer  n elements of the column's type */
void pn_outcome_pack(enum pn_outcome outcome, const struct pn_life *life, size_t n,
                     void *buffer);

/** Group /provenance: the resolved study, versions, seed, inputs. */
int pn_provenance_write(const struct pn_hdf *hdf, const struct pn_study *study,
                        const struct pn_provenance *provenance);

#endif
