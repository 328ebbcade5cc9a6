/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs, and where: the program's own files, the scheduler's numbers. */
#ifndef PN_RUN_INSTALLATION_H
#define PN_RUN_INSTALLATION_H

#include <stddef.h>
#include <stdio.h>

struct pn_installation {
    char program[4096], program_sha256[65];
    char library[4096], library_sha256[65]; /* libpneuma as it is loaded */
    char scheduler[4096]; /* "NAME=VALUE" a line, of Slurm and PBS; "": neither */
};

/** Find and hash the files; what cannot be read is "". */
void pn_installation_find(struct pn_installation *installation);

/** Path of the shared library that an address is in; "" when it is not known.
 *  @param[out] path  of `size` bytes, without symbolic links */
void pn_library_of(const void *address, char *path, size_t size);

/** The members "program", "library" and "scheduler" of a JSON object, each followed by a
 * comma.
 *  @param[in] space  written before each member */
void pn_installation_json(const struct pn_installation *installation, const char *space,
                          FILE *stream);

#endif
