/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is at work: a note for whoever asks when the process has died of it. */
#ifndef PN_SIMULATE_AT_WORK_H
#define PN_SIMULATE_AT_WORK_H

#include <stddef.h>
#include <stdint.h>

enum { PN_AT_WORK = 8 }; /* jobs side by side, at most */

/** Which jobs are at work, noted before the work begins: for whoever asks when the
 * process has died of one of them.  All but beds that share a step are told one by one.
 */
struct pn_at_work {
    volatile int64_t working; /* the one job that is worked on; -1: those of the phase */
    volatile int32_t phase, unused;
    volatile int64_t bed[PN_AT_WORK], room[PN_AT_WORK]; /* jobs; -1: empty */
};
enum { PN_WORK_IDLE, PN_WORK_BEDS, PN_WORK_ROOM }; /* phases */

/** Nobody is at work. */
void pn_at_work_clear(struct pn_at_work *note);

/** Note a job in its place before the work that it is about: the compiler keeps the order
 * of these and all other stores. */
static inline void pn_at_work_note(volatile int64_t *place, int64_t job)
{
    *place = job;
    __asm__ volatile("" ::: "memory");
}

#endif
