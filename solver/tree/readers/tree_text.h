/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files, unpacked where needed, and their lines of fields. */
#ifndef PN_TREE_READERS_TREE_TEXT_H
#define PN_TREE_READERS_TREE_TEXT_H

#include <stdint.h>

#include "solver/text/complaint.h"

enum {
    PN_TEXT_BYTES = 1 << 30, /* unpacked */
    PN_TEXT_FIELDS = 32,
};

struct pn_text {
    char *path; /* NULL: nothing loaded */
    char *text; /* text[n] is 0 */
    size_t n;
};

/** Read all of a plain file; gzip is unpacked.
 *  @return PN_OK; PN_ERR_IO (record); PN_ERR_INPUT: a complaint; PN_ERR_MEMORY. */
int pn_text_load(const char *path, struct pn_complaints *list, struct pn_text *text);
void pn_text_free(struct pn_text *text);

/** The path with another ending in place of `ending` (a .gz behind it is dropped; the new
 * path has one when only such a file is there).  @return malloc'ed; NULL: no memory. */
char *pn_text_sibling(const char *path, const char *ending, const char *other);

/** Does the path, without .gz, end so? */
int pn_text_ends(const char *path, const char *ending);

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
