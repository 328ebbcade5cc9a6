/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two compartments with first-order absorption and two ways out in parallel: a linear one
 * and one that saturates (Michaelis-Menten).
 *
 *   A0' = -KA A0
 *   A1' =  KA A0 - CL C - VMAX C/(KM + C) - K12 A1 + K21 A2,   C = A1/V1
 *   A2' =  K12 A1 - K21 A2
 *
 * Two ways to give the same numbers, because the numbers of a population belong to the
 * form in which they were estimated: pk2_mm has clearances, volumes and VMAX as amount
 * per time; pk2_mm_micro has rate constants and VMAX as concentration per time, so that
 * the saturable rate is VMAX A1/(KM + C) (dupilumab). */
#include "models/kinetics/kinetics.h"

enum {
    CL,
    V1,
    Q,
    V2,
    VMAX,
    KM,
    KA,
    F,
    ALAG,
    D,
    R,
    F_A1,
    ALAG_A1,
    D_A1,
    R_A1,
    N_PARAMETERS
};
enum { KE = CL, K12_GIVEN = Q, K21_GIVEN = V2 }; /* their places in pk2_mm_micro */
/* derived: 1/L, 1/h, 1/h, 1/h, mg/L/h */
enum { PER_V1 = N_PARAMETERS, K10, K12, K21, SATURABLE, N_ALL };
enum { A0, A1, A2, N_STATES };
enum { C, N_WRITES };

/* clang-format off */
#define ROWS_SHARED \
    [KM] = PN_ROW_KM, \
    [KA] = PN_ROW_KA, \
    [F] = PN_ROW_F, \
    [ALAG] = PN_ROW_ALAG, \
    [D] = PN_ROW_D, \
    [R] = PN_ROW_R, \
    PN_ROWS_INTO_A1("mg/h"), \
    PN_END_OF_TABLE

static const struct pn_quantity parameters[] = {
    [CL] = PN_ROW_CL_BESIDE,
    [V1] = PN_ROW_V1,
    [Q] = PN_ROW_Q,
    [V2] = PN_ROW_V2,
    [VMAX] = PN_ROW_VMAX,
    ROWS_SHARED
};
static const struct pn_quantity parameters_micro[] = {
    [KE] = {"KE", "1/h", 0.5, 0, 100, "rate of the linear way out",
            .source = PN_SMALL_MOLECULE},
    [V1] = PN_ROW_V1,
    [K12_GIVEN] = {"K12", "1/h", 0.2, 0, 100, "rate from central to peripheral",
                   .source = PN_SMALL_MOLECULE},
    [K21_GIVEN] = {"K21", "1/h", 0.1, 0, 100, "rate from peripheral to central",
                   .source = PN_SMALL_MOLECULE},
    [VMAX] = {"VMAX", "mg/L/h", 0.2, 0, 1e4,
              "largest rate of the saturable way out, over the central volume",
              .source = PN_ANTIBODY},
    ROWS_SHARED
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
    p[SATURABLE] = p[VMAX] / p[V1];
}

static void prepare_micro(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[KE];
    p[K12] = p[K12_GIVEN];
    p[K21] = p[K21_GIVEN];
    p[SATURABLE] = p[VMAX];
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
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2];          /* mg/h */

    dx[A0] = -absorbed;
    dx[A1] = absorbed - v.p[K10] * v.x[A1] - saturable - exchanged;
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
    pn_lane open = v.p[KM] / (v.p[KM] + pn_abs(v.x[A1] * v.p[PER_V1])); /* KM/(KM + C) */
    pn_lane saturable = v.p[SATURABLE] / v.p[KM] * open * open;         /* 1/h */

    j[0] = v.p[PER_V1];
    j[1] = -v.p[KA];
    j[2] = v.p[KA];
    j[3] = -(v.p[K10] + v.p[K12] + saturable);
    j[4] = v.p[K21];
    j[5] = v.p[K12];
    j[6] = -v.p[K21];
}

#define ALIKE                                                                            \
    .time_unit = "h", .states = states, .writes = writes, .routes = routes,              \
    .n_derived = N_ALL - N_PARAMETERS, .initial = initial, .write = write, .rate = rate, \
    .slope = slope, .at = at, .n_at = sizeof at / sizeof *at

const struct pn_component pn_component_pk2_mm = {
    .name = "pk2_mm",
    .summary = "two compartments, linear and Michaelis-Menten elimination in parallel",
    .parameters = parameters,
    .prepare = prepare,
    ALIKE,
};

const struct pn_component pn_component_pk2_mm_micro = {
    .name = "pk2_mm_micro",
    .summary = "pk2_mm, its parameters given as rate constants",
    .parameters = parameters_micro,
    .prepare = prepare_micro,
    ALIKE,
};
