/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One compartment with first-order absorption and two ways out in parallel: a linear one
 * (CL may be 0) and one that saturates (Michaelis-Menten).
 *
 *   A0' = -KA A0
 *   A1' =  KA A0 - CL C - VMAX C/(KM + |C|),   C = A1/V1
 *
 * |C|: an error of integration below zero must die out, not find a rest at -VMAX/CL. */
#include "models/kinetics/kinetics.h"

enum { CL, V1, VMAX, KM, KA, F, ALAG, D, R, F_A1, ALAG_A1, D_A1, R_A1, N_PARAMETERS };
/* derived: 1/L, 1/h, mg/L/h */
enum { PER_V1 = N_PARAMETERS, K10, SATURABLE, N_ALL };
enum { A0, A1, N_STATES };
enum { C, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [CL] = PN_ROW_CL_BESIDE,
    [V1] = PN_ROW_V1,
    [VMAX] = PN_ROW_VMAX,
    [KM] = PN_ROW_KM,
    [KA] = PN_ROW_KA,
    [F] = PN_ROW_F,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R,
    PN_ROWS_INTO_A1("mg/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [A0] = PN_ROW_DEPOT("A0", 100),
    [A1] = PN_ROW_CENTRAL("A1", 100),
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {[C] = PN_ROW_C, PN_END_OF_TABLE};
static const struct pn_route routes[] = {PN_ROUTES(A0, A1)};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[CL] / p[V1];
    p[SATURABLE] = p[VMAX] / p[V1];
}

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    pn_empty(x, N_STATES);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = v.x[A1] * v.p[PER_V1];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane c = v.x[A1] * v.p[PER_V1];                                    /* mg/L */
    pn_lane saturable = v.p[SATURABLE] * v.x[A1] / (v.p[KM] + pn_abs(c)); /* mg/h */
    pn_lane absorbed = v.p[KA] * v.x[A0];                                 /* mg/h */

    dx[A0] = -absorbed;
    dx[A1] = absorbed - v.p[K10] * v.x[A1] - saturable;
}

static const struct pn_at at[] = {
    {C,             A1},
    {N_WRITES + A0, A0},
    {N_WRITES + A1, A0},
    {N_WRITES + A1, A1},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane open = v.p[KM] / (v.p[KM] + pn_abs(v.x[A1] * v.p[PER_V1])); /* KM/(KM + C) */

    j[0] = v.p[PER_V1];
    j[1] = -v.p[KA];
    j[2] = v.p[KA];
    j[3] = -(v.p[K10] + v.p[SATURABLE] / v.p[KM] * open * open);
}

const struct pn_component pn_component_pk1_mm = {
    .name = "pk1_mm",
    .summary = "one compartment, linear and Michaelis-Menten elimination in parallel",
    .time_unit = "h",
    .parameters = parameters,
    .states = states,
    .writes = writes,
    .routes = routes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .initial = initial,
    .write = write,
    .rate = rate,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
