/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing an airway tree, so that others and pn_tree_read can read it. */
#ifndef PN_TREE_TREE_WRITE_H
#define PN_TREE_TREE_WRITE_H

#include <stdio.h>

#include "models/lung/tree.h"

/** VTK unstructured grid, a line for each segment, lengths in mm, areas in mm2, base64.
 * CellData: radius, length, airway (row), generation, horsfield, strahler, lobe,
 * multiplicity, share (0 but at terminal airways), wall_area (only if all have one).
 * A tree that has no place in space is drawn as a dendrogram.
 *  @return PN_OK; PN_ERR_IO (the stream), PN_ERR_MEMORY. */
int pn_tree_write_vtu(const struct pn_tree *tree, FILE *stream);

/** Numbers to draw: one for each airway, at all of its segments (CellData), or one for
 * each point (PointData). */
struct pn_tree_field {
    const char *name;
    const double *value; /* [n], or [n_points] */
    int at_points;
};

/** The same with fields of the caller behind those of the tree. */
int pn_tree_write_fields(const struct pn_tree *tree, const struct pn_tree_field *field,
                         size_t n_fields, FILE *stream);

/** Table, a row for each segment, 17 digits; columns in README.md of this folder. */
int pn_tree_write_csv(const struct pn_tree *tree, FILE *stream);

/** One of the two by the ending of a name.
 *  @return PN_ERR_VALUE: neither .vtu nor .csv. */
int pn_tree_write(const struct pn_tree *tree, const char *name, FILE *stream);

/** The airway that each segment (point but the inlet) belongs to: owner[n_points], [0] is
 * 0. */
void pn_tree_owners(const struct pn_tree *tree, int *owner);

#endif
