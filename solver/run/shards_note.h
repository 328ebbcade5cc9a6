/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FOLDER/shards: of what study, and into how many shards it is divided. */
#ifndef PN_RUN_SHARDS_NOTE_H
#define PN_RUN_SHARDS_NOTE_H

#include "solver/run/load.h"

struct pn_shards_note {
    int64_t n;                     /* shards */
    char *study, *events, *extend; /* absolute paths; "": none */
    struct pn_selection selection; /* its events are those above */
};

/** Read it.  Free with pn_shards_note_free in any case.
 *  @return PN_OK; PN_ERR_USAGE: no shards have run there; PN_ERR_INPUT, PN_ERR_IO,
 *          PN_ERR_MEMORY. */
int pn_shards_note_read(const char *folder, struct pn_shards_note *note);
void pn_shards_note_free(struct pn_shards_note *note);

/** 1: there is one. */
int pn_shards_note_is_there(const char *folder);

/** Write it; paths become absolute, NULL: none.
 *  @return PN_OK, PN_ERR_IO, PN_ERR_USAGE (a line break in a name), PN_ERR_MEMORY. */
int pn_shards_note_write(const char *folder, int64_t n, const char *study,
                         const struct pn_selection *selection, const char *extend);

#endif
