/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that follow from a rule alone: Weibel's and Horsfield's. */
#include <math.h>
#include <stdlib.h>

#include "models/airway/weibel.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"

/* Row i: one segment. */
static void put(struct pn_tree *tree, size_t i, int parent, double length, double radius,
                double multiplicity)
{
    tree->parent[i] = parent;
    tree->multiplicity[i] = multiplicity;
    tree->first_point[i] = i + 1;
    tree->first_point[i + 1] = i + 2;
    tree->segment_length[i + 1] = length;
    tree->segment_radius[i + 1] = radius;
}

int pn_tree_weibel(size_t n_generations, double scale, struct pn_tree **out)
{
    struct pn_tree *tree = NULL;
    int status;

    *out = NULL;
    if (n_generations < 1 || n_generations > PN_WEIBEL_GENERATIONS ||
        !(scale > 0.01 && scale < 100))
        return PN_FAIL(PN_ERR_VALUE,
                       "Weibel's tree has 1 to %d generations and a scale from 0.01 to "
                       "100, found %zu and %g",
                       PN_WEIBEL_GENERATIONS, n_generations, scale);
    PN_TRY(pn_tree_create(n_generations, n_generations + 1, 0, &tree));
    for (size_t z = 0; z < n_generations; z++)
        put(tree, z, (int)z - 1, pn_weibel_length[z] * 1e-2 * scale,
            pn_weibel_diameter[z] / 2 * 1e-2 * scale, ldexp(1, (int)z));
    PN_TRY(pn_tree_derive(tree));
    *out = tree;
    tree = NULL;
out:
    pn_tree_free(&tree);
    return status;
}

int pn_tree_weibel_unfolded(size_t n_generations, double scale, struct pn_tree **out)
{
    struct pn_tree *tree = NULL;
    size_t n, z = 0;
    int status;

    *out = NULL;
    if (n_generations < 2 || n_generations > 20 || !(scale > 0.01 && scale < 100))
        return PN_FAIL(PN_ERR_VALUE,
                       "2 to 20 generations and a scale from 0.01 to 100, found %zu and "
                       "%g",
                       n_generations, scale);
    n = ((size_t)1 << n_generations) - 1;
    PN_TRY(pn_tree_create(n, n + 1, 0, &tree));
    for (size_t i = 0; i < n; i++) {
        z += i + 1 >= (size_t)2 << z;
        put(tree, i, i == 0 ? -1 : (int)((i - 1) / 2), pn_weibel_length[z] * 1e-2 * scale,
            pn_weibel_diameter[z] / 2 * 1e-2 * scale, 1);
    }
    PN_TRY(pn_tree_derive(tree));
    *out = tree;
    tree = NULL;
out:
    pn_tree_free(&tree);
    return status;
}

/* --- Horsfield --- */

enum { MOST_ORDERS = 40 };

static size_t low_order(size_t n, const int *delta)
{
    size_t down = (size_t)delta[n] + 1;

    return n > down ? n - down : 1;
}

/* Rows of a tree of each order; equal daughters share their rows. */
static size_t count_rows(size_t n_orders, const int *delta)
{
    size_t rows[MOST_ORDERS + 1] = {0, 1};

    for (size_t n = 2; n <= n_orders; n++) {
        size_t low = low_order(n, delta);
        rows[n] = 1 + rows[n - 1] + (low == n - 1 ? 0 : rows[low]);
        if (rows[n] > PN_TREE_MAX_AIRWAYS)
            return 0;
    }
    return rows[n_orders];
}

int pn_tree_horsfield(size_t n_orders, const int *delta, const double *length,
                      const double *radius, struct pn_tree **out)
{
    struct pn_tree *tree = NULL;
    unsigned char *order = NULL;
    size_t n_rows, n = 1;
    int status = PN_OK;

    *out = NULL;
    if (n_orders < 1 || n_orders > MOST_ORDERS)
        return PN_FAIL(PN_ERR_VALUE, "Horsfield's tree has 1 to %d orders, found %zu",
                       MOST_ORDERS, n_orders);
    for (size_t k = 1; k <= n_orders; k++)
        if (delta[k] < 0 || delta[k] > MOST_ORDERS)
            return PN_FAIL(PN_ERR_VALUE, "delta of order %zu is %d, expected 0 to %d", k,
                           delta[k], MOST_ORDERS);
    n_rows = count_rows(n_orders, delta);
    if (n_rows == 0)
        return PN_FAIL(PN_ERR_VALUE, "more than %d rows", PN_TREE_MAX_AIRWAYS);
    order = calloc(n_rows + 1, 1);
    if (!order)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    PN_TRY(pn_tree_create(n_rows, n_rows + 1, 0, &tree));
    order[0] = (unsigned char)n_orders;
    put(tree, 0, -1, length[n_orders], radius[n_orders], 1);
    for (size_t i = 0; i < n; i++) {
        size_t high = order[i] - 1u, low = low_order(order[i], delta);
        double m = tree->multiplicity[i];
        if (order[i] == 1)
            continue;
        order[n] = (unsigned char)high;
        put(tree, n++, (int)i, length[high], radius[high], low == high ? 2 * m : m);
        if (low != high) {
            order[n] = (unsigned char)low;
            put(tree, n++, (int)i, length[low], radius[low], m);
        }
    }
    PN_TRY(pn_tree_derive(tree));
    *out = tree;
    tree = NULL;
out:
    free(order);
    pn_tree_free(&tree);
    return status;
}

int pn_tree_horsfield_usual(double scale, struct pn_tree **out)
{
    /* OURS, around Horsfield et al. 1971: delta is 3 in the middle of their table and 0
     * in its periphery, diameters grow by a constant ratio; two ends are Weibel's, at 3 L
     */
    enum { ORDERS = 27, EQUAL = 6 };
    const double thin = 0.25e-3, wide = 7.7e-3; /* m, radii */
    int delta[ORDERS + 1];
    double length[ORDERS + 1], radius[ORDERS + 1];

    if (!(scale > 0.01 && scale < 100)) {
        *out = NULL;
        return PN_FAIL(PN_ERR_VALUE, "a scale of %g, expected 0.01 to 100", scale);
    }
    for (int n = 0; n <= ORDERS; n++) {
        delta[n] = n > EQUAL ? 3 : 0;
        radius[n] = scale * thin * pow(wide / thin, (n - 1) / (ORDERS - 1.0));
        length[n] = 6 * radius[n];
    }
    length[ORDERS] = scale * 0.1026;
    return pn_tree_horsfield(ORDERS, delta, length, radius, out);
}
