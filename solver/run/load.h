/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study that is ready to be run: read, its patients selected, wired. */
#ifndef PN_RUN_LOAD_H
#define PN_RUN_LOAD_H

#include "solver/run/part.h"
#include "solver/text/complaint.h"
#include "solver/trial/trial.h"

/** "A:B" with 1 <= A <= B into first and last.
 *  @return PN_OK, PN_ERR_USAGE. */
int pn_selection_parse(const char *text, struct pn_selection *selection);

struct pn_loaded {
    struct pn_units *units;
    struct pn_study *study;
    struct pn_trial *trial;
    size_t n_warnings;
    char *warnings; /* one a line; "": none */
};

/** Read, select patients, wire.  Prints nothing.  Not collective.
 *  @param[in]  path        of the study; of a text: where it would stand, which its
 *                          relative names go by
 *  @param[in]  text        of the study, in place of the file's; NULL: read the file
 *  @param[in]  selection   NULL: all patients, the study's own events
 *  @param[out] complaints  what is wrong with the files, and warnings; NULL: not wanted.
 *                          No errors when the error record alone says it
 *  @param[out] loaded      free with pn_unload in any case
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_USAGE, PN_ERR_IO, PN_ERR_MEMORY, … */
int pn_load(const char *path, const char *text, const struct pn_selection *selection,
            struct pn_complaints *complaints, struct pn_loaded *loaded);
void pn_unload(struct pn_loaded *loaded);

#endif
