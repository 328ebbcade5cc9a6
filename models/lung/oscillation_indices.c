/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R5, R20, X5, Fres and AX of a spectrum. */
#include "models/lung/tree_impedance.h"

#include <math.h>

static pn_lane at(double x, size_t n, const double *f, const pn_lane *y)
{
    for (size_t i = 0; i < n; i++) {
        if (f[i] == x)
            return y[i];
        if (i + 1 < n && f[i] < x && x < f[i + 1])
            return y[i] + (y[i + 1] - y[i]) * pn_all((x - f[i]) / (f[i + 1] - f[i]));
    }
    return pn_all((double)NAN);
}

void pn_oscillation_indices(size_t n, const double *f, const pn_lane *R, const pn_lane *X,
                            struct pn_oscillation_indices *out)
{
    const pn_lane zero = pn_all(0), half = pn_all(0.5);
    pn_mask found = {0};
    int has_five = 0;

    out->R5 = at(5, n, f, R);
    out->R20 = at(20, n, f, R);
    out->X5 = at(5, n, f, X);
    out->Fres = pn_all((double)NAN);
    out->AX = zero;
    for (size_t i = 0; i + 1 < n; i++) {
        const pn_lane x = X[i], y = X[i + 1], step = pn_all(f[i + 1] - f[i]);
        const pn_mask crosses = ~found & (x < zero) & (y >= zero);
        const pn_lane to_zero = step * x / (x - y);
        pn_lane below;
        out->Fres = pn_select(crosses, pn_all(f[i]) + to_zero, out->Fres);
        has_five |= f[i] == 5;
        below = pn_select(crosses, -half * x * to_zero, -half * (x + y) * step);
        if (f[i] >= 5)
            out->AX = pn_select(~found & (x < zero), out->AX + below, out->AX);
        found = found | crosses;
    }
    if (!has_five)
        out->AX = pn_all((double)NAN);
    out->AX = pn_select(pn_finite(out->X5), out->AX, out->X5);
}
