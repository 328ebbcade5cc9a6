/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for the ventilation of a tree whose muscle is tightened: equilibria of all
 * airways and division of the breath, in turn, until neither moves. */
#include "models/lung/ventilation_defects.h"
#include "models/airway/air.h"
#include "models/airway/airway_equilibrium.h"
#include "solver/base/constants.h"
#include "solver/base/random.h"
#include "solver/base/status.h"

#include <math.h>
#include <stdlib.h>

#define PER_LITRE 1e3  /* 1/m3 */
#define SHUT      1e-3 /* of the relaxed lumen: half of what a shut airway keeps */
#define FOLLOWS   0.2  /* part of the way to its equilibrium in a breath [OURS] */
#define STAYS     1e-5 /* change of radius over the largest, in a breath */
#define MOST_PULL 30.0 /* cmH2O, of the lung at its largest */
#define DEFECTIVE 0.5  /* of the mean ventilation */

void pn_defects_defaults(struct pn_defects_options *options)
{
    *options = (struct pn_defects_options){.recoil = 4,
                                           .swing = 3,
                                           .frequency = 0.25,
                                           .elastance = 10,
                                           .noise = 0.03,
                                           .seed = 1,
                                           .most = 1000};
}

struct lung {
    const struct pn_tree_bronchi *b;
    const struct pn_defects_options *options;
    double *share;    /* of all units, behind each airway */
    double *strength; /* of its muscle, over the mean */
    pn_lane *kappa;
    pn_lane *rho;     /* radius over the largest */
    pn_lane *Yr, *Yi; /* admittance: flow over pressure at the mouth end [m3/(Pa s)] */
    pn_lane *qr, *qi; /* flow over that of the trachea */
    pn_lane *v;       /* tidal volume of what is behind, per unit, over the mean */
    pn_lane *relaxed; /* lumen [mm2] */
    pn_lane *lanes;
};

/* The airway as the lung around it pulls with `recoil`. */
static void airway_of(const struct lung *l, size_t i, const pn_lane *recoil,
                      struct pn_airway *a)
{
    const int order = l->b->tree->horsfield[i];
    const pn_lane healthy = pn_all(l->b->area[i] * 1e6); /* mm2 */

    *a = (struct pn_airway){.tube = &l->b->tube[order],
                            .largest = healthy,
                            .recoil = *recoil,
                            .tethered = pn_all(1)};
    pn_wall_healthy(&healthy, &a->wall);
    a->healthy = a->wall.inner;
    a->wall.inner = a->wall.inner * pn_all(l->strength[i]);
    a->wall.muscle = a->wall.muscle * pn_all(l->strength[i]);
}

static pn_lane lumen_of(const struct lung *l, size_t i, pn_lane rho)
{
    const pn_lane recoil = pn_all(l->options->recoil);
    struct pn_airway a;
    pn_lane lumen, shut = pn_all(SHUT) * l->relaxed[i];

    airway_of(l, i, &recoil, &a);
    pn_airway_lumen(&a, &rho, &lumen);
    return pn_all(0.5) * (lumen + pn_sqrt(lumen * lumen + pn_all(4) * shut * shut));
}

/* --- breathing: resistances and elastances at one frequency --- */

static void breathe(struct lung *l)
{
    const struct pn_tree *t = l->b->tree;
    const double w = 2 * M_PI * l->options->frequency;
    const double E = l->options->elastance * PN_CMH2O * PER_LITRE; /* Pa/m3 */

    for (size_t i = t->n; i-- > 0;) {
        pn_lane area = lumen_of(l, i, l->rho[i]) * pn_all(1e-6), gr = pn_all(0), gi = gr;
        pn_lane R = pn_all(8 * M_PI * l->b->gas.viscosity * l->b->length[i]) /
                    (area * area),
                n, r, x;
        if (t->n_children[i] == 0)
            gi = pn_all(w * l->share[i] / E);
        for (int c = 0; c < t->n_children[i]; c++) {
            gr = gr + l->Yr[t->first_child[i] + c];
            gi = gi + l->Yi[t->first_child[i] + c];
        }
        n = gr * gr + gi * gi;
        r = gr / n + R; /* impedance at the mouth end */
        x = -gi / n;
        n = r * r + x * x;
        l->Yr[i] = r / n;
        l->Yi[i] = -x / n;
    }
    l->qr[0] = pn_all(1);
    l->qi[0] = pn_all(0);
    l->v[0] = pn_all(1);
    for (size_t i = 0; i < t->n; i++) {
        const size_t first = t->n_children[i] > 0 ? (size_t)t->first_child[i] : 0;
        const size_t end = first + (size_t)t->n_children[i];
        pn_lane gr = pn_all(0), gi = gr, n;
        for (size_t c = first; c < end; c++) {
            gr = gr + l->Yr[c];
            gi = gi + l->Yi[c];
        }
        n = gr * gr + gi * gi;
        for (size_t c = first; c < end; c++) { /* the share Y / sum of Y of the flow */
            pn_lane sr = (l->Yr[c] * gr + l->Yi[c] * gi) / n;
            pn_lane si = (l->Yi[c] * gr - l->Yr[c] * gi) / n;
            l->qr[c] = sr * l->qr[i] - si * l->qi[i];
            l->qi[c] = sr * l->qi[i] + si * l->qr[i];
            l->v[c] =
                pn_sqrt(l->qr[c] * l->qr[c] + l->qi[c] * l->qi[c]) / pn_all(l->share[c]);
        }
    }
}

/* One breath: each airway goes part of the way to where muscle and lung want it. */
static pn_lane follow(struct lung *l, pn_mask busy)
{
    const struct pn_tree *t = l->b->tree;
    pn_lane most = pn_all(0);

    for (size_t i = 0; i < t->n; i++) {
        pn_lane pull = pn_all(l->options->recoil) + pn_all(l->options->swing) * l->v[i];
        pn_lane rho, change;
        struct pn_airway a;
        pull = pn_min(pull, pn_all(MOST_PULL));
        airway_of(l, i, &pull, &a);
        pn_airway_narrow(&a, 1, &l->kappa[i], &rho);
        change = pn_select(busy, rho - l->rho[i], pn_all(0));
        l->rho[i] = l->rho[i] + pn_all(FOLLOWS) * change;
        most = pn_max(pn_abs(change), most);
    }
    return most;
}

/* --- what is seen --- */

static void moments(const struct lung *l, struct pn_defects *d)
{
    const struct pn_tree *t = l->b->tree;
    const double n = (double)t->n_terminals;
    pn_lane m2 = pn_all(0), m3 = m2, m4 = m2, mean = m2;

    for (size_t k = 0; k < t->n_terminals; k++)
        mean = mean + l->v[t->terminal[k]] / pn_all(n);
    d->defective = pn_all(0);
    for (size_t k = 0; k < t->n_terminals; k++) {
        pn_lane v = l->v[t->terminal[k]], x = v - mean;
        m2 = m2 + x * x / pn_all(n);
        m3 = m3 + x * x * x / pn_all(n);
        m4 = m4 + x * x * x * x / pn_all(n);
        d->defective = d->defective +
                       pn_select(v < pn_all(DEFECTIVE) * mean, pn_all(1 / n), pn_all(0));
    }
    d->variation = pn_sqrt(m2) / mean;
    d->bimodality = (m3 * m3 / (m2 * m2 * m2) + pn_all(1)) /
                    (m4 / (m2 * m2) - pn_all(3) +
                     pn_all(3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3))));
    d->bimodality = pn_select(m2 > pn_all(0), d->bimodality, pn_all(0));
}

/* A subtree is a cluster when all its units are defective and those of its parent's are
 * not; Yr serves as the mark. */
static void clusters(struct lung *l, struct pn_defects *d)
{
    const struct pn_tree *t = l->b->tree;

    for (size_t i = t->n; i-- > 0;) {
        pn_lane all = pn_all(1);
        if (t->n_children[i] == 0)
            all = pn_select(l->v[i] < pn_all(DEFECTIVE), pn_all(1), pn_all(0));
        for (int c = 0; c < t->n_children[i]; c++)
            all = pn_min(all, l->Yr[t->first_child[i] + c]);
        l->Yr[i] = all;
    }
    d->clusters = d->largest = pn_all(0);
    for (size_t i = 0; i < t->n; i++) {
        pn_lane above = i > 0 ? l->Yr[t->parent[i]] : pn_all(0);
        pn_mask head = (l->Yr[i] > above);
        d->clusters = d->clusters + pn_select(head, pn_all(1), pn_all(0));
        d->largest = pn_select(head, pn_max(d->largest, pn_all(l->share[i])), d->largest);
    }
}

/* --- all of it --- */

static int take(struct lung *l)
{
    const size_t n = l->b->tree->n;
    pn_lane **lanes[] = {&l->kappa, &l->rho, &l->Yr, &l->Yi,
                         &l->qr,    &l->qi,  &l->v,  &l->relaxed};
    const size_t n_arrays = sizeof lanes / sizeof *lanes;

    l->share = calloc(n, sizeof *l->share);
    l->strength = calloc(n, sizeof *l->strength);
    l->lanes = aligned_alloc(sizeof(pn_lane), n_arrays * n * sizeof(pn_lane));
    for (size_t k = 0; l->lanes && k < n_arrays; k++)
        *lanes[k] = l->lanes + k * n;
    return l->share && l->strength && l->lanes;
}

static void begin(struct lung *l, const pn_lane *tension)
{
    const struct pn_tree *t = l->b->tree;
    const pn_lane even = pn_all(l->options->recoil + l->options->swing);

    for (size_t k = 0; k < t->n_terminals; k++)
        l->share[t->terminal[k]] = t->share[k];
    for (size_t i = t->n; i-- > 0;)
        if (i > 0)
            l->share[t->parent[i]] += l->share[i];
    for (size_t i = 0; i < t->n; i++) {
        double z = pn_normal(l->options->seed, 0, PN_DRAW_WALL, 0, i);
        struct pn_airway a;
        l->strength[i] = fmax(1 + l->options->noise * z, 0.1);
        l->kappa[i] = *tension * pn_all(l->strength[i]);
        airway_of(l, i, &even, &a);
        pn_airway_relaxed(&a, &l->rho[i]);
        pn_airway_lumen(&a, &l->rho[i], &l->relaxed[i]);
    }
}

int pn_ventilation_defects(const struct pn_tree_bronchi *bronchi,
                           const struct pn_defects_options *options,
                           const pn_lane *tension, struct pn_defects *d,
                           pn_lane *ventilation, pn_lane *lumen)
{
    const struct pn_tree *t = bronchi->tree;
    struct lung l = {.b = bronchi, .options = options};
    pn_mask busy = *tension == *tension;
    int status = PN_OK;

    for (size_t i = 0; i < t->n; i++)
        if (t->multiplicity[i] > 1)
            return PN_FAIL(PN_ERR_INPUT,
                           "airway %zu stands for %g: ventilation defects "
                           "need each airway in a row of its own",
                           i, t->multiplicity[i]);
    if (!take(&l)) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for %zu airways", t->n);
        goto out;
    }
    begin(&l, tension);
    d->breaths = pn_all(0);
    for (size_t n = 0; n < options->most && pn_any(busy); n++) {
        breathe(&l);
        busy = busy & (follow(&l, busy) > pn_all(STAYS));
        d->breaths = d->breaths + pn_select(busy, pn_all(1), pn_all(0));
    }
    breathe(&l);
    moments(&l, d);
    for (size_t i = 0; i < t->n; i++) {
        if (ventilation)
            ventilation[i] = l.v[i];
        if (lumen)
            lumen[i] = lumen_of(&l, i, l.rho[i]) / l.relaxed[i];
    }
    clusters(&l, d);
out:
    free(l.share);
    free(l.strength);
    free(l.lanes);
    return status;
}
