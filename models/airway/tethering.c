/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lai-Fook's polynomial. */
#include "models/airway/tethering.h"

#define LINEAR 1.4 /* 2 G / P, G = 0.7 P */
#define SQUARE 2.1 /* 1.5 times that */

void pn_tether(const pn_lane *P, const pn_lane *x, pn_lane *stress)
{
    *stress = *P * *x * (pn_all(LINEAR) + pn_all(SQUARE) * *x);
}
