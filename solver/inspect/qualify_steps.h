/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is checked when an installation is qualified, by whom. */
#ifndef PN_INSPECT_QUALIFY_STEPS_H
#define PN_INSPECT_QUALIFY_STEPS_H

#include "solver/inspect/checklist.h"

struct pn_qualification {
    char *folder, *program; /* where to work; the program that is tested */
    struct pn_report *report;
};

/** A run of the program: "pneuma run STUDY --out RESULT". */
struct pn_program_run {
    const char *study, *result; /* files in the folder */
    const char *launcher;       /* "mpirun": on two ranks; NULL: alone */
    const char *variable;       /* "NAME=VALUE" of its environment; NULL: none */
};

/** Known answers of what the engine is built of: hashes, draws, functions on lanes,
 * units, the law of the tubes. */
void pn_qualify_parts(struct pn_qualification *test);

/** Studies simulated by the program itself, against closed forms and CVODE. */
void pn_qualify_studies(struct pn_qualification *test);

/** One study on one rank, two ranks and the other library: the same bytes. */
void pn_qualify_bits(struct pn_qualification *test);

/** Write NAME in the folder.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY */
int pn_qualify_write(const struct pn_qualification *test, const char *name,
                     const char *text);

/** FOLDER/NAME, malloced; NULL: no memory. */
char *pn_qualify_path(const struct pn_qualification *test, const char *name);

/** Run the program in the folder; what it says goes to the file "log" there.
 *  @return its exit code; -1: it did not start or was killed */
int pn_qualify_run(const struct pn_qualification *test, const struct pn_program_run *run);

#endif
