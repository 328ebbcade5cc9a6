/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table in SAS transport form, version 5 (XPT, what CDISC data come as), by readstat.
 */
#ifndef PN_TEXT_XPT_H
#define PN_TEXT_XPT_H

#include "solver/text/reader.h"

enum { PN_XPT_COLUMNS = 1000 };

struct pn_xpt_column {
    char *name, *label; /* label "": none */
    int is_text;
};

struct pn_xpt {
    const char *file; /* name for the places; record i is line i + 2 of its CSV */
    size_t n_columns, n_rows;
    struct pn_xpt_column *column; /* [n_columns] */
    char **cell;                  /* [n_rows][n_columns] as text; NULL: missing */
};

/** Does a file begin as one in any version of the transport form? */
int pn_xpt_is(const char *text, size_t n);

/** Read one, all of which is in memory.  Its headers are checked before readstat sees it,
 *  so that a damaged file is one complaint.
 *  @return the table, in the arena; NULL: complained, or memory ran out. */
struct pn_xpt *pn_xpt_read(struct pn_reader *r, const struct pn_source *source);

/** Index of a column by its name in any case, or -1. */
int pn_xpt_find(const struct pn_xpt *table, const char *name);

#endif
