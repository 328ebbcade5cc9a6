/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elastic recoil of gas-exchanging units: pressure against volume of a whole lung;
 * a unit with a part of the lung has that part of the volume at the same pressure. */
#ifndef PN_MODELS_LUNG_ACINUS_H
#define PN_MODELS_LUNG_ACINUS_H

enum pn_acinus_law {
    PN_ACINUS_LINEAR,  /* V = C P */
    PN_ACINUS_SIGMOID, /* V = a + b / (1 + exp(-(P - c) / d)), Venegas 1998 */
    PN_ACINUS_SWAN /* P = xi exp(gamma) k (l^2 - 1) / (2 l), l = (V / V0)^(1/3), gamma =
                      0.75 k (l^2 - 1)^2, k = 3 a + b, Swan 2012 */
};

struct pn_acinus {
    enum pn_acinus_law law;
    double compliance;             /* linear: C of the whole lung, m3/Pa */
    double a, b, c, d;             /* sigmoid: m3, m3, Pa, Pa */
    double xi, swan_a, swan_b, V0; /* Swan: Pa, 1, 1, m3 without stress */
};

/** 0.2 L/cmH2O; a = 2 L, b = 4 L, c = 667 Pa, d = 300 Pa (Venegas 1998, as used by
 * others); xi = 2500 Pa, a = 0.433, b = -0.611, and V0 such that l = 1.26 at 3 L (Swan
 * 2012).
 *  @param[out] acinus  all of it is set */
void pn_acinus_defaults(struct pn_acinus *acinus);

/** Recoil P [Pa] of a lung of volume V [m3] and its slope [Pa/m3].
 *  @return 0; 1: no such volume (sigmoid: outside a … a + b; Swan: not positive). */
int pn_acinus_recoil(const struct pn_acinus *acinus, double V, double *P, double *slope);

/** Volume [m3] of a lung with recoil P.  NaN: there is none.
 *  @param[in] P  recoil [Pa]
 *  @return [m3], of the whole lung */
double pn_acinus_volume(const struct pn_acinus *acinus, double P);

#endif
