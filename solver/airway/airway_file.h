/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How numbers of airways are written: files that stand whole or not at all, as CSV, HDF5
 * or VTK. */
#ifndef PN_AIRWAY_AIRWAY_FILE_H
#define PN_AIRWAY_AIRWAY_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "models/lung/tree.h"

enum pn_airway_form {
    PN_FORM_UNKNOWN,
    PN_FORM_CSV, /* .csv */
    PN_FORM_HDF, /* .h5 */
    PN_FORM_VTU, /* .vtu: a tree with numbers on it */
    PN_FORM_PVD  /* .pvd: a film of .vtu */
};

/** The form that the ending of a name asks for. */
enum pn_airway_form pn_airway_form(const char *path);

/* --- a text in the making: print into `stream` --- */

struct pn_airway_text {
    FILE *stream;
    char *text;
    size_t n;
};

/** @return PN_OK, PN_ERR_MEMORY */
int pn_airway_text_begin(struct pn_airway_text *text);

/** Write it under a name, whole or not at all, and free it.
 *  @return PN_OK, PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_text_end(struct pn_airway_text *text, const char *path);
void pn_airway_text_free(struct pn_airway_text *text);

/* --- numbers of the airways of a tree --- */

struct pn_airway_column {
    const char *name, *unit, *long_name; /* unit "": none */
    const double *value;                 /* shape [tree->n]; NULL: whole numbers */
    const int *whole;                    /* shape [tree->n] */
};

/** A table with a row for each airway: .csv, .h5 or .vtu.
 *  @param[in] n      columns
 *  @param[in] point  pressure at every point of the tree [Pa], for .vtu; may be NULL
 *  @param[in] command  what was typed, for .h5
 *  @return PN_OK, PN_ERR_INPUT (another ending), PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_write_rows(const char *path, const struct pn_tree *tree,
                         const struct pn_airway_column *column, size_t n,
                         const double *point, const char *command);

/** The tree itself: .vtu or .csv.  @return as above. */
int pn_airway_write_tree(const struct pn_tree *tree, const char *path);

/* --- a table of results --- */

struct pn_airway_cells {
    const char *name, *unit, *long_name; /* unit "": none; a name may have spaces */
    int digits;                          /* that are written, in every form */
    const double *value;                 /* shape [n_rows] */
    const char *(*word)(double value);   /* .csv: in place of a number; NULL: none */
};

struct pn_airway_table {
    const char *title;
    const struct pn_airway_cells *column;
    size_t n_columns; /* at most PN_AIRWAY_COLUMNS */
    size_t n_rows;
};
enum { PN_AIRWAY_COLUMNS = 16 };

/** The table as CSV into a stream of the caller. */
void pn_airway_table_csv(const struct pn_airway_table *table, FILE *stream);

/** .csv or .h5; both hold the same digits.
 *  @return PN_OK, PN_ERR_INPUT (another ending), PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_table_write(const struct pn_airway_table *table, const char *path,
                          const char *command);

#endif
