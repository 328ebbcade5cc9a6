/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target-mediated drug disposition, all steps of binding (Mager & Jusko 2001): two
 * compartments with a depot, and in the central one a target that is made, lost, and
 * taken away with the drug it has bound.
 *
 *   A0' = -KA A0
 *   A1' =  KA A0 - CL C - Q (C - A2/V2) - V1 b,     C = A1/V1
 *   A2' =  Q (C - A2/V2)
 *   RF' =  ksyn - kdeg RF - b,                      b = kon C RF - koff RC
 *   RC' =  b - kint RC
 *
 * The target is counted in mg/L of the drug that it can bind, one to one; a drug file may
 * give ksyn and kon in molar units, its molar mass converts them. */
#include "models/kinetics/kinetics.h"

enum {
    CL,
    V1,
    Q,
    V2,
    KA,
    kon,
    koff,
    kint,
    ksyn,
    kdeg,
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
enum { PER_V1 = N_PARAMETERS, K10, K12, K21, N_ALL }; /* derived: 1/L, 1/day */
enum { A0, A1, A2, RF, RC, N_STATES };
enum { C, TOTAL, OCCUPANCY, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [CL] = {"CL", "L/day", 0.2, 0, 1e3, "clearance of the free drug",
            .source = PN_ANTIBODY},
    [V1] = {"V1", "L", 3, 0.01, 1e4, "central volume", .source = PN_ANTIBODY},
    [Q] = {"Q", "L/day", 0.5, 0, 1e4, "exchange with the peripheral compartment",
           .source = PN_ANTIBODY},
    [V2] = {"V2", "L", 3, 0.01, 1e4, "peripheral volume", .source = PN_ANTIBODY},
    [KA] = {"KA", "1/day", 0.25, 1e-3, 1e3, "absorption rate", .source = PN_ANTIBODY},
    [kon] = {"kon", "L/mg/day", 10, 0, 1e7, "rate of binding", .source = PN_ANTIBODY},
    [koff] = {"koff", "1/day", 1, 0, 1e7, "rate of dissociation", .source = PN_ANTIBODY},
    [kint] = {"kint", "1/day", 0.5, 0, 1e4, "rate of loss of the complex",
              .source = PN_ANTIBODY},
    [ksyn] = {"ksyn", "mg/L/day", 0.1, 0, 1e5, "production of the target",
              .source = PN_ANTIBODY},
    [kdeg] = {"kdeg", "1/day", 0.25, 1e-6, 1e4, "rate of loss of the free target",
              .source = PN_ANTIBODY},
    [F] = PN_ROW_F,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R,
    PN_ROWS_INTO_A1("mg/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [A0] = PN_ROW_DEPOT("A0", 100),
    [A1] = {"A1", "mg", 0, 0, 1e5, "free drug in the central compartment",
            .source = "dose", .scale = 100},
    [A2] = PN_ROW_PERIPHERAL("A2", 100),
    [RF] = {"RF", "mg/L", 0.4, 0, 1e5, "free target, as drug that it can bind",
            .source = "ksyn/kdeg untreated", .scale = 0.4},
    [RC] = {"RC", "mg/L", 0, 0, 1e5, "drug bound to the target", .source = "dose",
            .scale = 0.4},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [C] = {"C", "mg/L", 0, 0, 1e6, "free concentration in plasma",
           .source = "C = A1/V1"},
    [TOTAL] = {"total", "mg/L", 0, 0, 1e6, "free and bound concentration in plasma",
               .source = "C + RC"},
    [OCCUPANCY] = {"occupancy", "1", 0, 0, 1,
                   "bound share of the target that is there", .source = "RC/(RF + RC)"},
    PN_END_OF_TABLE
};
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
    pn_empty(x, N_STATES);
    x[RF] = v.p[ksyn] / v.p[kdeg];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = v.x[A1] * v.p[PER_V1];
    w[TOTAL] = w[C] + v.x[RC];
    w[OCCUPANCY] = v.x[RC] / (v.x[RF] + v.x[RC]);
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane c = v.x[A1] * v.p[PER_V1];                            /* mg/L */
    pn_lane bound = v.p[kon] * c * v.x[RF] - v.p[koff] * v.x[RC]; /* mg/L/day */
    pn_lane absorbed = v.p[KA] * v.x[A0];                         /* mg/day */
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2];  /* mg/day */

    dx[A0] = -absorbed;
    dx[A1] = absorbed - v.p[K10] * v.x[A1] - exchanged - v.p[V1] * bound;
    dx[A2] = exchanged;
    dx[RF] = v.p[ksyn] - v.p[kdeg] * v.x[RF] - bound;
    dx[RC] = bound - v.p[kint] * v.x[RC];
}

static const struct pn_at at[] = {
    {C,             A1},
    {TOTAL,         A1},
    {TOTAL,         RC},
    {OCCUPANCY,     RF},
    {OCCUPANCY,     RC},
    {N_WRITES + A0, A0},
    {N_WRITES + A1, A0},
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A1, RF},
    {N_WRITES + A1, RC},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
    {N_WRITES + RF, A1},
    {N_WRITES + RF, RF},
    {N_WRITES + RF, RC},
    {N_WRITES + RC, A1},
    {N_WRITES + RC, RF},
    {N_WRITES + RC, RC},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane by_drug = v.p[kon] * v.x[RF] * v.p[PER_V1]; /* of b: 1/L/day */
    pn_lane by_target = v.p[kon] * v.x[A1] * v.p[PER_V1];
    pn_lane per_target = 1.0 / (v.x[RF] + v.x[RC]);

    j[0] = v.p[PER_V1];
    j[1] = v.p[PER_V1];
    j[2] = pn_all(1.0);
    j[3] = -v.x[RC] * per_target * per_target;
    j[4] = v.x[RF] * per_target * per_target;
    j[5] = -v.p[KA];
    j[6] = v.p[KA];
    j[7] = -(v.p[K10] + v.p[K12] + v.p[V1] * by_drug);
    j[8] = v.p[K21];
    j[9] = -v.p[V1] * by_target;
    j[10] = v.p[V1] * v.p[koff];
    j[11] = v.p[K12];
    j[12] = -v.p[K21];
    j[13] = -by_drug;
    j[14] = -(v.p[kdeg] + by_target);
    j[15] = v.p[koff];
    j[16] = by_drug;
    j[17] = by_target;
    j[18] = -(v.p[koff] + v.p[kint]);
}

const struct pn_component pn_component_tmdd = {
    .name = "tmdd",
    .summary = "target-mediated disposition, full binding, two compartments",
    .time_unit = "day",
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
