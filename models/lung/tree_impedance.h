/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Impedance of a lung at the mouth: any airway tree, tissue behind its terminal units,
 * upper airway in front; from the leaves to the root, on lanes of frequencies. */
#ifndef PN_MODELS_LUNG_TREE_IMPEDANCE_H
#define PN_MODELS_LUNG_TREE_IMPEDANCE_H

#include "models/lung/complex.h"
#include "models/lung/tree.h"

enum pn_branch_law {
    PN_BRANCH_WOMERSLEY, /* oscillating flow, by a table */
    PN_BRANCH_RI         /* R + i w rho l / (pi r^2), R laminar: plug flow's inertance */
};

/** SI.  What is 0 is not there. */
struct pn_oscillation {
    enum pn_branch_law law;
    double density, viscosity; /* kg/m3, Pa.s */
    /* tissue of the whole lung, (G - i H) / w^alpha with w in rad/s and alpha = 2/pi
     * atan(H / G): Hantos 1992; G = 0: an elastance H [Pa/m3].  A terminal unit has it
     * over its share of the lung's volume. */
    double G, H;
    double resistance, inertance; /* of upper airway and chest wall: Pa.s/m3, Pa.s2/m3 */
    double length;                /* factor on lengths and radii of the tree; 0: 1 */
    const double *area; /* factor on cross-sections besides, one each row; NULL: 1 */
    /* compliance of the airways' walls at this recoil [cmH2O] by Lambert's tube laws,
     * that of an airway by its Horsfield order; 0: rigid */
    double recoil;
};

/** R + i X [Pa.s/m3] at each frequency.
 *  @param[in]  f     [Hz], > 0, shape [n]
 *  @param[out] R, X  shape [n]
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_tree_impedance(const struct pn_tree *tree, const struct pn_oscillation *how,
                      size_t n, const double *f, double *R, double *X);

/** (G - i H) / w^alpha at w [rad/s]; in the lanes of G = 0 an elastance.
 *  @param[in]  G, H  [Pa/m3], times (rad/s)^(alpha - 1)
 *  @param[in]  w     [rad/s], > 0
 *  @param[out] Z     [Pa.s/m3] */
void pn_tissue_impedance(const pn_lane *G, const pn_lane *H, const pn_lane *w,
                         struct pn_complex *Z);

/** What oscillometry reports of a spectrum; units of R, Hz. */
struct pn_oscillation_indices {
    pn_lane R5, R20, X5; /* linear between frequencies; NaN outside of them */
    pn_lane Fres;        /* the first zero of X, linear between frequencies; NaN: none */
    pn_lane AX; /* -X from 5 Hz to Fres, or to the last frequency; trapezoids; NaN when 5
                   Hz is not one of the frequencies */
};

/** On lanes of patients (or anything); f increasing, shape [n].
 *  @param[in] f     [Hz], increasing, shape [n], n >= 1
 *  @param[in] R, X  in one unit, shape [n] */
void pn_oscillation_indices(size_t n, const double *f, const pn_lane *R, const pn_lane *X,
                            struct pn_oscillation_indices *out);

#endif
