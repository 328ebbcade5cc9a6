/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An inhaled drug that dissolves at once (salbutamol): absorbed from lung (L) and gut (G)
 * by first order into two compartments.
 *
 *   L' = -KL L,   L = F_lung x dose        G' = -KA G,   G = (1 - F_lung) x dose
 *   A1' = KL L + F_gut KA G - CL C - Q (C - A2/V2),   C = A1/V1
 *   A2' = Q (C - A2/V2)
 *
 * One dose enters one state: I carries the clock of the lung (inhaled.h), L = F_lung I,
 * G = (1 - F_lung) I + S. */
#include "models/kinetics/inhaled.h"

enum {
    FLUNG,
    KL,
    FGUT,
    KA,
    CL,
    V1,
    Q,
    V2,
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
/* derived: 1/L, 1/h, share of I in the gut, what S gains from I [1/h] */
enum { PER_V1 = N_PARAMETERS, K10, K12, K21, IN_GUT, GAIN_S, N_ALL };
enum { I, S, A1, A2, N_STATES };
enum { C, LUNG, GUT, N_WRITES };

#define SALBUTAMOL "OURS: salbutamol, fitted to Goldstein 1987 and Anderson 1998"

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [FLUNG] = PN_ROW_F_LUNG(0.15, "OURS: salbutamol, within the 10-20 % of labels"),
    [KL] = {"KL", "1/h", 8, 1e-3, 1e3, "absorption from the lung", .source = SALBUTAMOL},
    [FGUT] = PN_ROW_F_GUT(0.44, "read: Goldstein 1987, salbutamol"),
    [KA] = {"KA", "1/h", 0.7, 1e-4, 100, "absorption from the gut",
            .source = SALBUTAMOL},
    [CL] = {"CL", "L/h", 26, 1e-4, 1e4, "clearance", .source = SALBUTAMOL},
    [V1] = {"V1", "L", 45, 0.1, 1e5, "central volume", .source = SALBUTAMOL},
    [Q] = {"Q", "L/h", 60, 0, 1e4, "exchange with the peripheral compartment",
           .source = SALBUTAMOL},
    [V2] = {"V2", "L", 100, 0.01, 1e5, "peripheral volume", .source = SALBUTAMOL},
    [F] = PN_ROW_F_INHALED,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R_INHALED,
    PN_ROWS_INTO_A1("ug/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [I] = PN_ROW_INHALED(100),
    [S] = PN_ROW_UG("S", "swallowed, beyond its share of I", 100),
    [A1] = PN_ROW_UG("A1", "amount in the central compartment", 100),
    [A2] = PN_ROW_UG("A2", "amount in the peripheral compartment", 100),
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [C] = PN_ROW_C_INHALED,
    [LUNG] = PN_ROW_LUNG,
    [GUT] = PN_ROW_GUT,
    PN_END_OF_TABLE
};
static const struct pn_route routes[] = {PN_ROUTES_INHALED(S, A1)};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[CL] / p[V1];
    p[K12] = p[Q] / p[V1];
    p[K21] = p[Q] / p[V2];
    p[IN_GUT] = 1.0 - p[FLUNG];
    p[GAIN_S] = p[IN_GUT] * (p[KL] - p[KA]);
}

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    pn_empty(x, N_STATES);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = v.x[A1] * v.p[PER_V1];
    w[LUNG] = v.p[FLUNG] * v.x[I];
    w[GUT] = v.p[IN_GUT] * v.x[I] + v.x[S];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane lung = v.p[KL] * v.p[FLUNG] * v.x[I];                /* ug/h */
    pn_lane gut = v.p[KA] * (v.p[IN_GUT] * v.x[I] + v.x[S]);     /* ug/h */
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2]; /* ug/h */

    dx[I] = -v.p[KL] * v.x[I];
    dx[S] = v.p[GAIN_S] * v.x[I] - v.p[KA] * v.x[S];
    dx[A1] = lung + v.p[FGUT] * gut - v.p[K10] * v.x[A1] - exchanged;
    dx[A2] = exchanged;
}

static const struct pn_at at[] = {
    {C,             A1},
    {LUNG,          I },
    {GUT,           I },
    {GUT,           S },
    {N_WRITES + I,  I },
    {N_WRITES + S,  I },
    {N_WRITES + S,  S },
    {N_WRITES + A1, I },
    {N_WRITES + A1, S },
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane oral = v.p[FGUT] * v.p[KA]; /* 1/h */

    j[0] = v.p[PER_V1];
    j[1] = v.p[FLUNG];
    j[2] = v.p[IN_GUT];
    j[3] = pn_all(1.0);
    j[4] = -v.p[KL];
    j[5] = v.p[GAIN_S];
    j[6] = -v.p[KA];
    j[7] = v.p[KL] * v.p[FLUNG] + oral * v.p[IN_GUT];
    j[8] = oral;
    j[9] = -(v.p[K10] + v.p[K12]);
    j[10] = v.p[K21];
    j[11] = v.p[K12];
    j[12] = -v.p[K21];
}

const struct pn_component pn_component_inhaled2 = {
    .name = "inhaled2",
    .summary = "inhaled drug, absorbed from lung and gut, two compartments",
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
