/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datasets by their dimensions, listed and read in blocks. */
#include "solver/result/field.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/result/guard.h"

enum {
    BLOCK = 1 << 15,       /* elements read at once */
    TEXTS = 1 << 10,       /* the same of texts */
    TEXT_BYTES = 1 << 26,  /* of the texts of a block: many may name one long text */
    FIELDS_LIMIT = 1 << 16 /* datasets */
};

/* --- what a dataset is --- */

static int kind_of(hid_t dataset, enum pn_field_kind *kind)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    int good = 1;

    if (class == H5T_FLOAT && H5Tget_size(type) <= 8)
        *kind = PN_FIELD_REAL;
    else if (class == H5T_INTEGER && H5Tget_size(type) <= 8)
        *kind = PN_FIELD_INTEGER;
    else if (class == H5T_STRING && H5Tis_variable_str(type) > 0)
        *kind = PN_FIELD_TEXT;
    else
        good = 0;
    H5Tclose(type);
    return good;
}

/* also through a scale: its name without the slash */
static herr_t name_scale(hid_t dataset, unsigned dimension, hid_t scale, void *name)
{
    char path[162];
    ssize_t n = H5Iget_name(scale, path, sizeof path);

    (void)dataset;
    (void)dimension;
    if (n < 2 || n > 160)
        return -1;
    memcpy(name, path + 1, (size_t)n); /* with its end */
    return 1;                          /* the first one; then stop */
}

static int read_extents(hid_t dataset, struct pn_field *field)
{
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    hsize_t extent[PN_FIELD_RANK] = {0};

    if (rank >= 0 && rank <= PN_FIELD_RANK &&
        H5Sget_simple_extent_dims(space, extent, NULL) == rank) {
        field->rank = rank;
        field->n = 1;
        for (int i = 0; i < rank; i++) {
            field->extent[i] = (size_t)extent[i];
            field->n *= field->extent[i]; /* within the file: the guard has looked */
        }
    } else {
        rank = -1;
    }
    H5Sclose(space);
    return rank;
}

static void name_dimensions(hid_t dataset, struct pn_field *field)
{
    field->is_scale = H5DSis_scale(dataset) > 0;
    if (field->is_scale) {
        snprintf(field->over[0], sizeof field->over[0], "%s", field->name);
        return;
    }
    for (int i = 0; i < field->rank && i < PN_FIELD_RANK; i++)
        if (H5DSiterate_scales(dataset, (unsigned)i, NULL, name_scale, field->over[i]) <=
            0)
            field->over[i][0] = '\0';
}

static int describe(const struct pn_result *result, const char *name,
                    struct pn_field *field)
{
    hid_t dataset = -1;
    char *unit;
    int status;

    *field = (struct pn_field){.rank = 0};
    if (strlen(name) >= sizeof field->name)
        return pn_result_refuse(result, name, "has a name that is too long");
    snprintf(field->name, sizeof field->name, "%s", name);
    PN_TRY(pn_result_dataset(result, name, &dataset));
    if (!kind_of(dataset, &field->kind)) {
        status = pn_result_refuse(result, name, "holds neither numbers nor texts");
        goto out;
    }
    if (read_extents(dataset, field) < 0) {
        status = pn_result_refuse(result, name, "has too many dimensions");
        goto out;
    }
    name_dimensions(dataset, field);
    unit = pn_result_text(result, name, "units");
    field->has_unit = unit != NULL;
    snprintf(field->unit, sizeof field->unit, "%s", unit ? unit : "");
    free(unit);
out:
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

/* --- the list --- */

struct visit {
    const struct pn_result *result;
    struct pn_fields *fields;
    size_t n_limit;
    int status;
};

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *link,
                         void *user)
{
    struct visit *visit = user;
    H5O_info_t about;

    if (link->type == H5L_TYPE_HARD &&
        H5Oget_info_by_name2(group, name, &about, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
        about.type == H5O_TYPE_GROUP)
        return 0; /* such as the provenance */
    if (visit->fields->n == visit->n_limit)
        return -1;
    visit->status =
        describe(visit->result, name, &visit->fields->field[visit->fields->n]);
    if (visit->status != PN_OK)
        return -1;
    visit->fields->n++;
    return 0;
}

int pn_fields_list(const struct pn_result *result, struct pn_fields *fields)
{
    struct visit visit = {.result = result, .fields = fields};
    H5G_info_t group;

    *fields = (struct pn_fields){.n = 0};
    if (H5Gget_info(result->hdf.file, &group) < 0 || group.nlinks > FIELDS_LIMIT)
        return pn_result_refuse(result, "/", "has too many entries");
    visit.n_limit = (size_t)group.nlinks;
    fields->field = calloc(visit.n_limit + 1, sizeof *fields->field);
    if (!fields->field)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the datasets of a result");
    /* in the order of creation; a copy by another program may have lost it */
    if (H5Literate(result->hdf.file, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, visit_link,
                   &visit) < 0 &&
        visit.status == PN_OK) {
        fields->n = 0;
        if (H5Literate(result->hdf.file, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link,
                       &visit) < 0 &&
            visit.status == PN_OK)
            return pn_hdf_fail(&result->hdf, "list", "the datasets");
    }
    return visit.status;
}

void pn_fields_free(struct pn_fields *fields)
{
    free(fields->field);
    *fields = (struct pn_fields){.n = 0};
}

const struct pn_field *pn_fields_find(const struct pn_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->n; i++)
        if (strcmp(fields->field[i].name, name) == 0)
            return &fields->field[i];
    return NULL;
}

void pn_field_dimensions(const struct pn_field *field, char *text, size_t size)
{
    size_t used = 0;

    snprintf(text, size, "()");
    for (int i = 0; i < field->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s%s", i > 0 ? ", " : "(",
                                 field->over[i][0] ? field->over[i] : "?",
                                 i == field->rank - 1 ? ")" : "");
}

/* --- reading --- */

int pn_field_open(const struct pn_result *result, const struct pn_field *field,
                  size_t most, struct pn_field_reader *reader)
{
    size_t quick = field->kind == PN_FIELD_TEXT ? TEXTS : BLOCK;
    int status;

    *reader = (struct pn_field_reader){
        .result = result, .field = field, .dataset = -1, .type = -1};
    reader->most = most > 0 ? most : quick < field->n ? quick : field->n;
    PN_TRY(pn_result_dataset(result, field->name, &reader->dataset));
    reader->type = H5Tcopy(field->kind == PN_FIELD_REAL      ? H5T_NATIVE_DOUBLE
                           : field->kind == PN_FIELD_INTEGER ? H5T_NATIVE_INT64
                                                             : H5T_C_S1);
    if (field->kind == PN_FIELD_TEXT && (H5Tset_size(reader->type, H5T_VARIABLE) < 0 ||
                                         H5Tset_cset(reader->type, H5T_CSET_UTF8) < 0))
        status = pn_hdf_fail(&result->hdf, "read", field->name);
    reader->buffer = calloc(reader->most + 1, sizeof(double)); /* nothing is larger */
    if (!reader->buffer)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s", field->name);
out:
    return status;
}

static void free_texts(struct pn_field_reader *reader)
{
    if (reader->field && reader->field->kind == PN_FIELD_TEXT && reader->buffer)
        for (size_t i = 0; i < reader->n; i++)
            free(((char **)reader->buffer)[i]);
}

void pn_field_close(struct pn_field_reader *reader)
{
    free_texts(reader);
    if (reader->field && reader->type >= 0)
        H5Tclose(reader->type);
    if (reader->field && reader->dataset >= 0)
        H5Dclose(reader->dataset);
    free(reader->buffer);
    *reader = (struct pn_field_reader){.dataset = -1, .type = -1};
}

/* the box that begins at an element, at most as many as fit in; @return its elements */
static size_t choose_box(const struct pn_field_reader *reader, size_t element,
                         hsize_t *start, hsize_t *count)
{
    const struct pn_field *field = reader->field;
    size_t inner = 1, row;
    int k = field->rank - 1;

    /* whole inner dimensions while they fit, and a range of the next one */
    while (k > 0 && inner * field->extent[k] <= reader->most &&
           element % (inner * field->extent[k]) == 0) {
        start[k] = 0;
        count[k] = field->extent[k];
        inner *= field->extent[k];
        k--;
    }
    row = element / inner;
    start[k] = row % field->extent[k];
    count[k] = reader->most / inner < field->extent[k] - start[k]
                   ? reader->most / inner
                   : field->extent[k] - start[k];
    inner *= (size_t)count[k];
    row /= field->extent[k];
    while (--k >= 0) {
        start[k] = row % field->extent[k];
        count[k] = 1;
        row /= field->extent[k];
    }
    return inner;
}

/* texts become ours: HDF5 frees its own with the type and space they were read with */
static int keep_texts(struct pn_field_reader *reader, hid_t space)
{
    char **text = reader->buffer, **copy = calloc(reader->n + 1, sizeof *copy);
    int status = PN_OK;

    for (size_t i = 0; copy && i < reader->n; i++) {
        copy[i] = strdup(text[i] ? text[i] : "");
        if (!copy[i])
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read texts");
    }
    H5Dvlen_reclaim(reader->type, space, H5P_DEFAULT, text);
    for (size_t i = 0; i < reader->n; i++)
        text[i] = copy ? copy[i] : NULL;
    free(copy);
    return copy ? status : PN_FAIL(PN_ERR_MEMORY, "out of memory to read texts");
}

static int read_box(struct pn_field_reader *reader, hid_t file, hid_t memory)
{
    const struct pn_field *field = reader->field;
    hsize_t n_bytes = 0;

    /* one text is no longer than the file (and libhdf5 1.10 does not survive asking for
     * the size of one without dimensions) */
    if (field->kind == PN_FIELD_TEXT && field->rank > 0) {
        if (H5Dvlen_get_buf_size(reader->dataset, reader->type, file, &n_bytes) < 0 ||
            n_bytes > TEXT_BYTES) {
            reader->n = 0;
            return pn_result_refuse(reader->result, field->name,
                                    "has texts that cannot be read, or too long ones");
        }
    }
    if (H5Dread(reader->dataset, reader->type, memory, file, H5P_DEFAULT,
                reader->buffer) < 0) {
        reader->n = 0;
        return pn_hdf_fail(&reader->result->hdf, "read", field->name);
    }
    return field->kind == PN_FIELD_TEXT ? keep_texts(reader, memory) : PN_OK;
}

static int read_from(struct pn_field_reader *reader, size_t element)
{
    const struct pn_field *field = reader->field;
    hsize_t start[PN_FIELD_RANK], count[PN_FIELD_RANK], extent[PN_FIELD_RANK], n;
    hid_t file, memory;
    int status = PN_OK;

    free_texts(reader);
    reader->first = element;
    reader->n = 0;
    if (element >= field->n)
        return PN_OK;
    for (int i = 0; i < field->rank; i++)
        extent[i] = field->extent[i];
    n = field->rank > 0 ? choose_box(reader, element, start, count) : 1;
    reader->n = (size_t)n;
    memory = H5Screate_simple(1, &n, NULL);
    file = field->rank > 0 ? H5Screate_simple(field->rank, extent, NULL)
                           : H5Screate(H5S_SCALAR);
    if (field->rank > 0)
        H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL);
    status = read_box(reader, file, memory);
    H5Sclose(memory);
    H5Sclose(file);
    return status;
}

int pn_field_next(struct pn_field_reader *reader)
{
    return read_from(reader, reader->first + reader->n);
}

void pn_field_seek(struct pn_field_reader *reader, size_t element)
{
    free_texts(reader);
    reader->first = element;
    reader->n = 0;
}

/* --- words --- */

static void put_element(const struct pn_field_reader *reader, char *text, size_t size)
{
    const struct pn_field *field = reader->field;
    const char *unit =
        field->has_unit && strcmp(field->unit, "1") != 0 ? field->unit : "";

    if (field->kind == PN_FIELD_TEXT)
        snprintf(text, size, "%s", *(char **)reader->buffer);
    else if (field->kind == PN_FIELD_INTEGER)
        snprintf(text, size, "%lld%s%s", (long long)*(int64_t *)reader->buffer,
                 *unit ? " " : "", unit);
    else
        snprintf(text, size, "%.15g%s%s", *(double *)reader->buffer, *unit ? " " : "",
                 unit);
}

int pn_field_place(const struct pn_result *result, const struct pn_fields *fields,
                   const struct pn_field *field, size_t element, char *text, size_t size)
{
    size_t index[PN_FIELD_RANK], used = 0;
    int status = PN_OK;

    text[0] = '\0';
    for (int i = field->rank - 1; i >= 0; i--) {
        index[i] = element % field->extent[i];
        element /= field->extent[i];
    }
    for (int i = 0; i < field->rank && used < size; i++) {
        const struct pn_field *scale = pn_fields_find(fields, field->over[i]);
        struct pn_field_reader reader;
        char word[256];

        snprintf(word, sizeof word, "#%zu", index[i]);
        if (scale && scale->n > index[i]) {
            status = pn_field_open(result, scale, 1, &reader);
            if (status == PN_OK)
                status = read_from(&reader, index[i]);
            if (status == PN_OK)
                put_element(&reader, word, sizeof word);
            pn_field_close(&reader);
            PN_TRY(status);
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s %s", i > 0 ? ", " : "",
                                 field->over[i][0] ? field->over[i] : "index", word);
    }
out:
    return status;
}

int pn_result_whole_text(const struct pn_result *result, const char *name, char **text)
{
    struct pn_field field;
    struct pn_field_reader reader = {.field = NULL};
    int status;

    *text = NULL;
    PN_TRY(describe(result, name, &field));
    if (field.kind != PN_FIELD_TEXT || field.n != 1)
        return pn_result_refuse(result, name, "is not one text");
    PN_TRY(pn_field_open(result, &field, 1, &reader));
    PN_TRY(pn_field_next(&reader));
    *text = ((char **)reader.buffer)[0];
    ((char **)reader.buffer)[0] = NULL;
out:
    pn_field_close(&reader);
    return status;
}

int pn_fields_unknown(const char *path, const struct pn_fields *fields, const char *name)
{
    const char **known = calloc(fields->n + 1, sizeof *known), *nearest = NULL;

    for (size_t i = 0; known && i < fields->n; i++)
        known[i] = fields->field[i].name;
    if (known)
        nearest = pn_nearest(name, known, fields->n);
    free(known);
    return PN_FAIL(PN_ERR_USAGE, "%s has no dataset '%s'%s%s%s", path, name,
                   nearest ? ": did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}
