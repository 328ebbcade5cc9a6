/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study at one point of its design. */
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/design/design.h"

/* --- own copies of what factors may change --- */

static void *copy_of(const void *from, size_t n, size_t size)
{
    void *copy = calloc(n + 1, size);

    if (copy && n > 0)
        memcpy(copy, from, n * size);
    return copy;
}

static int copy_variables(struct pn_study_view *view)
{
    const struct pn_population *population = &view->of->population;
    size_t n = population->n_variables;

    view->variable = copy_of(population->variable, n, sizeof *view->variable);
    view->cases = calloc(n + 1, sizeof *view->cases);
    view->effect = calloc(n + 1, sizeof *view->effect);
    if (!view->variable || !view->cases || !view->effect)
        return 0;
    for (size_t i = 0; i < n; i++) {
        struct pn_variable *v = &view->variable[i];
        /* a column has none, and needs one where a factor takes its place */
        view->cases[i] = v->cases ? copy_of(v->cases, v->n_cases, sizeof *v->cases)
                                  : calloc(1, sizeof *v->cases);
        view->effect[i] = copy_of(v->effect, v->n_effects, sizeof *v->effect);
        if (!view->cases[i] || !view->effect[i])
            return 0;
        v->cases = view->cases[i];
        v->effect = view->effect[i];
    }
    view->study.population.variable = view->variable;
    return 1;
}

static int copy_arms(struct pn_study_view *view)
{
    size_t n = view->of->n_arms;

    view->arm = copy_of(view->of->arm, n, sizeof *view->arm);
    view->regimen = calloc(n + 1, sizeof *view->regimen);
    if (!view->arm || !view->regimen)
        return 0;
    for (size_t a = 0; a < n; a++) {
        struct pn_arm *arm = &view->arm[a];
        view->regimen[a] = copy_of(arm->regimen, arm->n_regimens, sizeof *arm->regimen);
        if (!view->regimen[a])
            return 0;
        arm->regimen = view->regimen[a];
    }
    view->study.arm = view->arm;
    return 1;
}

int pn_study_view_create(const struct pn_study *study, struct pn_study_view **out)
{
    struct pn_study_view *view = calloc(1, sizeof *view);

    *out = view;
    if (!view)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    view->study = *study;
    view->of = study;
    if (study->design && (!copy_variables(view) || !copy_arms(view)))
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    return PN_OK;
}

void pn_study_view_free(struct pn_study_view **view)
{
    struct pn_study_view *v = *view;

    if (!v)
        return;
    for (size_t i = 0; i < v->of->population.n_variables; i++) {
        free(v->cases ? v->cases[i] : NULL);
        free(v->effect ? v->effect[i] : NULL);
    }
    for (size_t a = 0; a < v->of->n_arms; a++)
        free(v->regimen ? v->regimen[a] : NULL);
    free(v->variable);
    free(v->cases);
    free(v->effect);
    free(v->arm);
    free(v->regimen);
    free(v);
    *view = NULL;
}

/* --- to a point --- */

/* A category, a column and what follows from other variables have no middle: everybody
 * has the value then. */
static void set_typical(struct pn_variable *v, double value)
{
    struct pn_distribution *d = v->cases;

    if (!v->column && (d->kind == PN_NORMAL || d->kind == PN_LOGNORMAL)) {
        d->location = value;
        return;
    }
    v->column = NULL;
    v->n_cases = 1;
    v->by = -1;
    d->kind = PN_FIXED; /* its categories stay, for who chooses by them */
    d->location = value;
}

static void set_regimen(struct pn_regimen *regimen, enum pn_factor_kind kind,
                        double value)
{
    if (kind == PN_FACTOR_DOSE)
        regimen->amount = value;
    else if (kind == PN_FACTOR_EVERY)
        regimen->every = value;
    else if (kind == PN_FACTOR_START)
        regimen->start = value;
    else
        regimen->duration = value;
}

static void set_arms(struct pn_study_view *view, const struct pn_factor *factor,
                     double value)
{
    for (size_t a = 0; a < view->study.n_arms; a++) {
        struct pn_arm *arm = &view->arm[a];
        if (factor->arm >= 0 && (size_t)factor->arm != a)
            continue;
        for (size_t i = 0; i < arm->n_regimens; i++)
            if (arm->regimen[i].drug == factor->drug && !arm->regimen[i].by_events)
                set_regimen(&arm->regimen[i], factor->kind, value);
    }
}

void pn_study_view_set(struct pn_study_view *view, const double *value)
{
    const struct pn_design *design = view->study.design;

    for (size_t i = 0; design && i < design->n_factors; i++) {
        const struct pn_factor *factor = &design->factor[i];
        struct pn_variable *v =
            factor->variable >= 0 ? &view->variable[factor->variable] : NULL;
        switch (factor->kind) {
        case PN_FACTOR_TYPICAL:
            set_typical(v, value[i]);
            break;
        case PN_FACTOR_OMEGA:
            v->cases->spread = value[i];
            break;
        case PN_FACTOR_IOV:
            v->iov = value[i];
            break;
        case PN_FACTOR_EFFECT:
            v->effect[factor->effect].coefficient = value[i];
            break;
        default:
            set_arms(view, factor, value[i]);
            break;
        }
    }
}

/* --- who differs --- */

static int is_factor(const struct pn_design *design, size_t v)
{
    for (size_t i = 0; i < design->n_factors; i++)
        if (design->factor[i].variable == (int)v)
            return 1;
    return 0;
}

/* Is a variable that follows from others computed from this one? */
static int follows_from(const struct pn_variable *variable,
                        const struct pn_variable *other)
{
    const struct pn_follows *follows = pn_follows_find(variable->name);

    for (size_t i = 0; follows && follows->from[i]; i++)
        if (strcmp(other->name, follows->from[i]) == 0)
            return 1;
    return 0;
}

static int depends_on(const struct pn_study *study, size_t v, size_t other)
{
    const struct pn_variable *variable = &study->population.variable[v];

    if (variable->by == (int)other)
        return 1;
    for (size_t i = 0; i < variable->n_effects; i++)
        if (variable->effect[i].of == (int)other)
            return 1;
    return variable->cases && variable->cases[0].kind == PN_FOLLOWS &&
           follows_from(variable, &study->population.variable[other]);
}

int pn_design_varies(const struct pn_study *study, size_t v)
{
    if (!study->design)
        return 0;
    if (is_factor(study->design, v))
        return 1;
    for (size_t other = 0; other < study->population.n_variables; other++)
        if (other != v && depends_on(study, v, other) && pn_design_varies(study, other))
            return 1; /* a covariate stands before its users: this ends */
    return 0;
}
