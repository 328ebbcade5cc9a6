/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Airway smooth muscle (ASM) as one mass A, kept up by proliferation and by recruitment.
 *
 *   A' = dA (P (ap + (1 - ap) E) A + (1 - P)(1 - IR occ)(ar + (1 - ar) E) - A)
 *
 * E: airway eosinophils, occ: occupancy of DP2; A = 1 untreated.  A block of ours with
 * the causal graph of Saunders 2019 (fewer eosinophils alone are not enough: recruitment
 * falls too); it is not the model of that paper, whose rules were never published as
 * equations.  At constant E and occ, A(t) is one exponential, which the test uses. */
#include "models/signals.h"

enum { DA, P, AP, AR, IR, N_PARAMETERS };
enum {
    PROLIFERATION_0 = N_PARAMETERS,
    PROLIFERATION_E,
    RECRUITMENT_0,
    RECRUITMENT_E,
    N_ALL
};
enum { A, N_STATES };
enum { EOSINOPHILS, OCCUPANCY };
enum { MASS, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [DA] = {"dA", "1/day", 0.01, 1e-4, 1, "turnover of the muscle",
            .source = "OURS: 100 d, within 60-200 d, recalled (medium)"},
    [P] = {"P", "1", 0.4, 0, 1, "share of the input that is proliferation",
           .source = "OURS: recruitment 30-70 % of the input"},
    [AP] = {"ap", "1", 0.8, 0, 1, "share of proliferation without eosinophils",
            .source = "OURS"},
    [AR] = {"ar", "1", 0.8, 0, 1, "share of recruitment without eosinophils",
            .source = "OURS"},
    [IR] = {"IR", "1", 0.5, 0, 1, "share of recruitment that full DP2 occupancy stops",
            .source = "OURS: direction by Saunders 2019, size not published"},
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [A] = {"A", "1", 1, 0, 100, "mass of airway smooth muscle, relative to untreated",
           .source = "1 untreated", .scale = 1},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [EOSINOPHILS] = PN_READ_EOSINOPHILS,
    [OCCUPANCY] = PN_READ_DP2,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [MASS] = {"mass", "1", 1, 0, 100,
              "mass of airway smooth muscle, relative to untreated", .source = "state A"},
    PN_END_OF_TABLE
};
/* clang-format on */

/* both inputs as constant + factor x E, per day */
static void prepare(pn_lane *p)
{
    pn_lane proliferation = p[DA] * p[P], recruitment = p[DA] * (1.0 - p[P]);

    p[PROLIFERATION_0] = proliferation * p[AP];
    p[PROLIFERATION_E] = proliferation * (1.0 - p[AP]);
    p[RECRUITMENT_0] = recruitment * p[AR];
    p[RECRUITMENT_E] = recruitment * (1.0 - p[AR]);
}

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    x[A] = pn_all(1.0);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[MASS] = v.x[A];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    pn_lane growth = v.p[PROLIFERATION_0] + v.p[PROLIFERATION_E] * v.r[EOSINOPHILS];
    pn_lane arrival = v.p[RECRUITMENT_0] + v.p[RECRUITMENT_E] * v.r[EOSINOPHILS];

    dx[A] =
        growth * v.x[A] + arrival * (1.0 - v.p[IR] * v.r[OCCUPANCY]) - v.p[DA] * v.x[A];
}

static const struct pn_at at[] = {
    {MASS,         A                     },
    {N_WRITES + A, A                     },
    {N_WRITES + A, N_STATES + EOSINOPHILS},
    {N_WRITES + A, N_STATES + OCCUPANCY  },
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane let_in = 1.0 - v.p[IR] * v.r[OCCUPANCY];

    j[0] = pn_all(1.0);
    j[1] = v.p[PROLIFERATION_0] + v.p[PROLIFERATION_E] * v.r[EOSINOPHILS] - v.p[DA];
    j[2] = v.p[PROLIFERATION_E] * v.x[A] + v.p[RECRUITMENT_E] * let_in;
    j[3] = -v.p[IR] * (v.p[RECRUITMENT_0] + v.p[RECRUITMENT_E] * v.r[EOSINOPHILS]);
}

const struct pn_component pn_component_asm_mass = {
    .name = "asm_mass",
    .summary = "airway smooth muscle: turnover, proliferation and recruitment",
    .role = "asm",
    .time_unit = "day",
    .parameters = parameters,
    .states = states,
    .reads = reads,
    .writes = writes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .initial = initial,
    .write = write,
    .rate = rate,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
