/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a run is, while it runs or after: read from its folder, without locks. */
#ifndef PN_INSPECT_RUN_VIEW_H
#define PN_INSPECT_RUN_VIEW_H

#include "solver/run/audit.h"
#include "solver/run/watch.h"

struct pn_run_view {
    char *folder;      /* RESULT.run */
    const char *state; /* running silent dead stopped failed complete "shard done" none */
    const char *study, *host, *started, *ended, *message; /* borrowed from audit */
    size_t n_jobs, n_ranks, n_attempts;
    size_t n_done, n_failed;  /* lives */
    int is_over;              /* nothing more will come of itself */
    double rate, remaining_s; /* lives a second, what is left; NaN: unknown */
    double silence_s;         /* since the last record */

    struct pn_watch watch; /* the journals */
    struct pn_audit audit; /* the log, as of the last look */
    char key[64];          /* of the run that watch reads */
};

/** @param[in] given  the folder, or RESULT for RESULT.run
 *  Close in any case.  @return PN_OK; PN_ERR_IO: there is none; PN_ERR_MEMORY. */
int pn_run_view_open(const char *given, struct pn_run_view *view);
void pn_run_view_close(struct pn_run_view *view);

/** Look (again): journals are read on from where they were left.
 *  @return PN_OK, PN_ERR_IO, PN_ERR_INPUT, PN_ERR_MEMORY. */
int pn_run_view_look(struct pn_run_view *view);

/** Seconds since something happened at a time of this machine's clock; not below 0. */
double pn_run_view_age_s(time_t when);

#endif
