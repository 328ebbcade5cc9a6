/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that counts in the file of a lock while the process lives. */
#ifndef PN_RUN_BEAT_H
#define PN_RUN_BEAT_H

struct pn_beat;

/** Begin to count.  Without a thread there is no beat: then a run elsewhere believes that
 * this one is dead, and this one finds that out before it publishes.
 *  @param[in] fd  open to write, borrowed until pn_beat_stop
 *  @return NULL: no memory, or no thread */
struct pn_beat *pn_beat_start(int fd);

/** End it; NULL is accepted. */
void pn_beat_stop(struct pn_beat **beat);

#endif
