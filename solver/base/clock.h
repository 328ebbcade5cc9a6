/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks.  No second enters a number of a result: they are for deadlines, progress and
 * logs. */
#ifndef PN_BASE_CLOCK_H
#define PN_BASE_CLOCK_H

enum { PN_UTC_BYTES = 24 };

/** Seconds of a monotonic clock of this machine [s]; only differences mean anything. */
double pn_seconds(void);

/** Now in UTC, to the second: "2026-01-31T12:00:00Z". */
void pn_utc_now(char text[PN_UTC_BYTES]);

#endif
