/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CMISS: NAME.ipnode (coordinates), NAME.ipelem (two nodes an element), NAME.ipfiel
 * (radii at the nodes).  Every line is a sentence with its default in brackets and the
 * value behind a colon: "The Xj(1) coordinate is [ 0.0]:   1.5".
 *
 * A node may have several versions of the radius: the first belongs to the airway that
 * ends there, and is that airway's (as the solver that these files come from takes it).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

/* what a file is read by: the current line, its sentence and its value */
struct reader {
    const char *file;
    struct pn_complaints *list;
    char *at, *end, *start;
    int line;
    char *sentence;       /* NULL at the end of the file */
    struct pn_scan value; /* the fields behind the last colon */
};

static void begin(struct reader *r, struct pn_text *text, struct pn_complaints *list)
{
    *r = (struct reader){.file = text->path, .list = list};
    r->at = r->start = text->text;
    r->end = text->text + text->n;
}

/* The next line with a colon behind its sentence; its value is not yet cut. */
static void next(struct reader *r)
{
    r->sentence = NULL;
    while (r->at < r->end && !r->sentence) {
        size_t left = (size_t)(r->end - r->at);
        char *newline = memchr(r->at, '\n', left), *stop = newline ? newline : r->end;
        char *colon = memchr(r->at, ':', (size_t)(stop - r->at));

        r->line++;
        r->start = r->at;
        r->at = newline ? newline + 1 : r->end;
        *stop = '\0';
        if (!colon)
            continue;
        *colon = '\0';
        r->sentence = r->start;
        r->value = (struct pn_scan){.file = r->file, .list = r->list};
        r->value.at = colon + 1;
        r->value.end = stop;
    }
}

/* The fields of the current line's value.  Only of lines that are asked for: others may
 * hold anything. */
static int cut_value(struct reader *r)
{
    int found;

    r->value.line = r->line - 1;
    found = pn_scan_line(&r->value);
    r->value.start = r->start;
    r->value.line = r->line;
    return found < 0 ? PN_ERR_INPUT : PN_OK;
}

static int is(const struct reader *r, const char *words)
{
    return r->sentence && strstr(r->sentence, words);
}

/* Go on to a line that says these words, and cut its value; complain if the file has none
 * any more. */
static int seek(struct reader *r, const char *words)
{
    do
        next(r);
    while (r->sentence && !is(r, words));
    if (r->sentence)
        return cut_value(r);
    return pn_complain(r->list, (struct pn_place){r->file, r->line, 0},
                       "the file ends before a line '%s': truncated?", words);
}

static int read_whole(struct reader *r, const char *what, int64_t low, int64_t high,
                      int64_t *value)
{
    return pn_scan_whole(&r->value, 0, what, low, high, value);
}

/* A number, Fortran's D allowed. */
static int read_number(struct reader *r, const char *what, double unit, double *value)
{
    int status;

    for (char *c = r->value.n_fields > 0 ? r->value.field[0] : NULL; c && *c; c++)
        if (*c == 'D' || *c == 'd')
            *c = 'e';
    status = pn_scan_number(&r->value, 0, what, value);
    *value *= unit;
    return status;
}

/* "The number of nodes is [..]: N", bounded by what the file can hold. */
static int read_count(struct reader *r, const char *words, const struct pn_text *text,
                      size_t *n)
{
    int64_t count;
    int status;

    PN_TRY(seek(r, words));
    PN_TRY(read_whole(r, "a number", 1, PN_TREE_MAX_AIRWAYS, &count));
    if ((uint64_t)count > text->n)
        return pn_complain(r->list, pn_scan_place(&r->value, 0),
                           "%lld are announced, the file cannot hold that many: "
                           "truncated?",
                           (long long)count);
    *n = (size_t)count;
out:
    return status;
}

static int expect_end(struct reader *r, const char *words, size_t n)
{
    do
        next(r);
    while (r->sentence && !is(r, words));
    if (!r->sentence)
        return PN_OK;
    return pn_complain(r->list, (struct pn_place){r->file, r->line, 0},
                       "another '%s' behind the %zu that are announced", words, n);
}

static int read_nodes(struct reader *r, double unit, struct pn_mesh *mesh)
{
    static const char *const words[] = {"Xj(1) coordinate", "Xj(2) coordinate",
                                        "Xj(3) coordinate"};
    int status = PN_OK;

    for (size_t i = 0; i < mesh->n_nodes; i++) {
        struct pn_mesh_node *node = &mesh->node[i];
        double *const x[] = {&node->x, &node->y, &node->z};
        PN_TRY(seek(r, "Node number"));
        node->line = r->line;
        PN_TRY(read_whole(r, "the number of the node", 0, PN_MESH_ID, &node->id));
        for (size_t k = 0; k < 3; k++) { /* of several versions the first */
            do
                next(r);
            while (r->sentence && !is(r, words[k]) && !is(r, "Node number"));
            if (!is(r, words[k]))
                return pn_complain(r->list, (struct pn_place){r->file, node->line, 0},
                                   "node %lld has no line '%s': truncated?",
                                   (long long)node->id, words[k]);
            PN_TRY(cut_value(r));
            PN_TRY(read_number(r, "a coordinate", unit, x[k]));
        }
    }
    status = expect_end(r, "Node number", mesh->n_nodes);
out:
    return status;
}

static int find_node(struct reader *r, size_t field, const struct pn_mesh *mesh,
                     size_t *row)
{
    int64_t id;
    int status = pn_scan_whole(&r->value, field, "a node", 0, PN_MESH_ID, &id);

    if (status == PN_OK && !pn_mesh_find(mesh, id, row))
        return pn_complain(r->list, pn_scan_place(&r->value, field),
                           "node %lld is not in %s", (long long)id, mesh->node_file);
    return status;
}

static int read_elements(struct reader *r, struct pn_mesh *mesh)
{
    int status = PN_OK;

    for (size_t i = 0; i < mesh->n_edges; i++) {
        struct pn_mesh_edge *edge = &mesh->edge[i];
        PN_TRY(seek(r, "Element number"));
        edge->line = r->line;
        PN_TRY(read_whole(r, "the number of the element", 0, PN_MESH_ID, &edge->id));
        PN_TRY(seek(r, "global numbers for basis"));
        edge->line = r->line;
        if (r->value.n_fields != 2)
            return pn_complain(mesh->list, (struct pn_place){r->file, r->line, 0},
                               "%zu nodes, expected 2: airways are lines",
                               r->value.n_fields);
        PN_TRY(find_node(r, 0, mesh, &edge->from));
        PN_TRY(find_node(r, 1, mesh, &edge->to));
    }
    status = expect_end(r, "Element number", mesh->n_edges);
out:
    return status;
}

/* The element that ends at each node, + 1; 0: none. */
static size_t *elements_into(const struct pn_mesh *mesh)
{
    size_t *into = calloc(mesh->n_nodes + 1, sizeof *into);

    for (size_t e = 0; into && e < mesh->n_edges; e++)
        into[mesh->edge[e].to] = e + 1;
    return into;
}

static int read_radius(struct reader *r, double unit, double *radius)
{
    int64_t n_versions;
    int status;

    PN_TRY(seek(r, "number of versions for field variable 1"));
    PN_TRY(read_whole(r, "a number of versions", 1, 1000, &n_versions));
    PN_TRY(seek(r, "field variable 1 value"));
    status = read_number(r, "a radius", unit, radius);
    for (int64_t v = 1; v < n_versions && status == PN_OK; v++)
        status = seek(r, "field variable 1 value");
out:
    return status;
}

static int read_field(struct pn_text *text, double unit, struct pn_mesh *mesh)
{
    size_t *into = elements_into(mesh), n_nodes = 0;
    struct reader r;
    int status;

    if (!into)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    begin(&r, text, mesh->list);
    PN_TRY(read_count(&r, "number of nodes is", text, &n_nodes));
    for (size_t i = 0; i < n_nodes; i++) {
        double radius;
        size_t row;
        PN_TRY(seek(&r, "Node number"));
        PN_TRY(find_node(&r, 0, mesh, &row));
        PN_TRY(read_radius(&r, unit, &radius));
        mesh->node[row].radius = radius; /* so that a missing one can be seen */
        if (into[row])
            mesh->edge[into[row] - 1].radius = radius;
    }
    PN_TRY(expect_end(&r, "Node number", n_nodes));
    for (size_t i = 0; i < mesh->n_nodes; i++)
        if (isnan(mesh->node[i].radius)) {
            status = pn_complain(mesh->list, (struct pn_place){r.file, 0, 0},
                                 "no radius for node %lld: truncated?",
                                 (long long)mesh->node[i].id);
            break;
        }
out:
    free(into);
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    struct reader nodes, elements;
    size_t n_nodes = 0, n_edges = 0;
    int status;

    for (size_t k = 0; k < 3; k++)
        if (memchr(text[k].text, '\0', text[k].n))
            return pn_complain(mesh->list, (struct pn_place){text[k].path, 0, 0},
                               "a byte of value 0: this is not a text");
    begin(&nodes, &text[0], mesh->list);
    begin(&elements, &text[1], mesh->list);
    PN_TRY(read_count(&nodes, "number of nodes is", &text[0], &n_nodes));
    PN_TRY(read_count(&elements, "number of elements is", &text[1], &n_edges));
    PN_TRY(pn_mesh_create(mesh, n_nodes, n_edges));
    mesh->has_coordinates = 1;
    PN_TRY(read_nodes(&nodes, options->unit, mesh));
    PN_TRY(pn_mesh_index(mesh));
    PN_TRY(read_elements(&elements, mesh));
    status = read_field(&text[2], options->unit, mesh);
out:
    return status;
}

const struct pn_tree_form pn_tree_form_cmiss = {
    {".ipnode", ".ipelem", ".ipfiel"},
    0, 1, read_mesh
};
