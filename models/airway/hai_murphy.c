/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four states after a time: the exponential of their matrix of rates, on lanes. */
#include "models/airway/hai_murphy.h"

#include <math.h>
#include <string.h>

enum { N = PN_HAI_MURPHY_STATES };

const struct pn_hai_murphy pn_hai_murphy_1988 = {
    .k2 = 0.5, .k3 = 0.4, .k4 = 0.1, .k5 = 0.5, .k7 = 0.01};

void pn_hai_murphy_rate(const struct pn_hai_murphy *k, const pn_lane *k1,
                        const pn_lane *x, pn_lane *dx)
{
    pn_lane to_Mp = *k1 * x[PN_M] - pn_all(k->k2) * x[PN_MP];
    pn_lane to_AMp = pn_all(k->k3) * x[PN_MP] - pn_all(k->k4) * x[PN_AMP];
    pn_lane to_AM = pn_all(k->k5) * x[PN_AMP] - *k1 * x[PN_AM];
    pn_lane to_M = pn_all(k->k7) * x[PN_AM];

    dx[PN_M] = to_M - to_Mp;
    dx[PN_MP] = to_Mp - to_AMp;
    dx[PN_AMP] = to_AMp - to_AM;
    dx[PN_AM] = to_AM - to_M;
}

/* --- after a time at constant rates --- */

static void multiply(pn_lane a[N][N], pn_lane b[N][N], pn_lane c[N][N])
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            pn_lane sum = a[i][0] * b[0][j];
            for (size_t m = 1; m < N; m++)
                sum = sum + a[i][m] * b[m][j];
            c[i][j] = sum;
        }
}

/* q = h times the matrix of rates: its columns are the rates of the pure states. */
static void generator(const struct pn_hai_murphy *k, const pn_lane *k1, double h,
                      pn_lane q[N][N])
{
    for (size_t j = 0; j < N; j++) {
        pn_lane pure[N], dx[N];
        for (size_t i = 0; i < N; i++)
            pure[i] = pn_all(i == j);
        pn_hai_murphy_rate(k, k1, pure, dx);
        for (size_t i = 0; i < N; i++)
            q[i][j] = pn_all(h) * dx[i];
    }
}

/* e = exp(q) by Horner's rule; |q| <= 1/2 leaves the 15th term below 1e-16. */
static void series(pn_lane q[N][N], pn_lane e[N][N])
{
    pn_lane next[N][N];

    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            e[i][j] = pn_all(i == j);
    for (int term = 14; term > 0; term--) {
        multiply(q, e, next);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                e[i][j] = pn_all(i == j) + next[i][j] / pn_all(term);
    }
}

/* exp(Q t) = exp(Q t / 2^s)^(2^s); s follows from t alone, so that no patient sees
 * another. */
void pn_hai_murphy_after(const struct pn_hai_murphy *k, const pn_lane *k1, double t,
                         pn_lane *x)
{
    pn_lane q[N][N], e[N][N], y[N];
    int halvings = 0;

    while (ldexp(t, -halvings) * 2 * PN_HAI_MURPHY_FASTEST > 0.5)
        halvings++;
    generator(k, k1, ldexp(t, -halvings), q);
    series(q, e);
    for (; halvings > 0; halvings--) {
        multiply(e, e, q);
        memcpy(e, q, sizeof e);
    }
    for (size_t i = 0; i < N; i++) {
        y[i] = e[i][0] * x[0];
        for (size_t j = 1; j < N; j++)
            y[i] = y[i] + e[i][j] * x[j];
    }
    memcpy(x, y, sizeof y);
}
