/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of an event table in a result: what was meant for each patient, the same in
 * every arm, in the order of the table. */
#ifndef PN_RECORD_RECORDS_H
#define PN_RECORD_RECORDS_H

#include "solver/hdf/hdf.h"
#include "solver/study/study.h"

/** Records of the study's patients; 0: no event table. */
size_t pn_records_count(const struct pn_study *study);

/** Dimension `record` and its columns, record_TIME and its like and a record.NAME for
 * each covariate of the table, with their numbers.  Nothing of no records. */
int pn_records_write(const struct pn_hdf *hdf, const struct pn_study *study);

#endif
