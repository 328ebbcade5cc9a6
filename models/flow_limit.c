/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/flow_limit.h"

#include <math.h>

#define CMH2O     98.0665 /* Pa */
#define DENSITY   1.14    /* kg/m3, air at body temperature, saturated */
#define VISCOSITY 1.83e-5 /* Pa s */
#define PI        3.14159265358979323846

/* Friction of a single airway, Reynolds 1982: (8 pi mu u / A)(a + b Re) per length. */
#define FRICTION_A 1.5
#define FRICTION_B 0.0035

/* One generation at one flow.  Its state is alpha = A / A_m, from which everything else
 * follows with one power: t = alpha / alpha0 (P <= 0) or (1 - alpha) / (1 - alpha0)
 * (P > 0) is q^-n of the tube law, so dalpha/dP = slope t^(1 + 1/n) and q = t /
 * t^(1+1/n). */
struct generation {
    const struct pn_tube *tube;
    double slope, P1, P2;  /* Pa */
    double power1, power2; /* 1 + 1/n1, 1 + 1/n2 */
    pn_lane kinetic;       /* rho Q^2 / (2 A_m^2) [Pa] */
    pn_lane
        laminar; /* friction is laminar / alpha^2 (1 + inertial / sqrt(alpha)) [Pa/m] */
    pn_lane inertial;
    pn_lane length; /* m */
};

/* what follows from alpha */
struct section {
    pn_lane slope;    /* dalpha/dP [1/Pa] */
    pn_lane subsonic; /* 1 - S^2, S = speed / wave speed */
    pn_lane friction; /* loss of head [Pa/m] */
    pn_lane pressure; /* transmural [Pa] */
    pn_lane bend;     /* -d(S^2)/dalpha */
};

static void generation_init(struct generation *g, size_t z, const struct pn_bronchi *w,
                            const pn_lane *flow)
{
    const struct pn_tube *tube = &pn_lambert_tubes[z];
    double n_airways = (double)(1u << z);
    pn_lane speed = *flow / w->area[z]; /* at A_m */

    g->tube = tube;
    g->slope = tube->slope / CMH2O;
    g->P1 = tube->alpha0 * tube->n1 / g->slope;
    g->P2 = tube->n2 * (tube->alpha0 - 1) / g->slope;
    g->power1 = 1 + 1 / tube->n1;
    g->power2 = 1 + 1 / tube->n2;
    g->kinetic = pn_all(DENSITY / 2) * speed * speed;
    g->laminar = pn_all(8 * PI * VISCOSITY * FRICTION_A * n_airways) * speed / w->area[z];
    g->inertial = pn_all(FRICTION_B * DENSITY / (FRICTION_A * VISCOSITY)) * speed *
                  pn_sqrt(pn_all(4 / (PI * n_airways)) * w->area[z]);
    g->length = w->length[z];
}

static void section_at(const struct generation *g, const pn_lane *alpha,
                       struct section *s)
{
    const double a0 = g->tube->alpha0;
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
static pn_lane head(const struct generation *g, const pn_lane *alpha,
                    const struct section *s)
{
    return s->pressure + g->kinetic / (*alpha * *alpha);
}

/* Where S = 1.  At P <= 0 S^2 is a power of alpha; at P > 0 Newton's iteration in ln t
 * starts at P = 0 and comes down a convex function.  NaN: nowhere (n1 = 1/2 only). */
static pn_lane sonic_alpha(const struct generation *g)
{
    const double a0 = g->tube->alpha0, n1 = g->tube->n1;
    pn_lane S2 = g->kinetic * pn_all(2 * g->slope / (a0 * a0 * a0)); /* at P = 0 */
    pn_lane log_S2, y = pn_all(0), t, alpha = pn_all((double)NAN);
    pn_mask wide = S2 >= pn_all(1);

    pn_log(&S2, &log_S2);
    if (n1 > 0.5) {
        t = log_S2 * pn_all(n1 / (2 * n1 - 1));
        pn_exp(&t, &alpha);
        alpha = alpha * pn_all(a0);
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

/* q^-n */
static pn_lane inverse_power(pn_lane q, unsigned n)
{
    pn_lane base = pn_all(1) / q, power = pn_all(1);

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
static pn_lane alpha_at_head(const struct generation *g, const pn_lane *H, pn_mask *sonic)
{
    const double a0 = g->tube->alpha0;
    pn_lane P = *H, alpha = pn_all((double)NAN);
    pn_mask busy = pn_finite(*H);

    *sonic = (*H < pn_all(0)) & ~busy; /* -infinity: nothing downstream asks for a head */
    for (int i = 0; i < 40 && pn_any(busy); i++) {
        pn_mask wide = P > pn_all(0);
        pn_lane q = pn_all(1) - P / pn_select(wide, pn_all(g->P2), pn_all(g->P1));
        pn_lane t = inverse_power(q, (unsigned)g->tube->n2), a, k, subsonic, step;

        if (pn_any(~wide)) {
            pn_lane narrow;
            pn_log(&q, &narrow);
            narrow = narrow * pn_all(-g->tube->n1);
            pn_exp(&narrow, &narrow);
            t = pn_select(wide, t, narrow);
        }
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
static pn_lane step(const struct generation *g, pn_lane alpha, pn_lane dx)
{
    pn_lane zero = pn_all(g->tube->alpha0), pull, root, middle;
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
static pn_lane step_over_zero(const struct generation *g, pn_lane alpha, pn_lane dx)
{
    pn_lane zero = pn_all(g->tube->alpha0 * (1 + 1e-14)); /* on the side of P > 0 */
    pn_lane middle = pn_all(0.5) * (alpha + zero), rest;
    struct section s;

    section_at(g, &middle, &s);
    rest = dx - (zero - alpha) / rise_of(&s);
    rest = pn_select(rest < pn_all(0), pn_all(0), rest); /* it only just does not pass */
    return step(g, zero, rest);
}

/* March alpha from the mouth end of a generation to its upstream end, in steps that are
 * shorter near the mouth end, where it changes fastest. */
static pn_lane march(const struct generation *g, size_t steps, pn_lane alpha)
{
    const double zero = g->tube->alpha0;
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

void pn_recoil_of_flow(const struct pn_bronchi *bronchi, size_t steps,
                       const pn_lane *flow, pn_lane *recoil, pn_lane *choke)
{
    pn_lane H = pn_all(-(double)INFINITY);

    *choke = pn_all(-1);
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        struct generation g;
        struct section s;
        pn_mask sonic, idle;
        pn_lane alpha;

        generation_init(&g, z, bronchi, flow);
        alpha = alpha_at_head(&g, &H, &sonic);
        idle = sonic & ~pn_finite(alpha); /* never sonic, and nothing asks for a head */
        *choke = pn_select(sonic & ~idle, pn_all((double)z), *choke);
        alpha = march(&g, steps, alpha);
        section_at(&g, &alpha, &s);
        H = pn_select(idle, pn_all(-(double)INFINITY), head(&g, &alpha, &s));
    }
    *recoil = H;
}

void pn_bronchi_init(struct pn_bronchi *bronchi)
{
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        bronchi->area[z] = pn_all(pn_lambert_tubes[z].area * 1e-4);
        bronchi->length[z] = pn_all(pn_lambert_tubes[z].length * 1e-2);
    }
}

void pn_recoil_terms(const struct pn_bronchi *bronchi, pn_lane *linear, pn_lane *square,
                     pn_lane *kinetic)
{
    pn_lane one = pn_all(1); /* m3/s */

    *linear = *square = *kinetic = pn_all(0);
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        struct generation g;
        generation_init(&g, z, bronchi, &one);
        *linear = *linear + g.length * g.laminar;
        *square = *square + g.length * g.laminar * g.inertial;
        *kinetic = pn_max(*kinetic, g.kinetic);
    }
}
