/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Airway smooth muscle after Chernyavsky et al. 2014: proliferating cells p,
 * non-proliferating cells c, inflammatory status mu.
 *
 *   p'  = (lambda_p - lambda_pc) p + lambda_cp(mu) c
 *   c'  = lambda_pc p - (lambda_cp(mu) + lambda_a) c
 *   mu' = lambda_d (mu_E E - mu)
 *
 * lambda_cp is at rest below mu1, `moderate` times that between mu1 and mu2, `severe`
 * times above.  Each step is a sigmoid of half-width `width` that is exactly flat outside
 * it (quintic, twice differentiable), so that the normal state is exactly homeostatic:
 *
 *   lambda_cp(rest) = lambda_a (lambda_pc - lambda_p)/lambda_p
 *
 * which is not a parameter.  The paper's stimulus f(t) is the airway eosinophils E here;
 * at rest mu = mu_E.  Nothing crowds: in a severe state growth is exponential. */
#include <math.h>

#include "models/signals.h"

enum {
    LAMBDA_P,
    LAMBDA_PC,
    LAMBDA_A,
    LAMBDA_D,
    MODERATE,
    SEVERE,
    MU1,
    MU2,
    WIDTH,
    MU_E,
    N_PARAMETERS
};
enum { REST = N_PARAMETERS, N_ALL }; /* derived: lambda_cp at rest [1/day] */
enum { p, c, mu, N_STATES };
enum { EOSINOPHILS };
enum { MASS, N_WRITES };

#define TABLE1 "OURS: table 1 of Chernyavsky 2014 could not be read"

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [LAMBDA_P] = {"lambda_p", "1/day", 0.5, 1e-3, 10, "proliferation", .source = TABLE1},
    [LAMBDA_PC] = {"lambda_pc", "1/day", 1, 1e-3, 20, "switching to rest; above lambda_p",
                   .source = TABLE1},
    [LAMBDA_A] = {"lambda_a", "1/day", 0.005, 0, 1, "apoptosis at rest",
                  .source = TABLE1},
    [LAMBDA_D] = {"lambda_d", "1/day", 0.1, 1e-3, 10, "clearance of inflammation",
                  .source = TABLE1},
    [MODERATE] = {"moderate", "1", 2, 1, 1e3,
                  "switching to proliferation between mu1 and mu2, relative to rest",
                  .source = TABLE1},
    [SEVERE] = {"severe", "1", 20, 1, 1e3,
                "switching to proliferation above mu2, relative to rest",
                .source = TABLE1},
    [MU1] = {"mu1", "1", 1, 0.01, 100, "threshold of moderate inflammation",
             .source = TABLE1},
    [MU2] = {"mu2", "1", 2, 0.01, 100, "threshold of severe inflammation",
             .source = TABLE1},
    [WIDTH] = {"width", "1", 0.05, 1e-3, 10, "half-width of the steps at mu1 and mu2",
               .source = "OURS: steep, yet smooth for an integrator"},
    [MU_E] = {"mu_E", "1", 0.5, 0, 100, "inflammatory status of the untreated patient",
              .source = "OURS: normal, half of mu1"},
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [p] = {"p", "1", 0.0099010, 0, 1e6, "proliferating muscle cells",
           .source = "null vector: p + c = 1 untreated", .scale = 0.01},
    [c] = {"c", "1", 0.9900990, 0, 1e6, "muscle cells at rest",
           .source = "null vector: p + c = 1 untreated", .scale = 1},
    [mu] = {"mu", "1", 0.5, 0, 1e3, "inflammatory status", .source = "mu_E untreated",
            .scale = 1},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [EOSINOPHILS] = PN_READ_EOSINOPHILS,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [MASS] = {"mass", "1", 1, 0, 1e6,
              "mass of airway smooth muscle, relative to untreated", .source = "p + c"},
    PN_END_OF_TABLE
};
/* clang-format on */

/* NaN where no rest is possible: cells that divide faster than they retire. */
static void prepare(pn_lane *q)
{
    pn_lane rest = q[LAMBDA_A] * (q[LAMBDA_PC] - q[LAMBDA_P]) / q[LAMBDA_P];

    q[REST] = pn_select(q[LAMBDA_PC] > q[LAMBDA_P], rest, pn_all((double)NAN));
}

static void initial(struct pn_view v, pn_lane *x)
{
    /* p/c = lambda_cp/(lambda_pc - lambda_p) from p' = 0, which at rest is
     * lambda_a/lambda_p */
    x[p] = v.p[LAMBDA_A] / (v.p[LAMBDA_A] + v.p[LAMBDA_P]);
    x[c] = 1.0 - x[p];
    x[mu] = v.p[MU_E] * v.r[EOSINOPHILS];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[MASS] = v.x[p] + v.x[c];
}

/* 0 below threshold - width, 1 above threshold + width; *slope: its derivative by mu */
static pn_lane step(pn_lane status, pn_lane threshold, pn_lane width, pn_lane *slope)
{
    pn_lane t = 0.5 + 0.5 * (status - threshold) / width;

    t = pn_max(pn_all(0.0), pn_min(pn_all(1.0), t));
    *slope = 15.0 * t * t * (1.0 - t) * (1.0 - t) / width;
    return t * t * t * (10.0 + t * (6.0 * t - 15.0));
}

/* lambda_cp(mu) [1/day] and its derivative by mu */
static pn_lane switching(struct pn_view v, pn_lane *slope)
{
    pn_lane slope1, slope2, m = v.p[MODERATE] - 1.0, s = v.p[SEVERE] - v.p[MODERATE];
    pn_lane step1 = step(v.x[mu], v.p[MU1], v.p[WIDTH], &slope1);
    pn_lane step2 = step(v.x[mu], v.p[MU2], v.p[WIDTH], &slope2);

    *slope = v.p[REST] * (m * slope1 + s * slope2);
    return v.p[REST] * (1.0 + m * step1 + s * step2);
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane unused, woken = switching(v, &unused) * v.x[c];

    dx[p] = (v.p[LAMBDA_P] - v.p[LAMBDA_PC]) * v.x[p] + woken;
    dx[c] = v.p[LAMBDA_PC] * v.x[p] - woken - v.p[LAMBDA_A] * v.x[c];
    dx[mu] = v.p[LAMBDA_D] * (v.p[MU_E] * v.r[EOSINOPHILS] - v.x[mu]);
}

static const struct pn_at at[] = {
    {MASS,          p                     },
    {MASS,          c                     },
    {N_WRITES + p,  p                     },
    {N_WRITES + p,  c                     },
    {N_WRITES + p,  mu                    },
    {N_WRITES + c,  p                     },
    {N_WRITES + c,  c                     },
    {N_WRITES + c,  mu                    },
    {N_WRITES + mu, mu                    },
    {N_WRITES + mu, N_STATES + EOSINOPHILS},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane by_mu, lambda_cp = switching(v, &by_mu);

    j[0] = pn_all(1.0);
    j[1] = pn_all(1.0);
    j[2] = v.p[LAMBDA_P] - v.p[LAMBDA_PC];
    j[3] = lambda_cp;
    j[4] = by_mu * v.x[c];
    j[5] = v.p[LAMBDA_PC];
    j[6] = -lambda_cp - v.p[LAMBDA_A];
    j[7] = -by_mu * v.x[c];
    j[8] = -v.p[LAMBDA_D];
    j[9] = v.p[LAMBDA_D] * v.p[MU_E];
}

const struct pn_component pn_component_asm_growth = {
    .name = "asm_growth",
    .summary = "airway smooth muscle: proliferating and resting cells under inflammation",
    .role = "asm",
    .time_unit = "day",
    .parameters = parameters,
    .states = states,
    .reads = reads,
    .writes = writes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .initial = initial,
    .write = write,
    .rate = rate,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
