/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma export: the tables that a result is made of, and how one is written. */
#ifndef PN_INSPECT_EXPORT_H
#define PN_INSPECT_EXPORT_H

#include <stdio.h>

#include "solver/result/field.h"

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
