/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The residual of breathing and its slopes for IDA, courses of pressure and flow, and the
 * march through the outputs. */
#include "models/lung/tree_breathing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/integrate/implicit.h"

static double course_at(const struct pn_time_course *c, double t)
{
    size_t low = 0, high = c->n;

    if (c->n == 0)
        return c->mean + c->amplitude * sin(2.0 * M_PI * c->frequency * (t - c->begin));
    while (high - low > 1) { /* c->t[low] <= t < c->t[high] */
        size_t middle = (low + high) / 2;
        if (c->t[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    if (t <= c->t[0] || low + 1 == c->n)
        return c->value[low];
    return c->value[low] + (c->value[low + 1] - c->value[low]) * (t - c->t[low]) /
                               (c->t[low + 1] - c->t[low]);
}

void pn_breathing_defaults(struct pn_breathing *b)
{
    *b = (struct pn_breathing){.start = (double)NAN, .rtol = 1e-6, .max_steps = 100000};
    pn_acinus_defaults(&b->acinus);
    pn_tree_flow_defaults(&b->flow);
    b->flow.law = PN_FLOW_PEDLEY;
}

void pn_tree_depths(const struct pn_tree *t, const double *down, double *depth)
{
    double mean = 0.0;

    for (size_t k = 0; k < t->n_terminals; k++) {
        size_t at = pn_tree_end(t, (size_t)t->terminal[k]);
        depth[k] =
            t->x ? down[0] * t->x[at] + down[1] * t->y[at] + down[2] * t->z[at] : 0.0;
        mean += t->share[k] * depth[k];
    }
    for (size_t k = 0; k < t->n_terminals; k++)
        depth[k] -= mean;
}

/* --- the system of equations --- */

struct lung {
    const struct pn_breathing *b;
    struct pn_tree_flow *flow;
    size_t n;       /* units */
    double *whole;  /* volumes of a whole lung of such units, over theirs */
    double *pleura; /* Pa, beyond that at the mean height */
    double *stiff;  /* dP/dV of a unit where the residual was taken last */
    double *leaf, *behind;
    int (*visit)(void *user, const struct pn_breath *breath);
    void *user;
};

/* @return 1: a volume that a unit cannot have. */
static int recoil(const struct lung *s, size_t k, double V, double *P, double *slope)
{
    int failed = pn_acinus_recoil(&s->b->acinus, V * s->whole[k], P, slope);

    *slope *= s->whole[k];
    return failed;
}

/* Pressure that each leaf has, less that it should have; and, where the flow into the
 * lung is given, that flow (the last unknown is the pressure at the inlet). */
static int residual(void *context, double t, const double *y, const double *dy, double *f)
{
    struct lung *s = context;
    double mouth = course_at(&s->b->mouth, t), pleura = course_at(&s->b->pleura, t);
    double inlet = s->b->mouth_is_flow ? y[s->n] : mouth;
    int finite = 1;

    pn_tree_flow_impose(s->flow, inlet, dy);
    for (size_t k = 0; k < s->n; k++) {
        double P;
        if (recoil(s, k, y[k], &P, &s->stiff[k]) != 0)
            return 1;
        f[k] = s->flow->pressure[s->flow->tree->terminal[k]] - P - pleura - s->pleura[k];
        finite = finite && isfinite(f[k]);
    }
    if (s->b->mouth_is_flow)
        f[s->n] = s->flow->inlet_flow - mouth;
    return !finite;
}

static void solve(void *context, double alpha, double *x)
{
    struct lung *s = context;
    struct pn_tree_flow_ends ends = {.root_is_flow = s->b->mouth_is_flow,
                                     .root = s->b->mouth_is_flow ? x[s->n] : 0.0,
                                     .leaf = s->leaf,
                                     .behind = s->behind};
    double inlet;

    for (size_t k = 0; k < s->n; k++) {
        s->leaf[k] = x[k];
        s->behind[k] = s->stiff[k] / alpha;
    }
    pn_tree_flow_answer(s->flow, &ends, x, &inlet);
    for (size_t k = 0; k < s->n; k++)
        x[k] /= alpha;
    if (s->b->mouth_is_flow)
        x[s->n] = inlet;
}

static int show(void *context, double t, const double *y, const double *dy)
{
    struct lung *s = context;
    const struct pn_tree *tree = s->flow->tree;
    struct pn_breath breath = {.t = t,
                               .unit = y,
                               .rate = dy,
                               .flow = s->flow,
                               .pleura = course_at(&s->b->pleura, t)};

    pn_tree_flow_impose(s->flow,
                        s->b->mouth_is_flow ? y[s->n] : course_at(&s->b->mouth, t), dy);
    for (size_t k = 0; k < s->n; k++)
        breath.volume += y[k] * tree->multiplicity[tree->terminal[k]];
    return s->visit(s->user, &breath);
}

/* --- beginning --- */

static void lung_free(struct lung *s)
{
    pn_tree_flow_free(&s->flow);
    free(s->whole);
    free(s->pleura);
    free(s->stiff);
    free(s->leaf);
    free(s->behind);
}

static int lung_create(const struct pn_tree *tree, const struct pn_breathing *b,
                       struct lung *s)
{
    size_t n = tree->n_terminals;
    int status;

    *s = (struct lung){.b = b, .n = n};
    PN_TRY(pn_tree_flow_create(tree, &b->flow, &s->flow));
    s->whole = calloc(n + 1, sizeof *s->whole);
    s->pleura = calloc(n + 1, sizeof *s->pleura);
    s->stiff = calloc(n + 1, sizeof *s->stiff);
    s->leaf = calloc(n + 1, sizeof *s->leaf);
    s->behind = calloc(n + 1, sizeof *s->behind);
    if (!s->whole || !s->pleura || !s->stiff || !s->leaf || !s->behind)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for %zu units", n);
    pn_tree_depths(tree, b->down, s->pleura);
    for (size_t k = 0; k < n; k++) {
        s->pleura[k] *= b->gradient;
        s->whole[k] = tree->multiplicity[tree->terminal[k]] / tree->share[k];
    }
out:
    return status;
}

/* Volumes as told, and the flows that belong to them: steady ones at their recoil. */
static int begin(struct lung *s, double t, double *y, double *dy)
{
    const struct pn_breathing *b = s->b;
    struct pn_tree_flow_ends ends = {.root_is_flow = b->mouth_is_flow,
                                     .root = course_at(&b->mouth, t),
                                     .leaf = s->leaf};
    double pleura = course_at(&b->pleura, t), P;
    int status;

    for (size_t k = 0; k < s->n; k++) {
        double outside = pleura + s->pleura[k];
        double at_rest = isnan(b->start) ? -outside : b->start;
        y[k] = pn_acinus_volume(&b->acinus, at_rest) / s->whole[k];
        if (!isfinite(y[k]) || recoil(s, k, y[k], &P, &s->stiff[k]) != 0)
            return PN_FAIL(
                PN_ERR_VALUE,
                "breathing: no volume of the units has the recoil of %g Pa that "
                "it begins with",
                at_rest);
        s->leaf[k] = P + outside;
    }
    PN_TRY(pn_tree_flow_solve(s->flow, &ends, 0));
    status = s->flow->status[0];
    for (size_t k = 0; k < s->n; k++)
        dy[k] = s->flow->flow[s->flow->tree->terminal[k]];
    if (b->mouth_is_flow)
        y[s->n] = s->flow->inlet;
out:
    return status;
}

static int check(const struct pn_tree *tree, const struct pn_breathing *b,
                 const double *t, size_t n_t)
{
    int increasing = n_t > 0;

    for (size_t k = 1; k < n_t; k++)
        increasing = increasing && t[k] > t[k - 1];
    if (!increasing)
        return PN_FAIL(PN_ERR_VALUE, "breathing: times must increase");
    if (!(b->rtol >= 1e-12 && b->rtol <= 0.1))
        return PN_FAIL(PN_ERR_VALUE, "breathing: rtol %g, expected 1e-12 to 0.1",
                       b->rtol);
    if (b->gradient != 0.0 && !tree->x)
        return PN_FAIL(PN_ERR_VALUE, "gravity needs a tree with coordinates");
    return PN_OK;
}

/* Steps end where a table has a corner: those of both courses, in order. */
static int corners(const struct pn_breathing *b, double **all, size_t *n)
{
    size_t i = 0, k = 0;

    *n = 0;
    *all = calloc(b->pleura.n + b->mouth.n + 1, sizeof **all);
    if (!*all)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    while (i < b->pleura.n || k < b->mouth.n)
        if (k == b->mouth.n || (i < b->pleura.n && b->pleura.t[i] <= b->mouth.t[k]))
            (*all)[(*n)++] = b->pleura.t[i++];
        else
            (*all)[(*n)++] = b->mouth.t[k++];
    return PN_OK;
}

int pn_tree_breathe(const struct pn_tree *tree, const struct pn_breathing *breathing,
                    const double *t, size_t n_t,
                    int (*visit)(void *user, const struct pn_breath *breath), void *user,
                    struct pn_breathing_counts *counts)
{
    struct lung s = {.n = 0};
    struct pn_implicit problem = {.residual = residual, .solve = solve, .context = &s};
    struct pn_implicit_options options = {.rtol = breathing->rtol,
                                          .max_steps = breathing->max_steps};
    struct pn_implicit_counts all = {.n_steps = 0};
    double *y = NULL, *dy = NULL, *corner = NULL, least = (double)INFINITY;
    int status;

    PN_TRY(check(tree, breathing, t, n_t));
    PN_TRY(lung_create(tree, breathing, &s));
    s.visit = visit;
    s.user = user;
    problem.n_algebraic = breathing->mouth_is_flow != 0;
    problem.n = s.n + problem.n_algebraic;
    y = calloc(problem.n, sizeof *y);
    dy = calloc(problem.n, sizeof *dy);
    if (!y || !dy) {
        status = PN_FAIL(PN_ERR_MEMORY, "no memory for %zu units", s.n);
        goto out;
    }
    PN_TRY(corners(breathing, &corner, &options.n_corners));
    options.corner = corner;
    PN_TRY(begin(&s, t[0], y, dy));
    for (size_t k = 0; k < s.n; k++) /* 3 L shared out: a volume to compare errors with */
        least = fmin(least, 3e-3 / s.whole[k]);
    options.atol = options.rtol * least * 1e-2;
    status = pn_implicit_run(
        &problem, &options, &(struct pn_implicit_outputs){t, n_t, show, &s}, y, dy, &all);
out:
    if (counts)
        *counts = (struct pn_breathing_counts){all.n_steps, all.n_rejected,
                                               all.n_residuals, all.n_solves};
    lung_free(&s);
    free(y);
    free(dy);
    free(corner);
    return status;
}
