/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/narrowing.h"

void pn_airway_of_body(const pn_lane *body_area, const struct pn_remodelling *remodelling,
                       size_t z, const pn_lane *area, struct pn_airway *airway)
{
    const struct pn_tube *tube = &pn_lambert_tubes[z];
    const double each = 1.0 / (double)(1u << z);
    pn_lane normal = pn_all(tube->area * 100 * each) * *body_area; /* mm2 */
    pn_lane gained, relaxed, open;

    *airway = (struct pn_airway){.tube = tube,
                                 .recoil = remodelling->recoil,
                                 .tethered = pn_all(1),
                                 .shortens = 1};
    pn_wall_healthy(&normal, &airway->wall);
    airway->healthy = airway->wall.inner;
    gained = airway->healthy * (remodelling->wall - pn_all(1));
    airway->wall.inner = airway->healthy + gained;
    airway->wall.muscle = airway->wall.muscle * remodelling->muscle;
    /* the muscle's circle is as much wider as the wall within it is thicker */
    airway->largest = *area * pn_all(1e6 * each);
    pn_airway_relaxed(airway, &relaxed);
    open = (relaxed * relaxed * (airway->largest + airway->healthy) - airway->healthy) /
           airway->largest;
    airway->largest = airway->largest + gained / open;
}
