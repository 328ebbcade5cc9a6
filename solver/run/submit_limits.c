/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of a job in the forms of Slurm. */
#include <stdlib.h>
#include <string.h>

#include "solver/run/submit.h"

/* numbers between colons, a dash behind the first if it counts days
 *  @return how many; 0: another form */
static size_t read_parts(const char *text, const char *dash, long long part[4])
{
    const char *at = text;
    char *end;
    size_t n = 0;

    for (;; at = end + 1) {
        if (n == 4 || *at < '0' || *at > '9')
            return 0;
        part[n] = strtoll(at, &end, 10);
        if (end - at > 6 || (n > 0 && !(dash && n == 1) && part[n] > 59))
            return 0;
        n++;
        if (!*end)
            return n;
        if (*end != (end == dash ? '-' : ':') || (end == dash && n != 1))
            return 0;
    }
}

int64_t pn_submit_seconds(const char *text)
{
    const char *dash = strchr(text, '-');
    long long part[4] = {0};
    size_t n = read_parts(text, dash, part);

    if (dash && n >= 2) /* D-HH[:MM[:SS]] */
        return ((24 * part[0] + part[1]) * 60 + part[2]) * 60 + part[3];
    if (dash)
        return 0;
    switch (n) {
    case 1: /* M */
        return 60 * part[0];
    case 2: /* M:S */
        return 60 * part[0] + part[1];
    case 3: /* H:M:S */
        return 3600 * part[0] + 60 * part[1] + part[2];
    default:
        return 0;
    }
}

int64_t pn_submit_megabytes(const char *text)
{
    int64_t mb = *text >= '0' && *text <= '9' ? strtoll(text, NULL, 10) : 0, unit = 1;

    text += strspn(text, "0123456789");
    if (*text == 'G' || *text == 'T')
        unit = *text == 'G' ? 1024 : 1024 * 1024;
    if (*text && strchr("MGT", *text))
        text++;
    return mb >= 1 && mb <= 10000000 && !*text ? mb * unit : 0;
}
