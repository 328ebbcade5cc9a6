/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one drug does at one target: its free concentration over its dissociation
 * constant. */
#include <math.h>

#include "solver/base/component.h"

enum { Kd, fu, N_PARAMETERS };
enum { PER_CONCENTRATION = N_PARAMETERS }; /* derived: fu/Kd [L/nmol] */
enum { C };                                /* reads */
enum { DRIVE };                            /* writes */

/* No drug is typical, so the defaults stand for a nanomolar drug that is not bound. */
/* clang-format off */
static const struct pn_quantity parameters[] = {
    [Kd] = {"Kd", "nmol/L", 1, 1e-4, 1e7, "dissociation constant at the target",
            .source = "OURS: a generic value, the drug file gives it"},
    [fu] = {"fu", "1", 1, 1e-5, 1, "free share of the drug in plasma",
            .source = "OURS: a generic value, the drug file gives it"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [C] = {"drug.C", "nmol/L", (double)NAN, 0, 1e9,
           "total concentration of the drug in plasma", .source = "its kinetics"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [DRIVE] = {"drive", "1", 0, 0, 1e9,
               "free concentration over the dissociation constant",
               .source = "law of mass action"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_CONCENTRATION] = p[fu] / p[Kd];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[DRIVE] = v.p[PER_CONCENTRATION] * v.r[C];
}

static const struct pn_at at[] = {
    {DRIVE, C}
};

static void slope(struct pn_view v, pn_lane *j)
{
    j[0] = v.p[PER_CONCENTRATION];
}

const struct pn_component pn_component_potency = {
    .name = "potency",
    .summary = "drive of a drug at a target: fu C / Kd",
    .time_unit = "h",
    .parameters = parameters,
    .reads = reads,
    .writes = writes,
    .n_derived = 1,
    .prepare = prepare,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
