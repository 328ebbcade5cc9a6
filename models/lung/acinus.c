/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recoil of a lung against its volume, by three published laws, and its inverse. */
#include "models/lung/acinus.h"
#include "solver/base/constants.h"

#include <math.h>

void pn_acinus_defaults(struct pn_acinus *acinus)
{
    *acinus = (struct pn_acinus){
        .law = PN_ACINUS_LINEAR,
        .compliance = 0.2e-3 / PN_CMH2O,
        .a = 2e-3,
        .b = 4e-3,
        .c = 667,
        .d = 300,
        .xi = 2500,
        .swan_a = 0.433,
        .swan_b = -0.611,
        .V0 = 3e-3 / (1.26 * 1.26 * 1.26),
    };
}

static void swan(const struct pn_acinus *s, double V, double *P, double *slope)
{
    double k = 3.0 * s->swan_a + s->swan_b, l = cbrt(V / s->V0), e = l * l - 1.0;
    double front = s->xi * exp(0.75 * k * e * e) * k / (2.0 * l); /* Pa */

    *P = front * e;
    *slope = front * (e * (3.0 * k * l * e - 1.0 / l) + 2.0 * l) * l / (3.0 * V);
}

int pn_acinus_recoil(const struct pn_acinus *s, double V, double *P, double *slope)
{
    double above = V - s->a, below = s->a + s->b - V;

    switch (s->law) {
    case PN_ACINUS_LINEAR:
        *P = V / s->compliance;
        *slope = 1.0 / s->compliance;
        return !isfinite(V);
    case PN_ACINUS_SIGMOID:
        if (!(above > 0.0 && below > 0.0))
            return 1;
        *P = s->c - s->d * log(below / above);
        *slope = s->d * s->b / (above * below);
        return 0;
    default:
        if (!(V > 0.0))
            return 1;
        swan(s, V, P, slope);
        return !isfinite(*P);
    }
}

/* The recoil grows with the volume in 0.05 … 8 V0 (l = 0.37 … 2). */
static double swan_volume(const struct pn_acinus *s, double P)
{
    double low = 0.05 * s->V0, high = 8.0 * s->V0, p, slope;

    swan(s, low, &p, &slope);
    if (!(P >= p))
        return (double)NAN;
    swan(s, high, &p, &slope);
    if (!(P <= p))
        return (double)NAN;
    for (int n = 0; n < 200 && high - low > 1e-16 * high; n++) {
        double middle = 0.5 * (low + high);
        swan(s, middle, &p, &slope);
        if (p < P)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

double pn_acinus_volume(const struct pn_acinus *s, double P)
{
    switch (s->law) {
    case PN_ACINUS_LINEAR:
        return s->compliance * P;
    case PN_ACINUS_SIGMOID:
        return s->a + s->b / (1.0 + exp(-(P - s->c) / s->d));
    default:
        return swan_volume(s, P);
    }
}
