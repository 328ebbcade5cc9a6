/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Midpoint steps along an airway in the state alpha, and the search for its sonic point.
 */
#include "models/airway/wave_speed.h"
#include "solver/base/constants.h"

#include <math.h>

/* Friction of a single airway, Reynolds 1982: (8 pi mu u / A)(a + b Re) per length. */
#define FRICTION_A 1.5
#define FRICTION_B 0.0035

/* alpha at which it does not matter any more that flow is sonic: near n1 = 1/2 sonic flow
 * is found at pressures beyond all measure. */
#define CLOSED 1e-60

/* what follows from alpha */
struct section {
    pn_lane slope;    /* dalpha/dP [1/Pa] */
    pn_lane subsonic; /* 1 - S^2, S = speed / wave speed */
    pn_lane friction; /* loss of head [Pa/m] */
    pn_lane pressure; /* transmural [Pa] */
    pn_lane bend;     /* -d(S^2)/dalpha */
};

void pn_stream_init(struct pn_stream *g, const struct pn_duct *duct,
                    const struct pn_gas *gas, const pn_lane *flow)
{
    const struct pn_tube *tube = duct->tube;
    const pn_lane speed = *flow / duct->area; /* at A_m */

    g->alpha0 = tube->alpha0;
    g->n1 = tube->n1;
    g->n2 = tube->n2;
    g->slope = tube->slope / PN_CMH2O;
    g->P1 = tube->alpha0 * tube->n1 / g->slope;
    g->P2 = tube->n2 * (tube->alpha0 - 1) / g->slope;
    g->power1 = 1 + 1 / tube->n1;
    g->power2 = 1 + 1 / tube->n2;
    g->kinetic = pn_all(gas->density / 2) * speed * speed;
    g->laminar =
        pn_all(8 * M_PI * gas->viscosity * FRICTION_A * duct->n) * speed / duct->area;
    g->inertial = pn_all(FRICTION_B * gas->density / (FRICTION_A * gas->viscosity)) *
                  speed * pn_sqrt(pn_all(4 / (M_PI * duct->n)) * duct->area);
    g->length = duct->length;
}

static void section_at(const struct pn_stream *g, const pn_lane *alpha, struct section *s)
{
    const double a0 = g->alpha0;
    pn_mask wide = *alpha > pn_all(a0);
    pn_lane t =
        pn_select(wide, (pn_all(1) - *alpha) / pn_all(1 - a0), *alpha / pn_all(a0));
    pn_lane power = pn_select(wide, pn_all(g->power2), pn_all(g->power1));
    pn_lane inverse = pn_all(1) / *alpha, tp;

    pn_log(&t, &tp);
    tp = tp * power;
    pn_exp(&tp, &tp);
    s->slope = pn_all(g->slope) * tp;
    s->subsonic =
        pn_all(1) - pn_all(2) * g->kinetic * s->slope * inverse * inverse * inverse;
    s->friction =
        g->laminar * inverse * inverse * (pn_all(1) + g->inertial * pn_sqrt(inverse));
    s->pressure = pn_select(wide, pn_all(g->P2), pn_all(g->P1)) * (pn_all(1) - t / tp);
    s->bend = (pn_all(1) - s->subsonic) *
              (pn_all(3) * inverse +
               pn_select(wide, power / (pn_all(1) - *alpha), -power * inverse));
}

/* total head [Pa] */
static pn_lane head(const struct pn_stream *g, const pn_lane *alpha,
                    const struct section *s)
{
    return s->pressure + g->kinetic / (*alpha * *alpha);
}

/* Where S = 1.  At P <= 0 S^2 is a power of alpha; at P > 0 Newton's iteration in ln t
 * starts at P = 0 and comes down a convex function.  NaN: nowhere (n1 = 1/2, or
 * hardly more). */
static pn_lane sonic_alpha(const struct pn_stream *g)
{
    const double a0 = g->alpha0, n1 = g->n1;
    pn_lane S2 = g->kinetic * pn_all(2 * g->slope / (a0 * a0 * a0)); /* at P = 0 */
    pn_lane log_S2, y = pn_all(0), t, alpha = pn_all((double)NAN);
    pn_mask wide = S2 >= pn_all(1);

    pn_log(&S2, &log_S2);
    if (n1 > 0.5) {
        t = log_S2 * pn_all(n1 / (2 * n1 - 1));
        pn_exp(&t, &alpha);
        alpha =
            pn_select(alpha > pn_all(CLOSED), alpha * pn_all(a0), pn_all((double)NAN));
    }
    if (!pn_any(wide))
        return alpha;
    for (int i = 0; i < 8; i++) {
        pn_lane f, rise;
        pn_exp(&y, &t);
        t = t * pn_all(1 - a0); /* 1 - alpha */
        f = (pn_all(1) - t) / pn_all(a0);
        rise = pn_all(g->power2) + pn_all(3) * t / (pn_all(1) - t);
        pn_log(&f, &f);
        f = log_S2 + pn_all(g->power2) * y - pn_all(3) * f;
        y = y - f / rise;
    }
    pn_exp(&y, &t);
    return pn_select(wide, pn_all(1) - pn_all(1 - a0) * t, alpha);
}

/* q^-n by the logarithm */
static pn_lane inverse_power(pn_lane q, double n)
{
    pn_log(&q, &q);
    q = q * pn_all(-n);
    pn_exp(&q, &q);
    return q;
}

/* q^-n2: a whole number in Lambert's table, not between its generations */
static pn_lane inverse_power2(pn_lane q, double n2)
{
    pn_lane base = pn_all(1) / q, power = pn_all(1);
    unsigned n = (unsigned)n2;

    if ((double)n != n2)
        return inverse_power(q, n2);
    for (; n; n >>= 1) {
        if (n & 1)
            power = power * base;
        base = base * base;
    }
    return power;
}

/* The subsonic alpha at which the total head is H, or that of sonic flow where H is less
 * than it takes (*sonic).  Head is convex in P above the sonic pressure: Newton's
 * iteration comes down from P = H without overshooting. */
static pn_lane alpha_at_head(const struct pn_stream *g, const pn_lane *H, pn_mask *sonic)
{
    const double a0 = g->alpha0;
    pn_lane P = *H, alpha = pn_all((double)NAN);
    pn_mask busy = pn_finite(*H);

    *sonic = (*H < pn_all(0)) & ~busy; /* -infinity: nothing downstream asks for a head */
    for (int i = 0; i < 40 && pn_any(busy); i++) {
        pn_mask wide = P > pn_all(0);
        pn_lane q = pn_all(1) - P / pn_select(wide, pn_all(g->P2), pn_all(g->P1));
        pn_lane t = inverse_power2(q, g->n2), a, k, subsonic, step;

        if (pn_any(~wide))
            t = pn_select(wide, t, inverse_power(q, g->n1));
        a = pn_select(wide, pn_all(1) - pn_all(1 - a0) * t, pn_all(a0) * t);
        k = g->kinetic / (a * a);
        subsonic = pn_all(1) - pn_all(2 * g->slope) * k * t / (q * a);
        step = (P + k - *H) / subsonic;
        alpha = a; /* P stays where it has converged, and so does alpha */
        *sonic = *sonic | (busy & (subsonic <= pn_all(0)));
        busy = busy & ~*sonic & (pn_abs(step) > pn_all(1e-9) * (pn_abs(P) + k));
        P = pn_select(busy, P - step, P);
    }
    if (pn_any(*sonic))
        alpha = pn_select(*sonic, sonic_alpha(g), alpha);
    return alpha;
}

static pn_lane rise_of(const struct section *s)
{
    return s->slope * s->friction / s->subsonic; /* dalpha/dx upstream [1/m] */
}

/* One step of the midpoint rule.  The middle is where it would be were 1 - S^2 linear in
 * alpha and the friction constant: exact at a sonic start, where dalpha/dx is infinite.
 */
static pn_lane step(const struct pn_stream *g, pn_lane alpha, pn_lane dx)
{
    pn_lane zero = pn_all(g->alpha0), pull, root, middle;
    struct section s;

    section_at(g, &alpha, &s);
    pull = s.slope * s.friction * dx;
    root = pn_sqrt(s.subsonic * s.subsonic + pn_all(2) * pull * s.bend);
    middle = alpha + pull / (s.subsonic + root);
    middle = pn_select((alpha < zero) & (middle > zero), zero, middle);
    section_at(g, &middle, &s);
    return alpha + dx * rise_of(&s);
}

/* A step that passes P = 0, where the tube law's second derivative jumps: the way there
 * as an integral over alpha, the rest from there. */
static pn_lane step_over_zero(const struct pn_stream *g, pn_lane alpha, pn_lane dx)
{
    pn_lane zero = pn_all(g->alpha0 * (1 + 1e-14)); /* on the side of P > 0 */
    pn_lane middle = pn_all(0.5) * (alpha + zero), rest;
    struct section s;

    section_at(g, &middle, &s);
    rest = dx - (zero - alpha) / rise_of(&s);
    rest = pn_select(rest < pn_all(0), pn_all(0), rest); /* it only just does not pass */
    return step(g, zero, rest);
}

/* March alpha from the mouth end of a generation to its upstream end, in steps that are
 * shorter near the mouth end, where it changes fastest. */
static pn_lane march(const struct pn_stream *g, size_t steps, pn_lane alpha)
{
    const double zero = g->alpha0;
    double from = 0;

    for (size_t i = 1; i <= steps; i++) {
        double s = (double)i / (double)steps, to = s * sqrt(s);
        pn_lane dx = g->length * pn_all(to - from), next = step(g, alpha, dx);
        pn_mask over = (alpha < pn_all(zero)) & (next > pn_all(zero));

        if (pn_any(over))
            next = pn_select(over, step_over_zero(g, alpha, dx), next);
        alpha = next;
        from = to;
    }
    return alpha;
}

void pn_stream_march(const struct pn_stream *g, size_t steps, const pn_lane *H,
                     pn_lane *behind, pn_mask *choked)
{
    struct section s;
    pn_mask idle;
    pn_lane alpha = alpha_at_head(g, H, choked);

    idle = *choked & ~pn_finite(alpha); /* never sonic, and nothing asks for a head */
    *choked = *choked & ~idle;
    alpha = march(g, steps, alpha);
    section_at(g, &alpha, &s);
    *behind = pn_select(idle, pn_all(-(double)INFINITY), head(g, &alpha, &s));
}
