/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole text files, unpacked where they are gzip's. */
#ifndef PN_TEXT_GZ_H
#define PN_TEXT_GZ_H

#include "solver/text/complaint.h"

enum { PN_TEXT_BYTES = 1 << 30 }; /* unpacked; more is refused */

struct pn_text {
    char *path; /* NULL: nothing loaded */
    char *text; /* text[n] is 0 */
    size_t n;
};

/** Read all of a plain file; gzip, known by its first bytes, is unpacked.
 *  @param[out] text  free with pn_text_free in any case
 *  @return PN_OK; PN_ERR_IO (record); PN_ERR_INPUT: a complaint; PN_ERR_MEMORY.
 *  Not collective. */
int pn_text_load(const char *path, struct pn_complaints *list, struct pn_text *text);
void pn_text_free(struct pn_text *text);

/** Does the path, without .gz, end so? */
int pn_text_ends(const char *path, const char *ending);

/** The path with another ending in place of `ending` (a .gz behind it is dropped; the new
 * path has one when only such a file is there).  @return malloc'ed; NULL: no memory. */
char *pn_text_sibling(const char *path, const char *ending, const char *other);

#endif
