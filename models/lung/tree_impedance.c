/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sweep from the leaves of a tree to its root for each lane of frequencies. */
#include "models/lung/tree_impedance.h"

#include <math.h>
#include <stdlib.h>

#include "models/airway/lambert.h"
#include "models/lung/womersley.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"

void pn_tissue_impedance(const pn_lane *G, const pn_lane *H, const pn_lane *w,
                         struct pn_complex *Z)
{
    pn_lane alpha = *H / *G, power; /* infinite where G is 0 */

    pn_atan(&alpha, &alpha);
    alpha = alpha * pn_all(2 / M_PI);
    pn_pow(w, &alpha, &power);
    power = pn_select(*G == pn_all(0), *w, power);
    *Z = (struct pn_complex){*G / power, -*H / power};
}

/* --- one airway --- */

struct sweep {
    const struct pn_tree *tree;
    const struct pn_oscillation *how;
    struct pn_womersley_table *table;  /* NULL: not needed */
    double compliance[PN_GENERATIONS]; /* dA/dP / A [1/Pa], of Lambert's generations */
    double highest;                    /* Horsfield order */
    struct pn_complex *Y;              /* of what is behind each row, for one airway */
    pn_lane w, tissue_re, tissue_im;   /* rad/s; Pa.s/m3 */
};

static struct pn_complex segment(const struct sweep *s, double length, double r)
{
    const double square = r * r,
                 resistance = 8 * s->how->viscosity * length / (M_PI * square * square);
    struct pn_complex g;

    if (s->table) {
        pn_lane a2 = s->w * pn_all(square * s->how->density / s->how->viscosity);
        pn_womersley_look(s->table, &a2, &g);
        return pn_complex_scaled(g, pn_all(resistance));
    }
    g.re = pn_all(resistance);
    g.im = s->w * pn_all(s->how->density * length / (M_PI * square));
    return g;
}

/* Factors on lengths and radii of row i. */
static void size_of(const struct sweep *s, size_t i, double *length, double *radius)
{
    *length = s->how->length > 0 ? s->how->length : 1;
    *radius = *length * (s->how->area ? sqrt(s->how->area[i]) : 1);
}

static struct pn_complex airway(const struct sweep *s, size_t i)
{
    const struct pn_tree *tree = s->tree;
    struct pn_complex Z = {pn_all(0), pn_all(0)};
    double length, radius;

    size_of(s, i, &length, &radius);
    for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++)
        Z = pn_complex_sum(Z, segment(s, length * tree->segment_length[k],
                                      radius * tree->segment_radius[k]));
    return Z;
}

/* --- compliant walls --- */

/* dA/dP / A of each of Lambert's generations, for P >= 0. */
static void wall_compliance(double recoil, double compliance[PN_GENERATIONS])
{
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        const struct pn_tube *tube = &pn_lambert_tubes[z];
        double P2 = tube->n2 * (tube->alpha0 - 1) / tube->slope;
        double slope = tube->slope * pow(1 - recoil / P2, -tube->n2 - 1);
        compliance[z] = slope / pn_tube_alpha(tube, recoil) / PN_CMH2O;
    }
}

/* dV/dP of row i [m3/Pa]: generation 0 at the highest order, 16 at the lowest. */
static double wall_of(const struct sweep *s, size_t i)
{
    double z = s->highest > 1 ? (s->highest - s->tree->horsfield[i]) *
                                    (PN_GENERATIONS - 1) / (s->highest - 1)
                              : 0;
    size_t k = z < PN_GENERATIONS - 1 ? (size_t)z : PN_GENERATIONS - 2;
    double part = z - (double)k, length, radius;

    size_of(s, i, &length, &radius);
    return s->tree->volume[i] * length * radius * radius *
           (s->compliance[k] * (1 - part) + s->compliance[k + 1] * part);
}

/* Half of the airway, its wall to the side, the other half. */
static struct pn_complex with_wall(const struct sweep *s, size_t i, struct pn_complex Z,
                                   struct pn_complex behind)
{
    const struct pn_complex half = pn_complex_scaled(Z, pn_all(0.5));
    struct pn_complex Y = pn_complex_inverse(pn_complex_sum(half, behind));

    Y.im = Y.im + s->w * pn_all(wall_of(s, i));
    return pn_complex_sum(half, pn_complex_inverse(Y));
}

/* --- from the leaves to the root --- */

static struct pn_complex sweep(struct sweep *s)
{
    const struct pn_tree *tree = s->tree;
    struct pn_complex Z = {pn_all(0), pn_all(0)};
    size_t t = tree->n_terminals;

    for (size_t i = 0; i < tree->n; i++)
        s->Y[i] = Z;
    for (size_t i = tree->n; i-- > 0;) {
        struct pn_complex behind;
        if (tree->n_children[i] == 0) {
            double each = tree->multiplicity[i] / tree->share[--t];
            behind = (struct pn_complex){s->tissue_re * pn_all(each),
                                         s->tissue_im * pn_all(each)};
        } else {
            behind = pn_complex_inverse(s->Y[i]);
        }
        Z = airway(s, i);
        Z = s->how->recoil > 0 ? with_wall(s, i, Z, behind) : pn_complex_sum(Z, behind);
        if (i > 0) {
            size_t parent = (size_t)tree->parent[i];
            double times = tree->multiplicity[i] / tree->multiplicity[parent];
            s->Y[parent] = pn_complex_sum(
                s->Y[parent], pn_complex_scaled(pn_complex_inverse(Z), pn_all(times)));
        }
    }
    return Z;
}

static void block(struct sweep *s, size_t n, const double *f, double *R, double *X)
{
    const struct pn_oscillation *how = s->how;
    const pn_lane G = pn_all(how->G), H = pn_all(how->H);
    struct pn_complex Z;

    for (size_t l = 0; l < PN_LANES; l++)
        s->w[l] = 2 * M_PI * f[l < n ? l : 0];
    pn_tissue_impedance(&G, &H, &s->w, &Z);
    s->tissue_re = Z.re;
    s->tissue_im = Z.im;
    Z = sweep(s);
    for (size_t l = 0; l < PN_LANES && l < n; l++) {
        R[l] = Z.re[l] + how->resistance;
        X[l] = Z.im[l] + s->w[l] * how->inertance;
    }
}

int pn_tree_impedance(const struct pn_tree *tree, const struct pn_oscillation *how,
                      size_t n, const double *f, double *R, double *X)
{
    struct sweep s = {.tree = tree, .how = how, .highest = tree->horsfield[0]};
    int status = PN_OK;

    s.Y = aligned_alloc(64, (tree->n * sizeof *s.Y + 63) / 64 * 64);
    if (how->law == PN_BRANCH_WOMERSLEY)
        s.table = malloc(sizeof *s.table);
    if (!s.Y || (how->law == PN_BRANCH_WOMERSLEY && !s.table)) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    if (s.table)
        pn_womersley_fill(s.table);
    if (how->recoil > 0)
        wall_compliance(how->recoil, s.compliance);
    for (size_t i = 0; i < n; i += PN_LANES)
        block(&s, n - i, f + i, R + i, X + i);
out:
    free(s.Y);
    free(s.table);
    return status;
}
