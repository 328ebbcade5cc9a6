/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table: keys (arm, patient, time …), then a column for each dataset, in blocks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/export.h"
#include "solver/result/field_attributes.h"
#include "solver/text/csv_put.h"

enum { ELEMENTS = 1 << 22 }; /* in the buffers of all columns */

/* a dataset as a column; words[i] stands for values[i] */
struct column {
    const struct pn_field *field;
    struct pn_field_reader reader;
    char *meanings, **word;
    double *value;
    size_t n_words;
    struct key *whose; /* an index in another dimension; NULL: a number */
};

/* a dimension, with its whole scale */
struct key {
    const struct pn_field *scale; /* NULL: numbered from 0 */
    struct pn_field_reader reader;
};

struct writer {
    const struct pn_result *result;
    const struct pn_fields *fields;
    const struct pn_sheet *sheet;
    FILE *stream;
    struct key key[PN_FIELD_RANK], point, arm, patient;
    struct column *column;
};

static int load_key(const struct writer *w, const char *name, struct key *key)
{
    int status = PN_OK;

    key->scale = pn_fields_find(w->fields, name);
    if (!key->scale || key->scale->rank != 1 || key->scale->n == 0) {
        key->scale = NULL;
        return PN_OK;
    }
    PN_TRY(pn_field_open(w->result, key->scale, key->scale->n, &key->reader));
    PN_TRY(pn_field_next(&key->reader));
out:
    return status;
}

/* --- cells --- */

static void put_number(FILE *stream, double number)
{
    if (!isnan(number)) /* missing is empty */
        pn_csv_put_number(stream, number);
}

static void put_element(FILE *stream, enum pn_field_kind kind, const void *data, size_t i)
{
    if (kind == PN_FIELD_REAL)
        put_number(stream, ((const double *)data)[i]);
    else if (kind == PN_FIELD_INTEGER)
        fprintf(stream, "%lld", (long long)((const int64_t *)data)[i]);
    else
        pn_csv_put_text(stream, ((char *const *)data)[i]);
}

static void put_key(FILE *stream, const struct key *key, size_t index)
{
    if (key->scale && index < key->reader.n)
        put_element(stream, key->scale->kind, key->reader.buffer, index);
    else
        fprintf(stream, "%zu", index);
}

/* the word of a flag, or the number itself */
static void put_flag(FILE *stream, const struct column *column, size_t i)
{
    const void *data = column->reader.buffer;
    double value = column->field->kind == PN_FIELD_REAL
                       ? ((const double *)data)[i]
                       : (double)((const int64_t *)data)[i];

    for (size_t k = 0; k < column->n_words; k++)
        if (column->value[k] == value) {
            pn_csv_put_text(stream, column->word[k]);
            return;
        }
    put_element(stream, column->field->kind, data, i);
}

/* the column's value of an element of the sheet */
static int put_cell(const struct writer *w, struct column *column, size_t element)
{
    struct pn_field_reader *r = &column->reader;
    size_t at = element % column->field->n;
    int status = PN_OK;

    if (at < r->first || at >= r->first + r->n) {
        if (at != r->first + r->n)
            pn_field_seek(r, at);
        PN_TRY(pn_field_next(r));
    }
    at -= r->first;
    if (column->whose)
        put_key(w->stream, column->whose, (size_t)((const int64_t *)r->buffer)[at]);
    else if (column->n_words > 0)
        put_flag(w->stream, column, at);
    else
        put_element(w->stream, column->field->kind, r->buffer, at);
out:
    return status;
}

/* --- columns --- */

/* the flags of a dataset such as status: numbers and words */
static int read_flags(const struct writer *w, struct column *column)
{
    struct pn_attributes all = {.n = 0};
    const char *values, *meanings;
    int status;

    PN_TRY(pn_attributes_list(w->result, column->field->name, &all));
    values = pn_attributes_find(&all, "flag_values");
    meanings = pn_attributes_find(&all, "flag_meanings");
    if (!values || !meanings)
        goto out;
    column->meanings = strdup(meanings);
    column->word = calloc(strlen(meanings) + 1, sizeof *column->word);
    column->value = calloc(strlen(meanings) + 1, sizeof *column->value);
    if (!column->meanings || !column->word || !column->value) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the words of flags");
        goto out;
    }
    for (char *rest = column->meanings, *word; (word = strsep(&rest, " "));) {
        char *end;
        double value = strtod(values, &end);

        if (end == values)
            break; /* more words than numbers */
        values = end;
        column->word[column->n_words] = word;
        column->value[column->n_words++] = value;
    }
out:
    pn_attributes_free(&all);
    return status;
}

static int open_column(struct writer *w, const struct pn_field *field, size_t most,
                       struct column *column)
{
    const char *in = strchr(field->name, '_'); /* dose_arm, obs_patient, … */
    int status, is_index = strncmp(field->name, "dose_", 5) == 0 ||
                           strncmp(field->name, "obs_", 4) == 0 ||
                           strncmp(field->name, "record_", 7) == 0;

    column->field = field;
    if (field->kind == PN_FIELD_INTEGER && is_index)
        column->whose = strcmp(in, "_point") == 0     ? &w->point
                        : strcmp(in, "_arm") == 0     ? &w->arm
                        : strcmp(in, "_patient") == 0 ? &w->patient
                                                      : NULL;
    PN_TRY(pn_field_open(w->result, field, most < field->n ? most : field->n,
                         &column->reader));
    if (field->kind != PN_FIELD_TEXT)
        PN_TRY(read_flags(w, column));
out:
    return status;
}

/* --- rows --- */

static void put_title(FILE *stream, const char *name, const struct pn_field *field)
{
    char title[240];

    if (field && field->has_unit && field->unit[0] && strcmp(field->unit, "1") != 0)
        snprintf(title, sizeof title, "%s [%s]", name, field->unit);
    else
        snprintf(title, sizeof title, "%s", name);
    pn_csv_put_text(stream, title);
}

/* whether the elements of the sheet say themselves whose they are */
static int is_list(const struct pn_field *shape, int i)
{
    return strcmp(shape->over[i], "dose") == 0 || strcmp(shape->over[i], "obs") == 0 ||
           strcmp(shape->over[i], "record") == 0;
}

static void put_header(const struct writer *w)
{
    const struct pn_field *shape = w->sheet->shape;
    const char *separator = "";

    for (int i = 0; i < shape->rank; i++)
        if (!is_list(shape, i)) {
            fputs(separator, w->stream);
            put_title(w->stream, shape->over[i], w->key[i].scale);
            separator = ",";
        }
    for (size_t k = 0; k < w->sheet->n_columns; k++) {
        const char *name = w->column[k].field->name;

        fputs(separator, w->stream);
        if (w->column[k].whose)
            name = strchr(name, '_') + 1;
        put_title(w->stream, name, w->column[k].whose ? NULL : w->column[k].field);
        separator = ",";
    }
    fputs("\r\n", w->stream);
}

static int put_row(const struct writer *w, size_t element)
{
    const struct pn_field *shape = w->sheet->shape;
    size_t index[PN_FIELD_RANK], rest = element;
    const char *separator = "";
    int status = PN_OK;

    for (int i = shape->rank - 1; i >= 0; i--) {
        index[i] = rest % shape->extent[i];
        rest /= shape->extent[i];
    }
    for (int i = 0; i < shape->rank; i++)
        if (!is_list(shape, i)) {
            fputs(separator, w->stream);
            put_key(w->stream, &w->key[i], index[i]);
            separator = ",";
        }
    for (size_t k = 0; k < w->sheet->n_columns; k++) {
        fputs(separator, w->stream);
        PN_TRY(put_cell(w, &w->column[k], element));
        separator = ",";
    }
    fputs("\r\n", w->stream);
out:
    return status;
}

static int write_rows(struct writer *w)
{
    const struct pn_sheet *sheet = w->sheet;
    size_t most = ELEMENTS / (sheet->n_columns + 1);
    int status;

    most = most < 64 ? 64 : most > 1 << 15 ? 1 << 15 : most;
    for (int i = 0; i < sheet->shape->rank; i++)
        if (!is_list(sheet->shape, i))
            PN_TRY(load_key(w, sheet->shape->over[i], &w->key[i]));
    PN_TRY(load_key(w, "point", &w->point));
    PN_TRY(load_key(w, "arm", &w->arm));
    PN_TRY(load_key(w, "patient", &w->patient));
    for (size_t k = 0; k < sheet->n_columns; k++)
        PN_TRY(open_column(w, sheet->column[k], most, &w->column[k]));
    put_header(w);
    for (size_t i = 0; i < sheet->shape->n && !ferror(w->stream); i++)
        PN_TRY(put_row(w, i));
out:
    return status;
}

int pn_sheet_write(const struct pn_result *result, const struct pn_fields *fields,
                   const struct pn_sheet *sheet, FILE *stream)
{
    struct writer w = {
        .result = result, .fields = fields, .sheet = sheet, .stream = stream};
    int status;

    w.column = calloc(sheet->n_columns, sizeof *w.column);
    if (!w.column)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the columns of a table");
    status = write_rows(&w);
    for (size_t k = 0; k < sheet->n_columns; k++) {
        pn_field_close(&w.column[k].reader);
        free(w.column[k].meanings);
        free(w.column[k].word);
        free(w.column[k].value);
    }
    for (int i = 0; i < PN_FIELD_RANK; i++)
        pn_field_close(&w.key[i].reader);
    pn_field_close(&w.point.reader);
    pn_field_close(&w.arm.reader);
    pn_field_close(&w.patient.reader);
    free(w.column);
    return status;
}
