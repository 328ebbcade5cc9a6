/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two compartments with first-order absorption and elimination.
 *
 *   A0' = -KA A0
 *   A1' =  KA A0 - CL C - Q (C - A2/V2),   C = A1/V1
 *   A2' =  Q (C - A2/V2)
 *
 * CL, V1, Q and V2 may be apparent ones (over the bioavailability): then F stays 1. */
#include "models/kinetics/kinetics.h"

enum { CL, V1, Q, V2, KA, F, ALAG, D, R, F_A1, ALAG_A1, D_A1, R_A1, N_PARAMETERS };
enum { PER_V1 = N_PARAMETERS, K10, K12, K21, N_ALL }; /* derived: 1/L, 1/h */
enum { A0, A1, A2, N_STATES };
enum { C, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [CL] = PN_ROW_CL,
    [V1] = PN_ROW_V1,
    [Q] = PN_ROW_Q,
    [V2] = PN_ROW_V2,
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
    [A2] = PN_ROW_PERIPHERAL("A2", 100),
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {[C] = PN_ROW_C, PN_END_OF_TABLE};
static const struct pn_route routes[] = {PN_ROUTES(A0, A1)};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[CL] / p[V1];
    p[K12] = p[Q] / p[V1];
    p[K21] = p[Q] / p[V2];
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
    pn_lane absorbed = v.p[KA] * v.x[A0];                        /* mg/h */
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2]; /* mg/h */

    dx[A0] = -absorbed;
    dx[A1] = absorbed - v.p[K10] * v.x[A1] - exchanged;
    dx[A2] = exchanged;
}

static const struct pn_at at[] = {
    {C,             A1},
    {N_WRITES + A0, A0},
    {N_WRITES + A1, A0},
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
};

static void slope(struct pn_view v, pn_lane *j)
{
    j[0] = v.p[PER_V1];
    j[1] = -v.p[KA];
    j[2] = v.p[KA];
    j[3] = -(v.p[K10] + v.p[K12]);
    j[4] = v.p[K21];
    j[5] = v.p[K12];
    j[6] = -v.p[K21];
}

const struct pn_component pn_component_pk2 = {
    .name = "pk2",
    .summary = "two compartments, first-order absorption and elimination",
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
