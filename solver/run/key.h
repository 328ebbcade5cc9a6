/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key of a run: what its records are known by. */
#ifndef PN_RUN_KEY_H
#define PN_RUN_KEY_H

#include "solver/record/record.h"

/** First 16 bytes of the SHA-256 of the resolved study, the program and the hashes of all
 * inputs.
 *  @param[in] resolved  the study as YAML
 *  @param[in] program   version and revision, as in the run's identity
 *  @return PN_OK, PN_ERR_LIBRARY. */
int pn_run_key_make(const struct pn_trial *trial, const char *resolved,
                    const char *program, struct pn_run_key *key);

#endif
