/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tree file says, nodes and edges in any order, on its way to a struct pn_tree. */
#ifndef PN_TREE_MESH_H
#define PN_TREE_MESH_H

#include <stdint.h>

#include "models/lung/tree.h"
#include "solver/text/complaint.h"

/* ids of nodes and airways are at most so large: sums of them stay whole */
#define PN_MESH_ID INT64_C(1000000000000000)

struct pn_mesh_node {
    int64_t id;     /* as the file names it */
    double x, y, z; /* m */
    double radius;  /* m; NaN: not given */
    int line;       /* 0: the format has no lines */
};

struct pn_mesh_edge {
    int64_t id;
    size_t from, to;     /* rows of node; flow into the lung goes from `from` to `to` */
    double length;       /* m; NaN: the distance of its nodes */
    double radius;       /* m; NaN: the mean of its nodes' */
    double wall_area;    /* m2; NaN: not given */
    double multiplicity; /* airways that it stands for, >= 1 */
    double share;        /* of the lung, for a terminal one; NaN: not given */
    int lobe, line;
};

struct pn_mesh {
    const char *node_file, *edge_file; /* names for complaints; may be the same */
    struct pn_complaints *list;
    int has_coordinates;
    size_t n_nodes, n_edges;
    struct pn_mesh_node *node;
    struct pn_mesh_edge *edge;
    struct pn_mesh_id *by_id; /* nodes in the order of their ids */
};

/** Memory for so many nodes and edges, edges with multiplicity 1 and NaN for what may be
 * missing.  @return PN_OK, PN_ERR_MEMORY. */
int pn_mesh_create(struct pn_mesh *mesh, size_t n_nodes, size_t n_edges);
void pn_mesh_free(struct pn_mesh *mesh);

/** Sort the nodes' ids for pn_mesh_find; complains of an id that stands twice.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY. */
int pn_mesh_index(struct pn_mesh *mesh);

/** Row of the node with this id.  @return 1; 0: there is none. */
int pn_mesh_find(const struct pn_mesh *mesh, int64_t id, size_t *row);

/** Numbers that can be: finite coordinates, positive lengths and radii, multiplicity
 * >= 1. Lengths and radii that edges leave open are filled in.  One complaint at most.
 *  @return PN_OK, PN_ERR_INPUT. */
int pn_mesh_check(struct pn_mesh *mesh);

/** One root, no cycle, nothing cut off: a tree, its edges merged to airways where a node
 * joins just two of equal multiplicity.  One complaint at most; calls pn_mesh_check.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY. */
int pn_mesh_build(struct pn_mesh *mesh, struct pn_tree **tree);

#endif
