/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of what the files of a study give to its population: parts under their names, and
 * values that are read when all of them are known. */
#ifndef PN_STUDY_GIVEN_H
#define PN_STUDY_GIVEN_H

#include "solver/study/keys.h"

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
struct pn_instance *pn_instance_add(struct pn_study_reader *r, struct pn_place place,
                                    const char *name,
                                    const struct pn_quantity *parameters);

/** Note the parameters that a map gives to an instance; the keys of `others` (NULL: none)
 * stand between them. */
void pn_give_parameters(struct pn_study_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const struct pn_key_map *others,
                        enum pn_rank rank);

/** Note one variable. @return NULL: no memory. */
struct pn_given *pn_give(struct pn_study_reader *r, struct pn_place place,
                         const char *name, const struct pn_quantity *row,
                         enum pn_rank rank);

/** Note the value of a key. */
void pn_give_node(struct pn_study_reader *r, const struct pn_yaml *key, const char *name,
                  const struct pn_quantity *row, double molar_mass, enum pn_rank rank);

/** Find INSTANCE.PARAMETER or a covariate.  @return 1: *row, *molar_mass are set; 0: it
 * is known, but has no part in this study; -1: complained. */
int pn_find_row(struct pn_study_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass);

/** The row of a covariate: of the catalogue, also by a word of the field (WT), or the
 * study's own; in any case.  @return NULL: none. */
const struct pn_quantity *pn_covariate_row(const struct pn_study_reader *r,
                                           const char *name);

/** Complain of a name that is no covariate, with the nearest that is one. */
void pn_covariate_unknown(struct pn_study_reader *r, struct pn_place place,
                          const char *name);

/** Give a column to the population: one value a patient, shape [n]; where its
 * row has categories, the variable has them all the same. */
double *pn_give_column(struct pn_study_reader *r, struct pn_place place, const char *name,
                       const struct pn_quantity *row, size_t n);

#endif
