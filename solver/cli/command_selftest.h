/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma selftest: what is checked, by whom. */
#ifndef PN_CLI_COMMAND_SELFTEST_H
#define PN_CLI_COMMAND_SELFTEST_H

#include "solver/inspect/checklist.h"

struct pn_selftest {
    char folder[4096], program[4096]; /* where to work; the program that is tested */
    struct pn_report report;
};

/** Known answers of what the engine is built of: hashes, draws, functions on lanes,
 * units, the law of the tubes. */
void pn_selftest_parts(struct pn_selftest *test);

/** Studies simulated by the program itself, against closed forms and CVODE. */
void pn_selftest_studies(struct pn_selftest *test);

/** One study on one rank, two ranks and the other library: the same bytes. */
void pn_selftest_bits(struct pn_selftest *test);

/** Write NAME in the folder.  @return PN_OK, PN_ERR_IO */
int pn_selftest_write(const struct pn_selftest *test, const char *name, const char *text);

/** "pneuma run STUDY.yaml --out RESULT.h5" in the folder, under `launcher` ("mpirun -n
 * 2") if it is not NULL, with a variable NAME=VALUE if `variable` is not.
 *  @return its exit code; -1: it did not start or was killed */
int pn_selftest_run(const struct pn_selftest *test, const char *study, const char *result,
                    const char *launcher, const char *variable);

#endif
