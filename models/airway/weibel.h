/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weibel's symmetric lung A: diameters and lengths of 24 generations. */
#ifndef PN_MODELS_AIRWAY_WEIBEL_H
#define PN_MODELS_AIRWAY_WEIBEL_H

enum { PN_WEIBEL_GENERATIONS = 24 };

/** [cm], generation 0 is the trachea, generation z has 2^z airways; at a lung volume of
 * 4.8 L.  Source: Weibel 1963, Morphometry of the human lung. */
extern const double pn_weibel_diameter[PN_WEIBEL_GENERATIONS];
extern const double pn_weibel_length[PN_WEIBEL_GENERATIONS];

#endif
