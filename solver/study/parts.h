/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a study, one file each; how they note what they give to its population. */
#ifndef PN_STUDY_PARTS_H
#define PN_STUDY_PARTS_H

#include "solver/study/study_reader.h"

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

/** Note the parameters that a map gives to an instance, except the keys in `others`. */
void pn_give_parameters(struct pn_study_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const char *const *others,
                        size_t n_others, enum pn_rank rank);

/** Note one variable. @return NULL: no memory. */
struct pn_given *pn_give(struct pn_study_reader *r, struct pn_place place,
                         const char *name, const struct pn_quantity *row,
                         enum pn_rank rank);

/** Find INSTANCE.PARAMETER or a covariate.  @return 1: *row, *molar_mass are set; 0: it
 * is known, but has no part in this study; -1: complained. */
int pn_find_row(struct pn_study_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass);

/** The drug of a regimen: a file, or a name among the study's own `drugs`.
 *  @return its index, or -1. */
int pn_read_drug(struct pn_study_reader *r, const struct pn_yaml *node,
                 const struct pn_yaml *own);

void pn_read_disease(struct pn_study_reader *r, const struct pn_yaml *disease,
                     const struct pn_yaml *airway);

/** The `tree` of an airway. */
void pn_read_tree(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_read_arms(struct pn_study_reader *r, const struct pn_yaml *arms,
                  const struct pn_yaml *own_drugs);

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

/* --- doses: where they go, rules that change them, tables of them --- */

/** All compartments of the study, when its drugs are known; those of the regimens. */
void pn_number_compartments(struct pn_study_reader *r);

/** Compartment of a route of a drug; of what CMT says (a number from 1, DRUG.STATE, STATE
 * when no other drug has it, each with a minus: off); of a record that does not say it.
 *  @return its index; -1: none (the latter two complain). */
int pn_compartment_of_route(const struct pn_study *study, size_t drug,
                            const struct pn_route *route);
int pn_compartment_find(struct pn_study_reader *r, const char *text,
                        struct pn_place place, int *off);
int pn_compartment_default(struct pn_study_reader *r, struct pn_place place);

/** Its state's row; a route by its name, or NULL. */
const struct pn_quantity *pn_compartment_state(const struct pn_study *study,
                                               int compartment);
const struct pn_route *pn_route_find(const struct pn_drug *drug, const char *name);

/** One regimen of an arm, into arm->regimen[arm->n_regimens]; room must be there.
 *  @return 1: it was read. */
int pn_read_regimen(struct pn_study_reader *r, const struct pn_yaml *map,
                    const struct pn_yaml *own, struct pn_arm *arm);

/** A rescue dose: drug, dose, route, over or rate; given by a rule only. */
int pn_read_rescue(struct pn_study_reader *r, const struct pn_yaml *map,
                   const struct pn_yaml *own, struct pn_arm *arm);

/** Rules and dropout of an arm; thresholds wait until all signals are known. */
void pn_read_rules(struct pn_study_reader *r, const struct pn_yaml *rules,
                   const struct pn_yaml *own, struct pn_arm *arm);
void pn_read_dropout(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_arm *arm);
void pn_finish_rules(struct pn_study_reader *r);

/** Row of a signal, a state or a test's result by its name in outputs.
 *  @return 1, or 0: the study has none. */
int pn_signal_row(const struct pn_study *study, const char *name,
                  const struct pn_quantity **row, double *molar_mass);

/** Names of all of them, at most `most`; those with a dot are in the arena. */
size_t pn_signal_names(const struct pn_study *study, struct pn_arena *arena,
                       const char **names, size_t most);

/** Read the event table, if there is one: patients, records, columns of covariates; then
 * index the covariates, when the population's variables are known.
 *  @param node  of the study's key `events`, may be NULL
 *  @param path  that the caller gave in its place, may be NULL */
void pn_read_events(struct pn_study_reader *r, const struct pn_yaml *node,
                    const char *path);
void pn_finish_events(struct pn_study_reader *r);

/** Endpoints, whose arms and outputs must be known; whose trajectories are kept (their
 * numbers are checked when the population is known); statistics over patients (node may
 * be NULL, after the other two). */
void pn_read_endpoints(struct pn_study_reader *r, const struct pn_yaml *map);
void pn_read_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_finish_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_read_summary(struct pn_study_reader *r, const struct pn_yaml *node);

/** Split "height [cm]" in place.  @return the unit, `none` when there is none, or NULL:
 * not of this form. */
char *pn_split_unit(char *header, char *none);

/** Give a column to the population: one value a patient, shape [n]; sex has its two
 * categories all the same. */
double *pn_give_column(struct pn_study_reader *r, struct pn_place place, const char *name,
                       const struct pn_quantity *row, size_t n);

/** Lines of a CSV that are not empty, at most: how many records there can be. */
size_t pn_count_lines(const struct pn_source *source);

/** One distribution of a row: all forms but by, default and covariate. */
void pn_read_distribution_of(struct pn_study_reader *r, const char *what,
                             const struct pn_quantity *row, double molar_mass,
                             const struct pn_yaml *node, struct pn_distribution *d);

/** `effects` and `iov` of a parameter, beside its distribution. */
void pn_read_effects(struct pn_study_reader *r, struct pn_given *given);

/** omega, the SD of the logarithm, by whichever of omega, omega2, cv, gsd is there.
 *  @return 0: none of them (not complained); 1: one was read, or complained of. */
int pn_read_omega(struct pn_study_reader *r, const char *what, const struct pn_yaml *map,
                  double *omega);

/** Value of a category of a row: male = 1, female = 0 of the sex, else a quantity.
 *  @return 1, or 0: no such category (no complaint). */
int pn_category_code(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *name, double *code);

#endif
