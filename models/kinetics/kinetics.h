/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pharmacokinetic components share: rows of their tables, their routes, and the
 * chain of transits.  A row that is not here belongs to one component alone. */
#ifndef PN_MODELS_KINETICS_KINETICS_H
#define PN_MODELS_KINETICS_KINETICS_H

#include "solver/base/component.h"

#define PN_SMALL_MOLECULE "OURS: a generic small molecule, " PN_NO_DEFAULT
#define PN_ANTIBODY       "OURS: a generic antibody, " PN_NO_DEFAULT

/* clang-format off */
#define PN_ROW_CL {"CL", "L/h", 30, 1e-4, 1e4, \
    "clearance from the central compartment", .source = PN_SMALL_MOLECULE}
/* beside another way out: then there may be no linear one */
#define PN_ROW_CL_BESIDE {"CL", "L/h", 30, 0, 1e4, \
    "clearance from the central compartment, the linear part", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_VMAX {"VMAX", "mg/h", 10, 0, 1e6, \
    "largest rate of the saturable way out", .source = PN_ANTIBODY}
#define PN_ROW_KM {"KM", "mg/L", 2, 1e-6, 1e4, \
    "concentration at which the saturable way is half full", .source = PN_ANTIBODY}
#define PN_ROW_V1 {"V1", "L", 60, 0.1, 1e5, "central volume", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_Q {"Q", "L/h", 10, 0, 1e4, "exchange with the peripheral compartment", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_V2 {"V2", "L", 100, 0.01, 1e5, "peripheral volume", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_KA {"KA", "1/h", 1, 1e-4, 100, "absorption rate", \
    .source = PN_SMALL_MOLECULE}

/* Of the doses.  Hours and mg/h in every component, whatever its own unit of time. */
#define PN_ROW_F {"F", "1", 1, 0, 10, \
    "bioavailability of a dose outside the vein; a relative one may exceed 1", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_ALAG {"ALAG", "h", 0, 0, 240, "lag of absorption", \
    .source = PN_SMALL_MOLECULE}
#define PN_ROW_D {"D", "h", 1, 1e-4, 1e4, \
    "duration of a zero-order input (RATE -2)", \
    .source = "OURS: a generic value, used by doses that ask for it"}
#define PN_ROW_R {"R", "mg/h", 10, 1e-9, 1e7, \
    "rate of a zero-order input (RATE -1)", \
    .source = "OURS: a generic value, used by doses that ask for it"}

/* The same of a dose into the central compartment, as F2, ALAG2, D2, R2 elsewhere.  What
 * they are where they are not given: solver/study/treatment/README.md. */
#define PN_ROWS_INTO_A1(rate_unit) \
    [F_A1] = {"F_A1", "1", 1, 0, 10, "F of a dose into the central compartment A1", \
              .source = "OURS: all of what enters the vein is there"}, \
    [ALAG_A1] = {"ALAG_A1", "h", 0, 0, 240, \
                 "lag of a dose into the central compartment A1", \
                 .source = "OURS: what enters the vein is there at once"}, \
    [D_A1] = {"D_A1", "h", 1, 1e-4, 1e4, \
              "duration of a zero-order input into A1 (RATE -2); not given: D", \
              .source = "OURS: a generic value, used by doses that ask for it"}, \
    [R_A1] = {"R_A1", rate_unit, 10, 1e-9, 1e9, \
              "rate of a zero-order input into A1 (RATE -1); not given: R", \
              .source = "OURS: a generic value, used by doses that ask for it"}

/* OURS: a depot counts as ten times its size when its error is judged.  What is left of a
 * dose when a hundredth is left is noise to everything behind it, and following it to a
 * thousandth costs a stiff system a fifth of its steps. */
#define PN_ROW_DEPOT(name, size) {name, "mg", 0, 0, 1e5, "amount not yet absorbed", \
    .source = "dose", .scale = 10 * (size)}
#define PN_ROW_CENTRAL(name, size) {name, "mg", 0, 0, 1e5, \
    "amount in the central compartment", .source = "dose", .scale = size}
#define PN_ROW_PERIPHERAL(name, size) {name, "mg", 0, 0, 1e5, \
    "amount in the peripheral compartment", .source = "dose", .scale = size}
#define PN_ROW_TRANSIT(name, size) {name, "mg", 0, 0, 1e5, "amount on its way", \
    .source = "dose", .scale = size}
#define PN_ROW_C {"C", "mg/L", 0, 0, 1e6, "total concentration in plasma", \
    .source = "C = A1/V1"}

/* Into `first` what has to be absorbed, into `central` what has not.  A zero-order input
 * is a dose into the vein with a duration: then absorption is that input itself. */
#define PN_ROUTES(first, central) \
    {"oral", first, F, ALAG, R, D}, \
    {"iv", central, F_A1, ALAG_A1, R_A1, D_A1}, \
    {"sc", first, F, ALAG, R, D}, \
    {NULL, 0, -1, -1, -1, -1}
/* clang-format on */

static inline void pn_empty(pn_lane *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = pn_all(0.0);
}

enum {
    PN_TRANSITS = 5, /* between the place of the dose and the place of absorption */
    PN_CHAIN = PN_TRANSITS + 1, /* with the place of the dose */
};

/* x[0] is the place of the dose, x[1 ... PN_TRANSITS] the transits.
 * @return what leaves the last [mg/h] */
static inline pn_lane pn_transit_rate(pn_lane ktr, const pn_lane *x, pn_lane *dx)
{
    dx[0] = -ktr * x[0];
    for (size_t i = 1; i < PN_CHAIN; i++)
        dx[i] = ktr * (x[i - 1] - x[i]);
    return ktr * x[PN_CHAIN - 1];
}

/* The rows of the pattern that belong to it: states from 0, their rates from row r. */
/* clang-format off */
#define PN_AT_TRANSIT(r) \
    {r + 0, 0}, {r + 1, 0}, {r + 1, 1}, {r + 2, 1}, {r + 2, 2}, {r + 3, 2}, \
    {r + 3, 3}, {r + 4, 3}, {r + 4, 4}, {r + 5, 4}, {r + 5, 5}
/* clang-format on */

/* @return how many entries of j it has set */
static inline size_t pn_transit_slope(pn_lane ktr, pn_lane *j)
{
    size_t n = 0;

    j[n++] = -ktr;
    for (size_t i = 1; i < PN_CHAIN; i++) {
        j[n++] = ktr;
        j[n++] = -ktr;
    }
    return n;
}

#endif
