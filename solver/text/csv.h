/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a CSV text (RFC 4180), one after the other. */
#ifndef PN_TEXT_CSV_H
#define PN_TEXT_CSV_H

#include "solver/text/reader.h"

/* What one table may hold: far beyond use, but a hostile file must end soon. */
enum {
    PN_CSV_LINE = 1 << 16,
    PN_CSV_FIELDS = 1000,
    PN_CSV_BYTES = 1 << 28,
};

struct pn_csv {
    const char *file; /* name for the places */
    char separator;   /* 0: ','; ';', '\t'; ' ': runs of blanks and tabs */
    char *text;       /* fields are unquoted in place; text[n] is 0 */
    size_t n, at;
    int line; /* where the next record begins, from 1 */
    size_t n_fields;
    char *field[PN_CSV_FIELDS]; /* of the current record */
    struct pn_place place[PN_CSV_FIELDS];
};

/** The next record that is not an empty line.  Where the separator is not ',', a number
 * may have a decimal comma: it becomes a point.
 *  @return 1; 0 at the end; -1 after a complaint that ends the reading: a line beyond
 * PN_CSV_LINE, a quote that is not closed or not alone, a byte of value 0. */
int pn_csv_next(struct pn_csv *csv, struct pn_complaints *list);

/** The separator of the next line, by what stands in it: ';', ',', a tab, or blanks. */
char pn_csv_guess(const struct pn_csv *csv);

/** Split "height [cm]" in place.  @return the unit, `none` when there is none, or NULL:
 * not of this form. */
char *pn_split_unit(char *header, char *none);

/** Lines of a CSV that are not empty, at most: how many records there can be. */
size_t pn_count_lines(const struct pn_source *source);

#endif
