/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a study, one file each; how they note what they give to its population. */
#ifndef PN_STUDY_PARTS_H
#define PN_STUDY_PARTS_H

#include "solver/study/reader.h"

/* which source wins for a parameter: the higher one */
enum pn_rank { PN_BY_DRUG, PN_BY_POPULATION, PN_BY_STUDY, PN_BY_PATIENTS };

/** Something with a table of parameters: a component or test under its name. */
struct pn_instance {
    const char *name;
    const struct pn_quantity *parameters;
    double molar_mass; /* g/mol of its drug, 0: none */
    struct pn_instance *next;
};

/** A variable as somebody gave it, not yet read. */
struct pn_given {
    struct pn_variable variable; /* name, row, place; column */
    const struct pn_yaml *node;  /* NULL: a column */
    enum pn_rank rank;
    double molar_mass;
    int stays_default; /* {default: …} or {covariate: …}: no variable */
    struct pn_given *next;
};

struct pn_given_pair {
    const char *name[2];
    double rho;
    struct pn_place place;
    struct pn_given_pair *next;
};

/** Register an instance; complains when the name is taken. */
struct pn_instance *pn_instance_add(struct pn_reader *r, struct pn_place place,
                                    const char *name,
                                    const struct pn_quantity *parameters);

/** Note the parameters that a map gives to an instance, except the keys in `others`. */
void pn_give_parameters(struct pn_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const char *const *others,
                        size_t n_others, enum pn_rank rank);

/** Note one variable. @return NULL: no memory. */
struct pn_given *pn_give(struct pn_reader *r, struct pn_place place, const char *name,
                         const struct pn_quantity *row, enum pn_rank rank);

/** Find INSTANCE.PARAMETER or a covariate.  @return 1: *row, *molar_mass are set; 0: it
 * is known, but has no part in this study; -1: complained. */
int pn_find_row(struct pn_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass);

/** The drug of a regimen: a file, or a name among the study's own `drugs`.
 *  @return its index, or -1. */
int pn_read_drug(struct pn_reader *r, const struct pn_yaml *node,
                 const struct pn_yaml *own);

void pn_read_disease(struct pn_reader *r, const struct pn_yaml *disease,
                     const struct pn_yaml *airway);
void pn_read_arms(struct pn_reader *r, const struct pn_yaml *arms,
                  const struct pn_yaml *own_drugs);

/** Note what the population gives; its instances must be registered. */
void pn_read_population(struct pn_reader *r, const struct pn_yaml *node);

/** Note the columns of a patients CSV; sets the number of patients and their IDs. */
void pn_read_patients(struct pn_reader *r, const struct pn_yaml *file);

/** Notes become variables: covariates, then parameters by instance and row. */
void pn_assemble_population(struct pn_reader *r);
void pn_assemble_correlations(struct pn_reader *r);

/** The distribution that a node gives, into given->variable (by, cases) or
 * given->stays_default. */
void pn_read_distribution(struct pn_reader *r, struct pn_given *given);

/** Value of a category of a row: male = 1, female = 0 of the sex, else a quantity.
 *  @return 1, or 0: no such category (no complaint). */
int pn_category_code(struct pn_reader *r, const struct pn_quantity *row, const char *name,
                     double *code);

#endif
