/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study as read from its files: every name resolved, every number in the unit of its
 * table. */
#ifndef PN_STUDY_STUDY_H
#define PN_STUDY_STUDY_H

#include <stdint.h>

#include "solver/base/component.h"
#include "solver/base/units.h"
#include "solver/study/endpoint.h"
#include "solver/study/treatment/events.h"
#include "solver/study/treatment/treatment.h"
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

/** A column of the patients' table: a covariate ("age") or a parameter
 * ("fevipiprant.CL"). */
struct pn_variable {
    char *name;
    const struct pn_quantity *row; /* unit, range, sentence */
    struct pn_place place;         /* where it was written; line 0: by default */
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
    int occasion;   /* of their first draw: 1 when the event table has OCC, else 0 */
    size_t n_variables, n_correlations;
    /* covariates (those named in `by` first), then parameters by part and row */
    struct pn_variable *variable;
    struct pn_correlation *correlation;
    char *title, *source; /* of the population file, may be NULL */
};

struct pn_visit {
    double time; /* h */
    size_t n_tests;
    const struct pn_test **test;
    struct pn_place place;
};

/** A component of the disease or the airway. */
struct pn_disease_part {
    char *instance;
    const struct pn_component *component;
};

/** The airway tree of the patients: file and n_acini are 0 where it is the symmetric one.
 */
struct pn_tree_choice {
    char *file;      /* one for all, as found; NULL: none */
    size_t n_acini;  /* of a tree grown for each patient; 0: none */
    char *unit_name; /* of lengths in a file that names none */
    double unit;     /* the same, in m */
    int edge_radius; /* tetgen: radii stand with the edges */
    double TLC;      /* L, of the lung that the tree has its size in */
    struct pn_place place;
};

struct pn_input_file {
    char *path; /* as found */
    char sha256[65];
};

struct pn_study {
    char *name, *file;
    char *description; /* NULL: none */
    uint64_t seed;
    size_t n_plugins;
    const char **plugin; /* shared objects whose components are used, as found */
    struct pn_population population;
    size_t n_parts, n_drugs, n_arms, n_visits, n_keep, n_outputs, n_inputs;
    struct pn_disease_part *part; /* disease components, then the airway ("airway") */
    struct pn_tree_choice tree;
    struct pn_drug *drug;
    struct pn_arm *arm;
    struct pn_visit *visit;   /* increasing times */
    struct pn_events *events; /* NULL: none */
    struct pn_design *design; /* NULL: one point (design.h) */
    size_t n_compartments;
    struct pn_compartment *compartment; /* by drug and state; then routes that differ */
    int reset_all; /* EVID 3, 4 and SS = 1 reset every state, not only the drugs' own */
    char **keep; /* signals, states and test results; n_keep 0: all signals and results */
    struct pn_place *keep_place;
    size_t n_endpoints;
    struct pn_endpoint *endpoint;
    int leaves_out_doses; /* delivered doses are counted, not listed */
    struct pn_keep lives; /* whose trajectories the result has */
    double *output;       /* times [h], increasing, first is 0 */
    double duration;      /* h, the end of every patient's life here */
    const char *method;   /* PN_METHOD_… */
    double rtol;
    size_t max_steps;
    double max_failed;           /* share of failed patients that makes exit code 3 */
    struct pn_input_file *input; /* every file read, the study first */
};

/** Read a study and every file it names (paths relative to the file that names them).
 *  Complaints are collected in *list; on PN_ERR_INPUT *study is NULL and list->n >= 1.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_IO (in the error record), PN_ERR_MEMORY. */
int pn_study_read(const char *path, struct pn_units *units, struct pn_complaints *list,
                  struct pn_study **study);

/** The same with a table of events in place of the study's own, if it has one.
 *  @param events  path of the CSV as the caller sees it; NULL: as pn_study_read */
int pn_study_read_events(const char *path, const char *events, struct pn_units *units,
                         struct pn_complaints *list, struct pn_study **study);
void pn_study_free(struct pn_study **study);

/** The same from a text, as if it stood at `path`, where no file needs to be. */
int pn_study_read_text(const char *path, const char *text, struct pn_units *units,
                       struct pn_complaints *list, struct pn_study **study);

/** The resolved study as YAML, all defaults in; reading it back gives the same study.
 *  @param[out] text malloced, the caller frees. */
int pn_study_write(const struct pn_study *study, char **text);

/** Do its patients have a tree, of a file or grown? */
static inline int pn_has_tree(const struct pn_study *study)
{
    return study->tree.file || study->tree.n_acini > 0;
}

/** Keep patients first … last only, counted from 1; their numbers and draws stay.
 *  @return PN_OK, PN_ERR_USAGE: there are fewer. */
int pn_study_select(struct pn_study *study, size_t first, size_t last);

/** Index of a variable by name, or -1. */
int pn_population_find(const struct pn_population *population, const char *name);

#endif
