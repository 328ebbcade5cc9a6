/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DOP853: explicit Runge-Kutta of order 8 with an error estimate of orders 5 and 3 and a
 * dense output of order 7 (Hairer, Norsett, Wanner 1993). */
#include "solver/integrate/dop853_table.h"
#include "solver/integrate/weighted.h"

enum {
    N_STAGES = 12,
    AT_END = 12, /* k[12]: the rate at the end of the step; 13 to 15: more stages */
    ARGUMENT = 16,
    HIGH = 17, /* the four high coefficients of the polynomial */
    N_ARRAYS = 20,
};

/* k_i, at the state that is left in array `argument`. */
static inline __attribute__((always_inline)) void stage_at(struct pn_step *s, size_t i,
                                                           size_t argument)
{
    size_t n = s->ode.n;
    const pn_lane *restrict k = s->f, *restrict x = s->x;
    pn_lane *restrict y = s->f + argument * n, h = s->h;

    for (size_t j = 0; j < n; j++)
        y[j] = pn_fma(h, pn_weighted(pn_dop853_a[i], i, k, n, j), x[j]);
    s->ode.rate(s->ode.context, y, s->f + i * n);
}

static inline __attribute__((always_inline)) void stage(struct pn_step *s, size_t i)
{
    stage_at(s, i, ARGUMENT);
}

/* The new state and its error in one pass: the three sums use the same stages.  Hairer's
 * e5^2 / sqrt(e5^2 + 0.01 e3^2), which falls with the eighth power of h, is formed state
 * by state [OURS]: a large e3 of one state must not excuse another. */
static void finish(struct pn_step *s)
{
    size_t n = s->ode.n;
    const pn_lane *restrict k = s->f, *restrict x = s->x, *restrict base = s->floor;
    pn_lane *restrict next = s->next, h = s->h, worst = {0};

    for (size_t j = 0; j < n; j++) {
        pn_lane y = pn_fma(h, pn_weighted(pn_dop853_a[AT_END], N_STAGES, k, n, j), x[j]);
        pn_lane e5 = pn_weighted(pn_dop853_e5, N_STAGES, k, n, j);
        pn_lane e3 = pn_weighted(pn_dop853_e3, N_STAGES, k, n, j);
        pn_lane size = base[j] + pn_max(pn_abs(x[j]), pn_abs(y));

        next[j] = y;
        e5 *= e5;
        size *= size;
        /* 1e-40: zero over zero is zero */
        e3 = pn_fma(0.01 * e3, e3, pn_fma(pn_all(1e-40), size, e5));
        worst = pn_larger(worst, e5 * e5 / (e3 * size));
    }
    s->error = h / s->rtol * pn_sqrt(worst);
}

static void dop853_step(struct pn_step *s)
{
    stage(s, 1);
    stage(s, 2);
    stage(s, 3);
    stage(s, 4);
    stage(s, 5);
    stage(s, 6);
    stage(s, 7);
    stage(s, 8);
    stage(s, 9);
    stage(s, 10);
    stage(s, 11);
    finish(s);
}

static inline __attribute__((always_inline)) void coefficient(struct pn_step *s, size_t q)
{
    size_t n = s->ode.n;
    const pn_lane *restrict k = s->f;
    pn_lane *restrict high = s->f + (HIGH + q) * n, h = s->h;

    for (size_t j = 0; j < n; j++)
        high[j] = h * pn_weighted(pn_dop853_d[q], 16, k, n, j);
}

static void dop853_interpolate(struct pn_step *s)
{
    s->ode.rate(s->ode.context, s->next, s->f + AT_END * s->ode.n);
    stage_at(s, 13, HIGH); /* the last stage's argument is still wanted */
    stage_at(s, 14, HIGH);
    stage_at(s, 15, HIGH);
    coefficient(s, 0);
    coefficient(s, 1);
    coefficient(s, 2);
    coefficient(s, 3);
}

static void dop853_at(const struct pn_step *s, size_t lane, double theta, double *x)
{
    size_t n = s->ode.n;
    const pn_lane *end = s->f + AT_END * n, *high = s->f + HIGH * n;
    double h = s->h[lane], rest = 1 - theta;

    for (size_t j = 0; j < n; j++) {
        double c0 = s->next[j][lane] - s->x[j][lane];
        double c1 = h * s->f[j][lane] - c0;
        double c2 = 2 * c0 - h * (end[j][lane] + s->f[j][lane]);
        double sum = high[2 * n + j][lane] + theta * high[3 * n + j][lane];

        sum = high[j][lane] + theta * (high[n + j][lane] + rest * sum);
        sum = c0 + rest * (c1 + theta * (c2 + rest * sum));
        x[j] = s->x[j][lane] + theta * sum;
    }
}

/* The same for all lanes, each at its own theta; the ends are the very states. */
static void dop853_at_all(const struct pn_step *s, const pn_lane *theta, pn_lane *x)
{
    size_t n = s->ode.n;
    const pn_lane *end = s->f + AT_END * n, *high = s->f + HIGH * n;
    pn_lane h = s->h, a = *theta, rest = 1 - a;

    for (size_t j = 0; j < n; j++) {
        pn_lane c0 = s->next[j] - s->x[j];
        pn_lane c1 = h * s->f[j] - c0;
        pn_lane c2 = 2 * c0 - h * (end[j] + s->f[j]);
        pn_lane sum = high[2 * n + j] + a * high[3 * n + j];

        sum = high[j] + a * (high[n + j] + rest * sum);
        sum = c0 + rest * (c1 + a * (c2 + rest * sum));
        sum = pn_select(a >= pn_all(1.0), s->next[j], s->x[j] + a * sum);
        x[j] = pn_select(a <= pn_all(0.0), s->x[j], sum);
    }
}

/* Two states at the same time, the last stage and the result, differ mostly along the
 * fastest direction: the quotient of the rates' difference by theirs is its eigenvalue.
 * Differences far below the tolerance are rounding: they say nothing (0). */
static void dop853_stiffness(const struct pn_step *s, pn_lane *h_lambda)
{
    size_t n = s->ode.n;
    const pn_lane *y = s->f + ARGUMENT * n, *f = s->f + (N_STAGES - 1) * n;
    pn_lane rates = {0}, states = {0};

    for (size_t j = 0; j < n; j++) {
        pn_lane weight = 1.0 / (s->floor[j] + pn_abs(s->x[j]));
        pn_lane df = weight * (s->f[j] - f[j]), dx = weight * (s->x[j] - y[j]);

        rates = pn_fma(df, df, rates);
        states = pn_fma(dx, dx, states);
    }
    *h_lambda = pn_select(states > 1e-6 * s->rtol * s->rtol,
                          s->h * pn_sqrt(rates / states), pn_all(0.0));
}

const struct pn_scheme pn_dop853 = {
    .n_arrays = N_ARRAYS,
    .n_rates = N_STAGES,
    .n_dense_rates = 4,
    .exponent = -1.0 / 8,
    .safety = 0.9,
    .least = 0.333,
    .most = 6.0,
    .first = 0.5,
    .step = dop853_step,
    .interpolate = dop853_interpolate,
    .at = dop853_at,
    .at_all = dop853_at_all,
    .stiffness = dop853_stiffness,
};
