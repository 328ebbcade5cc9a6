/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results from outside: a child reads all that a reader may meet before this process
 * opens one, and commands do their whole work in a child. */
#ifndef PN_RESULT_GUARDED_H
#define PN_RESULT_GUARDED_H

#include <stddef.h>

/** Let a child read a result first: every object, attribute and text of it.
 *  @return PN_OK: it survived, whatever it thinks of the file; PN_ERR_INPUT: it did not,
 *          or did not come to an end, or texts are longer than the file; PN_ERR_IO: no
 * child could be started. */
int pn_result_probe(const char *path);

/** Do the work in a child, under a budget of processor time that grows with the files.
 * Its error record comes back to this process; what it writes to streams is flushed,
 * nothing else that it changes is seen here.
 *  @param[in] path  shape [n], 1 <= n <= 2: what it reads
 *  @param[in] work  returns a status
 *  @return what work returned; PN_ERR_INPUT: it crashed, or had no end (error record). */
int pn_result_guarded(const char *const *path, size_t n, int (*work)(void *user),
                      void *user);

/** The same without a budget, for work that simulates. */
int pn_result_guarded_long(const char *path, int (*work)(void *user), void *user);

#endif
