/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock that only goes forward, and the date. */
#include "solver/base/clock.h"

#include <time.h>

double pn_seconds(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void pn_utc_now(char text[PN_UTC_BYTES])
{
    time_t t = time(NULL);
    struct tm utc;

    gmtime_r(&t, &utc);
    strftime(text, PN_UTC_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
