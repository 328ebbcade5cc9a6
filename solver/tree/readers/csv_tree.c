/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain table: one row an airway or a piece of one; columns in README.md. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/text/csv.h"
#include "solver/tree/readers/tree_forms.h"

const char *const pn_lobe_names[PN_LOBES] = {"", "RUL", "RML", "RLL", "LUL", "LLL"};

enum column {
    ID,
    PARENT,
    LENGTH,
    RADIUS,
    DIAMETER,
    X,
    Y,
    Z,
    INLET_X,
    INLET_Y,
    INLET_Z,
    WALL_AREA,
    MULTIPLICITY,
    SHARE,
    LOBE,
    GENERATION,
    HORSFIELD,
    STRAHLER,
    N_COLUMNS
};

/* clang-format off */
static const struct {
    const char *name, *unit; /* NULL: no number with a unit; "": passed over */
} columns[N_COLUMNS] = {
    [ID] = {"id", NULL},
    [PARENT] = {"parent", NULL},
    [LENGTH] = {"length", "m"},
    [RADIUS] = {"radius", "m"},
    [DIAMETER] = {"diameter", "m"},
    [X] = {"x", "m"},
    [Y] = {"y", "m"},
    [Z] = {"z", "m"},
    [INLET_X] = {"inlet_x", "m"},
    [INLET_Y] = {"inlet_y", "m"},
    [INLET_Z] = {"inlet_z", "m"},
    [WALL_AREA] = {"wall_area", "m2"},
    [MULTIPLICITY] = {"multiplicity", "1"},
    [SHARE] = {"share", "1"},
    [LOBE] = {"lobe", NULL},
    [GENERATION] = {"generation", ""},
    [HORSFIELD] = {"horsfield", ""},
    [STRAHLER] = {"strahler", ""},
};
/* clang-format on */

struct table {
    struct pn_csv csv;
    struct pn_mesh *mesh;
    int at[N_COLUMNS]; /* which field, -1: none */
    double factor[N_COLUMNS];
    size_t n_fields;
    int64_t *parent; /* [rows] id, or NO_PARENT */
};

#define NO_PARENT (-PN_MESH_ID - 1)

static int complain_missing(struct table *t, const char *what)
{
    return pn_complain(t->mesh->list, (struct pn_place){t->csv.file, 1, 0},
                       "no column %s", what);
}

/* The usual ones without loading UDUNITS-2. */
static int usual_factor(const char *unit, const char *expected, double *factor)
{
    static const struct {
        const char *unit, *expected;
        double factor;
    } usual[] = {
        {"mm",  "m",  1e-3},
        {"cm",  "m",  1e-2},
        {"m",   "m",  1   },
        {"mm2", "m2", 1e-6},
        {"cm2", "m2", 1e-4},
        {"m2",  "m2", 1   },
    };

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(unit, usual[i].unit) == 0 &&
            strcmp(expected, usual[i].expected) == 0) {
            *factor = usual[i].factor;
            return 1;
        }
    return 0;
}

static int read_unit(struct table *t, enum column k, size_t i, const char *unit)
{
    const char *expected = columns[k].unit;
    struct pn_units *units = NULL;
    int status = PN_OK;

    t->factor[k] = 1.0;
    if (!expected || !*expected)
        return PN_OK;
    if (!*unit && strcmp(expected, "1") == 0)
        return PN_OK;
    if (!*unit)
        return pn_complain(t->mesh->list, t->csv.place[i],
                           "column '%s' has no unit, expected '%s [%s]'", columns[k].name,
                           columns[k].name, strcmp(expected, "m2") == 0 ? "mm2" : "mm");
    if (usual_factor(unit, expected, &t->factor[k]))
        return PN_OK;
    PN_TRY(pn_units_create(&units));
    if (pn_units_factor(units, unit, expected, 0.0, &t->factor[k]) != PN_OK)
        status = pn_complain(t->mesh->list, t->csv.place[i], "column '%s': %s",
                             columns[k].name, pn_error_last()->text);
    else if (!(t->factor[k] > 0.0))
        status = pn_complain(t->mesh->list, t->csv.place[i],
                             "column '%s': expected a positive unit, found '%.40s'",
                             columns[k].name, unit);
out:
    pn_units_free(&units);
    return status;
}

static int read_header_field(struct table *t, size_t i)
{
    static char none[] = "";
    const char *names[N_COLUMNS], *near;
    char *unit = pn_split_unit(t->csv.field[i], none);
    size_t k = 0;

    if (!unit)
        return pn_complain(t->mesh->list, t->csv.place[i],
                           "expected 'name' or 'name [unit]', found '%.40s'",
                           t->csv.field[i]);
    while (k < N_COLUMNS && strcmp(t->csv.field[i], columns[k].name) != 0)
        k++;
    if (k == N_COLUMNS) {
        for (size_t j = 0; j < N_COLUMNS; j++)
            names[j] = columns[j].name;
        near = pn_nearest(t->csv.field[i], names, N_COLUMNS);
        return pn_complain(t->mesh->list, t->csv.place[i], "unknown column '%.40s'%s%s%s",
                           t->csv.field[i], near ? ", did you mean '" : "",
                           near ? near : "", near ? "'?" : "");
    }
    if (t->at[k] >= 0)
        return pn_complain(t->mesh->list, t->csv.place[i],
                           "column '%s' stands here for the second time",
                           columns[k].name);
    t->at[k] = (int)i;
    return read_unit(t, (enum column)k, i, unit);
}

static int read_header(struct table *t)
{
    int found = pn_csv_next(&t->csv, t->mesh->list), status = PN_OK;
    int has_places = 0;

    if (found <= 0)
        return found < 0
                   ? PN_ERR_INPUT
                   : pn_complain(t->mesh->list, (struct pn_place){t->csv.file, 0, 0},
                                 "empty: expected a header and a row an airway");
    t->n_fields = t->csv.n_fields;
    for (size_t i = 0; i < t->n_fields; i++)
        PN_TRY(read_header_field(t, i));
    for (enum column k = X; k <= INLET_Z; k++)
        has_places += t->at[k] >= 0;
    if (t->at[ID] < 0 || t->at[PARENT] < 0)
        status = complain_missing(t, t->at[ID] < 0 ? "'id'" : "'parent'");
    else if ((t->at[RADIUS] < 0) == (t->at[DIAMETER] < 0))
        status = complain_missing(
            t, "'radius [mm]' or 'diameter [mm]', or both: expected one of them");
    else if (has_places != 0 && has_places != 6)
        status = complain_missing(t, "for one of x, y, z, inlet_x, inlet_y, inlet_z: "
                                     "expected all six or none");
    else if (has_places == 0 && t->at[LENGTH] < 0)
        status = complain_missing(t, "'length [mm]', nor coordinates");
    t->mesh->has_coordinates = has_places == 6;
out:
    return status;
}

static const char *text_of(const struct table *t, enum column k)
{
    return t->at[k] < 0 ? "" : t->csv.field[t->at[k]];
}

/* A number, in SI; an empty field leaves *value as it is. */
static int read_number(struct table *t, enum column k, double *value)
{
    const char *text = text_of(t, k), *rest;
    enum pn_number kind;

    if (!*text)
        return PN_OK;
    kind = pn_number_parse(text, &rest, value);
    if (kind != PN_NUMBER || *rest)
        return pn_complain(t->mesh->list, t->csv.place[t->at[k]],
                           "%s: expected a finite number, found '%.40s'", columns[k].name,
                           text);
    *value *= t->factor[k];
    return PN_OK;
}

static int read_id(struct table *t, enum column k, int64_t *id)
{
    const char *text = text_of(t, k);
    char *end;
    long long value = strtoll(text, &end, 10);

    if (end == text || *end || value < -PN_MESH_ID || value > PN_MESH_ID)
        return pn_complain(t->mesh->list, t->csv.place[t->at[k]],
                           "%s: expected a whole number, found '%.40s'", columns[k].name,
                           text);
    *id = value;
    return PN_OK;
}

static int read_lobe(struct table *t, int *lobe)
{
    const char *text = text_of(t, LOBE);

    for (int k = 0; k < PN_LOBES; k++)
        if (strcmp(text, pn_lobe_names[k]) == 0) {
            *lobe = k;
            return PN_OK;
        }
    return pn_complain(t->mesh->list, t->csv.place[t->at[LOBE]],
                       "lobe: expected RUL, RML, RLL, LUL, LLL or nothing, found '%.40s'",
                       text);
}

static int read_place(struct table *t, enum column first, struct pn_mesh_node *node)
{
    double *const x[] = {&node->x, &node->y, &node->z};

    for (size_t k = 0; k < 3 && t->mesh->has_coordinates; k++) {
        *x[k] = (double)NAN;
        if (read_number(t, (enum column)(first + k), x[k]) != PN_OK)
            return PN_ERR_INPUT;
        if (isnan(*x[k]))
            return pn_complain(t->mesh->list, t->csv.place[t->at[first + k]],
                               "%s is missing", columns[first + k].name);
    }
    return PN_OK;
}

/* Row i: the airway is edge i, its far end is node i + 1; node 0 is the inlet. */
static int read_row(struct table *t, size_t i)
{
    struct pn_mesh_edge *edge = &t->mesh->edge[i];
    struct pn_mesh_node *node = &t->mesh->node[i + 1];
    enum column size = t->at[RADIUS] >= 0 ? RADIUS : DIAMETER;
    int status;

    edge->line = node->line = t->csv.place[0].line;
    if (t->csv.n_fields != t->n_fields)
        return pn_complain(t->mesh->list, t->csv.place[0],
                           "%zu fields, the header has %zu: truncated?", t->csv.n_fields,
                           t->n_fields);
    PN_TRY(read_id(t, ID, &edge->id));
    node->id = edge->id;
    t->parent[i] = NO_PARENT;
    if (*text_of(t, PARENT))
        PN_TRY(read_id(t, PARENT, &t->parent[i]));
    PN_TRY(read_number(t, LENGTH, &edge->length));
    PN_TRY(read_number(t, size, &edge->radius));
    if (size == DIAMETER)
        edge->radius /= 2.0;
    PN_TRY(read_number(t, WALL_AREA, &edge->wall_area));
    PN_TRY(read_number(t, MULTIPLICITY, &edge->multiplicity));
    PN_TRY(read_number(t, SHARE, &edge->share));
    if (t->at[LOBE] >= 0)
        PN_TRY(read_lobe(t, &edge->lobe));
    PN_TRY(read_place(t, X, node));
    if (t->parent[i] == NO_PARENT) {
        PN_TRY(read_place(t, INLET_X, &t->mesh->node[0]));
        t->mesh->node[0].line = edge->line;
    }
    if (isnan(edge->length) && !t->mesh->has_coordinates)
        status =
            pn_complain(t->mesh->list, t->csv.place[t->at[LENGTH]], "length is missing");
    else if (isnan(edge->radius))
        status = pn_complain(t->mesh->list, t->csv.place[t->at[size]], "%s is missing",
                             columns[size].name);
out:
    return status;
}

/* Parents by their ids.  Rows without one are roots: the second is told here, because all
 * of them would begin at the inlet. */
static int link_rows(struct table *t)
{
    struct pn_mesh *mesh = t->mesh;
    const struct pn_mesh_edge *root = NULL;

    for (size_t i = 0; i < mesh->n_edges; i++) {
        struct pn_mesh_edge *edge = &mesh->edge[i];
        struct pn_place place = {mesh->edge_file, edge->line, 0};
        edge->to = i + 1;
        if (t->parent[i] == NO_PARENT) {
            if (root)
                return pn_complain(mesh->list, place,
                                   "two roots: airway %lld has no parent, nor has "
                                   "airway %lld",
                                   (long long)edge->id, (long long)root->id);
            root = edge;
            edge->from = 0;
        } else if (!pn_mesh_find(mesh, t->parent[i], &edge->from)) {
            return pn_complain(mesh->list, place,
                               "airway %lld is an orphan: its parent %lld is not in the "
                               "file",
                               (long long)edge->id, (long long)t->parent[i]);
        }
    }
    if (!root && mesh->n_edges > 0)
        return pn_complain(
            mesh->list, (struct pn_place){mesh->edge_file, 0, 0},
            "no root: every airway has a parent, so that there is a cycle");
    return PN_OK;
}

static int read_rows(struct table *t, size_t most)
{
    size_t n = 0;
    int found, status;

    while ((found = pn_csv_next(&t->csv, t->mesh->list)) > 0) {
        if (n == most)
            return pn_complain(t->mesh->list, t->csv.place[0], "more than %zu rows",
                               most);
        PN_TRY(read_row(t, n++));
    }
    t->mesh->n_edges = n;
    t->mesh->n_nodes = n + 1;
    t->mesh->node[0].id = NO_PARENT; /* a name that no row can have */
    status = found < 0 ? PN_ERR_INPUT : PN_OK;
out:
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    struct table *t = calloc(1, sizeof *t);
    size_t most = 1;
    int status;

    (void)options;
    if (!t)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    t->mesh = mesh;
    t->csv.file = text->path;
    t->csv.text = text->text;
    t->csv.n = text->n;
    t->csv.line = 1;
    for (size_t k = 0; k < N_COLUMNS; k++)
        t->at[k] = -1;
    for (size_t i = 0; i < text->n && most < PN_TREE_MAX_AIRWAYS; i++)
        most += text->text[i] == '\n';
    PN_TRY(read_header(t));
    t->parent = calloc(most + 1, sizeof *t->parent);
    if (!t->parent) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(pn_mesh_create(mesh, most + 1, most));
    PN_TRY(read_rows(t, most));
    PN_TRY(pn_mesh_index(mesh));
    status = link_rows(t);
out:
    free(t->parent);
    free(t);
    return status;
}

const struct pn_tree_form pn_tree_form_csv = {
    {".csv", NULL, NULL},
    0, 0, read_mesh
};
