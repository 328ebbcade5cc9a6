/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Airways of a body with their walls and muscle, and the lumen of each generation at each
 * tension. */
#include "models/airway/narrowing.h"

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

enum { CLASSES = 5 }; /* of muscle's strength in a generation */

void pn_muscle_sigma(const pn_lane *variation, pn_lane *sigma)
{
    const pn_lane variance = pn_all(1) + *variation * *variation;
    pn_lane s;

    pn_log(&variance, &s);
    *sigma = pn_sqrt(s);
}

/* Tension of each class of airways in each state, as kappa. */
static void tensions(const struct pn_muscle *muscle, size_t n, const pn_lane *attached,
                     pn_lane *kappa)
{
    /* normal quantiles of 10, 30, 50, 70 and 90 % */
    static const double quantile[CLASSES] = {-1.2815515655446004, -0.5244005127080407, 0,
                                             0.5244005127080407, 1.2815515655446004};
    const pn_lane most = muscle->strength * muscle->remodelling.muscle, s = muscle->sigma;

    for (size_t c = 0; c < CLASSES; c++) {
        pn_lane strength = s * (pn_all(quantile[c]) - pn_all(0.5) * s);
        pn_exp(&strength, &strength);
        for (size_t i = 0; i < n; i++)
            kappa[i * CLASSES + c] = most * strength * attached[i];
    }
}

/* Lumen of a generation in each state, relative to relaxed. */
static void narrow(const struct pn_muscle *muscle, size_t z, const pn_lane *area,
                   size_t n, const pn_lane *kappa, pn_lane *factor)
{
    struct pn_airway airway;
    pn_lane rho[PN_MUSCLE_STATES_MOST * CLASSES], no_tension = pn_all(0), lumen, relaxed,
                                                  whole;

    pn_airway_of_body(&muscle->size, &muscle->remodelling, z, area, &airway);
    pn_airway_narrow(&airway, 1, &no_tension, rho);
    pn_airway_lumen(&airway, &rho[0], &relaxed);
    pn_airway_narrow(&airway, n * CLASSES, kappa, rho);
    whole = pn_all(CLASSES) * pn_lumen_left(relaxed, relaxed);
    for (size_t i = 0; i < n; i++) {
        factor[i] = pn_all(0);
        for (size_t c = 0; c < CLASSES; c++) {
            pn_airway_lumen(&airway, &rho[i * CLASSES + c], &lumen);
            factor[i] = factor[i] + pn_lumen_left(lumen, relaxed);
        }
        factor[i] = factor[i] / whole;
    }
}

void pn_lung_narrow(const struct pn_lung *lung, const struct pn_muscle *muscle, size_t n,
                    const pn_lane *attached, struct pn_lung *narrowed)
{
    pn_lane kappa[PN_MUSCLE_STATES_MOST * CLASSES], factor[PN_MUSCLE_STATES_MOST];

    tensions(muscle, n, attached, kappa);
    for (size_t i = 0; i < n; i++)
        narrowed[i] = *lung;
    for (size_t z = PN_FIRST_NARROW_AIRWAY; z < PN_GENERATIONS; z++) {
        narrow(muscle, z, &lung->bronchi.area[z], n, kappa, factor);
        for (size_t i = 0; i < n; i++)
            narrowed[i].bronchi.area[z] = lung->bronchi.area[z] * factor[i];
    }
}
