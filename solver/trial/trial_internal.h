/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of a trial, shared by trial.c, arm.c and outputs.c only. */
#ifndef PN_TRIAL_TRIAL_INTERNAL_H
#define PN_TRIAL_TRIAL_INTERNAL_H

#include "solver/trial/trial.h"

/** Wire an arm and find its columns, places and drugs.  *arm is zero before. */
int pn_trial_arm_create(const struct pn_study *study, const struct pn_arm *given,
                        struct pn_units *units, struct pn_trial_arm *arm);
void pn_trial_arm_free(const struct pn_study *study, struct pn_trial_arm *arm);

/** Where a parameter comes from: own variable INSTANCE.NAME, else the covariate that the
 * row names, else -1: the default. */
int pn_trial_column(const struct pn_study *study, const char *instance,
                    const struct pn_quantity *row);

/** Lay out what `keep` names; after the arms are wired. */
int pn_trial_lay_out(struct pn_trial *trial, struct pn_complaints *list);

#endif
