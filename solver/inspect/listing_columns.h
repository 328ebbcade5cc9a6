/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of observations and doses, as they stand in a result. */
#ifndef PN_INSPECT_LISTING_COLUMNS_H
#define PN_INSPECT_LISTING_COLUMNS_H

#include "solver/inspect/listing.h"

/* a column of the table that is read from the result */
struct pn_listing_source {
    const struct pn_result_column *column; /* NULL: none, all is missing */
    struct pn_cursor cursor;
};

struct pn_listing {
    const struct pn_result *result;
    FILE *stream;
    int by_events;        /* observations of an event table, or … */
    double *time, *visit; /* … the output times; times of visits */
    char *ids, **label;   /* IDs of the event table that are no numbers; NULL: none */
    struct pn_listing_source id, status, ipred, dvobs, cens, limit, mdv, obs_time,
        obs_patient, n_doses;
    struct pn_listing_source dose_point, dose_arm, dose_patient, dose_time, dose_amount,
        dose_duration, dose_compartment, dose_rate, dose_ii, dose_ss, dose_row;
    /* of the event table; record.column NULL: they are not in the result */
    struct pn_listing_source record, record_patient, record_time, record_evid,
        record_amount, record_compartment, occasion;
    int is_carried_back; /* what holds between two records is the next one's */
    size_t n_covariates; /* of the records */
    struct pn_listing_source *covariate;
    size_t n_signals;
    struct pn_listing_source *signal;
    const struct pn_result_drug *drug; /* whose concentration IPRED is; NULL: none */
    size_t n_prefix;                   /* letters of IPRED that name its drug; 0: none */
    double lloq;                       /* in the unit of IPRED; NaN: none given */
    int has_limit;

    /* where the walk is */
    size_t cell, point, arm; /* cell: point x n_arms + arm */
    size_t patient, next_obs, next_dose, next_record;
    size_t n_observed; /* observations of this life so far */
    int64_t patient_id;
    size_t n_taken;   /* doses of this life so far */
    double last_dose; /* time of the last one of IPRED's drug; NaN: none yet */
};

/** Open all columns that the options ask for; table->result is set before.  Close in any
 * case.  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_LIBRARY, PN_ERR_MEMORY. */
int pn_listing_open(struct pn_listing *table, const struct pn_listing_options *options);
void pn_listing_close(struct pn_listing *table);

/** An integer of a row; or number k, NaN of a column that is not there. */
int pn_listing_integer(struct pn_listing_source *source, size_t row, int64_t *number);
int pn_listing_number(struct pn_listing_source *source, size_t row, size_t k,
                      double *number);

#endif
