/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A population as read: its covariates and parameters with their distributions, effects
 * and correlations. */
#ifndef PN_STUDY_POPULATION_VARIABLES_H
#define PN_STUDY_POPULATION_VARIABLES_H

#include <stdint.h>

#include "solver/base/component.h"
#include "solver/text/complaint.h"

enum pn_distribution_kind {
    PN_FIXED,
    PN_NORMAL,
    PN_LOGNORMAL,
    PN_UNIFORM,
    PN_CATEGORICAL,
    PN_FOLLOWS, /* a covariate that follows from others (pn_follows_find) */
};

/** A distribution; draws go through the inverse distribution function of its uniform or
 * normal. */
struct pn_distribution {
    enum pn_distribution_kind kind;
    double location;  /* the value; mean; median of a lognormal; low end of a uniform */
    double spread;    /* SD; omega = SD of ln (CV^2 = exp(omega^2) - 1); high end */
    double low, high; /* truncation; -HUGE_VAL, HUGE_VAL: none */
    double g, h;      /* lognormal: Tukey g-and-h of the normal score, 0, 0: none */
    size_t n_categories;
    char **category;     /* names, shape [n_categories] */
    double *code;        /* value that stands for each */
    double *probability; /* sums to 1 */
};

/** What a covariate does to a parameter: the individual value is multiplied by … */
enum pn_effect_form {
    PN_POWER,       /* (covariate / reference)^coefficient */
    PN_EXPONENTIAL, /* exp(coefficient (covariate - reference)) */
    PN_LINEAR,      /* 1 + coefficient (covariate - reference) */
    PN_CATEGORY,    /* coefficient where the covariate equals reference, else 1 */
};
struct pn_effect {
    int of; /* variable of the covariate; stands before its user */
    enum pn_effect_form form;
    double reference, coefficient;
};

/** What values a variable may have: those of its row, and of everyone who takes them. */
struct pn_range {
    double low, high;
    const char *by; /* "spirometry", whose range is narrower; NULL: the row */
};

/** A column of the patients' table: a covariate ("age") or a parameter
 * ("fevipiprant.CL"). */
struct pn_variable {
    char *name;
    const struct pn_quantity *row; /* unit, range, sentence */
    struct pn_range range;
    struct pn_place place; /* where it was written; line 0: by default */
    int by; /* index of the categorical variable that chooses the case; -1: one case */
    size_t n_cases;
    struct pn_distribution *cases; /* shape [n_cases]; of a column: none, or categories */
    double *column; /* from the patients CSV, shape [n_patients]; NULL: drawn */
    size_t n_effects;
    struct pn_effect *effect; /* of covariates on a parameter, multiplied in this order */
    double iov;               /* omega of ln between occasions; 0: none */
    int group, member;        /* correlation group and place in it; -1, -1: independent */
};

/** Variables whose normal scores are correlated (Gaussian copula). */
struct pn_correlation {
    size_t n;
    size_t *variable; /* shape [n] */
    double *matrix;   /* correlations of the normal scores, row-major [n][n] */
    double *factor;   /* its lower Cholesky factor, row-major [n][n] */
};

struct pn_population {
    size_t n_patients;
    size_t skipped; /* patients of the whole table before the first one here */
    int64_t *id;    /* their numbers; NULL: skipped + 1, skipped + 2, … */
    int *occasion; /* of their first draw: of the first record; NULL: none, without OCC */
    int first_occasion; /* where that is NULL: of every first draw; 0: none */
    const char *beside; /* patients CSV beside an event table; NULL: none */
    int *arm; /* of the study, the only one each is in; NULL: all are in every arm */
    size_t n_variables, n_correlations;
    /* covariates (those named in `by` first), then parameters by part and row */
    struct pn_variable *variable;
    struct pn_correlation *correlation;
    char *title, *source; /* of the population file, may be NULL */
};

/** Index of a variable by name, or -1. */
int pn_population_find(const struct pn_population *population, const char *name);

#endif
