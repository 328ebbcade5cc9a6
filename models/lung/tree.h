/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An airway tree: arrays of airways in breadth-first order, so that a parent stands
 * before its children.
 *
 * All in SI: m, m2, m3.  One row is one airway, from branching to branching: places where
 * a file only bends or tapers an airway are its segments.  A row may stand for many
 * airways (multiplicity): in a symmetric tree one row is a whole generation, and its only
 * child has twice its multiplicity.
 *
 * Leaf to root is one loop, for (i = n; i-- > 1;) with parent[i]; root to leaf the other
 * way round.  The children of i are the rows first_child[i] … + n_children[i] - 1, the
 * airways of generation g the rows generation_start[g] … generation_start[g + 1] - 1. */
#ifndef PN_MODELS_LUNG_TREE_H
#define PN_MODELS_LUNG_TREE_H

#include <stddef.h>

enum {
    PN_TREE_MAX_AIRWAYS = 50000000,
    PN_TREE_MAX_GENERATIONS = 2000, /* a real tree has 15 to 35 */
};

enum pn_lobe {
    PN_LOBE_NONE, /* trachea, main bronchi; or the file does not say */
    PN_LOBE_RIGHT_UPPER,
    PN_LOBE_RIGHT_MIDDLE,
    PN_LOBE_RIGHT_LOWER,
    PN_LOBE_LEFT_UPPER,
    PN_LOBE_LEFT_LOWER,
    PN_LOBES
};

struct pn_tree {
    size_t n;             /* airways (rows) */
    size_t n_points;      /* points, the inlet among them: segments + 1 */
    size_t n_terminals;   /* rows without children */
    size_t n_generations; /* rows of generation 0 … n_generations - 1 */

    /* who: [n] */
    int *parent;      /* -1: row 0, the trachea, the only root */
    int *first_child; /* its row; -1: none */
    int *n_children;  /* rows; a trifurcation has 3, a symmetric generation 1 */
    int *generation;  /* branchings from the trachea, which is 0 */
    int *horsfield;   /* 1 at a terminal airway, else 1 + the highest of the children */
    int *strahler;    /* 1 at a terminal airway; a parent exceeds its children only when
                         two (counted with multiplicity) have the highest order */
    int *lobe;        /* enum pn_lobe */
    double *multiplicity;     /* airways that this row stands for, >= that of its parent;
                                 behind each parent stand multiplicity[i] /
                                 multiplicity[parent[i]] of these: a flow q through one
                                 airway is the sum of that ratio x q over its children */
    size_t *generation_start; /* [n_generations + 1] */

    /* shape of one airway: [n] */
    double *length;    /* m, along its segments: the length that turbulence depends on */
    double *radius;    /* m, of the cylinder of this length with the airway's laminar
                          resistance: r^4 = length / sum(l / r^4) over segments */
    double *volume;    /* m3, lumen: sum of pi r^2 l; not pi radius^2 length when segments
                          differ */
    double *wall_area; /* m2, cross-section of the wall; NaN: not given */

    /* segments: those of airway i end at the points first_point[i] … first_point[i + 1] -
     * 1; point 0 is the inlet of the trachea */
    size_t *first_point;    /* [n + 1], first_point[0] = 1 */
    double *segment_length; /* m, [n_points]: from the point before; [0] is 0 */
    double *segment_radius; /* m, [n_points]: mean over the segment; [0] is 0 */
    double *x, *y, *z;      /* m, [n_points]; NULL: this tree has no place in space */

    /* terminal units (acini): [n_terminals], in the order of their airways */
    int *terminal; /* row of the airway that feeds it */
    double *share; /* of the lung's volume, all that the row stands for together; sum 1 */
};

/** Memory for n airways and n_points points, zeroed but wall_area (NaN) and multiplicity
 * (1).  Free with pn_tree_free.
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_tree_create(size_t n, size_t n_points, int has_coordinates, struct pn_tree **tree);

/** Takes the address, accepts NULL, nulls it. */
void pn_tree_free(struct pn_tree **tree);

/** Everything that follows from parent, multiplicity, first_point, segment_length and
 * segment_radius: the other arrays of "who", length, radius, volume, terminal; and share,
 * equal for every unit, where it is not yet given (n_terminals is 0 until then).
 *  @return PN_OK; PN_ERR_INPUT: not breadth-first, too deep, a length or radius that is
 *  not positive, a multiplicity below 1 or below that of the parent (text in the error
 *  record); PN_ERR_MEMORY. */
int pn_tree_derive(struct pn_tree *tree);

/** Point where airway i begins and where it ends: indices into x, y, z. */
static inline size_t pn_tree_start(const struct pn_tree *tree, size_t i)
{
    return i == 0 ? 0 : tree->first_point[tree->parent[i] + 1] - 1;
}
static inline size_t pn_tree_end(const struct pn_tree *tree, size_t i)
{
    return tree->first_point[i + 1] - 1;
}

/** Laminar resistance of one airway i over viscosity [1/m3]: 8 length / (pi radius^4).
 *  @param[in] i  a row of the tree */
double pn_tree_resistance_shape(const struct pn_tree *tree, size_t i);

#endif
