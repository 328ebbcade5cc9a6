/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the components of inhaled drugs share.
 *
 * An inhaled dose falls at once on several places (airways, gut), but a dose enters one
 * state.  So that state I is the dose by the clock of the place that empties first (rate
 * k): a place that holds the share s of the dose and empties at the rate k' holds
 *
 *   s I + x,   x' = s (k - k') I - k' x,   x = 0 before
 *
 * which is s e^(-k' t) of the dose, exactly, and the sum of all states is the amount that
 * is there.  x cannot be below zero as long as k >= k'; beyond, it may be, and the amount
 * at the place is right all the same.  The amounts at the places are written as signals.
 */
#ifndef PN_MODELS_KINETICS_INHALED_H
#define PN_MODELS_KINETICS_INHALED_H

#include "models/kinetics/kinetics.h"

/* clang-format off */
#define PN_ROW_F_LUNG(value, from) {"F_lung", "1", value, 0, 1, \
    "share of the inhaled dose that reaches the airways, the rest is swallowed", \
    .source = from}
#define PN_ROW_F_GUT(value, from) {"F_gut", "1", value, 0, 1, \
    "share of what is swallowed that reaches the plasma", .source = from}
#define PN_ROW_F_INHALED {"F", "1", 1, 0, 10, \
    "share of the nominal dose that leaves the inhaler", \
    .source = "OURS: 1, doses are those delivered"}
#define PN_ROW_R_INHALED {"R", "ug/h", 10, 1e-9, 1e9, \
    "rate of a zero-order input (RATE -1)", \
    .source = "OURS: a generic value, used by doses that ask for it"}
#define PN_ROW_INHALED(size) {"I", "ug", 0, 0, 1e6, \
    "inhaled dose, by the clock of the place that empties first", .source = "dose", \
    .scale = size}
#define PN_ROW_UG(name, sentence, size) {name, "ug", 0, 0, 1e6, sentence, \
    .source = "dose", .scale = size}
#define PN_ROW_C_INHALED {"C", "ug/L", 0, 0, 1e6, "total concentration in plasma", \
    .source = "C = A1/V1"}
#define PN_ROW_LUNG {"lung", "ug", 0, 0, 1e6, "amount in the airways, all forms", \
    .source = "what is deposited and not yet in plasma or gut"}
#define PN_ROW_GUT {"gut", "ug", 0, 0, 1e6, "amount that is swallowed", \
    .source = "what is not yet absorbed there"}

/* A swallowed dose has its bioavailability in F_gut. */
#define PN_ROUTES_INHALED(swallowed, central) \
    {"inhaled", 0, F, ALAG, R, D}, \
    {"oral", swallowed, -1, ALAG, R, D}, \
    {"iv", central, F_A1, ALAG_A1, R_A1, D_A1}, \
    {NULL, 0, -1, -1, -1, -1}
/* clang-format on */

#endif
