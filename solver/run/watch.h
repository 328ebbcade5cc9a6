/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a run is, from its journals alone: they only grow, and each record proves
 * itself, so a run may go on while it is watched. */
#ifndef PN_RUN_WATCH_H
#define PN_RUN_WATCH_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

/** One journal. */
struct pn_watch_file {
    char name[128];             /* of the file, without its folder */
    size_t n_records, n_failed; /* good ones; of them with a status other than ok */
    size_t n_torn;              /* records passed over: bad, or of another run */
    time_t changed;             /* the last record came at */
    int drops_failures;         /* they are simulated again: not counted */
    uint64_t size, offset,
        run; /* of a record; where to go on; whose records; 0: unread */
};

struct pn_watch {
    size_t n_files, n_done, n_failed, n_torn;
    size_t by_status[32]; /* done, by status */
    struct pn_watch_file *file;
    unsigned char *seen; /* shape [n_jobs]: there is a record of it */
    size_t n_jobs;
    uint64_t run; /* first bytes of the run's key; 0: any */
};

/** @param[in] n_jobs  of the run; 0: unknown, a job in two journals then counts twice
 *  @param[in] key     hex, of the run; "": of any
 *  @return PN_OK, PN_ERR_MEMORY */
int pn_watch_create(size_t n_jobs, const char *key, struct pn_watch *watch);
void pn_watch_free(struct pn_watch *watch);

/** Read what was appended since the last time.  Not collective, and no lock is taken: any
 * process on any machine.  @return PN_OK, PN_ERR_IO,
 * PN_ERR_MEMORY */
int pn_watch_update(struct pn_watch *watch, const char *folder);

#endif
