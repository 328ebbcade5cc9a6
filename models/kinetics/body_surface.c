/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas of the body's surface: all are powers of weight [kg] and height [cm]. */
#include "models/kinetics/body_surface.h"

#include <stddef.h>

#include "solver/base/lane.h"

/* clang-format off */
const struct pn_body_surface pn_body_surfaces[] = {
    {"mosteller", 1.0 / 60.0, 0.5, 0.5,
     "Mosteller 1987, N Engl J Med 317:1098: sqrt(weight x height / 3600)"},
    {"dubois", 0.007184, 0.425, 0.725, "Du Bois and Du Bois 1916, Arch Intern Med 17:863"},
    {"haycock", 0.024265, 0.5378, 0.3964, "Haycock 1978, J Pediatr 93:62"},
    {"gehan-george", 0.0235, 0.51456, 0.42246,
     "Gehan and George 1970, Cancer Chemother Rep 54:225"},
    {NULL, 0, 0, 0, NULL}
};
/* clang-format on */

const char *const pn_body_surface_names[] = {"mosteller", "dubois", "haycock",
                                             "gehan-george", NULL};

/* As models compute powers: the same bits on every processor. */
static double power(double x, double exponent)
{
    pn_lane base = pn_all(x), e = pn_all(exponent), y;

    pn_pow(&base, &e, &y);
    return y[0];
}

double pn_body_surface(const struct pn_body_surface *formula, double weight,
                       double height)
{
    return formula->coefficient * power(weight, formula->of_weight) *
           power(height, formula->of_height);
}
