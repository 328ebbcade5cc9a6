/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complex numbers on lanes: no more than impedances need. */
#ifndef PN_MODELS_LUNG_COMPLEX_H
#define PN_MODELS_LUNG_COMPLEX_H

#include "solver/base/lane.h"

struct pn_complex {
    pn_lane re, im;
};

static inline struct pn_complex pn_complex_sum(struct pn_complex a, struct pn_complex b)
{
    return (struct pn_complex){a.re + b.re, a.im + b.im};
}

static inline struct pn_complex pn_complex_scaled(struct pn_complex a, pn_lane factor)
{
    return (struct pn_complex){a.re * factor, a.im * factor};
}

static inline struct pn_complex pn_complex_product(struct pn_complex a,
                                                   struct pn_complex b)
{
    return (struct pn_complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/** 1 / a; |a|^2 must neither overflow nor vanish. */
static inline struct pn_complex pn_complex_inverse(struct pn_complex a)
{
    const pn_lane scale = pn_all(1) / (a.re * a.re + a.im * a.im);

    return (struct pn_complex){a.re * scale, -a.im * scale};
}

#endif
