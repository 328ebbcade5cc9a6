/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees made and freed, and what follows from rows of radius, length and parent: volumes,
 * generations, orders, terminal units. */
#include "models/lung/tree.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"

/* ints and doubles of the rows, one list for all that walks over them */
static int take_rows(struct pn_tree *t)
{
    int **ints[] = {&t->parent,    &t->first_child, &t->n_children, &t->generation,
                    &t->horsfield, &t->strahler,    &t->lobe};
    double **doubles[] = {&t->multiplicity, &t->length, &t->radius, &t->volume,
                          &t->wall_area};
    size_t n_failed = 0;

    for (size_t k = 0; k < sizeof ints / sizeof *ints; k++)
        n_failed += !(*ints[k] = calloc(t->n + 1, sizeof **ints[k]));
    for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
        n_failed += !(*doubles[k] = calloc(t->n + 1, sizeof **doubles[k]));
    n_failed += !(t->first_point = calloc(t->n + 1, sizeof *t->first_point));
    return n_failed == 0;
}

static int take_points(struct pn_tree *t, int has_coordinates)
{
    double **doubles[] = {&t->segment_length, &t->segment_radius, &t->x, &t->y, &t->z};
    size_t n = has_coordinates ? 5 : 2, n_failed = 0;

    for (size_t k = 0; k < n; k++)
        n_failed += !(*doubles[k] = calloc(t->n_points + 1, sizeof **doubles[k]));
    return n_failed == 0;
}

int pn_tree_create(size_t n, size_t n_points, int has_coordinates, struct pn_tree **out)
{
    struct pn_tree *tree = calloc(1, sizeof *tree);

    *out = NULL;
    if (tree) {
        tree->n = n;
        tree->n_points = n_points;
    }
    if (!tree || !take_rows(tree) || !take_points(tree, has_coordinates)) {
        pn_tree_free(&tree);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a tree of %zu airways", n);
    }
    for (size_t i = 0; i < n; i++) {
        tree->wall_area[i] = (double)NAN;
        tree->multiplicity[i] = 1.0;
    }
    *out = tree;
    return PN_OK;
}

void pn_tree_free(struct pn_tree **tree)
{
    struct pn_tree *t = *tree;

    if (!t)
        return;
    free(t->parent);
    free(t->first_child);
    free(t->n_children);
    free(t->generation);
    free(t->horsfield);
    free(t->strahler);
    free(t->lobe);
    free(t->multiplicity);
    free(t->generation_start);
    free(t->length);
    free(t->radius);
    free(t->volume);
    free(t->wall_area);
    free(t->first_point);
    free(t->segment_length);
    free(t->segment_radius);
    free(t->x);
    free(t->y);
    free(t->z);
    free(t->terminal);
    free(t->share);
    free(t);
    *tree = NULL;
}

/* Breadth-first means: parents never go back from one row to the next. */
static int check_rows(const struct pn_tree *t)
{
    if (t->n == 0 || t->n > PN_TREE_MAX_AIRWAYS || t->parent[0] != -1)
        return PN_FAIL(PN_ERR_INPUT, "a tree needs 1 to %d airways, the first a root",
                       PN_TREE_MAX_AIRWAYS);
    for (size_t i = 1; i < t->n; i++) {
        if (t->parent[i] < 0 || t->parent[i] >= (int)i || t->parent[i] < t->parent[i - 1])
            return PN_FAIL(PN_ERR_INPUT, "airway %zu breaks the breadth-first order", i);
        if (!(t->multiplicity[i] >= t->multiplicity[t->parent[i]]))
            return PN_FAIL(PN_ERR_INPUT,
                           "airway %zu stands for %g airways, fewer than the %g of its "
                           "parent",
                           i, t->multiplicity[i], t->multiplicity[t->parent[i]]);
    }
    if (!(t->multiplicity[0] >= 1.0))
        return PN_FAIL(PN_ERR_INPUT, "airway 0 stands for %g airways, fewer than 1",
                       t->multiplicity[0]);
    return PN_OK;
}

static int derive_shape(struct pn_tree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        double length = 0.0, volume = 0.0, shape = 0.0;
        for (size_t k = t->first_point[i]; k < t->first_point[i + 1]; k++) {
            double l = t->segment_length[k], r = t->segment_radius[k];
            if (!(l > 0.0 && r > 0.0 && l < HUGE_VAL && r < HUGE_VAL))
                return PN_FAIL(PN_ERR_INPUT,
                               "airway %zu has a segment of length %g m and radius %g m",
                               i, l, r);
            length += l;
            volume += M_PI * r * r * l;
            shape += l / (r * r * r * r);
        }
        t->length[i] = length;
        t->volume[i] = volume;
        t->radius[i] = sqrt(sqrt(length / shape));
        if (!(t->radius[i] > 0.0 && t->radius[i] < HUGE_VAL))
            return PN_FAIL(PN_ERR_INPUT,
                           "airway %zu has no segment, or a number beyond all "
                           "measure",
                           i);
    }
    return PN_OK;
}

static int derive_generations(struct pn_tree *t)
{
    size_t *start = NULL;
    int deepest = 0;

    for (size_t i = 0; i < t->n; i++) {
        t->first_child[i] = -1;
        t->n_children[i] = 0;
        t->generation[i] = 0;
        if (i > 0) {
            int p = t->parent[i];
            if (t->n_children[p]++ == 0)
                t->first_child[p] = (int)i;
            t->generation[i] = t->generation[p] + 1;
        }
        deepest = t->generation[i]; /* breadth-first: never less than before */
    }
    if (deepest >= PN_TREE_MAX_GENERATIONS)
        return PN_FAIL(PN_ERR_INPUT, "%d generations, at most %d are taken", deepest + 1,
                       PN_TREE_MAX_GENERATIONS);
    t->n_generations = (size_t)deepest + 1;
    start = calloc(t->n_generations + 1, sizeof *start);
    if (!start)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < t->n; i++)
        start[t->generation[i] + 1] = i + 1;
    free(t->generation_start);
    t->generation_start = start;
    return PN_OK;
}

static void derive_orders(struct pn_tree *t)
{
    for (size_t i = t->n; i-- > 0;) {
        int highest = 0, strahler = 0;
        double n_strahler = 0.0; /* children of the highest Strahler order */
        for (int c = t->first_child[i]; c < t->first_child[i] + t->n_children[i]; c++) {
            double many = t->multiplicity[c] / t->multiplicity[i];
            if (t->horsfield[c] > highest)
                highest = t->horsfield[c];
            if (t->strahler[c] > strahler) {
                strahler = t->strahler[c];
                n_strahler = 0.0;
            }
            if (t->strahler[c] == strahler)
                n_strahler += many;
        }
        t->horsfield[i] = highest + 1;
        t->strahler[i] = strahler == 0 ? 1 : strahler + (n_strahler >= 2.0);
    }
}

static int derive_terminals(struct pn_tree *t)
{
    size_t n = 0;
    double all = 0.0;

    if (t->n_terminals > 0)
        return PN_OK;
    free(t->terminal);
    free(t->share);
    for (size_t i = 0; i < t->n; i++)
        n += t->n_children[i] == 0;
    t->terminal = calloc(n, sizeof *t->terminal);
    t->share = calloc(n, sizeof *t->share);
    if (!t->terminal || !t->share)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < t->n; i++) {
        if (t->n_children[i] > 0)
            continue;
        t->terminal[t->n_terminals] = (int)i;
        t->share[t->n_terminals++] = t->multiplicity[i];
        all += t->multiplicity[i];
    }
    for (size_t k = 0; k < n; k++)
        t->share[k] /= all;
    return PN_OK;
}

int pn_tree_derive(struct pn_tree *tree)
{
    int status;

    PN_TRY(check_rows(tree));
    PN_TRY(derive_shape(tree));
    PN_TRY(derive_generations(tree));
    derive_orders(tree);
    status = derive_terminals(tree);
out:
    return status;
}

double pn_tree_resistance_shape(const struct pn_tree *t, size_t i)
{
    double r2 = t->radius[i] * t->radius[i];

    return 8.0 * t->length[i] / (M_PI * r2 * r2);
}
