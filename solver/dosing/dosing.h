/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is meant for a patient: the event table's records and what regimens become. */
#ifndef PN_DOSING_DOSING_H
#define PN_DOSING_DOSING_H

#include "solver/study/study.h"

/** In place of a patient: who takes every dose in time, with the records of the table's
 * first patient.  Nothing of it depends on which patients are selected. */
#define PN_TYPICAL_PATIENT ((size_t)-1)

/** The most records that any patient of the arm can have. */
size_t pn_dosing_max(const struct pn_study *study, const struct pn_arm *arm);

/** Records of patient i (0-based) in an arm, by time; at equal times the table's in the
 * order of the file, then the regimens' in theirs.  Each dose of a regimen is a record of
 * its own (regimen >= 0, no ADDL).  Missed doses, holidays and delays are drawn by (seed,
 * patient, purpose, drug and the regimen's place among those of this drug, number of the
 * dose): the same in every arm that gives the same drug.  Lag and bioavailability are the
 * patient's and come later.
 *  @param[out] event  shape [pn_dosing_max]
 *  @return how many */
size_t pn_dosing_records(const struct pn_study *study, const struct pn_arm *arm, size_t i,
                         struct pn_event *event);

#endif
