/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wall of an airway in cross-section: what is conserved when the airway narrows.
 *
 * From the lumen outwards: inner wall (up to the muscle), muscle, outer wall (up to the
 * lung).  The areas of all three stay as they are, so the wall thickens as its radii
 * fall, and the lumen, what the inner wall leaves free of the muscle's circle, narrows in
 * a larger proportion than the muscle: James 1989, Moreno 1986.  Lengths mm, areas mm2.
 */
#ifndef PN_MODELS_AIRWAY_AIRWAY_WALL_H
#define PN_MODELS_AIRWAY_AIRWAY_WALL_H

#include "solver/base/lane.h"

/** Areas of the wall [mm2]. */
struct pn_wall {
    pn_lane inner, muscle, outer;
};

/** The wall of a healthy airway whose lumen, fully distended, has this area.
 *  Source: sqrt(inner) is linear in the perimeter of the lumen (recalled, low); muscle
 * and outer wall OURS: thickness in proportion to the perimeter, James 2009's 0.036 mm of
 *  muscle at a perimeter of 6 mm, an outer wall as large as the inner.
 *  @param[in] lumen  [mm2] */
void pn_wall_healthy(const pn_lane *lumen, struct pn_wall *wall);

/** Outer radius [mm] where the muscle's inner border has this radius.
 *  @param[in] radius  [mm] */
void pn_wall_outer_radius(const struct pn_wall *wall, const pn_lane *radius,
                          pn_lane *outer);

/** Lumen where the muscle's inner border has this radius; negative: less than nothing is
 * left.
 *  @param[in]  radius  [mm]
 *  @param[out] lumen   [mm2] */
void pn_wall_lumen(const struct pn_wall *wall, const pn_lane *radius, pn_lane *lumen);

#endif
