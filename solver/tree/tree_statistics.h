/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a tree in a few numbers: sizes, orders, ratios. */
#ifndef PN_TREE_TREE_STATISTICS_H
#define PN_TREE_TREE_STATISTICS_H

#include "models/lung/tree.h"

/** A law count, length, diameter ~ ratio^order, by least squares of the logarithms over
 * orders 1 to highest - 1 (the top order is the trachea alone); NaN with fewer than two.
 */
struct pn_tree_ratios {
    double branching, length, diameter; /* each > 1 when it grows with order, or for
                                           branching falls */
};

/** Everything counts with multiplicity. */
struct pn_tree_statistics {
    double n_airways, n_terminals;
    double volume;           /* m3, of all lumens: the anatomical dead space */
    double resistance_shape; /* 1/m3: times viscosity the laminar resistance, all terminal
                                ends at one pressure */
    double generation_least, generation_mean, generation_most; /* of terminal airways */
    double path_mean;                      /* m, from the inlet to a terminal end */
    double length_to_diameter;             /* mean over airways but the trachea */
    double angle;                          /* degrees, mean between a parent and its
                                              children, NaN without coordinates */
    double diameter_ratio;                 /* mean of child to parent */
    double minor_diameter, major_diameter; /* the same for the thinner and thicker child
                                              of each branching in two */
    double terminal_diameter;              /* m, mean */
    struct pn_tree_ratios horsfield;       /* each airway counts by itself */
    struct pn_tree_ratios strahler; /* airways of one order in series count as one */
};

void pn_tree_statistics(const struct pn_tree *tree,
                        struct pn_tree_statistics *statistics);

/** Numbers of one Strahler (horsfield 0) or Horsfield (1) order: how many branches, mean
 * length and diameter [m]. */
struct pn_tree_order {
    double n, length, diameter;
};

enum pn_tree_ordering { PN_TREE_STRAHLER, PN_TREE_HORSFIELD };

/** Highest order. */
int pn_tree_highest(const struct pn_tree *tree, enum pn_tree_ordering ordering);

/** All orders, [highest + 1], from 1. */
void pn_tree_orders(const struct pn_tree *tree, enum pn_tree_ordering ordering,
                    struct pn_tree_order *order);

/** resistance_shape alone: series and parallel from leaf to root. @return NaN without
 * memory. */
double pn_tree_resistance_of(const struct pn_tree *tree);

#endif
