/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading an airway tree from a file of any form that others write. */
#ifndef PN_TREE_TREE_READ_H
#define PN_TREE_TREE_READ_H

#include "models/lung/tree.h"
#include "solver/text/complaint.h"

struct pn_tree_options {
    double unit;     /* m per unit of a file that names none; 0: 1e-3, millimetres */
    int edge_radius; /* tetgen: the radius is the first attribute of an edge, not the mean
                        of its nodes' */
};

enum { PN_TREE_FILES = 3 };

/** The names of all files that pn_tree_read opens for a path, malloced, NULL behind them;
 * none when the form is unknown.  @return PN_OK, PN_ERR_MEMORY. */
int pn_tree_files(const char *path, char *name[PN_TREE_FILES]);

/** Read a tree; what its name ends with decides the form, ".gz" behind it is unpacked:
 *  - .node, .edge: tetgen's pair, radii with the nodes or the edges, mm
 *  - .nodes, .branches, .termnodes: comma-separated, radii and multiplicity with the
 *    branches, mm
 *  - .ipnode, .ipelem, .ipfiel: CMISS, radii in the field, mm
 *  - .ipmesh: CMISS, one path of a symmetric tree, mm
 *  - .vtu: VTK, lines with a radius at points or cells, mm
 *  - .csv: one row an airway (README.md of this folder), units in the header
 *  Any file of a set stands for the set.
 *  @param[in] options  NULL: the defaults
 *  @return PN_OK; PN_ERR_INPUT: one complaint in the list; PN_ERR_IO, PN_ERR_MEMORY: the
 *  error record.  Free with pn_tree_free. */
int pn_tree_read(const char *path, const struct pn_tree_options *options,
                 struct pn_complaints *list, struct pn_tree **tree);

#endif
