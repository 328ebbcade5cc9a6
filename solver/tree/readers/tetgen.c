/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tetgen's pair: NAME.node (id x y z attributes marker) and NAME.edge (id from to
 * attributes). */
#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

/* The first line: how many rows follow, and whole numbers on what they hold. */
static int read_head(struct pn_scan *scan, const char *what, size_t n_bytes,
                     int64_t *head, size_t n_head)
{
    int found = pn_scan_line(scan);

    if (found <= 0)
        return found < 0 ? PN_ERR_INPUT
                         : pn_complain(scan->list, (struct pn_place){scan->file, 0, 0},
                                       "empty: expected the number of %s", what);
    for (size_t k = 0; k < n_head; k++) {
        head[k] = 0;
        if (k > 0 && k >= scan->n_fields)
            continue; /* later ones may be left out */
        if (pn_scan_whole(scan, k, k == 0 ? what : "a small number", k == 0 ? 1 : 0,
                          k == 0 ? PN_TREE_MAX_AIRWAYS : PN_TEXT_FIELDS,
                          &head[k]) != PN_OK)
            return PN_ERR_INPUT;
    }
    if ((uint64_t)head[0] > n_bytes) /* before memory is taken on its word */
        return pn_complain(scan->list, pn_scan_place(scan, 0),
                           "%lld %s are announced, the file cannot hold that many: "
                           "truncated?",
                           (long long)head[0], what);
    return PN_OK;
}

static int next_row(struct pn_scan *scan, const char *what, size_t i, size_t n,
                    size_t n_fields)
{
    int found = pn_scan_line(scan);

    if (found < 0)
        return PN_ERR_INPUT;
    if (found == 0)
        return pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                           "the file ends after %zu of %zu %s: truncated?", i, n, what);
    if (scan->n_fields != n_fields)
        return pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                           "%zu numbers in a line of %s, expected %zu by the first line",
                           scan->n_fields, what, n_fields);
    return PN_OK;
}

static int expect_end(struct pn_scan *scan, size_t n, const char *what)
{
    int found = pn_scan_line(scan);

    if (found > 0)
        return pn_complain(scan->list, pn_scan_place(scan, 0),
                           "a line behind the %zu %s that the first line announces", n,
                           what);
    return found < 0 ? PN_ERR_INPUT : PN_OK;
}

static int read_node(struct pn_scan *scan, size_t i, size_t n_fields, int has_radius,
                     double unit, struct pn_mesh *mesh)
{
    struct pn_mesh_node *node = &mesh->node[i];
    int status;

    PN_TRY(next_row(scan, "nodes", i, mesh->n_nodes, n_fields));
    node->line = scan->line;
    PN_TRY(pn_scan_whole(scan, 0, "the number of the node", -PN_MESH_ID, PN_MESH_ID,
                         &node->id));
    if (i > 0 && node->id != mesh->node[0].id + (int64_t)i)
        return pn_complain(scan->list, pn_scan_place(scan, 0),
                           "node %lld, expected %lld: nodes are numbered in order",
                           (long long)node->id,
                           (long long)(mesh->node[0].id + (int64_t)i));
    PN_TRY(pn_scan_number(scan, 1, "x", &node->x));
    PN_TRY(pn_scan_number(scan, 2, "y", &node->y));
    PN_TRY(pn_scan_number(scan, 3, "z", &node->z));
    node->x *= unit;
    node->y *= unit;
    node->z *= unit;
    if (has_radius) {
        PN_TRY(pn_scan_number(scan, 4, "the radius", &node->radius));
        node->radius *= unit;
    }
out:
    return status;
}

static int read_edge(struct pn_scan *scan, size_t i, int has_radius, double unit,
                     size_t n_fields, struct pn_mesh *mesh)
{
    struct pn_mesh_edge *edge = &mesh->edge[i];
    int64_t first = mesh->node[0].id, last = first + (int64_t)mesh->n_nodes - 1, from, to;
    int status;

    PN_TRY(next_row(scan, "edges", i, mesh->n_edges, n_fields));
    edge->line = scan->line;
    PN_TRY(pn_scan_whole(scan, 0, "the number of the edge", -PN_MESH_ID, PN_MESH_ID,
                         &edge->id));
    PN_TRY(pn_scan_whole(scan, 1, "a node", first, last, &from));
    PN_TRY(pn_scan_whole(scan, 2, "a node", first, last, &to));
    edge->from = (size_t)(from - first);
    edge->to = (size_t)(to - first);
    if (has_radius) {
        PN_TRY(pn_scan_number(scan, 3, "the radius", &edge->radius));
        edge->radius *= unit;
    }
out:
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    struct pn_scan nodes, edges;
    int64_t head[4], edge_head[2]; /* rows, dimension, attributes, markers */
    int edge_radius, status;

    pn_scan_begin(&nodes, &text[0], mesh->list);
    pn_scan_begin(&edges, &text[1], mesh->list);
    PN_TRY(read_head(&nodes, "nodes", text[0].n, head, 4));
    if (head[1] != 3)
        return pn_complain(mesh->list, pn_scan_place(&nodes, 1),
                           "nodes of dimension %lld, expected 3", (long long)head[1]);
    PN_TRY(read_head(&edges, "edges", text[1].n, edge_head, 2));
    edge_radius = options->edge_radius || head[2] == 0;
    if (edge_radius && edge_head[1] == 0)
        return pn_complain(mesh->list, (struct pn_place){edges.file, edges.line, 0},
                           "edges without an attribute: no radius%s",
                           head[2] == 0 ? ", and the nodes have none" : "");
    PN_TRY(pn_mesh_create(mesh, (size_t)head[0], (size_t)edge_head[0]));
    mesh->has_coordinates = 1;
    for (size_t i = 0; i < mesh->n_nodes; i++)
        PN_TRY(read_node(&nodes, i, (size_t)(4 + head[2] + head[3]), !edge_radius,
                         options->unit, mesh));
    PN_TRY(expect_end(&nodes, mesh->n_nodes, "nodes"));
    for (size_t i = 0; i < mesh->n_edges; i++)
        PN_TRY(read_edge(&edges, i, edge_radius, options->unit,
                         (size_t)(3 + edge_head[1]), mesh));
    status = expect_end(&edges, mesh->n_edges, "edges");
out:
    return status;
}

const struct pn_tree_form pn_tree_form_tetgen = {
    {".node", ".edge", NULL},
    0, 1, read_mesh
};
