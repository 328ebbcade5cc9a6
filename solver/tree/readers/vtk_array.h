/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a VTK XML file: ASCII, base64 within the tag, or appended (base64, raw),
 * plain or packed by zlib. */
#ifndef PN_TREE_READERS_VTK_ARRAY_H
#define PN_TREE_READERS_VTK_ARRAY_H

#include <stddef.h>

#include "solver/text/complaint.h"

enum pn_vtk_coding { PN_VTK_ASCII, PN_VTK_BASE64, PN_VTK_RAW };

struct pn_vtk_array {
    struct pn_place place; /* for complaints */
    const char *section;   /* "Points", "CellData", … */
    const char *name;
    const char *type;    /* "Float64", … */
    size_t n_components; /* numbers of each tuple */
    enum pn_vtk_coding coding;
    const char *data,
        *end;            /* its text or bytes, up to the end of what may belong to it */
    size_t header_bytes; /* 4 or 8: of each number in front of the data */
    int packed;          /* by zlib */
};

/** All n numbers of an array, as doubles: exactly n, or a complaint.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY; *value is malloc'ed. */
int pn_vtk_numbers(const struct pn_vtk_array *array, size_t n, struct pn_complaints *list,
                   double **value);

#endif
