/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this installation sound?  Installation qualification: known answers, and a record
 * that holds the hash of its own text. */
#ifndef PN_INSPECT_QUALIFY_H
#define PN_INSPECT_QUALIFY_H

#include "solver/inspect/checklist.h"

/** Check the parts, simulate studies by the program itself, compare bits, in a temporary
 * folder (TMPDIR) that goes away.
 *  @param[out] report  free with pn_report_free in any case
 *  @return PN_OK whatever is found; PN_ERR_IO: no folder; PN_ERR_MEMORY. */
int pn_qualify(struct pn_report *report);

/** The record, twice: as text whose last line is the SHA-256 of the lines before, as JSON
 * whose last two lines hold that of the lines before.
 *  @param[out] text, json  malloced
 *  @return PN_OK, PN_ERR_MEMORY, PN_ERR_LIBRARY. */
int pn_qualify_record(const struct pn_report *report, char **text, char **json);

#endif
