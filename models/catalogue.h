/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue: every component, test, target and covariate there is, by name. */
#ifndef PN_MODELS_CATALOGUE_H
#define PN_MODELS_CATALOGUE_H

#include "solver/base/component.h"

/** All components, ends with NULL. */
extern const struct pn_component *const pn_components[];
/** All lung-function tests, ends with NULL. */
extern const struct pn_test *const pn_tests[];
/** Targets that a drug may name: rows of name and sentence. */
extern const struct pn_quantity pn_targets[];
/** Covariates of a patient: age, sex, height, … */
extern const struct pn_quantity pn_covariates[];

/** By name; NULL: no such. */
const struct pn_component *pn_component_find(const char *name);
const struct pn_test *pn_test_find(const char *name);

#endif
