/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An inhaled corticosteroid: lumped lung of Weber & Hochhaus 2013 on two compartments.
 *
 * Of the dose, F_lung falls on the airways: F_C of that on the central ones (UC), the
 * rest on the peripheral ones (UP); 1 - F_lung is swallowed (G).  It dissolves (DC, DP),
 * is carried up from the central airways by mucus and swallowed, and is absorbed:
 *
 *   UC' = -(kdiss + kmuc) UC            UP' = -kdiss UP
 *   DC' = kdiss UC - kpulC DC           DP' = kdiss UP - kpulP DP
 *   G'  = kmuc UC - KA G
 *   A1' = kpulC DC + kpulP DP + F_BA KA G - (CL/V1 + K12) A1 + K21 A2
 *   A2' = K12 A1 - K21 A2
 *
 * One dose enters one state: I carries the clock of the central airways (inhaled.h),
 * UC = F_lung F_C I,  UP = F_lung (1 - F_C) I + P,  G = (1 - F_lung) I + S. */
#include "models/kinetics/inhaled.h"

/* clang-format off */
enum { FLUNG, FC, FBA, KMUC, KDISS, KPULC, KPULP, KA, CL, V1, K12, K21, F, ALAG, D,
       R, F_A1, ALAG_A1, D_A1, R_A1, N_PARAMETERS };
/* derived: 1/L, 1/h, shares of I at each place, what P and S gain from I [1/h] */
enum { PER_V1 = N_PARAMETERS, K10, KI, IN_C, IN_P, IN_GUT, GAIN_P, GAIN_S, N_ALL };
enum { I, P, S, DC, DP, A1, A2, N_STATES };
enum { C, LUNG, GUT, N_WRITES };
/* clang-format on */

#define WEBER "read: Weber & Hochhaus 2013 T1, budesonide"

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [FLUNG] = PN_ROW_F_LUNG(0.30, WEBER),
    [FC] = {"F_C", "1", 0.5, 0, 1, "share of the lung's dose in the central airways",
            .source = WEBER},
    [FBA] = {"F_BA", "1", 0.11, 0, 1, "share of what is swallowed that reaches plasma",
             .source = WEBER},
    [KMUC] = {"kmuc", "1/h", 0.938, 0, 100, "clearance of the central airways by mucus",
              .source = WEBER},
    [KDISS] = {"kdiss", "1/h", 17.8, 1e-4, 1e3, "rate of dissolution", .source = WEBER},
    [KPULC] = {"kpulC", "1/h", 10, 1e-3, 1e3, "absorption from the central airways",
               .source = "read: Weber & Hochhaus 2013, arbitrary and fast there"},
    [KPULP] = {"kpulP", "1/h", 20, 1e-3, 1e3, "absorption from the peripheral airways",
               .source = "read: Weber & Hochhaus 2013, arbitrary and fast there"},
    [KA] = {"KA", "1/h", 0.45, 1e-4, 100, "absorption from the gut", .source = WEBER},
    [CL] = {"CL", "L/h", 85, 1e-3, 1e4, "clearance", .source = WEBER},
    [V1] = {"V1", "L", 100, 0.1, 1e5, "central volume", .source = WEBER},
    [K12] = {"K12", "1/h", 20.01, 0, 1e3, "rate from central to peripheral body",
             .source = WEBER},
    [K21] = {"K21", "1/h", 11.06, 0, 1e3, "rate from peripheral body to central",
             .source = WEBER},
    [F] = PN_ROW_F_INHALED,
    [ALAG] = PN_ROW_ALAG,
    [D] = PN_ROW_D,
    [R] = PN_ROW_R_INHALED,
    PN_ROWS_INTO_A1("ug/h"),
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [I] = PN_ROW_INHALED(100),
    [P] = PN_ROW_UG("P", "undissolved in the periphery, beyond its share of I", 100),
    [S] = PN_ROW_UG("S", "swallowed, beyond its share of I", 100),
    [DC] = PN_ROW_UG("DC", "dissolved in central airways", 100),
    [DP] = PN_ROW_UG("DP", "dissolved in peripheral airways", 100),
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
    p[KI] = p[KDISS] + p[KMUC];
    p[IN_C] = p[FLUNG] * p[FC];
    p[IN_P] = p[FLUNG] * (1.0 - p[FC]);
    p[IN_GUT] = 1.0 - p[FLUNG];
    p[GAIN_P] = p[IN_P] * p[KMUC];
    p[GAIN_S] = p[IN_GUT] * (p[KI] - p[KA]) + p[IN_C] * p[KMUC];
}

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    pn_empty(x, N_STATES);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[C] = v.x[A1] * v.p[PER_V1];
    w[LUNG] = (v.p[IN_C] + v.p[IN_P]) * v.x[I] + v.x[P] + v.x[DC] + v.x[DP];
    w[GUT] = v.p[IN_GUT] * v.x[I] + v.x[S];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane dissolved_c = v.p[KDISS] * v.p[IN_C] * v.x[I]; /* all of them ug/h */
    pn_lane dissolved_p = v.p[KDISS] * (v.p[IN_P] * v.x[I] + v.x[P]);
    pn_lane gut = v.p[KA] * (v.p[IN_GUT] * v.x[I] + v.x[S]);
    pn_lane lung_c = v.p[KPULC] * v.x[DC], lung_p = v.p[KPULP] * v.x[DP];
    pn_lane exchanged = v.p[K12] * v.x[A1] - v.p[K21] * v.x[A2];

    dx[I] = -v.p[KI] * v.x[I];
    dx[P] = v.p[GAIN_P] * v.x[I] - v.p[KDISS] * v.x[P];
    dx[S] = v.p[GAIN_S] * v.x[I] - v.p[KA] * v.x[S];
    dx[DC] = dissolved_c - lung_c;
    dx[DP] = dissolved_p - lung_p;
    dx[A1] = lung_c + lung_p + v.p[FBA] * gut - v.p[K10] * v.x[A1] - exchanged;
    dx[A2] = exchanged;
}

static const struct pn_at at[] = {
    {C,             A1},
    {LUNG,          I },
    {LUNG,          P },
    {LUNG,          DC},
    {LUNG,          DP},
    {GUT,           I },
    {GUT,           S },
    {N_WRITES + I,  I },
    {N_WRITES + P,  I },
    {N_WRITES + P,  P },
    {N_WRITES + S,  I },
    {N_WRITES + S,  S },
    {N_WRITES + DC, I },
    {N_WRITES + DC, DC},
    {N_WRITES + DP, I },
    {N_WRITES + DP, P },
    {N_WRITES + DP, DP},
    {N_WRITES + A1, I },
    {N_WRITES + A1, S },
    {N_WRITES + A1, DC},
    {N_WRITES + A1, DP},
    {N_WRITES + A1, A1},
    {N_WRITES + A1, A2},
    {N_WRITES + A2, A1},
    {N_WRITES + A2, A2},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane one = pn_all(1.0), oral = v.p[FBA] * v.p[KA]; /* 1/h */
    /* clang-format off */
    const pn_lane list[] = {
        v.p[PER_V1],
        v.p[IN_C] + v.p[IN_P], one, one, one,
        v.p[IN_GUT], one,
        -v.p[KI],
        v.p[GAIN_P], -v.p[KDISS],
        v.p[GAIN_S], -v.p[KA],
        v.p[KDISS] * v.p[IN_C], -v.p[KPULC],
        v.p[KDISS] * v.p[IN_P], v.p[KDISS], -v.p[KPULP],
        oral * v.p[IN_GUT], oral, v.p[KPULC], v.p[KPULP],
        -(v.p[K10] + v.p[K12]), v.p[K21],
        v.p[K12], -v.p[K21],
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        j[i] = list[i];
}

const struct pn_component pn_component_ics_lung = {
    .name = "ics_lung",
    .summary = "inhaled corticosteroid: dissolution, mucus and absorption in the lung",
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
