/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs, and where: the program's own files, the scheduler's numbers. */
#ifndef PN_RUN_INSTALLATION_H
#define PN_RUN_INSTALLATION_H

#include "solver/text/json.h"

struct pn_installation {
    char *program, *library; /* paths; libpneuma as it is loaded; NULL: not known */
    char program_sha256[65], library_sha256[65]; /* "": cannot be read */
};

/** Find and hash the files.  Free with pn_installation_free. */
void pn_installation_find(struct pn_installation *installation);
void pn_installation_free(struct pn_installation *installation);

/** Path of the shared library that an address is in, without symbolic links.
 *  @return malloced; NULL: not known */
char *pn_library_of(const void *address);

/** The members "program", "library" and "scheduler" (what Slurm and PBS say of the job),
 * into the object that is open. */
void pn_installation_put(const struct pn_installation *installation,
                         struct pn_json *json);

#endif
