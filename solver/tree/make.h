/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that are made, not read. */
#ifndef PN_TREE_MAKE_H
#define PN_TREE_MAKE_H

#include <stdint.h>

#include "solver/base/tree.h"

/** Weibel's symmetric lung A, one row a generation, scaled in length and diameter.
 *  @param[in] n_generations  1 to 24
 *  @param[in] scale          1: at 4.8 L; (3 / 4.8)^(1/3) at 3 L
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_MEMORY. */
int pn_tree_weibel(size_t n_generations, double scale, struct pn_tree **tree);

/** Asymmetric tree by Horsfield's recursion: an airway of order n divides into two of
 * orders n - 1 and n - 1 - delta[n] (at least 1); equal orders are equal trees, so that
 * one row stands for all airways of one order behind the same path of orders.
 *  @param[in] n_orders  order of the trachea, 1 to 40
 *  @param[in] delta     [n_orders + 1], from 0; delta[n] is used at an airway of order n
 *  @param[in] length    [n_orders + 1], m, of an airway of order n; [0] is not used
 *  @param[in] radius    as length
 *  @return PN_OK; PN_ERR_USAGE: a number out of range; more than PN_TREE_MAX_AIRWAYS. */
int pn_tree_horsfield(size_t n_orders, const int *delta, const double *length,
                      const double *radius, struct pn_tree **tree);

#endif
