/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The concentration at the place of the effect, which follows plasma with a delay and
 * takes nothing from it (Sheiner 1979):   Ce' = ke0 (C - Ce) */
#include <math.h>

#include "solver/base/component.h"

enum { ke0, N_PARAMETERS };
enum { CE, N_STATES };
enum { PLASMA };           /* reads */
enum { EFFECT, N_WRITES }; /* writes */

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [ke0] = {"ke0", "1/h", 1, 1e-5, 1e3, "rate at which the effect follows plasma",
             .source = "OURS: a generic value, the drug file gives it"},
    PN_END_OF_TABLE
};
static const struct pn_quantity states[] = {
    [CE] = {"effect", "mg/L", 0, 0, 1e6, "concentration at the place of the effect",
            .source = "0 untreated", .scale = 1},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [PLASMA] = {"drug.C", "mg/L", (double)NAN, 0, 1e6,
                "concentration of the drug in plasma", .source = "its kinetics"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [EFFECT] = {"Ce", "mg/L", 0, 0, 1e6, "concentration at the place of the effect",
                .source = "state effect"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    x[CE] = pn_all(0.0);
}

static void write(struct pn_view v, pn_lane *w)
{
    w[EFFECT] = v.x[CE];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    dx[CE] = v.p[ke0] * (v.r[PLASMA] - v.x[CE]);
}

static const struct pn_at at[] = {
    {EFFECT,        CE               },
    {N_WRITES + CE, CE               },
    {N_WRITES + CE, N_STATES + PLASMA},
};

static void slope(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[ke0];
    j[2] = v.p[ke0];
}

const struct pn_component pn_component_effect_compartment = {
    .name = "effect_compartment",
    .summary = "concentration at the place of the effect, behind plasma",
    .time_unit = "h",
    .parameters = parameters,
    .states = states,
    .reads = reads,
    .writes = writes,
    .initial = initial,
    .write = write,
    .rate = rate,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
