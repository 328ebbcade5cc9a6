/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ventilation of a lung whose muscle is tightened uniformly, one activation after the
 * other. */
#ifndef PN_AIRWAY_DEFECTS_H
#define PN_AIRWAY_DEFECTS_H

#include "models/lung/ventilation_defects.h"
#include "solver/airway/airway_file.h"

struct pn_airway_tighten {
    struct pn_defects_options lung;
    double volume;    /* of gas at which the tree has its size [L] */
    double viscosity; /* of the gas [Pa.s]: airways without convection know no density */
    double from, to;  /* tension of the muscle over its largest radius [cmH2O] */
    size_t n;         /* activations between them, >= 1 */
};

/** One activation of 6 cmH2O, a tree at 3 L. */
void pn_airway_tighten_defaults(struct pn_airway_tighten *options);

/** Weibel's tree, each airway in a row of its own, with its size at a volume [L].
 *  @param[in] n_generations  2 to 20
 *  @return PN_OK, PN_ERR_VALUE, PN_ERR_MEMORY */
int pn_airway_symmetric(size_t n_generations, double volume, struct pn_tree **tree);

/** Of one activation [cmH2O]; the others as in struct pn_defects. */
struct pn_airway_defect {
    double tension, variation, bimodality, defective, clusters, largest, breaths;
};

struct pn_airway_defects {
    const struct pn_tree *tree; /* borrowed */
    size_t n;
    struct pn_airway_defect *at; /* shape [n] */
    double *ventilation, *lumen; /* at the last activation, shape [tree->n] */
};

/** @param[out] defects  free with pn_airway_defects_free, also after an error
 *  @return PN_OK; PN_ERR_INPUT: a row stands for many airways; PN_ERR_VALUE,
 *  PN_ERR_MEMORY */
int pn_airway_defects(const struct pn_tree *tree, const struct pn_airway_tighten *options,
                      struct pn_airway_defects *defects);
void pn_airway_defects_free(struct pn_airway_defects *defects);

/** Ventilation and lumen of each airway at the last activation: .csv, .h5 or .vtu.
 *  @return as pn_airway_write_rows */
int pn_airway_defects_write(const struct pn_airway_defects *defects, const char *path,
                            const char *command);

#endif
