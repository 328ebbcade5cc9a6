/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every test includes: cmocka in its order, and comparisons of doubles as doubles.
 */
#ifndef PN_TESTS_CHECK_H
#define PN_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/** |got - want| <= atol + rtol |want|, and neither is NaN (cmocka's own compares as
 * float). */
#define assert_close(got, want, rtol, atol)                                              \
    check_close((got), (want), (rtol), (atol), #got, __FILE__, __LINE__)

static inline void check_close(double got, double want, double rtol, double atol,
                               const char *what, const char *file, int line)
{
    if (!(fabs(got - want) <= atol + rtol * fabs(want))) {
        print_error(
            "%s = %.17g, expected %.17g (relative difference %.3g, allowed %.3g)\n", what,
            got, want, fabs(got - want) / fabs(want), rtol);
        _fail(file, line);
    }
}

/** Bit for bit, NaN included. */
#define assert_same_bits(got, want, n)                                                   \
    assert_memory_equal((got), (want), (n) * sizeof(double))

#endif
