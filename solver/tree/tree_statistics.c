/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders, branching ratios, volume and laminar resistance of a tree. */
#include "solver/tree/tree_statistics.h"

#include <math.h>
#include <stdlib.h>

static double ratio_to_parent(const struct pn_tree *t, size_t i)
{
    return t->multiplicity[i] / t->multiplicity[t->parent[i]];
}

double pn_tree_resistance_of(const struct pn_tree *t)
{
    double *conductance = calloc(t->n + 1, sizeof *conductance); /* of what is behind */
    double whole = (double)NAN;

    if (!conductance)
        return whole;
    for (size_t i = t->n; i-- > 0;) {
        double r = pn_tree_resistance_shape(t, i);
        if (t->n_children[i] > 0)
            r += 1.0 / conductance[i];
        if (i > 0)
            conductance[t->parent[i]] += ratio_to_parent(t, i) / r;
        whole = r;
    }
    free(conductance);
    return whole / t->multiplicity[0];
}

/* --- orders --- */

int pn_tree_highest(const struct pn_tree *t, enum pn_tree_ordering ordering)
{
    return ordering == PN_TREE_STRAHLER ? t->strahler[0] : t->horsfield[0];
}

/* Does airway i go on the Strahler branch of its parent? */
static int goes_on(const struct pn_tree *t, size_t i)
{
    return i > 0 && t->strahler[i] == t->strahler[t->parent[i]];
}

void pn_tree_orders(const struct pn_tree *t, enum pn_tree_ordering ordering,
                    struct pn_tree_order *order)
{
    int strahler = ordering == PN_TREE_STRAHLER, highest = pn_tree_highest(t, ordering);
    const int *of = strahler ? t->strahler : t->horsfield;

    for (int k = 0; k <= highest; k++)
        order[k] = (struct pn_tree_order){0};
    for (size_t i = 0; i < t->n; i++) {
        struct pn_tree_order *o = &order[of[i]];
        double m = t->multiplicity[i];
        o->n += strahler && goes_on(t, i) ? 0.0 : m;
        o->length += m * t->length[i];
        o->diameter += m * t->length[i] * 2.0 * t->radius[i];
    }
    if (!strahler) { /* the mean over airways; along a Strahler branch that over length */
        for (int k = 1; k <= highest; k++)
            order[k].diameter = 0.0;
        for (size_t i = 0; i < t->n; i++)
            order[of[i]].diameter += t->multiplicity[i] * 2.0 * t->radius[i];
    }
    for (int k = 1; k <= highest; k++) {
        order[k].diameter /= strahler ? order[k].length : order[k].n;
        order[k].length /= order[k].n;
    }
}

/* Slope of log(value) over order, as a ratio. */
static double fit(const struct pn_tree_order *order, int highest, size_t offset)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;

    for (int k = 1; k < highest; k++) {
        double value = *(const double *)((const char *)&order[k] + offset);
        if (!(value > 0.0))
            continue;
        n += 1;
        x += k;
        y += log(value);
        xx += (double)k * k;
        xy += k * log(value);
    }
    if (n < 2)
        return (double)NAN;
    return exp((n * xy - x * y) / (n * xx - x * x));
}

static struct pn_tree_ratios ratios_of(const struct pn_tree *t,
                                       enum pn_tree_ordering ordering)
{
    int highest = pn_tree_highest(t, ordering);
    struct pn_tree_ratios none = {(double)NAN, (double)NAN, (double)NAN}, got;
    struct pn_tree_order *order = calloc((size_t)highest + 1, sizeof *order);

    if (!order)
        return none;
    pn_tree_orders(t, ordering, order);
    got.branching = 1.0 / fit(order, highest, offsetof(struct pn_tree_order, n));
    got.length = fit(order, highest, offsetof(struct pn_tree_order, length));
    got.diameter = fit(order, highest, offsetof(struct pn_tree_order, diameter));
    free(order);
    return got;
}

/* --- branchings --- */

/* From where airway i begins to where it ends, of length 1. */
static void direction(const struct pn_tree *t, size_t i, double *d)
{
    size_t a = pn_tree_start(t, i), b = pn_tree_end(t, i);
    double n;

    d[0] = t->x[b] - t->x[a];
    d[1] = t->y[b] - t->y[a];
    d[2] = t->z[b] - t->z[a];
    n = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    for (size_t k = 0; k < 3; k++)
        d[k] /= n;
}

static double angle_to_parent(const struct pn_tree *t, size_t i)
{
    double a[3], b[3], cosine;

    direction(t, (size_t)t->parent[i], a);
    direction(t, i, b);
    cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return acos(cosine > 1 ? 1 : cosine < -1 ? -1 : cosine) * 180 / M_PI;
}

static void measure_branchings(const struct pn_tree *t, struct pn_tree_statistics *s)
{
    double n = 0, n_twos = 0, n_angles = 0, minor = 0, major = 0, angle = 0;

    for (size_t i = 1; i < t->n; i++) {
        double m = t->multiplicity[i], one;
        n += m;
        s->length_to_diameter += m * t->length[i] / (2 * t->radius[i]);
        s->diameter_ratio += m * t->radius[i] / t->radius[t->parent[i]];
        if (t->x && (one = angle_to_parent(t, i)) >= 0) { /* not where chords vanish */
            angle += m * one;
            n_angles += m;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        double m = t->multiplicity[i], a, b;
        int c = t->first_child[i];
        if (t->n_children[i] == 2) {
            a = t->radius[c];
            b = t->radius[c + 1];
        } else if (t->n_children[i] == 1 && ratio_to_parent(t, (size_t)c) == 2.0) {
            a = b = t->radius[c];
        } else {
            continue;
        }
        n_twos += m;
        minor += m * fmin(a, b) / t->radius[i];
        major += m * fmax(a, b) / t->radius[i];
    }
    s->length_to_diameter /= n;
    s->diameter_ratio /= n;
    s->angle = angle / n_angles;
    s->minor_diameter = minor / n_twos;
    s->major_diameter = major / n_twos;
}

static void measure_terminals(const struct pn_tree *t, struct pn_tree_statistics *s)
{
    double *path = calloc(t->n + 1, sizeof *path); /* m, to the end of each row */

    s->generation_least = HUGE_VAL;
    for (size_t i = 0; i < t->n; i++) {
        double m = t->multiplicity[i], g = t->generation[i];
        if (path)
            path[i] = t->length[i] + (i > 0 ? path[t->parent[i]] : 0.0);
        if (t->n_children[i] > 0)
            continue;
        s->n_terminals += m;
        s->generation_mean += m * g;
        s->generation_least = fmin(s->generation_least, g);
        s->generation_most = fmax(s->generation_most, g);
        s->terminal_diameter += m * 2 * t->radius[i];
        s->path_mean += path ? m * path[i] : (double)NAN;
    }
    s->generation_mean /= s->n_terminals;
    s->terminal_diameter /= s->n_terminals;
    s->path_mean /= s->n_terminals;
    free(path);
}

void pn_tree_statistics(const struct pn_tree *tree, struct pn_tree_statistics *s)
{
    *s = (struct pn_tree_statistics){0};
    for (size_t i = 0; i < tree->n; i++) {
        s->n_airways += tree->multiplicity[i];
        s->volume += tree->multiplicity[i] * tree->volume[i];
    }
    s->resistance_shape = pn_tree_resistance_of(tree);
    measure_terminals(tree, s);
    measure_branchings(tree, s);
    s->horsfield = ratios_of(tree, PN_TREE_HORSFIELD);
    s->strahler = ratios_of(tree, PN_TREE_STRAHLER);
}
