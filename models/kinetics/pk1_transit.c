/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One compartment behind a chain of transits (Savic 2007, with a fixed number of them).
 *
 *   T0' = -ktr T0,  Ti' = ktr (Ti-1 - Ti),  i = 1 ... 5,   ktr = 6/MTT
 *   A0' = ktr T5 - KA A0,  then as in pk1
 *
 * MTT is the mean time from the dose to the place of absorption.  Five transits are
 * OURS: the time spent has a CV of 1/sqrt(6) = 41 %, between a single first-order step
 * (100 %) and a lag (0). */
#include "models/kinetics/kinetics.h"

enum { CL, V1, KA, MTT, F, ALAG, D, R, F_A1, ALAG_A1, D_A1, R_A1, N_PARAMETERS };
enum { PER_V1 = N_PARAMETERS, K10, KTR, N_ALL }; /* derived: 1/L, 1/h */
enum { T0, T1, T2, T3, T4, T5, A0, A1, N_STATES };
enum { C, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [CL] = PN_ROW_CL,
    [V1] = PN_ROW_V1,
    [KA] = PN_ROW_KA,
    [MTT] = {"MTT", "h", 1, 1e-2, 1e3, "mean transit time to the place of absorption",
             .source = PN_SMALL_MOLECULE},
    [F] = PN_ROW_F,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R,
    PN_ROWS_INTO_A1("mg/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [T0] = {"T0", "mg", 0, 0, 1e5, "amount at the place of the dose", .source = "dose",
            .scale = 100},
    [T1] = PN_ROW_TRANSIT("T1", 100),
    [T2] = PN_ROW_TRANSIT("T2", 100),
    [T3] = PN_ROW_TRANSIT("T3", 100),
    [T4] = PN_ROW_TRANSIT("T4", 100),
    [T5] = PN_ROW_TRANSIT("T5", 100),
    [A0] = PN_ROW_DEPOT("A0", 100),
    [A1] = PN_ROW_CENTRAL("A1", 100),
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {[C] = PN_ROW_C, PN_END_OF_TABLE};
static const struct pn_route routes[] = {PN_ROUTES(T0, A1)};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[CL] / p[V1];
    p[KTR] = (double)PN_CHAIN / p[MTT];
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
    pn_lane arrived = pn_transit_rate(v.p[KTR], &v.x[T0], &dx[T0]); /* mg/h */
    pn_lane absorbed = v.p[KA] * v.x[A0];                           /* mg/h */

    dx[A0] = arrived - absorbed;
    dx[A1] = absorbed - v.p[K10] * v.x[A1];
}

/* clang-format off */
static const struct pn_at at[] = {
    PN_AT_TRANSIT(N_WRITES),
    {C, A1},
    {N_WRITES + A0, T5},
    {N_WRITES + A0, A0},
    {N_WRITES + A1, A0},
    {N_WRITES + A1, A1},
};
/* clang-format on */

static void slope(struct pn_view v, pn_lane *j)
{
    size_t n = pn_transit_slope(v.p[KTR], j);

    j[n++] = v.p[PER_V1];
    j[n++] = v.p[KTR];
    j[n++] = -v.p[KA];
    j[n++] = v.p[KA];
    j[n] = -v.p[K10];
}

const struct pn_component pn_component_pk1_transit = {
    .name = "pk1_transit",
    .summary = "one compartment, absorbed behind five transits",
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
