/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result as tidy CSV: a table for each set of dimensions. */
#ifndef PN_INSPECT_EXPORT_H
#define PN_INSPECT_EXPORT_H

#include <stdio.h>

#include "solver/result/field.h"

struct pn_export_options {
    const char *result;
    const char *csv;  /* a folder for all tables, or FILE.csv for the only one */
    const char *only; /* names of datasets parted by commas; NULL: all */
};

/** Write the tables; those that are there are replaced.
 *  @param[in] stream  for a line about each table: its file, how many rows
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_IO, … */
int pn_export(const struct pn_export_options *options, FILE *stream);

/** Datasets with the same dimensions: the columns of one file. */
struct pn_sheet {
    char name[176];               /* "trajectories": of the file */
    const struct pn_field *shape; /* one with all its dimensions */
    const struct pn_field **column;
    size_t n_columns;
};

struct pn_sheets {
    struct pn_sheet *sheet;
    size_t n;
};

/** Sort the datasets into sheets.
 *  @param[in] only, n_only  names to be kept; n_only 0: all
 *  Free in any case. */
int pn_sheets_make(const struct pn_fields *fields, char *const *only, size_t n_only,
                   struct pn_sheets *sheets);
void pn_sheets_free(struct pn_sheets *sheets);

/** Write one as CSV (RFC 4180): a row for each element. */
int pn_sheet_write(const struct pn_result *result, const struct pn_fields *fields,
                   const struct pn_sheet *sheet, FILE *stream);

#endif
