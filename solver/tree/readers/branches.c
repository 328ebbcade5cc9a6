/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated triples without a head: NAME.nodes (id, x, y, z), NAME.branches (id,
 * from, to, radius) and NAME.termnodes (id).  Behind a colon stand options: "n, N" of a
 * branch is the number of airways it stands for.  Others (p and r: where something was
 * before it was averaged; n of a terminal node) do not change the tree and are passed
 * over. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

/* Lines with fields, to know how much memory the rows need. */
static int count_lines(struct pn_text *text, struct pn_complaints *list, size_t *n)
{
    size_t lines = 1;

    *n = 0;
    for (size_t i = 0; i < text->n; i++)
        lines += text->text[i] == '\n';
    if (lines > PN_TREE_MAX_AIRWAYS)
        return pn_complain(list, (struct pn_place){text->path, 0, 0},
                           "more than %d lines", PN_TREE_MAX_AIRWAYS);
    *n = lines;
    return PN_OK;
}

/* Fields before the first colon must be n. */
static int expect_fields(struct pn_scan *scan, const char *what, size_t n)
{
    size_t k = 0;

    while (k < scan->n_fields && scan->field[k][0] != ':')
        k++;
    if (k == n)
        return PN_OK;
    return pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                       "%zu numbers in a line of %s, expected %zu", k, what, n);
}

static int read_nodes(struct pn_text *text, double unit, struct pn_mesh *mesh)
{
    struct pn_scan scan;
    size_t n = 0;
    int found, status = PN_OK;

    pn_scan_begin(&scan, text, mesh->list);
    while ((found = pn_scan_line(&scan)) > 0) {
        struct pn_mesh_node *node = &mesh->node[n++];
        node->line = scan.line;
        PN_TRY(expect_fields(&scan, "nodes", 4));
        PN_TRY(pn_scan_whole(&scan, 0, "the number of the node", -PN_MESH_ID, PN_MESH_ID,
                             &node->id));
        PN_TRY(pn_scan_number(&scan, 1, "x", &node->x));
        PN_TRY(pn_scan_number(&scan, 2, "y", &node->y));
        PN_TRY(pn_scan_number(&scan, 3, "z", &node->z));
        node->x *= unit;
        node->y *= unit;
        node->z *= unit;
    }
    mesh->n_nodes = n;
    status = found < 0 ? PN_ERR_INPUT : PN_OK;
out:
    return status;
}

static int find_node(struct pn_scan *scan, size_t field, const struct pn_mesh *mesh,
                     size_t *row)
{
    int64_t id;
    int status = pn_scan_whole(scan, field, "a node", -PN_MESH_ID, PN_MESH_ID, &id);

    if (status == PN_OK && !pn_mesh_find(mesh, id, row))
        return pn_complain(scan->list, pn_scan_place(scan, field),
                           "node %lld is not in %s", (long long)id, mesh->node_file);
    return status;
}

/* ": n, 4 : r, 0.5" */
static int read_branch_options(struct pn_scan *scan, struct pn_mesh_edge *edge)
{
    for (size_t k = 4; k + 1 < scan->n_fields; k++) {
        const char *name = scan->field[k + 1];
        if (scan->field[k][0] != ':')
            continue;
        if (strcmp(name, "n") == 0 && pn_scan_number(scan, k + 2, "the number of airways",
                                                     &edge->multiplicity) != PN_OK)
            return PN_ERR_INPUT;
        if (strcmp(name, "n") != 0 && strcmp(name, "r") != 0)
            return pn_complain(scan->list, pn_scan_place(scan, k + 1),
                               "unknown option '%.40s' of a branch, expected n or r",
                               name);
    }
    return PN_OK;
}

static int read_branches(struct pn_text *text, double unit, struct pn_mesh *mesh)
{
    struct pn_scan scan;
    size_t n = 0;
    int found, status = PN_OK;

    pn_scan_begin(&scan, text, mesh->list);
    while ((found = pn_scan_line(&scan)) > 0) {
        struct pn_mesh_edge *edge = &mesh->edge[n++];
        edge->line = scan.line;
        PN_TRY(expect_fields(&scan, "branches", 4));
        PN_TRY(pn_scan_whole(&scan, 0, "the number of the branch", -PN_MESH_ID,
                             PN_MESH_ID, &edge->id));
        PN_TRY(find_node(&scan, 1, mesh, &edge->from));
        PN_TRY(find_node(&scan, 2, mesh, &edge->to));
        PN_TRY(pn_scan_number(&scan, 3, "the radius", &edge->radius));
        edge->radius *= unit;
        PN_TRY(read_branch_options(&scan, edge));
    }
    mesh->n_edges = n;
    status = found < 0 ? PN_ERR_INPUT : PN_OK;
out:
    return status;
}

/* The list of terminal nodes says nothing that the branches do not say: it must agree. */
static int compare_terminals(struct pn_text *text, const struct pn_mesh *mesh)
{
    char *is_terminal = calloc(mesh->n_nodes + 1, 1); /* 1 by the branches, 2 listed */
    struct pn_scan scan;
    size_t row;
    int found, status = PN_OK;

    if (!is_terminal)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t e = 0; e < mesh->n_edges; e++)
        is_terminal[mesh->edge[e].to] = 1;
    for (size_t e = 0; e < mesh->n_edges; e++)
        is_terminal[mesh->edge[e].from] = 0;
    pn_scan_begin(&scan, text, mesh->list);
    while ((found = pn_scan_line(&scan)) > 0) {
        PN_TRY(expect_fields(&scan, "terminal nodes", 1));
        PN_TRY(find_node(&scan, 0, mesh, &row));
        if (is_terminal[row] != 1) {
            status =
                pn_complain(mesh->list, pn_scan_place(&scan, 0),
                            is_terminal[row] ? "node %lld stands here twice"
                                             : "node %lld is not the end of the "
                                               "tree: a branch begins there, or none "
                                               "ends",
                            (long long)mesh->node[row].id);
            goto out;
        }
        is_terminal[row] = 2;
    }
    status = found < 0 ? PN_ERR_INPUT : PN_OK;
    for (row = 0; status == PN_OK && row < mesh->n_nodes; row++)
        if (is_terminal[row] == 1)
            status = pn_complain(mesh->list, (struct pn_place){text->path, 0, 0},
                                 "node %lld is missing: no branch begins there",
                                 (long long)mesh->node[row].id);
out:
    free(is_terminal);
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    size_t n_nodes, n_edges;
    int status;

    PN_TRY(count_lines(&text[0], mesh->list, &n_nodes));
    PN_TRY(count_lines(&text[1], mesh->list, &n_edges));
    PN_TRY(pn_mesh_create(mesh, n_nodes, n_edges));
    mesh->has_coordinates = 1;
    mesh->n_nodes = mesh->n_edges = 0;
    PN_TRY(read_nodes(&text[0], options->unit, mesh));
    PN_TRY(pn_mesh_index(mesh));
    PN_TRY(read_branches(&text[1], options->unit, mesh));
    status = compare_terminals(&text[2], mesh);
out:
    return status;
}

const struct pn_tree_form pn_tree_form_branches = {
    {".nodes", ".branches", ".termnodes"},
    0, 1, read_mesh
};
