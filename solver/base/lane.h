/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane vector: the same number of PN_LANES different patients, 4 or 8 doubles wide.
 *
 * Models use + - * / and the functions below and nothing else.  No function mixes lanes,
 * so the bits of a patient do not depend on the neighbours or on the width.  Lanes cross
 * files by pointer only (the two builds of the library have different calling conventions
 * for values). */
#ifndef PN_BASE_LANE_H
#define PN_BASE_LANE_H

#include <immintrin.h>
#include <stddef.h>

#include "solver/base/api.h"

#ifdef __AVX512F__
#define PN_LANES 8
#else
#define PN_LANES 4
#endif

typedef double pn_lane __attribute__((vector_size(8 * PN_LANES)));
/* all bits of an element set: true in that lane */
typedef long long pn_mask __attribute__((vector_size(8 * PN_LANES)));

/* exp, log, atan, pow: SLEEF's finz_ family, the same bits on every instruction set
 * (solver/base/lane.c) */
PN_API void pn_exp(const pn_lane *x, pn_lane *y);
PN_API void pn_log(const pn_lane *x, pn_lane *y);
PN_API void pn_atan(const pn_lane *x, pn_lane *y);
PN_API void pn_pow(const pn_lane *x, const pn_lane *e, pn_lane *y);

/** The same number in every lane, -0.0 too (0.0 + a would lose its sign). */
static inline pn_lane pn_all(double a)
{
#ifdef __AVX512F__
    return (pn_lane)_mm512_set1_pd(a);
#else
    return (pn_lane)_mm256_set1_pd(a);
#endif
}

/** a * b + c, rounded once. */
static inline pn_lane pn_fma(pn_lane a, pn_lane b, pn_lane c)
{
#ifdef __AVX512F__
    return (pn_lane)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#else
    return (pn_lane)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#endif
}

/** Lane by lane: mask ? a : b.  NaN in the one not chosen does no harm. */
static inline pn_lane pn_select(pn_mask mask, pn_lane a, pn_lane b)
{
#ifdef __AVX512F__
    return (pn_lane)_mm512_mask_blend_pd(_mm512_movepi64_mask((__m512i)mask), (__m512d)b,
                                         (__m512d)a);
#else
    return (pn_lane)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)mask);
#endif
}

static inline pn_lane pn_sqrt(pn_lane a)
{
#ifdef __AVX512F__
    return (pn_lane)_mm512_sqrt_pd((__m512d)a);
#else
    return (pn_lane)_mm256_sqrt_pd((__m256d)a);
#endif
}

static inline pn_lane pn_abs(pn_lane a)
{
    pn_mask sign = (pn_mask)pn_all(-0.0);
    return (pn_lane)((pn_mask)a & ~sign);
}

static inline pn_lane pn_max(pn_lane a, pn_lane b)
{
    return pn_select(a > b, a, b);
}
static inline pn_lane pn_min(pn_lane a, pn_lane b)
{
    return pn_select(a < b, a, b);
}

/** Bit l is set when the mask is true in lane l. */
static inline unsigned pn_bits(pn_mask mask)
{
#ifdef __AVX512F__
    return (unsigned)_mm512_movepi64_mask((__m512i)mask);
#else
    return (unsigned)_mm256_movemask_pd((__m256d)mask);
#endif
}

static inline int pn_any(pn_mask mask)
{
    return pn_bits(mask) != 0;
}

/** True in the lanes whose number is finite. */
static inline pn_mask pn_finite(pn_lane a)
{
    return pn_abs(a) <= pn_all(1.7976931348623157e308);
}

#endif
