/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The surface of a body, by the formulas that doses per m2 are computed with. */
#ifndef PN_MODELS_KINETICS_BODY_SURFACE_H
#define PN_MODELS_KINETICS_BODY_SURFACE_H

/** Coefficient x weight^W x height^H. */
struct pn_body_surface {
    const char *name; /* as a study says it */
    double coefficient, of_weight, of_height;
    const char *source;
};

/** The formulas; ends with a NULL name.  The first one holds where none is named. */
extern const struct pn_body_surface pn_body_surfaces[];

/** Their names; ends with NULL. */
extern const char *const pn_body_surface_names[];

/** @param[in] weight  kg
 *  @param[in] height  cm
 *  @return m2 */
double pn_body_surface(const struct pn_body_surface *formula, double weight,
                       double height);

#endif
