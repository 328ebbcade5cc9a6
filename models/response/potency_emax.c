/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one drug does at one target as the Emax model with Hill's exponent says it: alone
 * it occupies
 *
 *   H = Emax u^gamma/(1 + u^gamma),   u = fu C/EC50
 *
 * of the target.  The target's occupancy is s/(1 + s) of the sum s of all drives, so that
 * the drive of this drug is H/(1 - H) = Emax P/(1 + (1 - Emax) P), P = u^gamma.  With
 * Emax = gamma = 1 that is potency's u, bit for bit. */
#include <math.h>

#include "solver/base/component.h"

enum { EC50, EMAX, GAMMA, FU, N_PARAMETERS };
enum { PER_CONCENTRATION = N_PARAMETERS, N_ALL }; /* derived: fu/EC50 [L/nmol] */
enum { C };                                       /* reads */
enum { DRIVE };                                   /* writes */

#define GENERIC "OURS: a generic value, the drug file gives it"

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [EC50] = {"EC50", "nmol/L", 1, 1e-4, 1e7, "concentration of half the largest occupancy",
              .source = GENERIC},
    [EMAX] = {"Emax", "1", 1, 0, 1, "largest occupancy by this drug", .source = GENERIC},
    [GAMMA] = {"gamma", "1", 1, 0.2, 20, "steepness (Hill)", .source = GENERIC},
    [FU] = {"fu", "1", 1, 1e-5, 1, "free share of the drug in plasma", .source = GENERIC},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [C] = {"drug.C", "nmol/L", (double)NAN, 0, 1e9,
           "total concentration of the drug in plasma", .source = "its kinetics"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [DRIVE] = {"drive", "1", 0, 0, 1e9, "H/(1 - H) of the occupancy H by this drug alone",
               .source = "the Emax model"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_CONCENTRATION] = p[FU] / p[EC50];
}

/* |u|^(gamma - 1), exactly 1 where gamma is 1.  Below 1e-9 of EC50 it stands still: with
 * gamma < 1 the slope at C = 0 is infinite. */
static pn_lane steepness(pn_lane u, pn_lane gamma)
{
    pn_lane size = pn_max(pn_abs(u), pn_all(1e-9)), exponent = gamma - 1.0, power;
    pn_mask straight = gamma == pn_all(1.0);

    if (pn_any(~straight))
        pn_pow(&size, &exponent, &power);
    else
        power = pn_all(1.0);
    return pn_select(straight, pn_all(1.0), power);
}

/* below 0, by rounding, it goes on as an odd function */
static void write(struct pn_view v, pn_lane *w)
{
    pn_lane u = v.p[PER_CONCENTRATION] * v.r[C], power = steepness(u, v.p[GAMMA]);

    w[DRIVE] = v.p[EMAX] * u * power / (1.0 + (1.0 - v.p[EMAX]) * pn_abs(u) * power);
}

static const struct pn_at at[] = {
    {DRIVE, C}
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane u = v.p[PER_CONCENTRATION] * v.r[C], power = steepness(u, v.p[GAMMA]);
    pn_lane room = 1.0 + (1.0 - v.p[EMAX]) * pn_abs(u) * power;
    pn_lane moves = pn_select(pn_abs(u) > pn_all(1e-9), v.p[GAMMA], pn_all(1.0));

    j[0] = v.p[EMAX] * moves * power * v.p[PER_CONCENTRATION] / (room * room);
}

const struct pn_component pn_component_potency_emax = {
    .name = "potency_emax",
    .summary = "drive of a drug at a target: Emax, EC50 and Hill's gamma",
    .time_unit = "h",
    .parameters = parameters,
    .reads = reads,
    .writes = writes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
