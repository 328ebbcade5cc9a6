/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The factor of oscillating flow: a continued fraction, beyond it an expansion, and a
 * table of both. */
#include "models/lung/womersley.h"

#define LARGEST   20.0 /* a, of the continued fraction and the table */
#define PER_UNIT  32.0 /* nodes of the table */
#define LEVELS    24   /* of the continued fraction: 1.4e-11 at a = 20 */
#define HALF_ROOT 0.70710678118654752440

/* J1(z) / (z J0(z)) = 1 / (2 - z^2 / (4 - z^2 / (6 - …))) with z^2 = -i s, so that
 * g = (2 D4 + i s) / 8, where Dk = k + i s / Dk+2; D' = dD/ds besides. */
static void fraction(pn_lane s, struct pn_complex *g, struct pn_complex *slope)
{
    struct pn_complex D = {pn_all(2 * LEVELS), pn_all(0)}, dD = {pn_all(0), pn_all(0)};

    for (int k = LEVELS - 1; k >= 2; k--) {
        struct pn_complex q = pn_complex_inverse(D); /* 1 / D */
        if (slope) { /* d(i s / D) = i (1 / D - s D' / D^2) */
            struct pn_complex t = pn_complex_product(q, dD);
            struct pn_complex u = {pn_all(1) - s * t.re, -s * t.im};
            t = pn_complex_product(q, u);
            dD = (struct pn_complex){-t.im, t.re};
        }
        D = (struct pn_complex){pn_all(2 * k) - s * q.im, s * q.re};
    }
    *g = (struct pn_complex){D.re * pn_all(0.25), (D.im + D.im + s) * pn_all(0.125)};
    if (slope)
        *slope = (struct pn_complex){dD.re * pn_all(0.25),
                                     (dD.im + dD.im + pn_all(1)) * pn_all(0.125)};
}

/* J1 / J0 = b0 + b1 / z + b2 / z^2 + … where exp(i z) has died away: the coefficients
 * satisfy Riccati's equation, Q' = 1 + Q^2 - Q / z; even ones are imaginary. */
static void expansion(pn_lane s, struct pn_complex *g)
{
    static const double b[] = {1,
                               0.5,
                               0.125,
                               -0.125,
                               -0.1953125,
                               0.40625,
                               1.0478515625,
                               -3.21875,
                               -11.466461181640625};
    const pn_lane a = pn_sqrt(s), part = pn_all(-HALF_ROOT) / a;
    const struct pn_complex u = {part, part}; /* 1 / z */
    struct pn_complex Q = {pn_all(0), pn_all(b[8])}, F;

    for (int n = 7; n >= 0; n--) {
        Q = pn_complex_product(Q, u);
        if (n % 2)
            Q.re = Q.re + pn_all(b[n]);
        else
            Q.im = Q.im + pn_all(b[n]);
    }
    F = pn_complex_product(Q, u);
    F = (struct pn_complex){pn_all(1) - F.re - F.re, -(F.im + F.im)};
    F = pn_complex_inverse(F);
    *g = (struct pn_complex){-F.im * s * pn_all(0.125), F.re * s * pn_all(0.125)};
}

static void take_large(const pn_lane *square, pn_mask large, struct pn_complex *g)
{
    struct pn_complex far;

    expansion(*square, &far);
    g->re = pn_select(large, far.re, g->re);
    g->im = pn_select(large, far.im, g->im);
}

void pn_womersley(const pn_lane *square, struct pn_complex *g)
{
    const pn_mask large = *square > pn_all(LARGEST * LARGEST);

    fraction(*square, g, NULL);
    if (pn_any(large))
        take_large(square, large, g);
}

void pn_womersley_fill(struct pn_womersley_table *table)
{
    for (size_t i = 0; i < PN_WOMERSLEY_NODES; i += PN_LANES) {
        struct pn_complex g, slope;
        pn_lane a;
        for (size_t l = 0; l < PN_LANES; l++)
            a[l] = (double)(i + l) / PER_UNIT;
        fraction(a * a, &g, &slope);
        for (size_t l = 0; l < PN_LANES && i + l < PN_WOMERSLEY_NODES; l++) {
            table->re[i + l] = g.re[l];
            table->im[i + l] = g.im[l];
            table->re_slope[i + l] = slope.re[l] * 2 * a[l] / PER_UNIT; /* per node */
            table->im_slope[i + l] = slope.im[l] * 2 * a[l] / PER_UNIT;
        }
    }
}

/* Hermite's cubic between two nodes, h from 0 to 1. */
static pn_lane cubic(const pn_lane y[2], const pn_lane slope[2], pn_lane h)
{
    const pn_lane rise = y[1] - y[0];
    const pn_lane p = slope[0] - rise, q = rise - slope[1], rest = pn_all(1) - h;

    return y[0] + h * (rise + rest * (p * rest + q * h));
}

void pn_womersley_look(const struct pn_womersley_table *table, const pn_lane *square,
                       struct pn_complex *g)
{
    const pn_lane x = pn_sqrt(*square) * pn_all(PER_UNIT);
    const pn_mask large = *square > pn_all(LARGEST * LARGEST);
    pn_lane re[2], im[2], re_slope[2], im_slope[2], h;

    for (size_t l = 0; l < PN_LANES; l++) {
        /* a NaN is looked up at 0 and stays in h */
        size_t i = x[l] <= PER_UNIT * LARGEST ? (size_t)x[l] : 0;
        h[l] = x[l] - (double)i;
        for (size_t k = 0; k < 2; k++) {
            re[k][l] = table->re[i + k];
            im[k][l] = table->im[i + k];
            re_slope[k][l] = table->re_slope[i + k];
            im_slope[k][l] = table->im_slope[i + k];
        }
    }
    g->re = cubic(re, re_slope, h);
    g->im = cubic(im, im_slope, h);
    if (pn_any(large))
        take_large(square, large, g);
}
