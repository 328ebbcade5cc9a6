/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue: every component, test, target and covariate there is, by name. */
#ifndef PN_MODELS_CATALOGUE_H
#define PN_MODELS_CATALOGUE_H

#include "solver/base/component.h"

/** Targets that a drug may name: rows of name and sentence. */
extern const struct pn_quantity pn_targets[];
/** Covariates of a patient: age, sex, height, … */
extern const struct pn_quantity pn_covariates[];

/** A covariate by its name or by a word that tables of the field have for it (WT, HGT),
 * the case of letters counting for nothing.  @return NULL: none. */
const struct pn_quantity *pn_covariate_find(const char *name);

/** Those words, from 0.  @return NULL after the last. */
const char *pn_covariate_word(size_t i);

/** A category of a covariate by its name or a word for it (M, F; 1, 0), in any case.
 *  @param[out] is_guess  1: the word has been used for another one too (2 for female)
 *  @return NULL: no such category. */
const struct pn_category *pn_category_find(const struct pn_quantity *row,
                                           const char *name, int *is_guess);

/** The components in the order of the catalogue, one after the other:
 *  for (c = pn_component_next(NULL); c; c = pn_component_next(c))
 *  @param[in] after  NULL: begin
 *  @return NULL after the last, or after one that is not in the catalogue. */
const struct pn_component *pn_component_next(const struct pn_component *after);

/** Add one behind the others, in this thread, until pn_component_forget: what the study
 * that is being read has loaded (solver/plugin).  Borrowed.
 *  @return PN_OK, PN_ERR_INPUT: too many (error record). */
int pn_component_add(const struct pn_component *component);

/** None is added any more: another study is read.  What refers to one stays good. */
void pn_component_forget(void);

/** The lung-function tests, as pn_component_next. */
const struct pn_test *pn_test_next(const struct pn_test *after);

/** A covariate that follows from others where nobody gives it, but the first of them. */
struct pn_follows {
    const char *name;
    const char *const *from; /* ends with NULL */
    /* from: values of the others in the units of their rows; @return in that of its own
     */
    double (*value)(const double *from);
    /* one of them is not looked at outside of a range; NULL: all are */
    const char *limits, *by; /* by: whose range it is */
    double low, high;        /* in the unit of its row */
};

/** All of them, as pn_component_next; that of a covariate, or NULL. */
const struct pn_follows *pn_follows_next(const struct pn_follows *after);
const struct pn_follows *pn_follows_find(const char *covariate);

/** By name; NULL: no such. */
const struct pn_component *pn_component_find(const char *name);
const struct pn_test *pn_test_find(const char *name);

#endif
