/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lumen at which muscle and load are in balance, on lanes: the first equilibrium that
 * an airway meets when it narrows from relaxed. */
#include "models/airway/airway_equilibrium.h"
#include "models/airway/tethering.h"

#include <math.h>

/* the lumen that a healthy wall leaves, over its largest, and back */
static pn_lane alpha_of(const struct pn_airway *a, pn_lane rho)
{
    return (rho * rho * (a->largest + a->healthy) - a->healthy) / a->largest;
}

static pn_lane rho_of(const struct pn_airway *a, pn_lane alpha)
{
    return pn_sqrt((alpha * a->largest + a->healthy) / (a->largest + a->healthy));
}

static pn_lane largest_radius(const struct pn_airway *a)
{
    return pn_sqrt((a->largest + a->healthy) / pn_all(M_PI));
}

void pn_airway_thin(const struct pn_tube *tube, double recoil, int tethered,
                    struct pn_airway *a)
{
    *a = (struct pn_airway){.tube = tube,
                            .largest = pn_all(1),
                            .recoil = pn_all(recoil),
                            .tethered = pn_all(tethered)};
}

/* alpha of the tube law at the recoil, on lanes */
static pn_lane relaxed_alpha(const struct pn_airway *a)
{
    const struct pn_tube *t = a->tube;
    const pn_lane one = pn_all(1);
    pn_mask narrow = a->recoil <= pn_all(0);
    pn_lane q = one - a->recoil / pn_select(narrow, pn_all(t->alpha0 * t->n1 / t->slope),
                                            pn_all(t->n2 * (t->alpha0 - 1) / t->slope));

    pn_log(&q, &q);
    q = q * pn_select(narrow, pn_all(-t->n1), pn_all(-t->n2));
    pn_exp(&q, &q);
    return pn_select(narrow, pn_all(t->alpha0) * q, one - pn_all(1 - t->alpha0) * q);
}

void pn_airway_relaxed(const struct pn_airway *a, pn_lane *rho)
{
    *rho = rho_of(a, relaxed_alpha(a));
}

/* sin(x) on [0, pi/2] by its series: 7e-12 off at most */
static pn_lane sine(pn_lane x)
{
    pn_lane s = x * x, sum = pn_all(1);

    for (int n = 14; n > 0; n -= 2)
        sum = pn_all(1) - s * sum / pn_all(n * (n + 1));
    return x * sum;
}

/* What does not change while an airway narrows. */
struct frame {
    pn_lane radius; /* at rho = 1 */
    pn_lane hole;   /* outer radius of the relaxed airway */
};

static void frame_init(struct frame *f, const struct pn_airway *a, pn_lane relaxed)
{
    pn_lane r;

    f->radius = largest_radius(a);
    r = f->radius * relaxed;
    pn_wall_outer_radius(&a->wall, &r, &f->hole);
}

static pn_lane load(const struct pn_airway *a, const struct frame *f, pn_lane rho)
{
    pn_lane alpha = alpha_of(a, rho), r = f->radius * rho, outer, x, tau, tube, kappa;

    pn_wall_outer_radius(&a->wall, &r, &outer);
    x = (f->hole - outer) / f->hole;
    pn_tether(&a->recoil, &x, &tau);
    pn_tube_pressure(a->tube, &alpha, &tube);
    kappa = rho * (a->recoil + a->tethered * tau - tube);
    if (a->shortens) {
        pn_lane s = sine(pn_all(M_PI / 2) * rho);
        kappa = kappa / (s * s * s);
    }
    return kappa;
}

void pn_airway_load(const struct pn_airway *a, const pn_lane *rho, pn_lane *kappa)
{
    struct frame f;
    pn_lane relaxed;

    pn_airway_relaxed(a, &relaxed);
    frame_init(&f, a, relaxed);
    *kappa = load(a, &f, *rho);
}

/* --- the equilibrium that is reached from the relaxed airway --- */

/* Nodes in ln(alpha), denser near the relaxed airway, down to 1e-6 of it. */
enum { NODES = 40 };
#define DEPTH 13.815510557964274 /* -ln 1e-6 */

struct ladder {
    pn_lane log_alpha[NODES], kappa[NODES];
};

static pn_lane load_at(const struct pn_airway *a, const struct frame *f,
                       pn_lane log_alpha)
{
    pn_lane alpha;

    pn_exp(&log_alpha, &alpha);
    return load(a, f, rho_of(a, alpha));
}

static void ladder_init(struct ladder *s, const struct pn_airway *a,
                        const struct frame *f, pn_lane relaxed)
{
    pn_lane top;

    pn_log(&relaxed, &top);
    for (size_t i = 0; i < NODES; i++) {
        double t = (double)i / (NODES - 1);
        s->log_alpha[i] = top - pn_all(DEPTH * t * t);
        s->kappa[i] = i == 0 ? pn_all(0) : load_at(a, f, s->log_alpha[i]);
    }
}

/* The first time on the way down that the load reaches kappa; then regula falsi with the
 * weights of Anderson and Bjorck, a fixed number of times. */
static pn_lane first_crossing(const struct ladder *s, const struct pn_airway *a,
                              const struct frame *f, pn_lane kappa)
{
    const pn_lane zero = pn_all(0);
    pn_lane high = s->log_alpha[NODES - 2], low = s->log_alpha[NODES - 1];
    pn_lane f_high = s->kappa[NODES - 2] - kappa, f_low = s->kappa[NODES - 1] - kappa;
    pn_mask beyond = f_low < zero;

    for (size_t i = NODES - 1; i > 0; i--) { /* the last that is taken is the first */
        pn_mask here = (s->kappa[i - 1] < kappa) & (s->kappa[i] >= kappa);
        high = pn_select(here, s->log_alpha[i - 1], high);
        low = pn_select(here, s->log_alpha[i], low);
        f_high = pn_select(here, s->kappa[i - 1] - kappa, f_high);
        f_low = pn_select(here, s->kappa[i] - kappa, f_low);
        beyond = beyond & ~here;
    }
    for (int i = 0; i < 7; i++) {
        pn_lane c = low - f_low * (low - high) / (f_low - f_high), fc, weight;
        pn_mask same;
        c = pn_select(f_low == zero, low, c);
        fc = load_at(a, f, c) - kappa;
        same = (fc >= zero) == (f_low >= zero);
        weight = pn_all(1) - fc / f_low;
        weight = pn_select(weight > zero, weight, pn_all(0.5));
        high = pn_select(same, high, low);
        f_high = pn_select(same, f_high * weight, f_low);
        low = c;
        f_low = fc;
    }
    return pn_select(beyond, s->log_alpha[NODES - 1], low);
}

void pn_airway_narrow(const struct pn_airway *a, size_t n, const pn_lane *kappa,
                      pn_lane *rho)
{
    const pn_lane relaxed = relaxed_alpha(a);
    struct frame f;
    struct ladder s;

    frame_init(&f, a, rho_of(a, relaxed));
    ladder_init(&s, a, &f, relaxed);
    for (size_t i = 0; i < n; i++) {
        pn_lane alpha = first_crossing(&s, a, &f, kappa[i]);
        pn_exp(&alpha, &alpha);
        alpha = pn_select(kappa[i] <= pn_all(0), relaxed, alpha);
        rho[i] = rho_of(a, alpha);
    }
}

void pn_airway_lumen(const struct pn_airway *a, const pn_lane *rho, pn_lane *lumen)
{
    pn_lane radius = largest_radius(a) * *rho;

    pn_wall_lumen(&a->wall, &radius, lumen);
}
