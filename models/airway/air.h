/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gas in the airways: one density and one viscosity for all models and experiments.
 */
#ifndef PN_MODELS_AIRWAY_AIR_H
#define PN_MODELS_AIRWAY_AIR_H

/** Density [kg/m3] and viscosity [Pa.s] of the gas in the airways at 37 degrees Celsius,
 * saturated with water (6.28 kPa), at 101.325 kPa.
 *
 * What is breathed in has 1.111 and 1.84e-5, once it is warm and humid; what comes from
 * the alveoli (40 mmHg of carbon dioxide, 100 of oxygen) 1.134 and 1.80e-5.  Airways hold
 * the one and the other in turn, so that one number between them serves every use, within
 * 1.3 % of either density and 1.7 % of either viscosity.  Source: the gas law,
 * Sutherland's formula for each gas (constants of White 2006) and Wilke 1950's rule for
 * their mixture; tests/test_air.c does the sum.
 *
 * Dry air of 37 degrees has 1.14 and 1.90e-5, numbers that are often given for humid air.
 * Where a paper's own gas is wanted it is an option: --density and --viscosity. */
#define PN_AIR_DENSITY   1.12
#define PN_AIR_VISCOSITY 1.83e-5

/** A gas that flows in airways: PN_AIR unless a study of another gas says otherwise. */
struct pn_gas {
    double density;   /* kg/m3 */
    double viscosity; /* Pa.s */
};
#define PN_AIR ((struct pn_gas){PN_AIR_DENSITY, PN_AIR_VISCOSITY})

#endif
