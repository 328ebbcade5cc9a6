/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crossbridges of smooth muscle by their strain: the equation of Huxley joined to the
 * four states of Hai and Murphy (Mijailovich, Butler & Fredberg 2000).
 *
 *   n_AMp' = f(x) n_Mp + k6 n_AM - (k5 + gp(x)) n_AMp
 *   n_AM'  = k5 n_AMp - (k6 + g(x)) n_AM
 *   n_M'   = -k1 n_M + k2 n_Mp + g(x) n_AM,     n_Mp = 1 - n_M - n_AMp - n_AM
 *
 * where ' follows the filament: all four are carried along with the strain x, measured in
 * power strokes.  So the law conserves sites while the muscle is held, and moves free
 * sites with the bound ones while it is not: as published.  k6 = k1. */
#ifndef PN_MODELS_AIRWAY_CROSSBRIDGE_H
#define PN_MODELS_AIRWAY_CROSSBRIDGE_H

#include <stddef.h>

/** Rates [1/s]: attachment f = fp1 x on (0, 1]; detachment g2 for x < 0, g1 x on (0, 1],
 * (g1 + g3) x beyond, and the same with p for phosphorylated bridges. */
struct pn_crossbridge_rates {
    double k2, k5;
    double fp1, gp1, gp2, gp3;
    double g1, g2, g3;
};

/** Source: read in the scripts of Rampadarath & Donovan 2018, after Mijailovich 2000. */
extern const struct pn_crossbridge_rates pn_crossbridge_mijailovich;

/** What is done to the muscle from t = 0 on: a sine, and from `start` on a step and a
 * steady motion; lengthening is positive.  k1 is `early` before `change`, then `late`. */
struct pn_protocol {
    double amplitude, frequency;  /* power strokes, Hz */
    double start, step, velocity; /* s, power strokes, power strokes/s */
    double early, late, change;   /* 1/s, 1/s, s */
    double end;                   /* s: nothing is asked after it */
};

/** Mijailovich's activation: 0.35 for 5 s, then 0.06; nothing moves. */
extern const struct pn_protocol pn_protocol_isometric;

/** Strain [power strokes] and its rate [1/s] at time t, both as after a step at t.
 *  @param[in] t  [s], >= 0 */
double pn_protocol_strain(const struct pn_protocol *protocol, double t);
double pn_protocol_rate(const struct pn_protocol *protocol, double t);
/** k1 [1/s] from time t on.
 *  @param[in] t  [s] */
double pn_protocol_k1(const struct pn_protocol *protocol, double t);
/** The first time after t, at most `until`, where strain or k1 jumps; else `until`.
 *  @param[in] t, until  [s] */
double pn_protocol_next(const struct pn_protocol *protocol, double t, double until);

/** Sums over all sites. */
struct pn_bridges {
    double force;     /* integral of x (n_AMp + n_AM) */
    double stiffness; /* integral of n_AMp + n_AM */
    double force_p;   /* the share of n_AMp in force */
    double least;     /* of all densities: never below 0 but for errors */
};

/** The equation on a grid of cells that moves with the filament: no flux is ever
 * approximated (method of characteristics).  Rates are means over a cell, so that the
 * edge of f at x = 1 passes smoothly; cells that leave at one end enter at the other,
 * unbound.  Second order in time and space. */
struct pn_crossbridge;

/** @param[in] rates, protocol  copied
 *  @param[in] cells  in a power stroke, >= 2
 *  @return PN_OK; PN_ERR_INPUT: a number of the protocol makes no sense, or the grid
 *  would have over 10^7 cells; PN_ERR_MEMORY */
int pn_crossbridge_create(const struct pn_crossbridge_rates *rates,
                          const struct pn_protocol *protocol, size_t cells,
                          struct pn_crossbridge **bridge);
void pn_crossbridge_free(struct pn_crossbridge **bridge);

/** From where it stands (t = 0, all in M, at first) to `until` <= end [s].
 *  @param[in] until  [s], not before where it stands */
void pn_crossbridge_advance(struct pn_crossbridge *bridge, double until);
void pn_crossbridge_measure(const struct pn_crossbridge *bridge, struct pn_bridges *sums);

#endif
