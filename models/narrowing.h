/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What muscle makes of the airways of a generation: from a body and its remodelling to
 * the lumen at a tension, shared by the tests in which muscle works. */
#ifndef PN_MODELS_NARROWING_H
#define PN_MODELS_NARROWING_H

#include "models/airway_equilibrium.h"
#include "models/body.h"

/** How an airway differs from a healthy one. */
struct pn_remodelling {
    pn_lane wall;   /* area of the inner wall, relative to healthy; takes nothing from the
                       relaxed lumen */
    pn_lane muscle; /* area of the muscle, relative to healthy */
    pn_lane recoil; /* transpulmonary pressure at which the muscle works [cmH2O] */
};

/** One airway of generation z whose relaxed lumen is `area` [m2] of all of them together
 * at full distension times alpha, whatever its wall.  body_area: pn_body.area. */
void pn_airway_of_body(const pn_lane *body_area, const struct pn_remodelling *remodelling,
                       size_t z, const pn_lane *area, struct pn_airway *airway);

/** max(lumen, 0) with a rounded corner: folds of the mucosa keep a shut airway from
 * losing all of its lumen: a thousandth of the relaxed one where it is 0 [OURS]. */
static inline pn_lane pn_lumen_left(pn_lane lumen, pn_lane relaxed)
{
    const pn_lane shut = pn_all(1e-3) * relaxed;

    return pn_all(0.5) * (lumen + pn_sqrt(lumen * lumen + pn_all(4) * shut * shut));
}

#endif
