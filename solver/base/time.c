/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as they are compared, two that differ by rounding being one, and as they are
 * meant. */
#include "solver/base/time.h"

#include <math.h>

int pn_same_time(double a, double b)
{
    return fabs(a - b) <=
           PN_SAME_TIME * fmax(1.0, fmin(fabs(a), fabs(b))); /* not INFINITY */
}

double pn_rounded(double x)
{
    double size = fabs(x), power = 1.0; /* a power of ten up to 1e22 is exact */

    if (!(size >= 1e-7 && size < 1e15))
        return x;
    while (size * power < 1e14)
        power *= 10.0;
    return rint(x * power) / power;
}
