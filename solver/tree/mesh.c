/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes and edges: memory, ids, and numbers that can be. */
#include "solver/tree/mesh.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"

struct pn_mesh_id {
    int64_t id;
    size_t row;
};

int pn_mesh_create(struct pn_mesh *mesh, size_t n_nodes, size_t n_edges)
{
    mesh->node = calloc(n_nodes + 1, sizeof *mesh->node);
    mesh->edge = calloc(n_edges + 1, sizeof *mesh->edge);
    mesh->n_nodes = n_nodes;
    mesh->n_edges = n_edges;
    if (!mesh->node || !mesh->edge)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for %zu airways", n_edges);
    for (size_t i = 0; i < n_nodes; i++)
        mesh->node[i].radius = (double)NAN;
    for (size_t i = 0; i < n_edges; i++) {
        struct pn_mesh_edge *e = &mesh->edge[i];
        e->length = e->radius = e->wall_area = e->share = (double)NAN;
        e->multiplicity = 1.0;
    }
    return PN_OK;
}

void pn_mesh_free(struct pn_mesh *mesh)
{
    free(mesh->node);
    free(mesh->edge);
    free(mesh->by_id);
    mesh->node = NULL;
    mesh->edge = NULL;
    mesh->by_id = NULL;
}

/* --- ids --- */

static int compare_ids(const void *a, const void *b)
{
    const struct pn_mesh_id *p = a, *q = b;

    if (p->id != q->id)
        return p->id < q->id ? -1 : 1;
    return p->row < q->row ? -1 : 1;
}

int pn_mesh_index(struct pn_mesh *mesh)
{
    mesh->by_id = calloc(mesh->n_nodes + 1, sizeof *mesh->by_id);
    if (!mesh->by_id)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for %zu nodes", mesh->n_nodes);
    for (size_t i = 0; i < mesh->n_nodes; i++)
        mesh->by_id[i] = (struct pn_mesh_id){mesh->node[i].id, i};
    qsort(mesh->by_id, mesh->n_nodes, sizeof *mesh->by_id, compare_ids);
    for (size_t i = 1; i < mesh->n_nodes; i++) {
        const struct pn_mesh_node *a = &mesh->node[mesh->by_id[i - 1].row];
        const struct pn_mesh_node *b = &mesh->node[mesh->by_id[i].row];
        if (a->id == b->id)
            return pn_complain(mesh->list, (struct pn_place){mesh->node_file, b->line, 0},
                               "%lld stands here for the second time, first in line %d",
                               (long long)b->id, a->line);
    }
    return PN_OK;
}

int pn_mesh_find(const struct pn_mesh *mesh, int64_t id, size_t *row)
{
    size_t low = 0, high = mesh->n_nodes;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mesh->by_id[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == mesh->n_nodes || mesh->by_id[low].id != id)
        return 0;
    *row = mesh->by_id[low].row;
    return 1;
}

/* --- numbers --- */

static int complain_edge(const struct pn_mesh *mesh, const struct pn_mesh_edge *e,
                         const char *what, double value, const char *expected)
{
    return pn_complain(mesh->list, (struct pn_place){mesh->edge_file, e->line, 0},
                       "airway %lld: %s is %g, expected %s", (long long)e->id, what,
                       value, expected);
}

static double distance(const struct pn_mesh_node *a, const struct pn_mesh_node *b)
{
    double dx = b->x - a->x, dy = b->y - a->y, dz = b->z - a->z;

    return sqrt(dx * dx + dy * dy + dz * dz);
}

static int is_positive(double value)
{
    return value > 0.0 && value < HUGE_VAL;
}

/* Lengths and radii between 1e-12 and 1e6 m: beyond, sums of r^4 lose all meaning. */
static int is_size(double value)
{
    return value >= 1e-12 && value <= 1e6;
}

static int check_edge(const struct pn_mesh *mesh, struct pn_mesh_edge *e)
{
    const struct pn_mesh_node *a = &mesh->node[e->from], *b = &mesh->node[e->to];
    struct pn_place place = {mesh->edge_file, e->line, 0};

    if (e->from == e->to)
        return pn_complain(mesh->list, place, "airway %lld goes from node %lld to itself",
                           (long long)e->id, (long long)a->id);
    if (isnan(e->length)) {
        e->length = distance(a, b);
        if (e->length == 0.0)
            return pn_complain(mesh->list, place,
                               "airway %lld has no length: its nodes %lld and %lld are "
                               "at one place",
                               (long long)e->id, (long long)a->id, (long long)b->id);
    }
    if (isnan(e->radius))
        e->radius = (a->radius + b->radius) / 2.0;
    if (!is_size(e->length))
        return complain_edge(mesh, e, "the length [m]", e->length,
                             "a number > 0 and at most 1e6");
    if (isnan(e->radius))
        return pn_complain(mesh->list, place, "airway %lld has no radius",
                           (long long)e->id);
    if (!is_size(e->radius))
        return complain_edge(mesh, e, "the radius [m]", e->radius,
                             "a number > 0 and at most 1e6");
    if (!isnan(e->wall_area) && !is_positive(e->wall_area))
        return complain_edge(mesh, e, "the wall area [m2]", e->wall_area, "a number > 0");
    if (!(e->multiplicity >= 1.0 && e->multiplicity <= 1e12))
        return complain_edge(mesh, e, "the multiplicity", e->multiplicity,
                             "a number from 1 to 1e12");
    if (!isnan(e->share) && !is_positive(e->share))
        return complain_edge(mesh, e, "the share", e->share, "a number > 0");
    return PN_OK;
}

int pn_mesh_check(struct pn_mesh *mesh)
{
    int status = PN_OK;

    for (size_t i = 0; mesh->has_coordinates && i < mesh->n_nodes; i++) {
        const struct pn_mesh_node *node = &mesh->node[i];
        if (!(fabs(node->x) <= 1e6 && fabs(node->y) <= 1e6 && fabs(node->z) <= 1e6))
            return pn_complain(mesh->list,
                               (struct pn_place){mesh->node_file, node->line, 0},
                               "node %lld lies at (%g, %g, %g) m, expected numbers of at "
                               "most 1e6",
                               (long long)node->id, node->x, node->y, node->z);
        if (!isnan(node->radius) && !is_size(node->radius))
            return pn_complain(mesh->list,
                               (struct pn_place){mesh->node_file, node->line, 0},
                               "node %lld: the radius [m] is %g, expected a number > 0 "
                               "and at most 1e6",
                               (long long)node->id, node->radius);
    }
    for (size_t i = 0; i < mesh->n_edges && status == PN_OK; i++)
        status = check_edge(mesh, &mesh->edge[i]);
    return status;
}
