/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAME.ipmesh: one path of a symmetric tree.  Rows: element, element before it (0: none),
 * generation, 1 if it is one of two equal daughters and 0 if it goes on alone, length,
 * radius [mm], and a ratio of alveoli that is not used here. */
#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

static int read_row(struct pn_scan *scan, size_t i, double unit, struct pn_mesh *mesh)
{
    struct pn_mesh_edge *edge = &mesh->edge[i];
    int64_t before, generation, is_twin;
    int status;

    edge->line = mesh->node[i + 1].line = scan->line;
    if (scan->n_fields < 6 || scan->n_fields > 7)
        return pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                           "%zu numbers in a line, expected 7: element, element before, "
                           "generation, 1 or 0, length, radius, ratio",
                           scan->n_fields);
    PN_TRY(pn_scan_whole(scan, 0, "the number of the element", 1, PN_MESH_ID, &edge->id));
    PN_TRY(pn_scan_whole(scan, 1, "the element before it", 0, PN_MESH_ID, &before));
    PN_TRY(pn_scan_whole(scan, 2, "the generation", 0, PN_TREE_MAX_GENERATIONS,
                         &generation));
    PN_TRY(pn_scan_whole(scan, 3, "1 (of two daughters) or 0", 0, 1, &is_twin));
    PN_TRY(pn_scan_number(scan, 4, "the length", &edge->length));
    PN_TRY(pn_scan_number(scan, 5, "the radius", &edge->radius));
    if (before != (i == 0 ? 0 : mesh->edge[i - 1].id))
        return pn_complain(scan->list, pn_scan_place(scan, 1),
                           "element %lld comes before, expected %lld: each row goes on "
                           "from the last one",
                           (long long)before,
                           i == 0 ? 0LL : (long long)mesh->edge[i - 1].id);
    edge->length *= unit;
    edge->radius *= unit;
    edge->from = i;
    edge->to = i + 1;
    mesh->node[i + 1].id = edge->id;
    if (i > 0)
        edge->multiplicity = mesh->edge[i - 1].multiplicity * (is_twin ? 2.0 : 1.0);
out:
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    enum { ROWS = PN_TREE_MAX_GENERATIONS };
    struct pn_scan scan;
    size_t n = 0;
    int found, status;

    pn_scan_begin(&scan, text, mesh->list);
    PN_TRY(pn_mesh_create(mesh, ROWS + 1, ROWS));
    while ((found = pn_scan_line(&scan)) > 0) {
        if (n == ROWS)
            return pn_complain(mesh->list, pn_scan_place(&scan, 0), "more than %d rows",
                               ROWS);
        PN_TRY(read_row(&scan, n++, options->unit, mesh));
    }
    mesh->n_edges = n;
    mesh->n_nodes = n + 1;
    status = found < 0 ? PN_ERR_INPUT : PN_OK;
out:
    return status;
}

const struct pn_tree_form pn_tree_form_ipmesh = {
    {".ipmesh", NULL, NULL},
    0, 0, read_mesh
};
