/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a design, method by method. */
#include "solver/cohort/points.h"

#include <gsl/gsl_qrng.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/lane.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"

/* a uniform number of a Latin hypercube, and its point */
struct score {
    double u;
    size_t point;
};

static double exp_one(double x)
{
    pn_lane a = pn_all(x), y;

    pn_exp(&a, &y);
    return y[0];
}

/* --- the methods --- */

static void fill_grid(const struct pn_design *design, struct pn_points *points)
{
    size_t repeat = 1;

    for (size_t j = points->n_factors; j-- > 0;) {
        const struct pn_factor *factor = &design->factor[j];
        for (size_t i = 0; i < points->n; i++)
            points->value[i * points->n_factors + j] =
                factor->level[i / repeat % factor->n_levels];
        repeat *= factor->n_levels;
    }
}

static void fill_random(const struct pn_study *study, struct pn_points *points)
{
    const struct pn_design *design = study->design;

    for (size_t j = 0; j < points->n_factors; j++) {
        const struct pn_factor *factor = &design->factor[j];
        uint64_t key = pn_name_hash(factor->name);
        for (size_t i = 0; i < points->n; i++)
            points->value[i * points->n_factors + j] = pn_distribution_value(
                &factor->distribution,
                pn_uniform(study->seed, 0, PN_DRAW_DESIGN, key, i + 1));
    }
}

static int by_u_then_point(const void *a, const void *b)
{
    const struct score *x = a, *y = b;

    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

/* Point i is in share rank(u_i) of n, at a second draw's place in it (McKay 1979). */
static int fill_latin_hypercube(const struct pn_study *study, struct pn_points *points)
{
    size_t n = points->n;
    struct score *score = malloc(n * sizeof *score);

    if (!score)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t j = 0; j < points->n_factors; j++) {
        const struct pn_factor *factor = &study->design->factor[j];
        uint64_t key = pn_name_hash(factor->name);
        for (size_t i = 0; i < n; i++)
            score[i] =
                (struct score){pn_uniform(study->seed, 0, PN_DRAW_DESIGN, key, i + 1), i};
        qsort(score, n, sizeof *score, by_u_then_point);
        for (size_t rank = 0; rank < n; rank++) {
            size_t i = score[rank].point;
            double inside = pn_uniform(study->seed, 1, PN_DRAW_DESIGN, key, i + 1);
            points->value[i * points->n_factors + j] = pn_distribution_value(
                &factor->distribution, ((double)rank + inside) / (double)n);
        }
    }
    free(score);
    return PN_OK;
}

/* GSL begins behind the point 0, which no inverse distribution could take. */
static int fill_sobol(const struct pn_design *design, struct pn_points *points)
{
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)points->n_factors);

    if (!sequence)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < points->n; i++) {
        double *value = points->value + i * points->n_factors;
        gsl_qrng_get(sequence, value);
        for (size_t j = 0; j < points->n_factors; j++)
            value[j] = pn_distribution_value(&design->factor[j].distribution, value[j]);
    }
    gsl_qrng_free(sequence);
    return PN_OK;
}

/* estimate + L z, or exp of it */
static int fill_covariance(const struct pn_study *study, struct pn_points *points)
{
    const struct pn_design *design = study->design;
    size_t n = points->n_factors;
    double *z = malloc(n * sizeof *z);

    if (!z)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < points->n; i++) {
        double *value = points->value + i * n;
        for (size_t j = 0; j < n; j++)
            z[j] = pn_normal(study->seed, 0, PN_DRAW_DESIGN,
                             pn_name_hash(design->factor[j].name), i + 1);
        for (size_t j = 0; j < n; j++) {
            value[j] = design->estimate[j];
            for (size_t k = 0; k <= j; k++)
                value[j] += design->covariance[j * n + k] * z[k];
            if (design->log_scale)
                value[j] = exp_one(value[j]);
        }
    }
    free(z);
    return PN_OK;
}

static int fill(const struct pn_study *study, struct pn_points *points)
{
    const struct pn_design *design = study->design;

    switch (design->method) {
    case PN_DESIGN_GRID:
        fill_grid(design, points);
        return PN_OK;
    case PN_DESIGN_LIST:
        memcpy(points->value, design->value,
               points->n * points->n_factors * sizeof *points->value);
        return PN_OK;
    case PN_DESIGN_RANDOM:
        fill_random(study, points);
        return PN_OK;
    case PN_DESIGN_LATIN_HYPERCUBE:
        return fill_latin_hypercube(study, points);
    case PN_DESIGN_SOBOL:
        return fill_sobol(design, points);
    case PN_DESIGN_COVARIANCE:
        return fill_covariance(study, points);
    }
    return PN_OK;
}

/* --- ranges --- */

/* One complaint of a factor, however many of its points are out of its range. */
static int check_factor(const struct pn_design *design, const struct pn_points *points,
                        size_t j, struct pn_complaints *list)
{
    const struct pn_factor *factor = &design->factor[j];
    const struct pn_quantity *row = &factor->row;
    size_t n_bad = 0, first = 0;
    const char *unit = strcmp(row->unit, "1") == 0 ? "" : row->unit;

    for (size_t i = points->n; i-- > 0;) {
        double value = pn_point(points, i)[j];
        if (value >= row->low && value <= row->high)
            continue;
        n_bad++;
        first = i;
    }
    if (n_bad == 0)
        return PN_OK;
    return pn_complain(list, factor->place,
                       "point %zu of the design%s: %s = %g%s%s is out of its range %g to "
                       "%g%s%s; %s",
                       first + 1, n_bad > 1 ? " (and others)" : "", factor->name,
                       pn_point(points, first)[j], *unit ? " " : "", unit, row->low,
                       row->high, *unit ? " " : "", unit,
                       design->method == PN_DESIGN_COVARIANCE
                           ? "consider 'scale: log' or a smaller variance"
                           : "give its distribution 'low' and 'high'");
}

static int check(const struct pn_design *design, const struct pn_points *points,
                 struct pn_complaints *list)
{
    int status = PN_OK;

    for (size_t j = 0; j < points->n_factors; j++)
        if (check_factor(design, points, j, list) != PN_OK)
            status = PN_ERR_INPUT;
    return status;
}

int pn_points_create(const struct pn_study *study, struct pn_complaints *list,
                     struct pn_points **out)
{
    const struct pn_design *design = study->design;
    struct pn_points *points = calloc(1, sizeof *points);
    int status;

    *out = points;
    if (!points)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    points->n = design ? design->n_points : 1;
    points->n_factors = design ? design->n_factors : 0;
    if (!design)
        return PN_OK;
    points->value = calloc(points->n * points->n_factors, sizeof *points->value);
    status =
        points->value ? fill(study, points) : PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (status == PN_OK)
        status = check(design, points, list);
    if (status != PN_OK)
        pn_points_free(out);
    return status;
}

void pn_points_free(struct pn_points **points)
{
    if (!*points)
        return;
    free((*points)->value);
    free(*points);
    *points = NULL;
}
