/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exp, log, atan and pow of lanes by SLEEF: the functions whose bits are the same on
 * every instruction set. */
#include "solver/base/lane.h"

#include <sleef.h>

/* The names carry the instruction set: SLEEF's dispatcher must not choose for us. */
#ifdef __AVX512F__
typedef __m512d vector;
#define SLEEF(name) Sleef_finz_##name##d8_u10avx512f
#else
typedef __m256d vector;
#define SLEEF(name) Sleef_finz_##name##d4_u10avx2
#endif

void pn_exp(const pn_lane *x, pn_lane *y)
{
    *y = (pn_lane)SLEEF(exp)((vector)*x);
}
void pn_log(const pn_lane *x, pn_lane *y)
{
    *y = (pn_lane)SLEEF(log)((vector)*x);
}

void pn_atan(const pn_lane *x, pn_lane *y)
{
    *y = (pn_lane)SLEEF(atan)((vector)*x);
}

void pn_pow(const pn_lane *x, const pn_lane *e, pn_lane *y)
{
    *y = (pn_lane)SLEEF(pow)((vector)*x, (vector)*e);
}
