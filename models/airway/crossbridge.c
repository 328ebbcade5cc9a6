/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crossbridges by strain, on cells that move with the filament: rates, the two steps of a
 * march, force and stiffness, and its outputs. */
#include "models/airway/crossbridge.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/lane.h"
#include "solver/base/status.h"

const struct pn_crossbridge_rates pn_crossbridge_mijailovich = {
    .k2 = 0.1,
    .k5 = 0.1,
    .fp1 = 0.88,
    .gp1 = 0.22,
    .gp2 = 4.4,
    .gp3 = 0.66,
    .g1 = 0.01,
    .g2 = 0.2,
    .g3 = 0.03,
};
const struct pn_protocol pn_protocol_isometric = {
    .early = 0.35, .late = 0.06, .change = 5, .end = 150};

#define LONGEST   0.004 /* s, of a step */
#define FORGOTTEN 1e-9  /* share of bridges that may be beyond the grid */
#define MOST      1e7   /* cells */

/* --- what is done to the muscle --- */

double pn_protocol_strain(const struct pn_protocol *p, double t)
{
    double x = p->amplitude * sin(2 * M_PI * p->frequency * t);

    return t >= p->start ? x + p->step + p->velocity * (t - p->start) : x;
}

double pn_protocol_rate(const struct pn_protocol *p, double t)
{
    double w = 2 * M_PI * p->frequency;

    return p->amplitude * w * cos(w * t) + (t >= p->start ? p->velocity : 0);
}

double pn_protocol_k1(const struct pn_protocol *p, double t)
{
    return t < p->change ? p->early : p->late;
}

double pn_protocol_next(const struct pn_protocol *p, double t, double until)
{
    if (p->start > t && p->start < until)
        until = p->start;
    if (p->change > t && p->change < until)
        until = p->change;
    return until;
}

/* --- the grid --- */

struct pn_crossbridge {
    struct pn_crossbridge_rates rates;
    struct pn_protocol protocol;
    size_t n;               /* groups of PN_LANES cells */
    double width;           /* of a cell */
    double low, high;       /* x of the grid's ends, where cells leave and enter */
    double t, strain;       /* now */
    double far;             /* n_M where nothing is bound */
    pn_lane *x, *M, *P, *A; /* middle of a cell; n_M, n_AMp, n_AM; shape [n] */
};

/* How far bridges are carried before they have let go: under shortening at the rate g2,
 * under lengthening at (g1 + g3) x, and never farther than the motion goes. */
static void range(const struct pn_crossbridge *b, double *low, double *high)
{
    const struct pn_protocol *p = &b->protocol;
    double v = fabs(p->velocity), most = v * fmax(p->end - p->start, 0);
    double reach = 2 * fabs(p->amplitude) + fabs(p->step);
    double slow = fmin(b->rates.g2, b->rates.gp2), decades = -log(FORGOTTEN);
    double rise = fmin(b->rates.g1 + b->rates.g3, b->rates.gp1 + b->rates.gp3);

    *low = -1 - reach;
    *high = 2 + reach;
    if (p->velocity < 0)
        *low -= fmin(most, v * decades / slow);
    else
        *high += fmin(most, sqrt(2 * v * decades / rise));
    *low = floor(*low);
}

static int sensible(const struct pn_protocol *p, size_t cells)
{
    const double all[] = {p->amplitude, p->frequency, p->start,  p->step, p->velocity,
                          p->early,     p->late,      p->change, p->end};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!isfinite(all[i]))
            return 0;
    return p->early >= 0 && p->late >= 0 && p->end > 0 && p->frequency >= 0 &&
           p->start >= 0 && cells >= 2;
}

static int make_grid(struct pn_crossbridge *b, size_t cells)
{
    enum { GROUP = 8 }; /* the same cells for any number of lanes */
    double high, n;

    range(b, &b->low, &high);
    b->width = 1.0 / (double)cells;
    n = ceil((high - b->low) * (double)cells / GROUP) * GROUP;
    if (!(n <= MOST))
        return PN_FAIL(PN_ERR_INPUT,
                       "the motion carries crossbridges over %.3g power strokes: "
                       "%.3g cells, at most %.0e",
                       high - b->low, n, MOST);
    b->high = b->low + n * b->width;
    b->n = (size_t)n / PN_LANES;
    b->x = aligned_alloc(64, 4 * b->n * sizeof *b->x);
    if (!b->x)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for %g cells", n);
    b->M = b->x + b->n;
    b->P = b->M + b->n;
    b->A = b->P + b->n;
    for (size_t i = 0; i < b->n; i++) {
        for (size_t l = 0; l < PN_LANES; l++)
            b->x[i][l] = b->low + ((double)(i * PN_LANES + l) + 0.5) * b->width;
        b->M[i] = pn_all(1);
        b->P[i] = b->A[i] = pn_all(0);
    }
    b->far = 1;
    return PN_OK;
}

int pn_crossbridge_create(const struct pn_crossbridge_rates *rates,
                          const struct pn_protocol *protocol, size_t cells,
                          struct pn_crossbridge **bridge)
{
    int status;

    *bridge = NULL;
    if (!sensible(protocol, cells))
        return PN_FAIL(PN_ERR_INPUT, "a protocol for crossbridges needs finite numbers, "
                                     "rates and times >= 0, an end > 0, cells >= 2");
    *bridge = calloc(1, sizeof **bridge);
    if (!*bridge)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    (*bridge)->rates = *rates;
    (*bridge)->protocol = *protocol;
    status = make_grid(*bridge, cells);
    if (status != PN_OK)
        pn_crossbridge_free(bridge);
    return status;
}

void pn_crossbridge_free(struct pn_crossbridge **bridge)
{
    if (*bridge)
        free((*bridge)->x);
    free(*bridge);
    *bridge = NULL;
}

/* --- one step --- */

/* Integrals of a rate over strain, from 0: their differences over a cell's width are its
 * means. */
static pn_lane attachment(pn_lane x, double f1)
{
    x = pn_min(pn_max(x, pn_all(0)), pn_all(1));
    return pn_all(f1 / 2) * x * x;
}

static pn_lane detachment(pn_lane x, double g1, double g2, double g3)
{
    pn_lane left = pn_all(g2) * x, inside = pn_all(g1 / 2) * x * x;
    pn_lane right = pn_all((g1 + g3) / 2) * x * x - pn_all(g3 / 2);

    return pn_select(x < pn_all(0), left, pn_select(x < pn_all(1), inside, right));
}

struct densities {
    pn_lane M, P, A;
};

static struct densities rate(const struct pn_crossbridge *b, double k1, pn_lane x,
                             struct densities n)
{
    const struct pn_crossbridge_rates *k = &b->rates;
    pn_lane half = pn_all(b->width / 2), per = pn_all(1 / b->width);
    pn_lane left = x - half, right = x + half;
    pn_lane f = (attachment(right, k->fp1) - attachment(left, k->fp1)) * per;
    pn_lane gp = (detachment(right, k->gp1, k->gp2, k->gp3) -
                  detachment(left, k->gp1, k->gp2, k->gp3)) *
                 per;
    pn_lane g =
        (detachment(right, k->g1, k->g2, k->g3) - detachment(left, k->g1, k->g2, k->g3)) *
        per;
    pn_lane Mp = pn_all(1) - n.M - n.P - n.A, latch = pn_all(k->k5) * n.P;
    pn_lane k6 = pn_all(k1) * n.A;
    struct densities d;

    d.M = pn_all(k->k2) * Mp - pn_all(k1) * n.M + g * n.A;
    d.P = f * Mp + k6 - latch - gp * n.P;
    d.A = latch - k6 - g * n.A;
    return d;
}

/* Cells that are carried out of the grid enter at its other end, unbound. */
static void move(struct pn_crossbridge *b, double by)
{
    const double wide = b->high - b->low;

    b->strain += by;
    for (size_t i = 0; i < b->n; i++) {
        pn_mask under, over;
        b->x[i] = b->x[i] + pn_all(by);
        under = b->x[i] < pn_all(b->low);
        over = b->x[i] >= pn_all(b->high);
        if (!pn_any(under | over))
            continue;
        b->x[i] = pn_select(under, b->x[i] + pn_all(wide), b->x[i]);
        b->x[i] = pn_select(over, b->x[i] - pn_all(wide), b->x[i]);
        b->M[i] = pn_select(under | over, pn_all(b->far), b->M[i]);
        b->P[i] = pn_select(under | over, pn_all(0), b->P[i]);
        b->A[i] = pn_select(under | over, pn_all(0), b->A[i]);
    }
}

/* Midpoint rule along the characteristics. */
static void step(struct pn_crossbridge *b, double h)
{
    const double k1 = pn_protocol_k1(&b->protocol, b->t), k2 = b->rates.k2;
    const pn_lane half = pn_all(h / 2), whole = pn_all(h);
    double ahead = pn_protocol_strain(&b->protocol, b->t + h / 2) - b->strain, middle;

    for (size_t i = 0; i < b->n; i++) {
        struct densities n = {b->M[i], b->P[i], b->A[i]}, d, m;
        d = rate(b, k1, b->x[i], n);
        m.M = n.M + half * d.M;
        m.P = n.P + half * d.P;
        m.A = n.A + half * d.A;
        d = rate(b, k1, b->x[i] + pn_all(ahead), m);
        b->M[i] = n.M + whole * d.M;
        b->P[i] = n.P + whole * d.P;
        b->A[i] = n.A + whole * d.A;
    }
    middle = b->far + h / 2 * (k2 * (1 - b->far) - k1 * b->far);
    b->far += h * (k2 * (1 - middle) - k1 * middle);
    b->t += h;
}

void pn_crossbridge_advance(struct pn_crossbridge *b, double until)
{
    const struct pn_protocol *p = &b->protocol;
    double fastest = fabs(p->velocity) + 2 * M_PI * p->frequency * fabs(p->amplitude);
    double longest = fmin(LONGEST, b->width / fastest); /* no cell is passed unseen */

    while (b->t < until) {
        double from = b->t, stop = pn_protocol_next(p, from, until);
        size_t n = (size_t)ceil((stop - from) / longest);
        double h = (stop - from) / (double)n;
        if (from == 0)
            move(b, pn_protocol_strain(p, 0) - b->strain);
        for (size_t i = 0; i < n; i++) {
            double there;
            step(b, h);
            if (i + 1 == n)
                b->t = stop;
            there = pn_protocol_strain(p, b->t);
            move(b, there - b->strain);
        }
    }
}

/* One number after the other, in the order of the grid: the same bits for any number of
 * lanes. */
void pn_crossbridge_measure(const struct pn_crossbridge *b, struct pn_bridges *sums)
{
    *sums = (struct pn_bridges){0};
    for (size_t i = 0; i < b->n; i++)
        for (size_t l = 0; l < PN_LANES; l++) {
            double P = b->P[i][l], A = b->A[i][l], M = b->M[i][l], x = b->x[i][l];
            sums->stiffness += b->width * (P + A);
            sums->force += b->width * x * (P + A);
            sums->force_p += b->width * x * P;
            sums->least = fmin(sums->least, fmin(fmin(P, A), fmin(M, 1 - M - P - A)));
        }
}
