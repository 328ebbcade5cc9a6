/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fine lives of a result, taken back into a journal: a run that simulates the others
 * again then goes on from there like any run. */
#ifndef PN_RUN_SALVAGE_H
#define PN_RUN_SALVAGE_H

#include "solver/record/record.h"
#include "solver/result/result_read.h"

/** Append every life that ended well; bit for bit what the run that wrote the result had
 * in its journals.
 *  @param[in] budget  lives that took so many steps or more are not taken; SIZE_MAX: all
 *  @return PN_OK; PN_ERR_INPUT: the result is not one of this trial, or does not hold
 *  whole lives; PN_ERR_IO, PN_ERR_MEMORY. */
int pn_salvage(const struct pn_result *result, const struct pn_trial *trial,
               size_t budget, struct pn_journal *journal);

/** Lives that are not ok.  @return PN_OK, PN_ERR_INPUT. */
int pn_salvage_count_failed(const struct pn_result *result, size_t *n_failed);

#endif
