/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run amounts to. */
#ifndef PN_RECORD_TALLY_H
#define PN_RECORD_TALLY_H

#include <stddef.h>
#include <stdint.h>

/** Sums over all lives. */
struct pn_tally {
    size_t n_jobs, n_ok;
    size_t by_status[32]; /* by positive status */
    size_t n_redrawn;     /* lives of patients who were drawn again */
    uint64_t n_steps;
    uint64_t n_bytes; /* of the file */
    char sha256[65];  /* of the file that was written; "": not known */
};

#endif
