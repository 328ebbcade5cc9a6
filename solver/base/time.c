/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as they are compared: two that differ by rounding are one. */
#include "solver/base/time.h"

#include <math.h>

int pn_same_time(double a, double b)
{
    return fabs(a - b) <=
           PN_SAME_TIME * fmax(1.0, fmin(fabs(a), fabs(b))); /* not INFINITY */
}
