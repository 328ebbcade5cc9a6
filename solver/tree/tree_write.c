/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees as VTU, with fields of the caller, and as CSV. */
#include "solver/tree/tree_write.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

void pn_tree_owners(const struct pn_tree *tree, int *owner)
{
    owner[0] = 0;
    for (size_t i = 0; i < tree->n; i++)
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++)
            owner[k] = (int)i;
}

static int check_stream(FILE *stream)
{
    if (!ferror(stream))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write the tree: %s",
                   errno ? strerror(errno) : "an earlier write failed");
}

int pn_tree_write(const struct pn_tree *tree, const char *name, FILE *stream)
{
    size_t n = strlen(name);

    if (n > 4 && strcmp(name + n - 4, ".vtu") == 0)
        return pn_tree_write_vtu(tree, stream);
    if (n > 4 && strcmp(name + n - 4, ".csv") == 0)
        return pn_tree_write_csv(tree, stream);
    return PN_FAIL(PN_ERR_VALUE, "'%s': expected a name that ends with .vtu or .csv",
                   name);
}

/* what rows of terminal airways say of their share; 0 elsewhere */
static double *row_shares(const struct pn_tree *tree)
{
    double *share = calloc(tree->n + 1, sizeof *share);

    for (size_t k = 0; share && k < tree->n_terminals; k++)
        share[tree->terminal[k]] = tree->share[k];
    return share;
}

static int has_wall_area(const struct pn_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        if (isnan(tree->wall_area[i]))
            return 0;
    return 1;
}

/* --- CSV --- */

static void write_row(const struct pn_tree *tree, size_t i, size_t k, int has_wall,
                      double share, FILE *stream)
{
    size_t before = k > tree->first_point[i] ? k - 1 : pn_tree_start(tree, i);
    int is_last = k + 1 == tree->first_point[i + 1];

    fprintf(stream, "%zu,", k);
    if (k > 1)
        fprintf(stream, "%zu", before);
    fprintf(stream, ",%.17g,%.17g", tree->segment_length[k] * 1e3,
            tree->segment_radius[k] * 1e3);
    if (tree->x) {
        fprintf(stream, ",%.17g,%.17g,%.17g", tree->x[k] * 1e3, tree->y[k] * 1e3,
                tree->z[k] * 1e3);
        if (k == 1)
            fprintf(stream, ",%.17g,%.17g,%.17g", tree->x[0] * 1e3, tree->y[0] * 1e3,
                    tree->z[0] * 1e3);
        else
            fputs(",,,", stream);
    }
    if (has_wall)
        fprintf(stream, ",%.17g", tree->wall_area[i] * 1e6);
    fprintf(stream, ",%.17g,%s,", tree->multiplicity[i], pn_lobe_names[tree->lobe[i]]);
    if (tree->n_children[i] == 0 && is_last)
        fprintf(stream, "%.17g", share);
    fprintf(stream, ",%d,%d,%d\n", tree->generation[i], tree->horsfield[i],
            tree->strahler[i]);
}

int pn_tree_write_csv(const struct pn_tree *tree, FILE *stream)
{
    double *share = row_shares(tree);
    int has_wall = has_wall_area(tree);

    if (!share)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    errno = 0;
    fprintf(stream,
            "id,parent,length [mm],radius [mm]%s%s,multiplicity,lobe,share,"
            "generation,horsfield,strahler\n",
            tree->x ? ",x [mm],y [mm],z [mm],inlet_x [mm],inlet_y [mm],inlet_z [mm]" : "",
            has_wall ? ",wall_area [mm2]" : "");
    for (size_t i = 0; i < tree->n; i++)
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++)
            write_row(tree, i, k, has_wall, share[i], stream);
    free(share);
    return check_stream(stream);
}

/* --- VTU --- */

static void write_base64(const unsigned char *bytes, size_t n, FILE *stream)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        unsigned word = (unsigned)bytes[i] << 16;
        if (i + 1 < n)
            word |= (unsigned)bytes[i + 1] << 8;
        if (i + 2 < n)
            word |= bytes[i + 2];
        putc(digits[word >> 18], stream);
        putc(digits[word >> 12 & 63], stream);
        putc(i + 1 < n ? digits[word >> 6 & 63] : '=', stream);
        putc(i + 2 < n ? digits[word & 63] : '=', stream);
    }
}

/* 8 bytes of length in front, all in one piece. */
static int write_array(const char *name, const char *type, int n_components,
                       const void *data, size_t n_bytes, FILE *stream)
{
    uint64_t length = n_bytes;
    unsigned char *bytes = malloc(n_bytes + 8);

    if (!bytes)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, data, n_bytes);
    fprintf(stream, "<DataArray type=\"%s\" Name=\"%s\" ", type, name);
    if (n_components > 1) /* said of one, some readers make a matrix with one column */
        fprintf(stream, "NumberOfComponents=\"%d\" ", n_components);
    fputs("format=\"binary\">", stream);
    write_base64(bytes, n_bytes + 8, stream);
    fputs("</DataArray>\n", stream);
    free(bytes);
    return PN_OK;
}

/* Column of each row, in leaves: `left` leaves stand left of it, the middle is its own.
 */
static void columns_of(const struct pn_tree *tree, size_t *leaves, double *left)
{
    for (size_t i = tree->n; i-- > 0;) {
        leaves[i] += tree->n_children[i] == 0;
        if (i > 0)
            leaves[tree->parent[i]] += leaves[i];
    }
    for (size_t i = 0; i < tree->n; i++) {
        double next = left[i];
        int c = tree->first_child[i];
        for (int k = 0; k < tree->n_children[i]; k++) {
            left[c + k] = next;
            next += (double)leaves[c + k];
        }
        left[i] += (double)(leaves[i] - 1) / 2.0;
    }
}

/* Downwards by length, 2 mm between leaves. */
static int dendrogram(const struct pn_tree *tree, double *point)
{
    size_t *leaves = calloc(tree->n + 1, sizeof *leaves);
    double *column = calloc(tree->n + 1, sizeof *column);
    int status = PN_OK;

    if (!leaves || !column) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    columns_of(tree, leaves, column);
    point[0] = column[0] * 2e-3;
    for (size_t i = 0; i < tree->n; i++) {
        size_t before = pn_tree_start(tree, i);
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++) {
            point[3 * k] = column[i] * 2e-3;
            point[3 * k + 2] = point[3 * before + 2] - tree->segment_length[k];
            before = k;
        }
    }
out:
    free(leaves);
    free(column);
    return status;
}

static int write_points(const struct pn_tree *tree, FILE *stream)
{
    double *point = calloc(3 * tree->n_points + 1, sizeof *point);
    int status = PN_OK;

    if (!point)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (!tree->x)
        PN_TRY(dendrogram(tree, point));
    for (size_t k = 0; tree->x && k < tree->n_points; k++) {
        point[3 * k] = tree->x[k];
        point[3 * k + 1] = tree->y[k];
        point[3 * k + 2] = tree->z[k];
    }
    for (size_t k = 0; k < 3 * tree->n_points; k++)
        point[k] *= 1e3; /* mm */
    fputs("<Points>\n", stream);
    status = write_array("Points", "Float64", 3, point,
                         3 * tree->n_points * sizeof *point, stream);
    fputs("</Points>\n", stream);
out:
    free(point);
    return status;
}

static int write_cells(const struct pn_tree *tree, FILE *stream)
{
    size_t n = tree->n_points - 1;
    int64_t *number = calloc(2 * n + 1, sizeof *number);
    unsigned char *type = calloc(n + 1, 1);
    int status = PN_OK;

    if (!number || !type) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    fputs("<Cells>\n", stream);
    for (size_t i = 0; i < tree->n; i++)
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++) {
            size_t from = k > tree->first_point[i] ? k - 1 : pn_tree_start(tree, i);
            number[2 * (k - 1)] = (int64_t)from;
            number[2 * (k - 1) + 1] = (int64_t)k;
        }
    PN_TRY(
        write_array("connectivity", "Int64", 1, number, 2 * n * sizeof *number, stream));
    for (size_t k = 0; k < n; k++) {
        number[k] = (int64_t)(2 * (k + 1));
        type[k] = 3; /* line */
    }
    PN_TRY(write_array("offsets", "Int64", 1, number, n * sizeof *number, stream));
    PN_TRY(write_array("types", "UInt8", 1, type, n, stream));
    fputs("</Cells>\n", stream);
out:
    free(number);
    free(type);
    return status;
}

/* A number of each row, times `scale`, at all of its segments. */
static int write_rows(const struct pn_tree *tree, const int *owner, const char *name,
                      const double *row, double scale, double *room, FILE *stream)
{
    size_t n = tree->n_points - 1;

    for (size_t k = 0; k < n; k++)
        room[k] = row[owner[k + 1]] * scale;
    return write_array(name, "Float64", 1, room, n * sizeof *room, stream);
}

static int write_row_ints(const struct pn_tree *tree, const int *owner, const char *name,
                          const int *row, int *room, FILE *stream)
{
    size_t n = tree->n_points - 1;

    for (size_t k = 0; k < n; k++)
        room[k] = row ? row[owner[k + 1]] : owner[k + 1];
    return write_array(name, "Int32", 1, room, n * sizeof *room, stream);
}

static int write_segments(const struct pn_tree *tree, const char *name,
                          const double *segment, double *room, FILE *stream)
{
    size_t n = tree->n_points - 1;

    for (size_t k = 0; k < n; k++)
        room[k] = segment[k + 1] * 1e3; /* mm */
    return write_array(name, "Float64", 1, room, n * sizeof *room, stream);
}

static int write_point_fields(const struct pn_tree *tree,
                              const struct pn_tree_field *field, size_t n, FILE *stream)
{
    int status = PN_OK;

    fputs("<PointData>\n", stream);
    for (size_t i = 0; i < n; i++)
        if (field[i].at_points)
            PN_TRY(write_array(field[i].name, "Float64", 1, field[i].value,
                               tree->n_points * sizeof *field[i].value, stream));
    fputs("</PointData>\n", stream);
out:
    return status;
}

static int write_cell_data(const struct pn_tree *tree, const struct pn_tree_field *field,
                           size_t n_fields, FILE *stream)
{
    int *owner = calloc(tree->n_points + 1, sizeof *owner);
    int *ints = calloc(tree->n_points + 1, sizeof *ints);
    double *room = calloc(tree->n_points + 1, sizeof *room), *share = row_shares(tree);
    int status = PN_OK;

    if (!owner || !ints || !room || !share) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    pn_tree_owners(tree, owner);
    fputs("<CellData Scalars=\"radius\">\n", stream);
    PN_TRY(write_segments(tree, "radius", tree->segment_radius, room, stream));
    PN_TRY(write_segments(tree, "length", tree->segment_length, room, stream));
    PN_TRY(write_row_ints(tree, owner, "airway", NULL, ints, stream));
    PN_TRY(write_row_ints(tree, owner, "generation", tree->generation, ints, stream));
    PN_TRY(write_row_ints(tree, owner, "horsfield", tree->horsfield, ints, stream));
    PN_TRY(write_row_ints(tree, owner, "strahler", tree->strahler, ints, stream));
    PN_TRY(write_row_ints(tree, owner, "lobe", tree->lobe, ints, stream));
    PN_TRY(write_rows(tree, owner, "multiplicity", tree->multiplicity, 1, room, stream));
    PN_TRY(write_rows(tree, owner, "share", share, 1, room, stream));
    if (has_wall_area(tree))
        PN_TRY(write_rows(tree, owner, "wall_area", tree->wall_area, 1e6, room, stream));
    for (size_t i = 0; i < n_fields; i++)
        if (!field[i].at_points)
            PN_TRY(
                write_rows(tree, owner, field[i].name, field[i].value, 1, room, stream));
    fputs("</CellData>\n", stream);
out:
    free(owner);
    free(ints);
    free(room);
    free(share);
    return status;
}

int pn_tree_write_vtu(const struct pn_tree *tree, FILE *stream)
{
    return pn_tree_write_fields(tree, NULL, 0, stream);
}

int pn_tree_write_fields(const struct pn_tree *tree, const struct pn_tree_field *field,
                         size_t n_fields, FILE *stream)
{
    int status;

    errno = 0;
    fprintf(stream,
            "<?xml version=\"1.0\"?>\n<!-- airway tree: lengths in mm, areas in mm2 -->\n"
            "<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" "
            "byte_order=\"LittleEndian\" header_type=\"UInt64\">\n<UnstructuredGrid>\n"
            "<Piece NumberOfPoints=\"%zu\" NumberOfCells=\"%zu\">\n",
            tree->n_points, tree->n_points - 1);
    PN_TRY(write_points(tree, stream));
    PN_TRY(write_cells(tree, stream));
    if (n_fields > 0)
        PN_TRY(write_point_fields(tree, field, n_fields, stream));
    PN_TRY(write_cell_data(tree, field, n_fields, stream));
    fputs("</Piece>\n</UnstructuredGrid>\n</VTKFile>\n", stream);
    status = check_stream(stream);
out:
    return status;
}
