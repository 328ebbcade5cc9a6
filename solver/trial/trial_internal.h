/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of a trial: what the files of this folder share. */
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

/** All that `keep` could name: for the hint on a wrong name, and for the default of
 * keeping all. */
struct pn_output_names {
    size_t n;
    char **name;
};

/** @param[out] names  signals of every arm, then results of tests, each once; free with
 *                     pn_output_names_free, also after an error
 *  @return PN_OK, PN_ERR_MEMORY */
int pn_output_names(const struct pn_trial *trial, struct pn_output_names *names);
void pn_output_names_free(struct pn_output_names *names);

/** The largest numbers of observations, doses and records: trial->most_observations,
 * most_doses, most_records of each arm.  @return PN_OK, PN_ERR_MEMORY */
int pn_trial_count_lists(struct pn_trial *trial);

#endif
