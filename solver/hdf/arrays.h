/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small HDF5 file: arrays of numbers over named dimensions, with units, that netCDF-4
 * and xarray open. */
#ifndef PN_HDF_ARRAYS_H
#define PN_HDF_ARRAYS_H

#include <stddef.h>

struct pn_array_dimension {
    const char *name, *unit, *long_name;
    size_t n;
    const double *value; /* [n]; NULL: 0, 1, 2, … */
};

struct pn_array {
    const char *name, *unit, *long_name;
    int dimension[2];     /* places in the list of dimensions; [1] -1: one dimension */
    const double *number; /* row-major; NULL: whole numbers */
    const int *whole;
};

struct pn_array_text {
    const char *name, *text;
};

/** All that goes into the file. */
struct pn_arrays {
    const struct pn_array_dimension *dimension;
    size_t n_dimensions; /* at most PN_ARRAYS_DIMENSIONS */
    const struct pn_array *array;
    size_t n_arrays;
    const struct pn_array_text *text; /* attributes of the file */
    size_t n_texts;
};
enum { PN_ARRAYS_DIMENSIONS = 8 };

/** Write them whole or not at all; a file that is there is replaced.  Every file says
 * which Conventions it follows.  Not collective: one process writes a file.
 *  @return PN_OK, PN_ERR_IO, PN_ERR_LIBRARY, PN_ERR_MEMORY. */
int pn_arrays_write(const char *path, const struct pn_arrays *arrays);

#endif
