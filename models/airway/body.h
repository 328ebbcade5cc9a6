/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from sex, age and height: volumes of the lung, size of its airways. */
#ifndef PN_MODELS_AIRWAY_BODY_H
#define PN_MODELS_AIRWAY_BODY_H

#include "models/airway/forced_expiration.h"

/** The first generation that disease and muscle narrow: before it cartilage holds. */
enum { PN_FIRST_NARROW_AIRWAY = 3 };

/** Total lung capacity [L] of the lung that Lambert's tree belongs to. */
#define PN_LAMBERT_TLC 6.8

struct pn_body {
    pn_lane TLC, RV;      /* L */
    pn_lane area, length; /* factors on Lambert's tree */
};

/** Volumes: Quanjer 1993 (ERS).  Airways of another lung have Lambert's shape [OURS]:
 * lengths and diameters as the cube root of volume.
 *  @param[in] sex  1 man, 0 woman; age [year]; height [cm] */
void pn_body_init(const pn_lane *sex, const pn_lane *age, const pn_lane *height,
                  struct pn_body *body);

/** Lambert's tree at the size of the body; cross-sections from PN_FIRST_NARROW_AIRWAY on
 * times `calibre`.
 *  @param[in]  calibre  [1], > 0
 *  @param[out] lung     m2, m, L */
void pn_body_lung(const struct pn_body *body, const pn_lane *calibre,
                  struct pn_lung *lung);

#endif
