/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The airway trees of those who are measured side by side: one that all share, or each
 * patient's own, grown when a test first asks for it and forgotten when they leave. */
#ifndef PN_SIMULATE_AIRWAYS_H
#define PN_SIMULATE_AIRWAYS_H

#include "solver/trial/trial.h"

struct pn_airways;

/** trial is borrowed. */
int pn_airways_create(const struct pn_trial *trial, struct pn_airways **airways);
void pn_airways_free(struct pn_airways **airways);

/** The patients of these jobs (1 to PN_LANES) sit in lanes 0 … n - 1; lanes behind repeat
 * the first.
 *  @return what tests see; NULL: the study has no tree. */
const struct pn_lungs *pn_airways_seat(struct pn_airways *airways, const int64_t *jobs,
                                       size_t n);

/** PN_OK, or negative: a tree that a test asked for could not be made. */
int pn_airways_status(const struct pn_airways *airways);

/** Forget the trees of single patients. */
void pn_airways_leave(struct pn_airways *airways);

#endif
