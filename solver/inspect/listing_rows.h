/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the table of observations and doses: an observation, a dose, any other
 * record. */
#ifndef PN_INSPECT_LISTING_ROWS_H
#define PN_INSPECT_LISTING_ROWS_H

#include "solver/inspect/listing_columns.h"

/** What a row of EVID 1 to 4 says; NaN: missing. */
struct pn_listed {
    const char *evid;
    int is_off; /* CMT is negative */
    double time, amount, duration, rate, ii;
    int64_t compartment, ss; /* compartment -1: none */
    size_t record;           /* whose covariates and OCC hold; none without records */
};

void pn_listing_put_head(const struct pn_listing *table);

/** Observation k of the patient, row `obs` of the list; `record` as above. */
int pn_listing_put_observation(struct pn_listing *table, size_t obs, size_t k,
                               size_t record, double time);

/** Any other record. */
int pn_listing_put_event(struct pn_listing *table, const struct pn_listed *listed);

#endif
