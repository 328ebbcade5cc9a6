/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading who the patients are: the population of a study, its distributions. */
#ifndef PN_STUDY_POPULATION_POPULATION_H
#define PN_STUDY_POPULATION_POPULATION_H

#include "solver/study/given.h"

/** Note what the population gives; its instances must be registered. */
void pn_read_population(struct pn_study_reader *r, const struct pn_yaml *node);

/** Note the columns of a patients CSV; sets the number of patients and their IDs. */
void pn_read_patients(struct pn_study_reader *r, const struct pn_yaml *file);

/** Notes become variables: covariates, then parameters by instance and row. */
void pn_assemble_population(struct pn_study_reader *r);
void pn_assemble_correlations(struct pn_study_reader *r);

/** The distribution that a node gives, into given->variable (by, cases) or
 * given->stays_default. */
void pn_read_distribution(struct pn_study_reader *r, struct pn_given *given);

/** One distribution of a row: all forms but by, default and covariate. */
void pn_read_distribution_of(struct pn_study_reader *r, const char *what,
                             const struct pn_quantity *row, double molar_mass,
                             const struct pn_yaml *node, struct pn_distribution *d);

/** `effects` and `iov` of a parameter, beside its distribution. */
void pn_read_effects(struct pn_study_reader *r, struct pn_given *given);

/** A number above 0, "KEY of OF" in complaints. */
int pn_read_positive(struct pn_study_reader *r, const char *of,
                     const struct pn_yaml *node, const char *key, const char *unit,
                     double molar_mass, double *value);

/** omega, the SD of the logarithm, by whichever of omega, omega2, cv, gsd is there.
 *  @return 0: none of them (not complained); 1: one was read, or complained of. */
int pn_read_omega(struct pn_study_reader *r, const char *what, const struct pn_yaml *map,
                  double *omega);

/** Value of a category of a row: male = 1, female = 0 of the sex, else a quantity.
 *  @return 1, or 0: no such category (no complaint). */
int pn_category_code(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *name, double *code);

#endif
