/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over the patients of an arm at a point: NAME.n, NAME.mean, NAME.sd,
 * NAME.quantile of every output over time, visits or per patient, and of endpoints the
 * responders and the contrast with another arm on twins.  A patient that failed, or has
 * no value, is missing: it is not in n. */
#ifndef PN_RECORD_SUMMARY_H
#define PN_RECORD_SUMMARY_H

#include "solver/hdf/hdf.h"
#include "solver/record/journal.h"

enum pn_statistic {
    PN_STATISTIC_N,
    PN_STATISTIC_MEAN,
    PN_STATISTIC_SD, /* with n - 1; NaN of one patient */
    PN_STATISTIC_QUANTILE,
    PN_STATISTIC_RESPONDERS, /* share of n */
    PN_STATISTIC_CONTRAST,   /* mean of the differences from the twin in that arm */
    PN_STATISTIC_CONTRAST_SD,
    PN_STATISTIC_CONTRAST_N, /* twins that both have a value */
    PN_STATISTICS
};

/** Is there such a statistic of an output? */
int pn_summary_has(const struct pn_trial *trial, size_t i_output,
                   enum pn_statistic statistic);

/** Suffix of its name, and its sentence. */
const char *pn_summary_name(enum pn_statistic statistic);
const char *pn_summary_sentence(enum pn_statistic statistic);

/** Statistics of one arm at one point.  One per assembly. */
struct pn_summary;

/** Buffers for them.  @return PN_OK, PN_ERR_MEMORY */
int pn_summary_create(const struct pn_trial *trial, struct pn_summary **summary);
void pn_summary_free(struct pn_summary **summary);

/** Read the lives of a cell (first.patient is 0), and those of their twins, and compute
 * all of its statistics: sums in the order of patients, so the bits are those of any
 * number of ranks.  Not collective.
 *  @param[in] first  the cell: its point and arm
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_summary_take(struct pn_summary *summary, struct pn_journal_reader *reader,
                    struct pn_job first);

/** A statistic of an output as it stands in the file, shape [time or visit][quantile];
 * of n and contrast_n as int64_t, else double. */
const void *pn_summary_values(const struct pn_summary *summary, size_t i_output,
                              enum pn_statistic statistic);

#endif
