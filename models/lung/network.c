/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unknowns: pressures of nodes that store and flows of branches with inertia first, which
 * have derivatives, then the other free pressures and flows.  Equations, in the order of
 * nothing in particular: balance of each free node, then each branch.  A node's given
 * pressure is no unknown, and its slope is the spline's: that a pressure is given at a
 * node that stores does not raise the index. */
#include "models/lung/network.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_spline.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/integrate/implicit.h"

#define NOWHERE ((size_t)-1)

struct run {
    struct pn_network *network;
    size_t n, n_slopes;           /* unknowns, those with a derivative */
    size_t *node, *branch;        /* their places among the unknowns; NOWHERE: given */
    double *P, *dP, *Q, *dQ, *in; /* of all nodes and branches at this moment */
    double *y, *dy;               /* the beginning */
    gsl_matrix *M;
    gsl_vector *b;
    gsl_permutation *p;
    int is_mean; /* waves stand still at their means */
    int (*visit)(void *user, const struct pn_network_state *state);
    void *user;
};

/* --- waves --- */

static double mean(const struct pn_network_wave *w)
{
    gsl_spline *s = w->spline;

    return s ? gsl_spline_eval_integ(s, w->t[0], w->t[w->n - 1], NULL) /
                   (w->t[w->n - 1] - w->t[0])
             : w->value[0];
}

static double at(const struct pn_network_wave *w, double t, double *slope)
{
    gsl_spline *s = w->spline;

    *slope = 0;
    if (!s)
        return w->value[0];
    t = fmod(t, w->t[w->n - 1]);
    *slope = gsl_spline_eval_deriv(s, t, NULL);
    return gsl_spline_eval(s, t, NULL);
}

static int prepare_waves(struct pn_network *network)
{
    for (size_t i = 0; i < network->n_sources; i++) {
        struct pn_network_wave *w = &network->source[i].wave;
        int is_constant = 1;
        for (size_t k = 1; k < w->n; k++)
            is_constant = is_constant && w->value[k] == w->value[0];
        if (is_constant)
            continue;
        w->spline = gsl_spline_alloc(gsl_interp_cspline_periodic, w->n);
        if (!w->spline || gsl_spline_init(w->spline, w->t, w->value, w->n))
            return PN_FAIL(PN_ERR_MEMORY, "no spline through %zu points", w->n);
    }
    return PN_OK;
}

static void free_waves(struct pn_network *network)
{
    for (size_t i = 0; i < network->n_sources; i++) {
        gsl_spline_free(network->source[i].wave.spline);
        network->source[i].wave.spline = NULL;
    }
}

/* --- the equations --- */

static void spread(struct run *r, double t, const double *y, const double *dy)
{
    const struct pn_network *w = r->network;

    memset(r->in, 0, w->n_nodes * sizeof *r->in);
    for (size_t i = 0; i < w->n_sources; i++) {
        const struct pn_network_source *s = &w->source[i];
        double slope = 0, value = r->is_mean ? mean(&s->wave) : at(&s->wave, t, &slope);
        if (s->is_pressure) {
            r->P[s->node] = value;
            r->dP[s->node] = slope;
        } else {
            r->in[s->node] += value;
        }
    }
    for (size_t i = 0; i < w->n_nodes; i++)
        if (r->node[i] != NOWHERE) {
            r->P[i] = y[r->node[i]];
            r->dP[i] = r->node[i] < r->n_slopes ? dy[r->node[i]] : 0;
        }
    for (size_t i = 0; i < w->n_branches; i++) {
        r->Q[i] = y[r->branch[i]];
        r->dQ[i] = r->branch[i] < r->n_slopes ? dy[r->branch[i]] : 0;
    }
}

static int residual(void *context, double t, const double *y, const double *dy, double *f)
{
    struct run *r = context;
    const struct pn_network *w = r->network;
    size_t row = 0;

    spread(r, t, y, dy);
    for (size_t i = 0; i < w->n_branches; i++) {
        r->in[w->branch[i].from] -= r->Q[i];
        r->in[w->branch[i].to] += r->Q[i];
    }
    for (size_t i = 0; i < w->n_nodes; i++)
        if (r->node[i] != NOWHERE)
            f[row++] = w->C[i] * r->dP[i] - r->in[i];
    for (size_t i = 0; i < w->n_branches; i++) {
        const struct pn_network_branch *b = &w->branch[i];
        f[row++] = r->P[b->from] - r->P[b->to] - (b->R + b->S * fabs(r->Q[i])) * r->Q[i] -
                   b->L * r->dQ[i];
    }
    for (size_t i = 0; i < row; i++)
        if (!isfinite(f[i]))
            return 1;
    return 0;
}

/* M = beta dF/dy + alpha dF/dy', where residual was called last; beta is 0 in columns of
 * unknowns with a derivative when these are what is sought. */
static void matrix(struct run *r, double alpha, int of_slopes)
{
    const struct pn_network *w = r->network;
    size_t row = 0;

    gsl_matrix_set_zero(r->M);
    for (size_t i = 0; i < w->n_nodes; i++) {
        if (r->node[i] == NOWHERE)
            continue;
        if (r->node[i] < r->n_slopes)
            gsl_matrix_set(r->M, row, r->node[i], alpha * w->C[i]);
        for (size_t k = 0; k < w->n_branches; k++) {
            const struct pn_network_branch *b = &w->branch[k];
            double d = (b->from == i) - (double)(b->to == i);
            if (!(of_slopes && r->branch[k] < r->n_slopes))
                *gsl_matrix_ptr(r->M, row, r->branch[k]) += d;
        }
        row++;
    }
    for (size_t k = 0; k < w->n_branches; k++, row++) {
        const struct pn_network_branch *b = &w->branch[k];
        size_t from = r->node[b->from], to = r->node[b->to], q = r->branch[k];
        if (from != NOWHERE && !(of_slopes && from < r->n_slopes))
            *gsl_matrix_ptr(r->M, row, from) += 1;
        if (to != NOWHERE && !(of_slopes && to < r->n_slopes))
            *gsl_matrix_ptr(r->M, row, to) -= 1;
        if (q < r->n_slopes)
            *gsl_matrix_ptr(r->M, row, q) -= alpha * b->L;
        if (!(of_slopes && q < r->n_slopes))
            *gsl_matrix_ptr(r->M, row, q) -= b->R + 2 * b->S * fabs(r->Q[k]);
    }
}

/* Rows to size 1, so that a pivot tells whether the matrix is singular. */
static int scale_rows(struct run *r, double *x)
{
    for (size_t i = 0; i < r->n; i++) {
        gsl_vector_view row = gsl_matrix_row(r->M, i);
        double size = gsl_vector_get(&row.vector, gsl_blas_idamax(&row.vector));
        if (!(fabs(size) > 0))
            return 0;
        gsl_vector_scale(&row.vector, 1 / size);
        x[i] /= size;
    }
    return 1;
}

/* x = M^-1 x; @return 0: M is singular */
static int eliminate(struct run *r, double *x)
{
    gsl_vector_view v = gsl_vector_view_array(x, r->n);
    int sign;

    if (!scale_rows(r, x))
        return 0;
    gsl_linalg_LU_decomp(r->M, r->p, &sign);
    for (size_t i = 0; i < r->n; i++)
        if (!(fabs(gsl_matrix_get(r->M, i, i)) > 1e-15))
            return 0;
    gsl_vector_memcpy(r->b, &v.vector);
    gsl_linalg_LU_solve(r->M, r->p, r->b, &v.vector);
    return 1;
}

static void solve(void *context, double alpha, double *x)
{
    struct run *r = context;

    matrix(r, alpha, 0);
    if (!eliminate(r, x))
        for (size_t i = 0; i < r->n; i++)
            x[i] = (double)NAN;
}

/* --- the beginning --- */

static double size_of(const double *x, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* Newton's method on F = 0 at t.  of_slopes: for y' where there is one and y elsewhere;
 * else for y, with y' = 0.  @return 1: found */
static int newton(struct run *r, double t, int of_slopes, double *f)
{
    for (int k = 0; k < 60; k++) {
        double moved = 0;
        if (residual(r, t, r->y, r->dy, f))
            return 0;
        matrix(r, of_slopes ? 1 : 0, of_slopes);
        if (!eliminate(r, f))
            return 0;
        for (size_t i = 0; i < r->n; i++) {
            double *x = of_slopes && i < r->n_slopes ? &r->dy[i] : &r->y[i];
            *x -= f[i];
            moved = fmax(moved,
                         fabs(f[i]) / (fabs(*x) + 1e-12 * size_of(r->y, r->n) + 1e-300));
        }
        if (moved < 1e-13)
            return 1;
    }
    return residual(r, t, r->y, r->dy, f) == 0 &&
           size_of(f, r->n) < 1e-9 * size_of(r->y, r->n);
}

static int begin(struct run *r, const struct pn_network_options *o, double *f)
{
    double *kept = f + r->n;

    if (!o->from_rest) {
        r->is_mean = 1;
        if (!newton(r, 0, 0, f))
            return PN_FAIL(PN_ERR_INPUT, "no steady flow: is there a way from every flow "
                                         "to a pressure?");
        r->is_mean = 0;
    }
    memcpy(kept, r->y, r->n * sizeof *f);
    if (newton(r, 0, 1, f))
        return PN_OK;
    /* flows that nothing but inertia takes: as if they stood still */
    memcpy(r->y, kept, r->n * sizeof *f);
    memset(r->dy, 0, r->n * sizeof *f);
    if (!newton(r, 0, 0, f))
        return PN_FAIL(PN_ERR_INPUT, "no flow to begin with: is there a way from every "
                                     "flow to a pressure?");
    return PN_OK;
}

/* --- the run --- */

static int see(void *user, double t, const double *y, const double *dy)
{
    struct run *r = user;
    struct pn_network_state state = {t, r->P, r->dP, r->Q};

    spread(r, t, y, dy);
    return r->visit(r->user, &state);
}

/* Without anything that stores, each moment is a steady flow. */
static int moment_by_moment(struct run *r, const double *t, size_t n_t, double *f)
{
    int status = PN_OK;

    for (size_t k = 0; k < n_t && status == PN_OK; k++)
        status = newton(r, t[k], 1, f)
                     ? see(r, t[k], r->y, r->dy)
                     : PN_FAIL(PN_ERR_INPUT, "no flow was found at t = %g", t[k]);
    return status;
}

static int follow(struct run *r, const struct pn_network_options *o)
{
    const struct pn_implicit problem = {r->n, r->n - r->n_slopes, r, residual, solve};
    size_t n_t = o->cycles * (o->n_t - 1) + 1;
    double *f = calloc(2 * r->n, sizeof *f), *t = calloc(n_t, sizeof *t);
    struct pn_implicit_counts counts = {0};
    struct pn_implicit_options how = {.rtol = o->rtol, .max_steps = o->max_steps};
    int status;

    if (!f || !t) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t k = 0; k < n_t; k++)
        t[k] = r->network->period * (double)k / (double)(o->n_t - 1);
    PN_TRY(begin(r, o, f));
    if (r->n_slopes == 0) {
        status = moment_by_moment(r, t, n_t, f);
        goto out;
    }
    how.atol = o->rtol * 1e-3 * fmax(size_of(r->y, r->n_slopes), 1e-3);
    status =
        pn_implicit_run(&problem, &how, &(struct pn_implicit_outputs){t, n_t, see, r},
                        r->y, r->dy, &counts);
    if (status > 0)
        PN_FAIL(status, "integration stopped: %s", pn_status_sentence(status));
out:
    free(f);
    free(t);
    return status;
}

static int number_unknowns(struct run *r)
{
    const struct pn_network *w = r->network;

    for (size_t i = 0; i < w->n_sources; i++)
        if (w->source[i].is_pressure)
            r->node[w->source[i].node] = NOWHERE;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < w->n_nodes; i++)
            if (r->node[i] != NOWHERE && (w->C[i] > 0) == (pass == 0))
                r->node[i] = r->n++;
        for (size_t i = 0; i < w->n_branches; i++)
            if ((w->branch[i].L > 0) == (pass == 0))
                r->branch[i] = r->n++;
        if (pass == 0)
            r->n_slopes = r->n;
    }
    if (r->n == 0 || r->n > PN_NETWORK_MOST)
        return PN_FAIL(PN_ERR_INPUT, "%zu unknowns; expected 1 to %d", r->n,
                       PN_NETWORK_MOST);
    return PN_OK;
}

int pn_network_run(struct pn_network *network, const struct pn_network_options *options,
                   int (*visit)(void *user, const struct pn_network_state *state),
                   void *user)
{
    struct run r = {.network = network, .visit = visit, .user = user};
    size_t n = network->n_nodes, m = network->n_branches;
    double *room = calloc(3 * n + 2 * m + 2 * (n + m) + 1, sizeof *room);
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    int status;

    r.node = calloc(n + m + 1, sizeof *r.node);
    if (!room || !r.node) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    r.branch = r.node + n;
    r.P = room;
    r.dP = r.P + n;
    r.in = r.dP + n;
    r.Q = r.in + n;
    r.dQ = r.Q + m;
    r.y = r.dQ + m;
    r.dy = r.y + n + m;
    PN_TRY(prepare_waves(network));
    PN_TRY(number_unknowns(&r));
    r.M = gsl_matrix_alloc(r.n, r.n);
    r.b = gsl_vector_alloc(r.n);
    r.p = gsl_permutation_alloc(r.n);
    if (!r.M || !r.b || !r.p) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    status = follow(&r, options);
out:
    gsl_matrix_free(r.M);
    gsl_vector_free(r.b);
    gsl_permutation_free(r.p);
    free_waves(network);
    free(r.node);
    free(room);
    gsl_set_error_handler(old);
    return status;
}
