/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rodas5P: Rosenbrock-Wanner method of order 5(4), stiffly accurate, L-stable, with a
 * dense output of order 4 (Steinebach 2023). */
#include "solver/integrate/rodas5p_table.h"
#include "solver/integrate/weighted.h"

enum {
    N_STAGES = 8,
    ARGUMENT = 9, /* f and eight u stand before it */
    HIGH = 10,    /* the three high coefficients of the polynomial */
    N_ARRAYS = 12,
};

/* u_i from the rate at the stage, which stands in u_i already. */
static inline __attribute__((always_inline)) void solve(struct pn_step *s, size_t i)
{
    size_t n = s->ode.n;
    pn_lane *u = s->work, over_h = 1.0 / s->h;

    for (size_t j = 0; j < n; j++)
        u[i * n + j] =
            pn_fma(over_h, pn_weighted(pn_rodas5p_c[i], i, u, n, j), u[i * n + j]);
    s->ode.solve(s->ode.context, u + i * n);
}

/* Stages 1 to 5: their states are sums over all stages before. */
static inline __attribute__((always_inline)) void stage(struct pn_step *s, size_t i)
{
    size_t n = s->ode.n;
    const pn_lane *restrict u = s->work, *restrict x = s->x;
    pn_lane *restrict y = s->f + ARGUMENT * n;

    for (size_t j = 0; j < n; j++)
        y[j] = x[j] + pn_weighted(pn_rodas5p_a[i], i, u, n, j);
    s->ode.rate(s->ode.context, y, s->work + i * n);
    solve(s, i);
}

/* Stages 6 and 7: the state of the stage before plus its u. */
static inline __attribute__((always_inline)) void last_stage(struct pn_step *s, size_t i)
{
    size_t n = s->ode.n;
    const pn_lane *u = s->work + (i - 1) * n;
    pn_lane *y = s->f + ARGUMENT * n;

    for (size_t j = 0; j < n; j++)
        y[j] += u[j];
    s->ode.rate(s->ode.context, y, s->work + i * n);
    solve(s, i);
}

static void finish(struct pn_step *s)
{
    size_t n = s->ode.n;
    const pn_lane *u = s->work + (N_STAGES - 1) * n, *y = s->f + ARGUMENT * n;
    pn_lane error = {0};

    for (size_t j = 0; j < n; j++) {
        pn_lane next = y[j] + u[j];
        pn_lane weight = 1.0 / (s->floor[j] + pn_max(pn_abs(s->x[j]), pn_abs(next)));

        s->next[j] = next;
        error = pn_larger(error, weight * u[j]);
    }
    s->error = error / s->rtol;
}

static void rodas5p_step(struct pn_step *s)
{
    size_t n = s->ode.n;
    pn_lane d = 1.0 / (pn_rodas5p_gamma * s->h);

    s->ode.factor(s->ode.context, s->x, &d, &s->bad);
    for (size_t j = 0; j < n; j++)
        s->work[j] = s->f[j];
    solve(s, 0);
    stage(s, 1);
    stage(s, 2);
    stage(s, 3);
    stage(s, 4);
    stage(s, 5);
    last_stage(s, 6);
    last_stage(s, 7);
    finish(s);
}

static inline __attribute__((always_inline)) void coefficient(struct pn_step *s, size_t q)
{
    size_t n = s->ode.n;
    const pn_lane *restrict u = s->work;
    pn_lane *restrict high = s->f + (HIGH + q) * n;

    for (size_t j = 0; j < n; j++)
        high[j] = pn_weighted(pn_rodas5p_h[q], N_STAGES, u, n, j);
}

static void rodas5p_interpolate(struct pn_step *s)
{
    coefficient(s, 0);
    coefficient(s, 1);
    coefficient(s, 2);
}

static void rodas5p_at(const struct pn_step *s, size_t lane, double theta, double *x)
{
    size_t n = s->ode.n;
    const pn_lane *high = s->f + HIGH * n;
    double rest = 1 - theta;

    for (size_t j = 0; j < n; j++) {
        double sum = high[n + j][lane] + theta * high[2 * n + j][lane];

        sum = high[j][lane] + theta * sum;
        x[j] = rest * s->x[j][lane] + theta * (s->next[j][lane] + rest * sum);
    }
}

static void rodas5p_at_all(const struct pn_step *s, const pn_lane *theta, pn_lane *x)
{
    size_t n = s->ode.n;
    const pn_lane *high = s->f + HIGH * n;
    pn_lane a = *theta, rest = 1 - a;

    for (size_t j = 0; j < n; j++) {
        pn_lane sum = high[n + j] + a * high[2 * n + j];

        sum = high[j] + a * sum;
        sum = rest * s->x[j] + a * (s->next[j] + rest * sum);
        sum = pn_select(a >= pn_all(1.0), s->next[j], sum);
        x[j] = pn_select(a <= pn_all(0.0), s->x[j], sum);
    }
}

const struct pn_scheme pn_rodas5p = {
    .n_arrays = N_ARRAYS,
    .n_rates = N_STAGES,
    .n_factors = 1,
    .exponent = -1.0 / 5,
    .safety = 0.9,
    .least = 0.2,
    .most = 6.0,
    .first = 1.0,
    .step = rodas5p_step,
    .interpolate = rodas5p_interpolate,
    .at = rodas5p_at,
    .at_all = rodas5p_at_all,
};
