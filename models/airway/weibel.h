/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weibel's symmetric lung A: diameters and lengths of 24 generations, and what follows.
 */
#ifndef PN_MODELS_AIRWAY_WEIBEL_H
#define PN_MODELS_AIRWAY_WEIBEL_H

#include <stddef.h>

enum { PN_WEIBEL_GENERATIONS = 24 };

/** [cm], generation 0 is the trachea, generation z has 2^z airways; at a lung volume of
 * 4.8 L.  Source: Weibel 1963, Morphometry of the human lung. */
extern const double pn_weibel_diameter[PN_WEIBEL_GENERATIONS];
extern const double pn_weibel_length[PN_WEIBEL_GENERATIONS];

/** Resistance of generation z to laminar flow (Poiseuille) [cmH2O.s/L]; viscosity [Pa.s].
 */
double pn_weibel_resistance(size_t z, double viscosity);

/** Volume of the cylinders of generation z [mL]; alveoli are not in it. */
double pn_weibel_volume(size_t z);

#endif
