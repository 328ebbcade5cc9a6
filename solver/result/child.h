/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on a file of unknown origin, in a child with a budget of processor time: libhdf5
 * crashes or goes round for ever on some files with damaged metadata. */
#ifndef PN_RESULT_CHILD_H
#define PN_RESULT_CHILD_H

#include <stdint.h>

/** How a child's work is bounded, and what is said when it does not come back. */
struct pn_child {
    const char *files; /* names for the message, "a" or "a or b" */
    uint64_t n_bytes;  /* of the files: the budget grows with them */
    double least;      /* [s] of processor time at least, … */
    double per_byte;   /* … and for each byte; 0: no budget */
    int is_quiet;      /* 1: nothing that the child writes is seen, and it has an end:
                          a child that waits for ever is killed, too */
    int (*work)(void *user); /* returns a status */
    void *user;
};

/** Let a child do the work.  Its error record comes back to this process; what it writes
 * to streams is flushed, nothing else that it changes is seen here.
 *  @return what work returned; PN_ERR_INPUT: it crashed, or its budget was used up;
 *          PN_ERR_IO: no child could be started, or nobody reads the output. */
int pn_child_work(const struct pn_child *child);

#endif
