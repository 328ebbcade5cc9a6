/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breathing through a tree: who is asked to breathe how, and what is kept of it. */
#ifndef PN_AIRWAY_BREATHE_H
#define PN_AIRWAY_BREATHE_H

#include "models/lung/tree_breathing.h"
#include "models/lung/ventilation.h"
#include "solver/airway/airway_file.h"

struct pn_airway_breathe {
    struct pn_breathing b; /* but for pleura, mouth and the acinus' V0, which follow */
    double frc;            /* volume of units with a stretch of 1.26 [L] */
    double pleura, swing;  /* mean pressure, what it falls below and rises above [Pa] */
    double period, begin;  /* of a breath, and when the pleura begins to fall [s] */
    double ventilator;     /* largest flow at the mouth [m3/s]; 0: the mouth is open */
    double until, every;   /* last time and distance of outputs [s] */
};
enum { PN_AIRWAY_OUTPUTS = 100000 }; /* until / every at most */

/** A quiet breath of 4 s, twice, through rigid airways. */
void pn_airway_breathe_defaults(struct pn_airway_breathe *options);

struct pn_airway_breaths {
    const struct pn_tree *tree;                   /* borrowed */
    struct pn_breathing b;                        /* as it was integrated */
    size_t n_t, n;                                /* outputs planned, seen */
    double *t, *volume, *inflow, *inlet, *pleura; /* [n_t]: s, m3, m3/s, Pa, Pa */
    double *unit, *rate;                          /* [n_t][n_terminals], m3 and m3/s */
    double *depth, *specific, *least, *most;      /* [n_terminals] */
    struct pn_ventilation ventilation;            /* of the last period */
    struct pn_breathing_counts counts;
    const char *film; /* borrowed; NULL: no film */
};

/** Breathe until the last output.
 *  @param[in]  film     NAME.pvd: every output is drawn as NAME_0000.vtu, …, while it is
 *                       there; NULL: no film
 *  @param[out] breaths  free with pn_airway_breaths_free, also after an error
 *  @return PN_OK; PN_ERR_INPUT: a gradient without a direction, too many outputs;
 *  PN_ERR_VALUE: out of range; PN_ERR_LIBRARY: it could not be followed; PN_ERR_MEMORY,
 *  PN_ERR_IO */
int pn_airway_breathe(const struct pn_tree *tree, const struct pn_airway_breathe *options,
                      const char *film, struct pn_airway_breaths *breaths);
void pn_airway_breaths_free(struct pn_airway_breaths *breaths);

/** Draw an output as the film's next picture. */
int pn_airway_breaths_draw(const struct pn_airway_breaths *breaths,
                           const struct pn_breath *breath);

/** Totals (.csv), each unit at each time (.h5) or the list of the film (.pvd, the name
 * that pn_airway_breathe got).
 *  @return PN_OK, PN_ERR_INPUT (another ending), PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_breaths_write(const struct pn_airway_breaths *breaths, const char *path,
                            const char *command);

#endif
