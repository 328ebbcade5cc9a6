/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VTK's unstructured grids of lines: points, cells of type line or polyline, a radius at
 * points or cells.  Further arrays that are taken where a file has them: length,
 * wall_area, multiplicity, lobe, share of cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/base/status.h"
#include "solver/text/arena.h"
#include "solver/text/xml.h"
#include "solver/tree/readers/tree_forms.h"
#include "solver/tree/readers/vtk_array.h"

enum { ARRAYS = 128, LINE = 3, POLYLINE = 4 };

struct grid {
    const char *file, *end; /* its name, and the end of its text */
    struct pn_arena arena;  /* names of arrays */
    struct pn_mesh *mesh;
    int n_pieces;
    size_t header_bytes;
    int packed;
    int64_t n_points, n_cells;
    const char *section; /* the one that is open, or NULL */
    size_t n_arrays;
    struct pn_vtk_array array[ARRAYS];
    size_t offset[ARRAYS]; /* of an appended one, else (size_t)-1 */
};

static int complain(const struct grid *g, struct pn_place place, const char *what,
                    const char *found)
{
    return pn_complain(g->mesh->list, place, "%s'%.64s'", what, found ? found : "");
}

/* of the whole file */
static struct pn_place nowhere(const struct grid *g)
{
    return (struct pn_place){g->file, 0, 0};
}

/* --- tags --- */

static int read_file_tag(struct grid *g, const struct pn_xml_tag *tag)
{
    const char *type = pn_xml_get(tag, "type"), *order = pn_xml_get(tag, "byte_order");
    const char *header = pn_xml_get(tag, "header_type");
    const char *compressor = pn_xml_get(tag, "compressor");

    if (!type || strcmp(type, "UnstructuredGrid") != 0)
        return complain(g, tag->place,
                        "expected a VTKFile of type UnstructuredGrid, found ", type);
    if (order && strcmp(order, "LittleEndian") != 0)
        return complain(g, tag->place, "expected the byte order LittleEndian, found ",
                        order);
    if (header && strcmp(header, "UInt32") != 0 && strcmp(header, "UInt64") != 0)
        return complain(g, tag->place,
                        "expected the header type UInt32 or UInt64, found ", header);
    if (compressor && strcmp(compressor, "vtkZLibDataCompressor") != 0)
        return complain(g, tag->place,
                        "cannot unpack (expected vtkZLibDataCompressor or none) ",
                        compressor);
    g->header_bytes = header && strcmp(header, "UInt64") == 0 ? 8 : 4;
    g->packed = compressor != NULL;
    return PN_OK;
}

static int whole_attribute(struct grid *g, const struct pn_xml_tag *tag, const char *key,
                           int64_t low, int64_t high, int64_t *value)
{
    const char *text = pn_xml_get(tag, key);
    char *end = NULL;

    *value = text ? strtoll(text, &end, 10) : low - 1;
    while (end && *end == ' ')
        end++;
    if (text && end != text && !*end && *value >= low && *value <= high)
        return PN_OK;
    return pn_complain(g->mesh->list, tag->place,
                       "%s: expected %s from %lld to %lld, found '%.40s'", tag->name, key,
                       (long long)low, (long long)high, text ? text : "");
}

static int read_piece_tag(struct grid *g, const struct pn_xml_tag *tag)
{
    /* zlib packs at best about 1000 to 1: more points than that cannot be in the file */
    int64_t most = (g->end - tag->after + 64) * (g->packed ? 1032 : 1);
    int status;

    if (most > PN_TREE_MAX_AIRWAYS)
        most = PN_TREE_MAX_AIRWAYS;
    if (g->n_pieces++ > 0)
        return complain(g, tag->place, "expected one Piece, found a second ", tag->name);
    PN_TRY(whole_attribute(g, tag, "NumberOfPoints", 2, most, &g->n_points));
    status = whole_attribute(g, tag, "NumberOfCells", 1, most, &g->n_cells);
out:
    return status;
}

/* a tag's words live as long as the tag */
static const char *keep(struct grid *g, const char *word)
{
    return word ? pn_arena_copy(&g->arena, word, strlen(word)) : "";
}

/* <DataArray …>: where its numbers are. */
static int read_array_tag(struct grid *g, const struct pn_xml_tag *tag)
{
    const char *name = pn_xml_get(tag, "Name"), *type = pn_xml_get(tag, "type");
    const char *format = pn_xml_get(tag, "format");
    struct pn_vtk_array *a = &g->array[g->n_arrays];
    int64_t n = 1, offset;
    const char *end;
    int status = PN_OK;

    if (g->n_arrays == ARRAYS)
        return complain(g, tag->place, "too many arrays, at ", name);
    if (pn_xml_get(tag, "NumberOfComponents"))
        PN_TRY(whole_attribute(g, tag, "NumberOfComponents", 1, 1000, &n));
    *a = (struct pn_vtk_array){.place = tag->place,
                               .section = g->section,
                               .name = keep(g, name),
                               .type = keep(g, type),
                               .n_components = (size_t)n,
                               .header_bytes = g->header_bytes,
                               .packed = g->packed};
    if (g->arena.failed)
        return PN_ERR_MEMORY;
    g->offset[g->n_arrays] = (size_t)-1;
    if (format && strcmp(format, "appended") == 0) {
        PN_TRY(whole_attribute(g, tag, "offset", 0, INT64_C(1) << 40, &offset));
        g->offset[g->n_arrays++] = (size_t)offset;
        return PN_OK;
    }
    if (format && strcmp(format, "binary") == 0)
        a->coding = PN_VTK_BASE64;
    else if (!format || strcmp(format, "ascii") == 0)
        a->coding = PN_VTK_ASCII;
    else
        return complain(g, tag->place,
                        "expected the format ascii, binary or appended, found ", format);
    if (tag->is_empty)
        return complain(g, tag->place, "no numbers in ", name);
    end = memchr(tag->after, '<', (size_t)(g->end - tag->after));
    if (!end)
        return complain(g, tag->place, "the file ends within ", name);
    a->data = tag->after;
    a->end = end;
    g->n_arrays++;
out:
    return status;
}

/* <AppendedData>: what lies behind the underscore; the XML ends here for us. */
static int read_appended(struct grid *g, const struct pn_xml_tag *tag)
{
    const char *encoding = pn_xml_get(tag, "encoding");
    const char *end = g->end, *p = memchr(tag->after, '_', (size_t)(end - tag->after));
    enum pn_vtk_coding coding = PN_VTK_BASE64;

    if (encoding && strcmp(encoding, "raw") == 0)
        coding = PN_VTK_RAW;
    else if (!encoding || strcmp(encoding, "base64") != 0)
        return complain(g, tag->place, "expected the encoding base64 or raw, found ",
                        encoding);
    if (!p)
        return complain(g, tag->place, "no '_' before the data of ", tag->name);
    p++;
    if (coding == PN_VTK_BASE64 && memchr(p, '<', (size_t)(end - p)))
        end = memchr(p, '<', (size_t)(end - p));
    for (size_t i = 0; i < g->n_arrays; i++) {
        if (g->offset[i] == (size_t)-1)
            continue;
        if (g->offset[i] > (size_t)(end - p))
            return complain(g, g->array[i].place,
                            "truncated: the file ends before the data of ",
                            g->array[i].name);
        g->array[i].coding = coding;
        g->array[i].data = p + g->offset[i];
        g->array[i].end = end;
    }
    return PN_OK;
}

static int read_tag(void *self, const struct pn_xml_tag *tag)
{
    static const char *const sections[] = {"PointData", "CellData", "Points", "Cells",
                                           "FieldData"};
    struct grid *g = self;
    int status;

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(tag->name, sections[i]) == 0)
            g->section = tag->opens ? sections[i] : NULL;
    if (!tag->opens)
        return PN_OK;
    if (strcmp(tag->name, "VTKFile") == 0)
        return read_file_tag(g, tag);
    if (g->header_bytes == 0)
        return complain(g, tag->place, "expected a VTKFile, found ", tag->name);
    if (strcmp(tag->name, "Piece") == 0)
        return read_piece_tag(g, tag);
    if (strcmp(tag->name, "DataArray") == 0 && g->section &&
        strcmp(g->section, "FieldData") != 0)
        return read_array_tag(g, tag);
    if (strcmp(tag->name, "AppendedData") != 0)
        return PN_OK;
    status = read_appended(g, tag);
    return status == PN_OK ? PN_XML_ENOUGH : status; /* raw bytes may follow */
}

static int read_tags(struct grid *g, const struct pn_text *text)
{
    int status = pn_xml_read(g->file, text->text, text->n, g->mesh->list, read_tag, g);

    if (status == PN_OK && g->n_pieces == 0)
        return complain(g, nowhere(g), "the file has no ", "Piece");
    for (size_t i = 0; i < g->n_arrays && status == PN_OK; i++)
        if (!g->array[i].data)
            return complain(g, g->array[i].place,
                            "truncated: no AppendedData, wanted by ", g->array[i].name);
    return status;
}

/* --- arrays --- */

static const struct pn_vtk_array *find(const struct grid *g, const char *section,
                                       const char *name)
{
    for (size_t i = 0; i < g->n_arrays; i++)
        if (strcmp(g->array[i].section, section) == 0 &&
            (!name || strcasecmp(g->array[i].name, name) == 0))
            return &g->array[i];
    return NULL;
}

/* An array that may be missing; *value stays NULL then. */
static int get(const struct grid *g, const char *section, const char *name, size_t n,
               size_t n_components, double **value)
{
    const struct pn_vtk_array *a = find(g, section, name);

    if (!a)
        return PN_OK;
    if (a->n_components != n_components)
        return pn_complain(g->mesh->list, a->place,
                           "%s '%.64s': %zu components, expected %zu", section, a->name,
                           a->n_components, n_components);
    return pn_vtk_numbers(a, n * n_components, g->mesh->list, value);
}

static int need(const struct grid *g, const char *section, const char *name, size_t n,
                size_t n_components, double **value)
{
    if (!find(g, section, name))
        return pn_complain(g->mesh->list, nowhere(g), "no array '%s' in %s",
                           name ? name : "of coordinates", section);
    return get(g, section, name, n, n_components, value);
}

static int read_points(const struct grid *g, double unit, double *radius)
{
    size_t n = (size_t)g->n_points;
    double *x = NULL;
    int status = need(g, "Points", NULL, n, 3, &x);

    for (size_t i = 0; i < n && status == PN_OK; i++) {
        struct pn_mesh_node *node = &g->mesh->node[i];
        node->id = (int64_t)i;
        node->x = x[3 * i] * unit;
        node->y = x[3 * i + 1] * unit;
        node->z = x[3 * i + 2] * unit;
        if (radius)
            node->radius = radius[i] * unit;
    }
    free(x);
    return status;
}

/* Where each cell ends in the connectivity, and that it is a line. */
static int read_cells(const struct grid *g, double *end, double *type, size_t *n_edges)
{
    double before = 0.0;

    for (size_t i = 0; i < (size_t)g->n_cells; i++) {
        double n = end[i] - before;
        if (type[i] != LINE && type[i] != POLYLINE)
            return pn_complain(
                g->mesh->list, nowhere(g),
                "cell %zu is of type %g, expected 3 (line) or 4 (polyline)", i, type[i]);
        if (!(n >= 2.0 && (type[i] == POLYLINE || n == 2.0) && end[i] <= 1e9))
            return pn_complain(g->mesh->list, nowhere(g),
                               "cell %zu has %g points, expected 2%s", i, n,
                               type[i] == POLYLINE ? " or more" : "");
        before = end[i];
        *n_edges += (size_t)n - 1;
    }
    return PN_OK;
}

/* what cells say beyond their points; NULL: not said */
struct cell_data {
    double *radius, *length, *wall_area, *multiplicity, *lobe, *share;
};

static int read_cell_data(const struct grid *g, struct cell_data *data)
{
    const struct {
        const char *name;
        double **value;
    } list[] = {
        {"radius",       &data->radius      },
        {"length",       &data->length      },
        {"wall_area",    &data->wall_area   },
        {"multiplicity", &data->multiplicity},
        {"lobe",         &data->lobe        },
        {"share",        &data->share       },
    };
    int status = PN_OK;

    for (size_t k = 0; k < sizeof list / sizeof *list && status == PN_OK; k++)
        status = get(g, "CellData", list[k].name, (size_t)g->n_cells, 1, list[k].value);
    return status;
}

static void free_cell_data(struct cell_data *data)
{
    free(data->radius);
    free(data->length);
    free(data->wall_area);
    free(data->multiplicity);
    free(data->lobe);
    free(data->share);
}

/* The segments of one cell.  A length of its own is for a line only: how would that of a
 * polyline be shared? */
static int put_edges(const struct grid *g, size_t cell, const double *point, size_t n,
                     const struct cell_data *data, double unit, struct pn_mesh_edge *edge)
{
    for (size_t k = 0; k + 1 < n; k++, edge++) {
        double from = point[k], to = point[k + 1];
        if (!(from >= 0 && from < (double)g->n_points && to >= 0 &&
              to < (double)g->n_points))
            return pn_complain(g->mesh->list, nowhere(g),
                               "cell %zu joins the points %g and %g, expected 0 to %lld",
                               cell, from, to, (long long)g->n_points - 1);
        edge->id = (int64_t)cell;
        edge->from = (size_t)from;
        edge->to = (size_t)to;
        if (data->radius)
            edge->radius = data->radius[cell] * unit;
        if (data->length && n == 2)
            edge->length = data->length[cell] * unit;
        if (data->wall_area)
            edge->wall_area = data->wall_area[cell] * unit * unit;
        if (data->multiplicity)
            edge->multiplicity = data->multiplicity[cell];
        if (data->lobe && data->lobe[cell] >= 0 && data->lobe[cell] < PN_LOBES)
            edge->lobe = (int)data->lobe[cell];
        if (data->share && data->share[cell] > 0.0)
            edge->share = data->share[cell];
    }
    return PN_OK;
}

static int read_edges(const struct grid *g, const double *end, const double *connectivity,
                      const struct cell_data *data, double unit)
{
    size_t n = 0, first = 0;
    int status = PN_OK;

    for (size_t i = 0; i < (size_t)g->n_cells && status == PN_OK; i++) {
        size_t m = (size_t)end[i] - first;
        status = put_edges(g, i, connectivity + first, m, data, unit, &g->mesh->edge[n]);
        first += m;
        n += m - 1;
    }
    return status;
}

static int read_grid(struct grid *g, double unit)
{
    double *radius = NULL, *end = NULL, *type = NULL, *connectivity = NULL;
    struct cell_data data = {0};
    size_t n_edges = 0, n_cells = (size_t)g->n_cells;
    int status;

    PN_TRY(need(g, "Cells", "offsets", n_cells, 1, &end));
    PN_TRY(need(g, "Cells", "types", n_cells, 1, &type));
    PN_TRY(read_cells(g, end, type, &n_edges));
    PN_TRY(need(g, "Cells", "connectivity", n_edges + n_cells, 1, &connectivity));
    PN_TRY(read_cell_data(g, &data));
    if (!data.radius)
        PN_TRY(need(g, "PointData", "radius", (size_t)g->n_points, 1, &radius));
    PN_TRY(pn_mesh_create(g->mesh, (size_t)g->n_points, n_edges));
    g->mesh->has_coordinates = 1;
    PN_TRY(read_points(g, unit, radius));
    status = read_edges(g, end, connectivity, &data, unit);
out:
    free(radius);
    free(end);
    free(type);
    free(connectivity);
    free_cell_data(&data);
    return status;
}

static int read_mesh(struct pn_text *text, const struct pn_tree_options *options,
                     struct pn_mesh *mesh)
{
    struct grid *g = calloc(1, sizeof *g);
    int status;

    if (!g)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    g->mesh = mesh;
    g->file = text->path;
    g->end = text->text + text->n;
    PN_TRY(read_tags(g, text));
    status = read_grid(g, options->unit);
out:
    pn_arena_free(&g->arena);
    free(g);
    return status;
}

const struct pn_tree_form pn_tree_form_vtu = {
    {".vtu", NULL, NULL},
    0, 0, read_mesh
};
