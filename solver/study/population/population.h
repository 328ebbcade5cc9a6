/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading who the patients are: the population of a study, its distributions. */
#ifndef PN_STUDY_POPULATION_POPULATION_H
#define PN_STUDY_POPULATION_POPULATION_H

#include <float.h>
#include <math.h>

#include "solver/study/given.h"

extern const struct pn_key_map pn_population_map, pn_population_file_map,
    pn_distribution_map, pn_effect_map, pn_iov_map, pn_own_covariate_map;

/** The study's own covariates: those of its key (NULL: none) and those that its
 * population, or the file of it, declares where it gives them.  A reading function of a
 * row, before all that may name one. */
void pn_read_own_covariates(struct pn_study_reader *r, const struct pn_yaml *node,
                            void *into, const struct pn_key *key);

/** Note what the population gives; its instances must be registered.  A reading function
 * of a row (keys.h). */
void pn_read_population(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                        const struct pn_key *key);

/** Note the columns of a patients CSV; sets the number of patients and their IDs. */
void pn_read_patients(struct pn_study_reader *r, const struct pn_yaml *file);

/** The same beside an event table, whose patients they are: rows are found by ID. */
void pn_read_patients_beside(struct pn_study_reader *r, const struct pn_yaml *file);

/** Put each patient into the arm that a column ARM of a table names, in any case; where
 * no arm of the study is among them all stay in every arm, as a warning says.
 *  @param[in] name  shape [n]; NULL: missing */
void pn_assign_arms(struct pn_study_reader *r, struct pn_place place, char *const *name,
                    const int64_t *id, size_t n);

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

/** A number of at least 0, where 0 means that all are alike; "KEY of OF" in complaints.
 */
int pn_read_spread_value(struct pn_study_reader *r, const char *of,
                         const struct pn_yaml *node, const char *key, const char *unit,
                         double molar_mass, double *value);

/** omega, the SD of the logarithm, while its map is read; first member of what the map is
 * read into. */
struct pn_spread {
    const char *what;    /* whose, for complaints */
    const char *measure; /* the key that gave it; NULL: none yet */
    double omega;
};

/** Rows of its measures, of which one may stand; `kinds` as in a row's `in`. */
#define PN_SPREAD_KEYS(kinds)                                                            \
    {.name = "omega",                                                                    \
     .form = PN_KEY_QUANTITY,                                                            \
     .unit = "1",                                                                        \
     .low = 0,                                                                           \
     .high = HUGE_VAL,                                                                   \
     .in = (kinds),                                                                      \
     .read = pn_read_spread,                                                             \
     .sentence = "SD of the logarithm"},                                                 \
        {.name = "omega2",                                                               \
         .form = PN_KEY_QUANTITY,                                                        \
         .unit = "1",                                                                    \
         .low = 0,                                                                       \
         .high = HUGE_VAL,                                                               \
         .in = (kinds),                                                                  \
         .read = pn_read_spread,                                                         \
         .sentence = "its square, in place of omega"},                                   \
        {.name = "cv",                                                                   \
         .form = PN_KEY_QUANTITY,                                                        \
         .unit = "1",                                                                    \
         .low = 0,                                                                       \
         .high = HUGE_VAL,                                                               \
         .in = (kinds),                                                                  \
         .read = pn_read_spread,                                                         \
         .sentence =                                                                     \
             "coefficient of variation, in place of omega: CV^2 = exp(omega^2) - 1"},    \
    {                                                                                    \
        .name = "gsd", .form = PN_KEY_QUANTITY, .unit = "1", .low = 1, .high = HUGE_VAL, \
        .in = (kinds), .read = pn_read_spread,                                           \
        .sentence = "geometric SD, in place of omega: exp(omega)"                        \
    }

void pn_read_spread(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key);

/** Value of a category of a row by its name; of a row without categories a quantity.
 *  @return 1, or 0: no such category (no complaint). */
int pn_category_code(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *name, double *code);

/** The same of a word in a table, which may be one with two meanings: that is told.
 *  @return 1, or 0: no such category (no complaint). */
int pn_category_read(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *text, struct pn_place place, double *code);

/** What pn_category_code takes, for complaints: "male or female". */
const char *pn_category_words(struct pn_study_reader *r, const struct pn_quantity *row);

#endif
