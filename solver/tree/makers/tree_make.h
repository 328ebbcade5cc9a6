/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that are made, not read. */
#ifndef PN_TREE_MAKERS_TREE_MAKE_H
#define PN_TREE_MAKERS_TREE_MAKE_H

#include <stdint.h>

#include "models/lung/tree.h"

/** Weibel's symmetric lung A, one row a generation, scaled in length and diameter.
 *  @param[in] n_generations  1 to 24
 *  @param[in] scale          1: at 4.8 L; (3 / 4.8)^(1/3) at 3 L
 *  @return PN_OK, PN_ERR_VALUE, PN_ERR_MEMORY. */
int pn_tree_weibel(size_t n_generations, double scale, struct pn_tree **tree);

/** The same, each airway in a row of its own; n_generations 2 to 20. */
int pn_tree_weibel_unfolded(size_t n_generations, double scale, struct pn_tree **tree);

/** Asymmetric tree by Horsfield's recursion: an airway of order n divides into two of
 * orders n - 1 and n - 1 - delta[n] (at least 1); equal orders are equal trees, so that
 * one row stands for all airways of one order behind the same path of orders.
 *  @param[in] n_orders  order of the trachea, 1 to 40
 *  @param[in] delta     [n_orders + 1], from 0; delta[n] is used at an airway of order n
 *  @param[in] length    [n_orders + 1], m, of an airway of order n; [0] is not used
 *  @param[in] radius    as length
 *  @return PN_OK; PN_ERR_VALUE: a number out of range; more than PN_TREE_MAX_AIRWAYS
 * rows; PN_ERR_MEMORY. */
int pn_tree_horsfield(size_t n_orders, const int *delta, const double *length,
                      const double *radius, struct pn_tree **tree);

/** The same with the numbers of README.md: 27 orders, delta 3 above order 6 and 0 below,
 * diameters in equal ratios from 0.5 mm to the trachea's, length 3 diameters. */
int pn_tree_horsfield_usual(double scale, struct pn_tree **tree);

/** Whose tree is grown.  Zero means the default in brackets. */
struct pn_tree_patient {
    uint64_t seed;
    int64_t patient;       /* number in the study, from 1 */
    double height;         /* m, 1.0 to 2.5 [1.76] */
    double volume;         /* m3 of gas, at which the tree has its size [3 L x (height /
                              1.76 m)^3] */
    double calibre;        /* factor on all diameters, 0.3 to 3 [1] */
    size_t n_terminals;    /* acini, 10 to 1000000 [30000] */
    double lobe[PN_LOBES]; /* parts of the lung, from PN_LOBE_RIGHT_UPPER on; they need
                              not sum to 1; a 0 among others: this lobe is missing */
};

/** Fill in defaults, check ranges.  @return PN_OK, PN_ERR_VALUE. */
int pn_tree_patient_check(struct pn_tree_patient *patient);

/** The parts of five lobes that are used when none is given: lobe[PN_LOBES]. */
void pn_tree_usual_lobes(double *lobe);

/** A tree that fills five lobes of simple shape: a function of the patient, the same bits
 * anywhere.  n_terminals units; 2 n_terminals - 1 airways when no lobe is missing.
 *  @return PN_OK; PN_ERR_VALUE: out of range; PN_ERR_MEMORY. */
int pn_tree_grow(const struct pn_tree_patient *patient, struct pn_tree **tree);

#endif
