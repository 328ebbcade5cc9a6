/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is given when: a regimen, its adherence and a patient become a list of doses. */
#ifndef PN_DOSING_DOSING_H
#define PN_DOSING_DOSING_H

#include "solver/study/study.h"

/** One dose as scheduled; lag time and bioavailability are the patient's and come later.
 */
struct pn_dose {
    double time;    /* h */
    double amount;  /* unit of the state it goes into */
    size_t regimen; /* index in the arm */
};

/** The most doses that any patient of the arm can get. */
size_t pn_dosing_max(const struct pn_arm *arm);

/** Doses that this patient takes, by time; at equal times in the order of the regimens.
 *  A missed dose is drawn by (seed, patient, PN_DRAW_ADHERENCE, drug and regimen's place
 * among those of this drug, number of the dose): the same in every arm that gives the
 * same drug.
 *  @param[out] dose  shape [pn_dosing_max]
 *  @return how many */
size_t pn_dosing_schedule(const struct pn_study *study, const struct pn_arm *arm,
                          int64_t patient, struct pn_dose *dose);

#endif
