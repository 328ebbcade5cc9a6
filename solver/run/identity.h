/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a run this run: program, study, input files.  Kept whole, so that another
 * one can be told what is different. */
#ifndef PN_RUN_IDENTITY_H
#define PN_RUN_IDENTITY_H

#include "solver/result/result_read.h"
#include "solver/study/study.h"

struct pn_identity {
    char *program;  /* version and revision, "0.1.0 (3f2a…)" */
    char *resolved; /* study, YAML */
    char *inputs;   /* "SHA-256  PATH", a line for each */
};

/** Of the run that is asked for now.  Free with pn_identity_free in any case.
 *  @param[in] resolved  the study as YAML; a copy is kept
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_identity_make(const struct pn_study *study, const char *resolved,
                     const char *version, const char *revision,
                     struct pn_identity **identity);

/** Of an unfinished run: FOLDER/identity.
 *  @return PN_OK, also when there is none (*identity is NULL); PN_ERR_IO, PN_ERR_MEMORY
 */
int pn_identity_read(const char *folder, struct pn_identity **identity);
/** Write it, whole or not at all.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY */
int pn_identity_write(const char *folder, const struct pn_identity *identity);

/** Of a result, from its /provenance.  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY */
int pn_identity_of_result(const struct pn_result *result, struct pn_identity **identity);

void pn_identity_free(struct pn_identity **identity);

/** What is different, in words: "the seed: was 1, is 2; the file drugs/a.yaml".  Paths
 * count for nothing.
 *  @param[out] text  of `size` bytes; cut when it is longer
 *  @return 1: the same run (text is ""); 0 */
int pn_identity_same(const struct pn_identity *was, const struct pn_identity *is,
                     char *text, size_t size);

#endif
