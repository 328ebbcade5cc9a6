/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of the forced expiration: one patient, from periphery to mouth, bisection
 * wherever something is sought.  Slow and plain, and nothing of it is shared with models/
 * but the table of tube laws. */
#ifndef PN_TESTS_SCALAR_EXPIRATION_H
#define PN_TESTS_SCALAR_EXPIRATION_H

#include <math.h>

#include "models/airway/lambert.h"

#define CMH2O 98.0665 /* Pa */
/* the gas of the printed table: nearly dry air, not that of models/airway/air.h */
#ifndef RHO
#define RHO 1.14 /* kg/m3 */
#endif
#define MU 1.83e-5 /* Pa s */

struct scalar_airway {
    double area[PN_GENERATIONS]; /* A_m, m2 */
};

struct scalar_point {
    double A, S2, h; /* m2; squared speed over wave speed; total head, Pa */
};

static struct scalar_point scalar_at(const struct scalar_airway *w, int z, double P,
                                     double Q)
{
    const struct pn_tube *t = &pn_lambert_tubes[z];
    double slope = t->slope / CMH2O, dA;
    double P1 = t->alpha0 * t->n1 / slope, P2 = t->n2 * (t->alpha0 - 1) / slope;
    struct scalar_point r;

    if (P <= 0) {
        r.A = w->area[z] * t->alpha0 * pow(1 - P / P1, -t->n1);
        dA = w->area[z] * slope * pow(1 - P / P1, -t->n1 - 1);
    } else {
        r.A = w->area[z] * (1 - (1 - t->alpha0) * pow(1 - P / P2, -t->n2));
        dA = w->area[z] * slope * pow(1 - P / P2, -t->n2 - 1);
    }
    r.S2 = RHO * Q * Q * dA / (r.A * r.A * r.A);
    r.h = P + RHO * Q * Q / (2 * r.A * r.A);
    return r;
}

/* halves [out, in] until `in` is the end of those with S < 1 and, if asked, h > H */
static double scalar_bisect(const struct scalar_airway *w, int z, double out, double in,
                            double Q, double H)
{
    for (int i = 0; i < 60; i++) {
        double middle = (out + in) / 2;
        struct scalar_point p = scalar_at(w, z, middle, Q);
        if (p.S2 < 1 && p.h > H)
            in = middle;
        else
            out = middle;
    }
    return in;
}

/* the largest P <= H where the head is H; NaN: flow would have to be faster than sound */
static double scalar_root(const struct scalar_airway *w, int z, double H, double Q)
{
    double high = H, low = H;

    if (scalar_at(w, z, H, Q).S2 >= 1)
        return (double)NAN;
    for (double step = 20;; step *= 1.2) { /* Pa */
        struct scalar_point p;
        low -= step;
        p = scalar_at(w, z, low, Q);
        if (p.S2 >= 1) {
            low = scalar_bisect(w, z, low, high, Q, -(double)INFINITY);
            if (scalar_at(w, z, low, Q).h > H)
                return (double)NAN;
            break;
        }
        if (p.h <= H)
            break;
        high = low;
    }
    return scalar_bisect(w, z, low, high, Q, H);
}

static double scalar_fall(int z, struct scalar_point p, double Q) /* Pa/m */
{
    double A = p.A / ldexp(1, z), D = sqrt(4 * A / M_PI), u = Q / p.A;

    return 8 * M_PI * MU * u / A * (1.5 + .0035 * RHO * u * D / MU) / (1 - p.S2);
}

/* -1: the flow Q passes at this recoil; else the generation that chokes */
static int scalar_choke(const struct scalar_airway *w, double P_st, double Q, int steps)
{
    double P = scalar_root(w, 16, P_st, Q);

    if (isnan(P))
        return 16;
    for (int z = 16; z >= 0; z--) {
        double dx = pn_lambert_tubes[z].length / 100 / steps;
        for (int i = 0; i < steps; i++) {
            struct scalar_point p = scalar_at(w, z, P, Q);
            if (p.S2 >= 1)
                return z;
            p = scalar_at(w, z, P - dx / 2 * scalar_fall(z, p, Q), Q);
            if (p.S2 >= 1)
                return z;
            P -= dx * scalar_fall(z, p, Q);
        }
        if (scalar_at(w, z, P, Q).S2 >= 1)
            return z;
        if (z > 0)
            P = scalar_root(w, z - 1, scalar_at(w, z, P, Q).h, Q);
        if (isnan(P))
            return z - 1;
    }
    return -1;
}

/* maximal flow [m3/s] at a recoil [Pa], and where it chokes */
static inline double scalar_limit(const struct scalar_airway *w, double P_st, int steps,
                                  int *choke)
{
    double low = 0, high = .03;

    *choke = -1;
    if (P_st <= 0)
        return 0;
    while (high - low > 1e-5 * high) {
        double Q = (low + high) / 2;
        int z = scalar_choke(w, P_st, Q, steps);
        if (z < 0) {
            low = Q;
        } else {
            high = Q;
            *choke = z;
        }
    }
    return (low + high) / 2;
}

enum { SCALAR_POINTS = 40 };

struct scalar_expiration {
    double limit[SCALAR_POINTS]; /* L/s, from TLC to RV */
    double flow[SCALAR_POINTS];  /* as breathed there; 0 where it does not come to */
    double FEV1, FVC, PEF;
};

static double scalar_flow(const struct scalar_expiration *e, double V, double t)
{
    double x = (6.8 - V) / 5.1 * (SCALAR_POINTS - 1), limit;
    int i = x < 0 ? 0 : (int)x;

    i = i > SCALAR_POINTS - 2 ? SCALAR_POINTS - 2 : i;
    limit = e->limit[i] + (x - i) * (e->limit[i + 1] - e->limit[i]);
    return limit * (1 - exp(-t / .06));
}

/* TLC 6.8 L, RV 1.7 L; the manoeuvre by midpoint steps of 1 ms */
static inline void scalar_breathe(const struct scalar_airway *w, int steps,
                                  struct scalar_expiration *e)
{
    const double dt = 1e-3;
    double V = 6.8, t, before;
    int choke, point = 1;

    for (int i = 0; i < SCALAR_POINTS; i++) {
        double volume = 6.8 - 5.1 * i / (SCALAR_POINTS - 1);
        double P = -log((1 - volume / 6.99072) / .785430) / .12;
        e->flow[i] = 0;
        e->limit[i] = 1e3 * scalar_limit(w, P * CMH2O, steps, &choke);
    }
    e->PEF = e->FEV1 = 0;
    for (int i = 0; i < 6000 && V > 1.7; i++) {
        t = i * dt;
        if (i == 1000)
            e->FEV1 = 6.8 - V;
        e->PEF = fmax(e->PEF, scalar_flow(e, V, t));
        before = V;
        V -= dt * scalar_flow(e, V - dt / 2 * scalar_flow(e, V, t), t + dt / 2);
        for (; point < SCALAR_POINTS; point++) {
            double at = 6.8 - 5.1 * point / (SCALAR_POINTS - 1);
            if (V > at)
                break;
            e->flow[point] = scalar_flow(e, at, t + dt * (before - at) / (before - V));
        }
    }
    e->FVC = 6.8 - fmax(V, 1.7);
}

#endif
