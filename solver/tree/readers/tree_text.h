/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a text, cut into fields. */
#ifndef PN_TREE_READERS_TREE_TEXT_H
#define PN_TREE_READERS_TREE_TEXT_H

#include <stdint.h>

#include "solver/text/gz.h"

enum { PN_TEXT_FIELDS = 32 };

/** Lines that are cut into fields. */
struct pn_scan {
    const char *file;
    struct pn_complaints *list;
    char *at, *end;
    char *start; /* of the current line */
    int line;    /* its number, from 1 */
    size_t n_fields;
    char *field[PN_TEXT_FIELDS];
};

/** Begin with the first line of a text (which is changed while it is read). */
void pn_scan_begin(struct pn_scan *scan, struct pn_text *text,
                   struct pn_complaints *list);

/** The next line that has fields: cut at spaces, tabs and commas; ':' is a field of its
 * own; '#' begins a comment.
 *  @return 1; 0 at the end; -1 after a complaint (too many fields, a byte of value 0). */
int pn_scan_line(struct pn_scan *scan);

/** Place of a field of the current line. */
struct pn_place pn_scan_place(const struct pn_scan *scan, size_t field);

/** Field as a finite number, as a whole number of [low, high]; complain otherwise, also
 * of a field that is not there.  @return PN_OK, PN_ERR_INPUT. */
int pn_scan_number(struct pn_scan *scan, size_t field, const char *what, double *value);
int pn_scan_whole(struct pn_scan *scan, size_t field, const char *what, int64_t low,
                  int64_t high, int64_t *value);

#endif
