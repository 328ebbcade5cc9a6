/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results from outside are read in a child: libhdf5 crashes or hangs on some files with
 * damaged metadata, and the user is to get a message. */
#ifndef PN_RESULT_GUARDED_H
#define PN_RESULT_GUARDED_H

#include <stddef.h>

/** Let a child open a result first.
 *  @return PN_OK: nothing of the kind happened; PN_ERR_INPUT (error record). */
int pn_result_probe(const char *path);

/** Probe the results, then do the work in a child.  Its error record comes back to this
 * process; what it writes to streams is flushed, nothing else that it changes is seen
 * here.
 *  @param[in] path  shape [n], n >= 1
 *  @param[in] work  returns a status
 *  @return what work returned; PN_ERR_INPUT: it crashed (error record). */
int pn_result_guarded(const char *const *path, size_t n, int (*work)(void *user),
                      void *user);

#endif
