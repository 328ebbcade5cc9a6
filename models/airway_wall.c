/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/airway_wall.h"

#define PI 3.14159265358979323846

#define INNER_OFFSET 0.06 /* mm; sqrt(inner) = INNER_OFFSET + INNER_SLOPE perimeter */
#define INNER_SLOPE  0.1
#define MUSCLE       0.006 /* muscle / perimeter^2: 0.036 mm thick where that is 6 mm */

void pn_wall_healthy(const pn_lane *lumen, struct pn_wall *wall)
{
    pn_lane perimeter = pn_sqrt(pn_all(4 * PI) * *lumen);
    pn_lane root = pn_all(INNER_OFFSET) + pn_all(INNER_SLOPE) * perimeter;

    wall->inner = wall->outer = root * root;
    wall->muscle = pn_all(MUSCLE) * perimeter * perimeter;
}

void pn_wall_muscle_radius(const struct pn_wall *wall, const pn_lane *lumen,
                           pn_lane *radius)
{
    *radius = pn_sqrt((*lumen + wall->inner) / pn_all(PI));
}

void pn_wall_outer_radius(const struct pn_wall *wall, const pn_lane *radius,
                          pn_lane *outer)
{
    *outer = pn_sqrt(*radius * *radius + (wall->muscle + wall->outer) / pn_all(PI));
}

void pn_wall_lumen(const struct pn_wall *wall, const pn_lane *radius, pn_lane *lumen)
{
    *lumen = pn_all(PI) * *radius * *radius - wall->inner;
}
