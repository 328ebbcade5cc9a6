/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An inhaled drug that stays in the lung (tiotropium): three parallel absorptions there,
 * fast, middle (M) and slow (W), and one from the gut (G), into two compartments.
 *
 *   the share s of the dose, at each place, leaves by first order at the rate k:
 *     fast     F_lung f_fast                  kfast
 *     middle   F_lung (1 - f_fast - f_slow)   kmid
 *     slow     F_lung f_slow                  kslow
 *     gut      1 - F_lung                     KA
 *   A1' = all that leaves the lung + F_gut KA G - CL C - Q (C - A2/V2),   C = A1/V1
 *   A2' = Q (C - A2/V2)
 *
 * One dose enters one state: I carries the clock of the fast absorption (inhaled.h). */
#include <math.h>

#include "models/kinetics/inhaled.h"

/* clang-format off */
enum { FLUNG, FFAST, FSLOW, KFAST, KMID, KSLOW, FGUT, KA, CL, V1, Q, V2, F, ALAG, D,
       R, F_A1, ALAG_A1, D_A1, R_A1, N_PARAMETERS };
/* derived: 1/L, 1/h, shares of I at the places, what M, W and S gain from I [1/h] */
enum { PER_V1 = N_PARAMETERS, K10, K12, K21, IN_FAST, IN_MID, IN_SLOW, IN_GUT,
       GAIN_M, GAIN_W, GAIN_S, N_ALL };
enum { I, M, W, S, A1, A2, N_STATES };
enum { C, LUNG, GUT, N_WRITES };
/* clang-format on */

#define BODY                                                                             \
    "OURS: tiotropium, from clearance, V_ss and terminal half-life, recalled (high)"

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [FLUNG] = PN_ROW_F_LUNG(0.33, "recalled (high): tiotropium by soft mist inhaler"),
    [FFAST] = {"f_fast", "1", 0.0369, 0, 1, "share of the lung's dose absorbed fast",
               .source = "read: Weber, RDD 2016, tiotropium"},
    [FSLOW] = {"f_slow", "1", 0.864, 0, 1, "share of the lung's dose absorbed slowly",
               .source = "read: Weber, RDD 2016, tiotropium"},
    [KFAST] = {"kfast", "1/h", 30, 1e-3, 1e3, "fast absorption from the lung",
               .source = "OURS: peak after 4 to 6 min"},
    [KMID] = {"kmid", "1/h", 0.3, 1e-4, 1e3, "middle absorption from the lung",
              .source = "OURS: between the other two, not published"},
    [KSLOW] = {"kslow", "1/h", 0.0106, 1e-5, 1e3, "slow absorption from the lung",
               .source = "read: Weber, RDD 2016, tiotropium, half-life 65.4 h"},
    [FGUT] = PN_ROW_F_GUT(0.02, "recalled (medium): tiotropium, 2 to 3 %"),
    [KA] = {"KA", "1/h", 0.5, 1e-4, 100, "absorption from the gut",
            .source = "OURS: of little weight, 2 % is absorbed"},
    [CL] = {"CL", "L/h", 52.8, 1e-4, 1e4, "clearance",
            .source = "recalled (high): tiotropium, 880 mL/min"},
    [V1] = {"V1", "L", 15, 0.1, 1e5, "central volume",
            .source = "OURS: tiotropium, peak 4 pg/mL after 4 to 6 min, read"},
    [Q] = {"Q", "L/h", 15.0, 0, 1e4, "exchange with the peripheral compartment",
           .source = BODY},
    [V2] = {"V2", "L", 2225, 0.01, 1e5, "peripheral volume", .source = BODY},
    [F] = PN_ROW_F_INHALED,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R_INHALED,
    PN_ROWS_INTO_A1("ug/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [I] = PN_ROW_INHALED(1),
    [M] = PN_ROW_UG("M", "for middle absorption, beyond its share of I", 1),
    [W] = PN_ROW_UG("W", "for slow absorption, beyond its share of I", 1),
    [S] = PN_ROW_UG("S", "swallowed, beyond its share of I", 1),
    [A1] = PN_ROW_UG("A1", "amount in the central compartment", 1),
    [A2] = PN_ROW_UG("A2", "amount in the peripheral compartment", 1),
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

/* Two shares above 1 together leave no third: NaN tells it, a clip would hide it. */
static void prepare(pn_lane *p)
{
    pn_lane middle = 1.0 - p[FFAST] - p[FSLOW];

    p[PER_V1] = 1.0 / p[V1];
    p[K10] = p[CL] / p[V1];
    p[K12] = p[Q] / p[V1];
    p[K21] = p[Q] / p[V2];
    p[IN_FAST] = p[FLUNG] * p[FFAST];
    p[IN_SLOW] = p[FLUNG] * p[FSLOW];
    p[IN_MID] = p[FLUNG] * pn_select(middle >= pn_all(0.0), middle, pn_all((double)NAN));
    p[IN_GUT] = 1.0 - p[FLUNG];
    p[GAIN_M] = p[IN_MID] * (p[KFAST] - p[KMID]);
    p[GAIN_W] = p[IN_SLOW] * (p[KFAST] - p[KSLOW]);
    p[GAIN_S] = p[IN_GUT] * (p[KFAST] - p[KA]);
}

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    pn_empty(x, N_STATES);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = v.x[A1] * v.p[PER_V1];
    w[LUNG] = v.p[FLUNG] * v.x[I] + v.x[M] + v.x[W];
    w[GUT] = v.p[IN_GUT] * v.x[I] + v.x[S];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane fast = v.p[KFAST] * v.p[IN_FAST] * v.x[I]; /* all of them ug/h */
    pn_lane middle = v.p[KMID] * (v.p[IN_MID] * v.x[I] + v.x[M]);
    pn_lane slow = v.p[KSLOW] * (v.p[IN_SLOW] * v.x[I] + v.x[W]);
    pn_lane gut = v.p[KA] * (v.p[IN_GUT] * v.x[I] + v.x[S]);
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2];

    dx[I] = -v.p[KFAST] * v.x[I];
    dx[M] = v.p[GAIN_M] * v.x[I] - v.p[KMID] * v.x[M];
    dx[W] = v.p[GAIN_W] * v.x[I] - v.p[KSLOW] * v.x[W];
    dx[S] = v.p[GAIN_S] * v.x[I] - v.p[KA] * v.x[S];
    dx[A1] = fast + middle + slow + v.p[FGUT] * gut - v.p[K10] * v.x[A1] - exchanged;
    dx[A2] = exchanged;
}

static const struct pn_at at[] = {
    {C,             A1},
    {LUNG,          I },
    {LUNG,          M },
    {LUNG,          W },
    {GUT,           I },
    {GUT,           S },
    {N_WRITES + I,  I },
    {N_WRITES + M,  I },
    {N_WRITES + M,  M },
    {N_WRITES + W,  I },
    {N_WRITES + W,  W },
    {N_WRITES + S,  I },
    {N_WRITES + S,  S },
    {N_WRITES + A1, I },
    {N_WRITES + A1, M },
    {N_WRITES + A1, W },
    {N_WRITES + A1, S },
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane one = pn_all(1.0), oral = v.p[FGUT] * v.p[KA]; /* 1/h */
    pn_lane at_once = v.p[KFAST] * v.p[IN_FAST] + v.p[KMID] * v.p[IN_MID] +
                      v.p[KSLOW] * v.p[IN_SLOW] + oral * v.p[IN_GUT];
    /* clang-format off */
    const pn_lane list[] = {
        v.p[PER_V1],
        v.p[FLUNG], one, one,
        v.p[IN_GUT], one,
        -v.p[KFAST],
        v.p[GAIN_M], -v.p[KMID],
        v.p[GAIN_W], -v.p[KSLOW],
        v.p[GAIN_S], -v.p[KA],
        at_once, v.p[KMID], v.p[KSLOW], oral, -(v.p[K10] + v.p[K12]), v.p[K21],
        v.p[K12], -v.p[K21],
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        j[i] = list[i];
}

const struct pn_component pn_component_inhaled2_slow = {
    .name = "inhaled2_slow",
    .summary =
        "inhaled drug with three parallel absorptions from the lung, two compartments",
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
