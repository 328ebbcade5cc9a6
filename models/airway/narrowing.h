/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What muscle makes of the airways: from a body and its remodelling to the lumen at a
 * tension, and to a whole lung; shared by the tests in which muscle works. */
#ifndef PN_MODELS_AIRWAY_NARROWING_H
#define PN_MODELS_AIRWAY_NARROWING_H

#include "models/airway/airway_equilibrium.h"
#include "models/airway/body.h"

/** How an airway differs from a healthy one. */
struct pn_remodelling {
    pn_lane wall;   /* area of the inner wall, relative to healthy; takes nothing from the
                       relaxed lumen */
    pn_lane muscle; /* area of the muscle, relative to healthy */
    pn_lane recoil; /* transpulmonary pressure at which the muscle works [cmH2O] */
};

/** One airway of generation z whose relaxed lumen is `area` [m2] of all of them together
 * at full distension times alpha, whatever its wall.  body_area: pn_body.area.
 *  @param[in]  body_area  factor on the cross-sections of Lambert's tree [1]
 *  @param[in]  z          generation, from PN_FIRST_NARROW_AIRWAY on
 *  @param[in]  area       A_m of the whole generation [m2]
 *  @param[out] airway     one of its 2^z airways */
void pn_airway_of_body(const pn_lane *body_area, const struct pn_remodelling *remodelling,
                       size_t z, const pn_lane *area, struct pn_airway *airway);

/** The muscle of a lung whose airways of one generation differ in strength (lognormal):
 * their mean lumen is the generation's. */
struct pn_muscle {
    struct pn_remodelling remodelling;
    pn_lane size;     /* pn_body.area */
    pn_lane strength; /* tension over the largest radius, all bridges attached [cmH2O] */
    pn_lane sigma;    /* SD of its logarithm; see pn_muscle_sigma */
};

/** Most states of the muscle that are looked at together. */
enum { PN_MUSCLE_STATES_MOST = 12 };

/** SD of the logarithm of what has this coefficient of variation [1].
 *  @param[in] variation  >= 0 [1] */
void pn_muscle_sigma(const pn_lane *variation, pn_lane *sigma);

/** The lung at n states of its muscle: airways from PN_FIRST_NARROW_AIRWAY on are in
 * equilibrium with tube law, tethering and a wall of conserved area.
 *  @param[in] attached   share of bridges attached, of each state: n <= the most
 *  @param[out] narrowed  the lung in each state */
void pn_lung_narrow(const struct pn_lung *lung, const struct pn_muscle *muscle, size_t n,
                    const pn_lane *attached, struct pn_lung *narrowed);

/** max(lumen, 0) with a rounded corner: folds of the mucosa keep a shut airway from
 * losing all of its lumen: a thousandth of the relaxed one where it is 0 [OURS]. */
static inline pn_lane pn_lumen_left(pn_lane lumen, pn_lane relaxed)
{
    const pn_lane shut = pn_all(1e-3) * relaxed;

    return pn_all(0.5) * (lumen + pn_sqrt(lumen * lumen + pn_all(4) * shut * shut));
}

#endif
