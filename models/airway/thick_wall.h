/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Airways as thick-walled cylinders of an incompressible material: pressure against
 * radius.  A point at R in the stress-free wall is at r, r^2 - R^2 = ri^2 - Ri^2. */
#ifndef PN_MODELS_AIRWAY_THICK_WALL_H
#define PN_MODELS_AIRWAY_THICK_WALL_H

/** Matrix, two families of collagen, and muscle.  Stresses and pressures in one unit. */
struct pn_hiorns_wall {
    double Ri, Ro;     /* stress-free radii, 0 < Ri < Ro */
    double mu;         /* shear modulus of the matrix (neo-Hookean) */
    double C1, C2;     /* collagen: stress, and how fast it stiffens [1] */
    double phi1, phi2; /* angles of collagen and muscle to the circumference [rad] */
    double A;          /* active stress of the muscle */
};

/** Matrix that stiffens exponentially. */
struct pn_laprad_wall {
    double Ri, Ro;
    double k1, k2, k3; /* stress, stress, 1 */
};

/** Transmural pressure that holds the inner radius at ri > 0; +infinity beyond reach.
 *  Source: Hiorns 2014, equation S18, with 1/ri^2 - 1/ro^2 in the matrix's term; its
 *  collagen is that of a stress 4 C1 c^6 X^2 (1 + X) exp(C2 c^4 X^2), X = (r/R)^2 - 1,
 *  c = cos(phi1), and bears nothing where ri < Ri.
 *  @param[in] ri  in the unit of Ri */
double pn_hiorns_pressure(const struct pn_hiorns_wall *wall, double ri);

/** The same by quadrature, each r with its own R.  Source: LaPrad 2013.
 *  @param[in] ri  in the unit of Ri */
double pn_laprad_pressure(const struct pn_laprad_wall *wall, double ri);

/** Inner radius at a transmural pressure; NaN where the wall's numbers make no sense.
 *  @param[in] pressure  in the unit of the stresses */
double pn_hiorns_radius(const struct pn_hiorns_wall *wall, double pressure);
double pn_laprad_radius(const struct pn_laprad_wall *wall, double pressure);

#endif
