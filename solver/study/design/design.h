/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The design of a sweep: what differs from point to point.  A draw of parameter
 * uncertainty is a point of a design too. */
#ifndef PN_STUDY_DESIGN_DESIGN_H
#define PN_STUDY_DESIGN_DESIGN_H

#include "solver/study/study.h"

enum pn_design_method {
    PN_DESIGN_GRID,            /* all combinations; the last factor runs fastest */
    PN_DESIGN_LIST,            /* the rows of a CSV: also draws of an uncertainty */
    PN_DESIGN_RANDOM,          /* independent draws from each factor's distribution */
    PN_DESIGN_LATIN_HYPERCUBE, /* one draw in each of n equal shares of every factor */
    PN_DESIGN_SOBOL,           /* Sobol' sequence through the inverse distributions */
    PN_DESIGN_COVARIANCE,      /* multivariate normal around estimates, or of their ln */
};

/** What a factor changes. */
enum pn_factor_kind {
    PN_FACTOR_TYPICAL, /* INSTANCE.PARAMETER or a covariate: value, mean or median, the
                          spread between patients stays; of a column: everybody's value */
    PN_FACTOR_OMEGA,   /* INSTANCE.PARAMETER.omega: SD of ln (lognormal) or SD (normal) */
    PN_FACTOR_IOV,     /* INSTANCE.PARAMETER.iov */
    PN_FACTOR_EFFECT,  /* INSTANCE.PARAMETER.COVARIATE: coefficient of its effect */
    PN_FACTOR_DOSE,    /* DRUG.dose, ARM.DRUG.dose: amount of its regimens; steps stay */
    PN_FACTOR_EVERY,   /* DRUG.every: interval [h] */
    PN_FACTOR_START,   /* DRUG.start [h] */
    PN_FACTOR_FOR,     /* DRUG.for: duration of its regimens [h] */
};

struct pn_factor {
    char *name; /* as written: "fevipiprant.CL", "active.fevipiprant.dose" */
    enum pn_factor_kind kind;
    struct pn_quantity row; /* unit, range [low, high], sentence of what it changes */
    int variable;           /* of the population; -1: of a regimen */
    size_t effect;          /* number of the variable's effect */
    size_t drug;
    int arm;                             /* -1: every arm that gives the drug */
    size_t n_levels;                     /* grid */
    double *level;                       /* shape [n_levels] */
    struct pn_distribution distribution; /* random, Latin hypercube, Sobol' */
    struct pn_place place;
};

struct pn_design {
    enum pn_design_method method;
    size_t n_points, n_factors;
    struct pn_factor *factor;
    double *value;      /* list: [n_points][n_factors]; else NULL */
    double *estimate;   /* covariance: [n_factors], of ln if log_scale */
    double *covariance; /* covariance: lower Cholesky factor, [n_factors][n_factors] */
    int log_scale;
};

/** Does variable v of the population differ from point to point: itself, or through the
 * covariate that chooses its case, its effects, or what it is computed from? */
int pn_design_varies(const struct pn_study *study, size_t v);

/** A study as it is at one point: everything borrowed from the study, but for its own
 * copies of what factors change.  Cheap to move to another point. */
struct pn_study_view {
    struct pn_study study; /* to be read only */
    const struct pn_study *of;
    struct pn_variable *variable;
    struct pn_distribution **cases; /* of each variable */
    struct pn_effect **effect;
    struct pn_arm *arm;
    struct pn_regimen **regimen; /* of each arm */
};

/** Without a design the view is the study.  Free also after a failure.
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_study_view_create(const struct pn_study *study, struct pn_study_view **view);
void pn_study_view_free(struct pn_study_view **view);

/** Move to a point.
 *  @param[in] value  of each factor, shape [n_factors], in the units of their rows */
void pn_study_view_set(struct pn_study_view *view, const double *value);

#endif
