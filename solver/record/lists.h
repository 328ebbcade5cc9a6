/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of unequal length in a result file: observations of each patient, the same in
 * every arm, and doses of each life.  CF's indexed ragged arrays: all elements in one
 * dimension, and a column that says whose each is. */
#ifndef PN_RECORD_LISTS_H
#define PN_RECORD_LISTS_H

#include "solver/hdf/hdf.h"
#include "solver/record/record.h"

/** Columns besides the outputs; OBS and DOSE are the dimensions' own scales. */
enum pn_list_column {
    PN_LIST_OBS,
    PN_LIST_OBS_PATIENT,
    PN_LIST_OBS_TIME,
    PN_LIST_OBS_ROW,
    PN_LIST_OBS_MDV,
    PN_LIST_OBS_DV,
    PN_LIST_OBS_CENS,
    PN_LIST_OBS_LIMIT,
    PN_LIST_DOSE,
    PN_LIST_DOSE_POINT,
    PN_LIST_DOSE_ARM,
    PN_LIST_DOSE_PATIENT,
    PN_LIST_COLUMNS
};

/** Lengths of the lists; 0: no such dimension in the file. */
struct pn_lists {
    size_t n_observations;           /* of all patients, in one arm */
    size_t n_doses;                  /* of all lives */
    int has_dv, has_cens, has_limit; /* whether any observation has one */
    int has_points;                  /* the study has a design */
};

/** Measure the lists of a trial whose journals were read.
 *  @return PN_OK; PN_ERR_LIBRARY: the event table is not that of the patients. */
int pn_lists_measure(const struct pn_trial *trial, const struct pn_index *index,
                     struct pn_lists *lists);

/** Observations of patient i (0-based). */
size_t pn_list_observations(const struct pn_study *study, size_t i);

/** Doses of a life that the file keeps: those of one that was simulated to its end. */
size_t pn_list_doses(const struct pn_life *life);

/** Create the columns that are there; the others have dataset -1.
 *  @param[in,out] obs, dose  dimensions: n is set before, the scale is made here
 *  @param[out]    column     shape [PN_LIST_COLUMNS] */
int pn_lists_create(const struct pn_hdf *hdf, const struct pn_lists *lists,
                    struct pn_dimension *obs, struct pn_dimension *dose,
                    struct pn_column *column);

/** dose_compartment and its like: which number is which state, its unit, its number as a
 * CMT. */
int pn_lists_compartments(const struct pn_hdf *hdf, const struct pn_study *study,
                          const struct pn_column *column);

/** A column over observations of patients first … first + n - 1, counted from 0.
 *  @param[in]  row     place of the first of them in the dimension
 *  @param[out] buffer  an element of the column's type for each observation */
void pn_list_pack_observations(enum pn_list_column column, const struct pn_study *study,
                               size_t first, size_t n, size_t row, void *buffer);

/** A column over doses of n lives of one arm at one point, those of patient
 * first.patient and the next ones.
 *  @param[in]  life    shape [n]
 *  @param[in]  row     place of the first of their doses in the dimension
 *  @param[out] buffer  a number for each dose */
void pn_list_pack_doses(enum pn_list_column column, const struct pn_life *life,
                        struct pn_job first, size_t n, size_t row, int64_t *buffer);

#endif
