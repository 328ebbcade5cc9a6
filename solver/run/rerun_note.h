/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FOLDER/rerun: that those who failed are simulated again.  While it stands there
 * failures in the journals that it names count for nothing, and the result that it names
 * is the one to be replaced. */
#ifndef PN_RUN_RERUN_NOTE_H
#define PN_RUN_RERUN_NOTE_H

#include <stddef.h>

#define PN_RERUN_FILE "rerun"

struct pn_rerun {
    int is_there;
    char result[65]; /* SHA-256 of the result to be replaced; "": there was none */
    size_t n_files;
    char **file; /* names of journals */
};

/** Read it; one that is missing or of another form is not there.  Free with
 * pn_rerun_free in any case.
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_rerun_read(const char *folder, struct pn_rerun *rerun);
void pn_rerun_free(struct pn_rerun *rerun);

/** Write it, naming all journals that are there now.
 *  @param[in] result  SHA-256 of the result to be replaced; "": none
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_rerun_write(const char *folder, const char *result);

/** 1: failures in this journal (a path or a name) count for nothing. */
int pn_rerun_names(const struct pn_rerun *rerun, const char *journal);

#endif
