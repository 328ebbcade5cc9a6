/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Oscillating flow in a rigid tube: how much more than laminar resistance it meets.
 *
 * Z = 8 mu l / (pi r^4) g(a), a = r sqrt(w rho / mu), the Womersley number;
 * g = i a^2 / 8 / (1 - 2 J1(z) / (z J0(z))), z = i^(3/2) a.  Slow flow: g = 1 + i a^2 /
 * 6, which is R + i w I with I = 4/3 rho l / (pi r^2).  Source: Womersley 1955; Zwikker &
 * Kosten 1949. */
#ifndef PN_MODELS_LUNG_WOMERSLEY_H
#define PN_MODELS_LUNG_WOMERSLEY_H

#include "models/lung/complex.h"

/** g at a^2 >= 0, to 2e-11: a continued fraction up to a = 20, Hankel's expansion above.
 *  @param[in]  square  a^2, shape one lane [1]
 *  @param[out] g       [1] */
void pn_womersley(const pn_lane *square, struct pn_complex *g);

enum {
    PN_WOMERSLEY_NODES = 642, /* a = 0, 1/32, … beyond 20 */
};

/** g and dg/da at equidistant a, for many tubes. */
struct pn_womersley_table {
    double re[PN_WOMERSLEY_NODES], im[PN_WOMERSLEY_NODES];
    double re_slope[PN_WOMERSLEY_NODES], im_slope[PN_WOMERSLEY_NODES];
};

/** Fill the table: once, it holds for every gas and tube.
 *  @param[out] table  some 20 kB */
void pn_womersley_fill(struct pn_womersley_table *table);

/** As pn_womersley, by cubic interpolation, to 2e-10.
 *  @param[in] square  a^2 >= 0 [1]; beyond the last node as pn_womersley */
void pn_womersley_look(const struct pn_womersley_table *table, const pn_lane *square,
                       struct pn_complex *g);

#endif
