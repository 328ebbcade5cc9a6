/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target-mediated drug disposition in quasi-steady state (Gibiansky 2008): binding is
 * fast, so that free drug C, free target and complex are always in the proportion
 * KSS = (koff + kint)/kon, and only the totals are integrated.
 *
 *   A0' = -KA A0
 *   A1' =  KA A0 - CL C - Q (C - A2/V2) - V1 kint B,   A1/V1 = C + B,  B = RT C/(KSS + C)
 *   A2' =  Q (C - A2/V2)
 *   RT' =  ksyn - kdeg (RT - B) - kint B
 *
 * A1 is free and bound drug in the central compartment.  Units of the target as in tmdd.
 */
#include "models/kinetics/kinetics.h"

enum {
    CL,
    V1,
    Q,
    V2,
    KA,
    KSS,
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
enum { PER_V1 = N_PARAMETERS, KQ2, N_ALL }; /* derived: 1/L, 1/day */
enum { A0, A1, A2, RT, N_STATES };
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
    [KSS] = {"KSS", "mg/L", 0.15, 1e-9, 1e5,
             "free concentration that holds half of the target", .source = PN_ANTIBODY},
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
    [A1] = {"A1", "mg", 0, 0, 1e5, "free and bound drug in the central compartment",
            .source = "dose", .scale = 100},
    [A2] = PN_ROW_PERIPHERAL("A2", 100),
    [RT] = {"RT", "mg/L", 0.4, 0, 1e5, "free and bound target, as drug that it can bind",
            .source = "ksyn/kdeg untreated", .scale = 0.4},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [C] = {"C", "mg/L", 0, 0, 1e6, "free concentration in plasma",
           .source = "quasi-steady state of binding"},
    [TOTAL] = {"total", "mg/L", 0, 0, 1e6, "free and bound concentration in plasma",
               .source = "A1/V1"},
    [OCCUPANCY] = {"occupancy", "1", 0, 0, 1,
                   "bound share of the target that is there", .source = "C/(KSS + C)"},
    PN_END_OF_TABLE
};
static const struct pn_route routes[] = {PN_ROUTES(A0, A1)};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_V1] = 1.0 / p[V1];
    p[KQ2] = p[Q] / p[V2];
}

static void initial(struct pn_view v, pn_lane *x)
{
    pn_empty(x, N_STATES);
    x[RT] = v.p[ksyn] / v.p[kdeg];
}

/* The root of C + RT C/(KSS + C) = total that is a concentration, in the form of the
 * quadratic formula that loses no digits on either side of saturation. */
static pn_lane free_drug(struct pn_view v)
{
    pn_lane total = v.x[A1] * v.p[PER_V1];
    pn_lane lack = v.x[RT] + v.p[KSS] - total; /* mg/L */
    pn_lane root = pn_sqrt(lack * lack + 4.0 * v.p[KSS] * total);

    return pn_select(lack > pn_all(0.0), 2.0 * v.p[KSS] * total / (lack + root),
                     0.5 * (root - lack));
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = free_drug(v);
    w[TOTAL] = v.x[A1] * v.p[PER_V1];
    w[OCCUPANCY] = w[C] / (v.p[KSS] + w[C]);
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane c = free_drug(v);                            /* mg/L */
    pn_lane bound = v.x[RT] * c / (v.p[KSS] + c);        /* mg/L */
    pn_lane absorbed = v.p[KA] * v.x[A0];                /* mg/day */
    pn_lane exchanged = v.p[Q] * c - v.p[KQ2] * v.x[A2]; /* mg/day */

    dx[A0] = -absorbed;
    dx[A1] = absorbed - v.p[CL] * c - exchanged - v.p[V1] * v.p[kint] * bound;
    dx[A2] = exchanged;
    dx[RT] = v.p[ksyn] - v.p[kdeg] * (v.x[RT] - bound) - v.p[kint] * bound;
}

static const struct pn_at at[] = {
    {C,             A1},
    {C,             RT},
    {TOTAL,         A1},
    {OCCUPANCY,     A1},
    {OCCUPANCY,     RT},
    {N_WRITES + A0, A0},
    {N_WRITES + A1, A0},
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A1, RT},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
    {N_WRITES + A2, RT},
    {N_WRITES + RT, A1},
    {N_WRITES + RT, RT},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane c = free_drug(v), per = 1.0 / (v.p[KSS] + c);
    pn_lane share = c * per, share_by_c = v.p[KSS] * per * per;
    pn_lane by_c = v.x[RT] * share_by_c; /* of B, at constant RT */
    /* total = C + B(C, RT), differentiated */
    pn_lane c_by_amount = v.p[PER_V1] / (1.0 + by_c), c_by_target = -share / (1.0 + by_c);
    pn_lane bound_by_amount = by_c * c_by_amount;
    pn_lane bound_by_target = share + by_c * c_by_target;
    pn_lane lost = v.p[CL] + v.p[Q], taken = v.p[V1] * v.p[kint];
    pn_lane spared = v.p[kdeg] - v.p[kint];

    j[0] = c_by_amount;
    j[1] = c_by_target;
    j[2] = v.p[PER_V1];
    j[3] = share_by_c * c_by_amount;
    j[4] = share_by_c * c_by_target;
    j[5] = -v.p[KA];
    j[6] = v.p[KA];
    j[7] = -lost * c_by_amount - taken * bound_by_amount;
    j[8] = v.p[KQ2];
    j[9] = -lost * c_by_target - taken * bound_by_target;
    j[10] = v.p[Q] * c_by_amount;
    j[11] = -v.p[KQ2];
    j[12] = v.p[Q] * c_by_target;
    j[13] = spared * bound_by_amount;
    j[14] = spared * bound_by_target - v.p[kdeg];
}

const struct pn_component pn_component_tmdd_qss = {
    .name = "tmdd_qss",
    .summary = "target-mediated disposition in quasi-steady state, two compartments",
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
