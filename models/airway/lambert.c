/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lambert's table and tube law, and the component `lambert`: calibre as a linear rule of
 * muscle and eosinophils. */
#include "models/airway/lambert.h"
#include "models/signals.h"

#include <math.h>

/* Tube laws: Lambert et al. 1982, J Appl Physiol 52:44, table 1; lengths: Weibel 1963. */
const struct pn_tube pn_lambert_tubes[PN_GENERATIONS] = {
  /* alpha0 slope  n1   n2  A_m   length */
    {.882, .011, .5, 10, 2.37,  12.0},
    {.882, .011, .5, 10, 2.37,  4.76},
    {.686, .051, .6, 10, 2.80,  1.90},
    {.546, .080, .6, 10, 3.50,  .76 },
    {.450, .100, .7, 10, 4.50,  1.27},
    {.370, .125, .8, 10, 5.30,  1.07},
    {.310, .142, .9, 10, 6.50,  .90 },
    {.255, .159, 1., 10, 8.00,  .76 },
    {.213, .174, 1., 10, 10.2,  .64 },
    {.184, .184, 1., 10, 12.7,  .54 },
    {.153, .194, 1., 10, 15.94, .47 },
    {.125, .206, 1., 9,  20.7,  .39 },
    {.100, .218, 1., 8,  28.8,  .33 },
    {.075, .226, 1., 8,  44.5,  .27 },
    {.057, .233, 1., 8,  69.4,  .23 },
    {.045, .239, 1., 7,  113.,  .20 },
    {.039, .243, 1., 7,  180.,  .165},
};

void pn_tube_between(double generation, struct pn_tube *tube)
{
    size_t z = (size_t)generation;
    const struct pn_tube *a, *b;
    double x;

    z = z < PN_GENERATIONS - 2 ? z : PN_GENERATIONS - 2;
    a = &pn_lambert_tubes[z];
    b = a + 1;
    x = generation - (double)z;
    *tube = (struct pn_tube){.alpha0 = (1 - x) * a->alpha0 + x * b->alpha0,
                             .slope = (1 - x) * a->slope + x * b->slope,
                             .n1 = (1 - x) * a->n1 + x * b->n1,
                             .n2 = (1 - x) * a->n2 + x * b->n2};
}

double pn_tube_alpha(const struct pn_tube *tube, double P)
{
    double P1 = tube->alpha0 * tube->n1 / tube->slope;
    double P2 = tube->n2 * (tube->alpha0 - 1) / tube->slope;

    if (P <= 0)
        return tube->alpha0 * pow(1 - P / P1, -tube->n1);
    return 1 - (1 - tube->alpha0) * pow(1 - P / P2, -tube->n2);
}

void pn_tube_pressure(const struct pn_tube *tube, const pn_lane *alpha, pn_lane *P)
{
    const double a0 = tube->alpha0;
    const pn_mask wide = *alpha > pn_all(a0);
    const pn_lane one = pn_all(1);
    pn_lane q = pn_select(wide, (one - *alpha) / pn_all(1 - a0), *alpha / pn_all(a0));

    pn_log(&q, &q);
    q = q * pn_select(wide, pn_all(-1 / tube->n2), pn_all(-1 / tube->n1));
    pn_exp(&q, &q);
    *P = (one - q) * pn_select(wide, pn_all(tube->n2 * (a0 - 1) / tube->slope),
                               pn_all(a0 * tube->n1 / tube->slope));
}

/* --- the component: what disease makes of the airways' calibre --- */

enum { GENERATIONS, K_ASM, K_INFLAMMATION, FLOOR };
enum { ASM, EOSINOPHILS };
enum { CALIBRE };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [GENERATIONS] = {"generations", "1", 17, 17, 17, "generations with a tube law",
                     .source = "Lambert 1982"},
    [K_ASM] = {"k_asm", "1", 0.35, 0, 2,
               "calibre lost when the muscle's mass doubles",
               .source = "OURS: severe asthma has 60-75 % of predicted FEV1"},
    [K_INFLAMMATION] = {"k_inflammation", "1", 0.03, 0, 2,
                        "calibre lost to oedema and mucus when airway eosinophils double",
                        .source = "OURS: not calibrated"},
    [FLOOR] = {"floor", "1", 0.4, 0.05, 1, "least calibre",
               .source = "OURS: cap of the linear rule"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [ASM] = PN_READ_ASM,
    [EOSINOPHILS] = PN_READ_EOSINOPHILS,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [CALIBRE] = {"calibre", "1", 1, 0, 4,
                 "factor on the cross-section A_m of generations 3-16",
                 .source = "OURS: linear in muscle and eosinophils, with a floor"},
    PN_END_OF_TABLE
};
/* clang-format on */

static pn_lane linear_calibre(struct pn_view v)
{
    return pn_all(1) - v.p[K_ASM] * (v.r[ASM] - pn_all(1)) -
           v.p[K_INFLAMMATION] * (v.r[EOSINOPHILS] - pn_all(1));
}

/* The floor is a kink, which no integrator meets: only lung-function tests read this. */
static void write(struct pn_view v, pn_lane *w)
{
    pn_lane calibre = linear_calibre(v);

    w[CALIBRE] = pn_select(calibre < v.p[FLOOR], v.p[FLOOR], calibre); /* NaN stays */
}

static const struct pn_at at[] = {
    {CALIBRE, ASM        },
    {CALIBRE, EOSINOPHILS},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_mask floored = linear_calibre(v) < v.p[FLOOR];

    j[0] = pn_select(floored, pn_all(0), -v.p[K_ASM]);
    j[1] = pn_select(floored, pn_all(0), -v.p[K_INFLAMMATION]);
}

const struct pn_component pn_component_lambert = {
    .name = "lambert",
    .summary =
        "calibre of a 17-generation airway tree under remodelling and inflammation",
    .time_unit = "h",
    .parameters = parameters,
    .reads = reads,
    .writes = writes,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
