/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pneuma airway breathe keeps of a run, and writes. */
#ifndef PN_AIRWAY_BREATHE_H
#define PN_AIRWAY_BREATHE_H

#include "models/lung/tree_breathing.h"
#include "models/lung/ventilation.h"
#include "solver/airway/gas.h"

struct pn_airway_breaths {
    const struct pn_tree *tree;
    const struct pn_breathing *b;
    const char *out;
    size_t n_t, n;                                /* outputs planned, seen */
    double *t, *volume, *inflow, *inlet, *pleura; /* [n_t] */
    double *unit, *rate;                          /* [n_t][n_terminals], m3 and m3/s */
    double *depth, *specific, *least, *most;      /* [n_terminals] */
    struct pn_ventilation ventilation;
};

/** 'c', 'h' or 'p' for .csv, .h5, .pvd; 0: none of them. */
int pn_airway_breath_form(const char *out);

/** Plan the outputs; `out` may be NULL.  @return PN_OK, PN_ERR_MEMORY. */
int pn_airway_breaths_begin(struct pn_airway_breaths *breaths, const struct pn_tree *tree,
                            const struct pn_breathing *b, double until, double every,
                            const char *out);

/** Keep an output (user: the breaths); for .pvd write its .vtu. */
int pn_airway_breaths_see(void *user, const struct pn_breath *breath);

/** Ventilation of the last `period` seconds, and the file. */
int pn_airway_breaths_end(struct pn_airway_breaths *breaths, double period,
                          const char *command);
void pn_airway_breaths_free(struct pn_airway_breaths *breaths);

#endif
