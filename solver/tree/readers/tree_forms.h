/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of single forms; each fills a mesh that pn_mesh_build makes a tree of. */
#ifndef PN_TREE_READERS_TREE_FORMS_H
#define PN_TREE_READERS_TREE_FORMS_H

#include "solver/tree/mesh.h"
#include "solver/tree/readers/tree_text.h"
#include "solver/tree/tree_read.h"

enum { PN_FORM_FILES = PN_TREE_FILES };

/** A form of file: the endings of the set, and how it is read.  `read` gets the loaded
 * texts in the order of the endings and fills a mesh whose file names and list are set;
 * at most one complaint.  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY, PN_ERR_LIBRARY. */
struct pn_tree_form {
    const char *ending[PN_FORM_FILES]; /* NULL: no more */
    size_t node_file, edge_file;       /* which of them complaints name */
    int (*read)(struct pn_text *text, const struct pn_tree_options *options,
                struct pn_mesh *mesh);
};

extern const struct pn_tree_form pn_tree_form_tetgen;
extern const struct pn_tree_form pn_tree_form_branches;
extern const struct pn_tree_form pn_tree_form_cmiss;
extern const struct pn_tree_form pn_tree_form_ipmesh;
extern const struct pn_tree_form pn_tree_form_vtu;
extern const struct pn_tree_form pn_tree_form_csv;

/** "RUL", …; "" for PN_LOBE_NONE. */
extern const char *const pn_lobe_names[PN_LOBES];

#endif
