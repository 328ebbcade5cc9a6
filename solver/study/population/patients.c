/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patients CSV: one row a patient, units in the header. */
#include <stdlib.h>
#include <string.h>

#include "solver/study/population/population.h"
#include "solver/text/csv.h"

struct column {
    char *name;
    const struct pn_quantity *row; /* NULL: the ID, or a column without use here */
    double *value;                 /* [rows] */
    double factor;                 /* to the unit of the row */
    int is_id;
};

struct table {
    struct pn_csv csv;
    struct column column[PN_CSV_FIELDS];
    size_t n_columns, n_rows;
    int64_t *id;
    int *line; /* of each row */
};

static void read_header(struct pn_study_reader *r, struct table *t, size_t i,
                        size_t max_rows)
{
    struct pn_place place = t->csv.place[i];
    struct column *c = &t->column[i];
    char *header = pn_arena_copy(r->text.arena, t->csv.field[i], strlen(t->csv.field[i]));
    static char one[] = "1";
    const char *unit;
    double molar_mass;

    if (!header)
        return;
    unit = pn_split_unit(header, one);
    c->name = header;
    c->is_id = strcmp(header, "ID") == 0;
    for (size_t k = 0; k < i; k++)
        if (strcmp(t->column[k].name, header) == 0) {
            pn_complain(r->text.list, place, "the column '%.64s' is there twice", header);
            return;
        }
    if (!unit) {
        pn_complain(r->text.list, place, "column '%.64s' must be NAME or NAME [UNIT]",
                    header);
        return;
    }
    if (c->is_id || pn_find_row(r, place, header, &c->row, &molar_mass) != 1)
        return;
    for (size_t k = 0; k < i; k++) /* WT and weight */
        if (t->column[k].row == c->row && !strchr(header, '.')) {
            pn_complain(r->text.list, place, "the column '%.64s' is there twice",
                        c->row->name);
            return;
        }
    if (strcmp(unit, "1") == 0 && strcmp(c->row->unit, "1") != 0)
        pn_complain(r->text.list, place, "column '%s' has no unit, expected '%s [%s]'",
                    header, header, c->row->unit);
    else if (pn_read_factor(&r->text, place, header, unit, c->row->unit, molar_mass,
                            &c->factor))
        c->value = pn_give_column(r, place, c->name, c->row, max_rows);
}

static double read_value(struct pn_study_reader *r, const struct column *c,
                         const char *field, struct pn_place place)
{
    const char *rest = "";
    double value = 0.0;

    if (field[0] == '\0')
        pn_complain(r->text.list, place, "%s has no value", c->name);
    else if (c->row->categories) {
        if (!pn_category_read(r, c->row, field, place, &value))
            pn_complain(r->text.list, place, "%s must be %s, found '%.40s'", c->name,
                        pn_category_words(r, c->row), field);
    } else {
        enum pn_number is = pn_number_parse(field, &rest, &value);
        if (is == PN_NOT_FINITE)
            pn_complain(r->text.list, place, "%s must be a finite number, found '%.40s'",
                        c->name, field);
        else if (is == PN_NOT_A_NUMBER || *rest)
            pn_complain(r->text.list, place, "%s must be a number, found '%.40s'",
                        c->name, field);
        else {
            value *= c->factor;
            pn_in_range(&r->text, place, c->name, c->row, value);
        }
    }
    return value;
}

static int64_t read_id(struct pn_study_reader *r, char *field, struct pn_place place)
{
    struct pn_yaml node = {.kind = PN_YAML_TEXT, .place = place, .text = field};
    uint64_t id = 0;

    pn_read_whole(&r->text, &node, "ID", 1, INT64_MAX, &id);
    return (int64_t)id;
}

static void read_row(struct pn_study_reader *r, struct table *t)
{
    struct pn_csv *csv = &t->csv;

    t->line[t->n_rows] = csv->place[0].line;
    if (csv->n_fields != t->n_columns) {
        pn_complain(r->text.list, (struct pn_place){csv->file, csv->place[0].line, 0},
                    "%zu fields, the header has %zu", csv->n_fields, t->n_columns);
        t->id[t->n_rows] = -(int64_t)t->n_rows; /* no duplicate of anything */
        t->n_rows++;
        return;
    }
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct column *c = &t->column[i];
        if (c->is_id)
            t->id[t->n_rows] = read_id(r, csv->field[i], csv->place[i]);
        else if (c->value)
            c->value[t->n_rows] = read_value(r, c, csv->field[i], csv->place[i]);
    }
    t->n_rows++;
}

struct numbered {
    int64_t id;
    int line;
};

static int by_id_then_line(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static void check_ids(struct pn_study_reader *r, const struct table *t)
{
    struct numbered *sorted = pn_arena_take(r->text.arena, t->n_rows, sizeof *sorted);

    if (!sorted)
        return;
    for (size_t i = 0; i < t->n_rows; i++)
        sorted[i] = (struct numbered){t->id[i], t->line[i]};
    qsort(sorted, t->n_rows, sizeof *sorted, by_id_then_line);
    for (size_t i = 1; i < t->n_rows; i++)
        if (sorted[i].id == sorted[i - 1].id && sorted[i].id > 0)
            pn_complain(r->text.list, (struct pn_place){t->csv.file, sorted[i].line, 0},
                        "patient %lld is there twice, first in line %d",
                        (long long)sorted[i].id, sorted[i - 1].line);
}

static int read_headers(struct pn_study_reader *r, struct table *t, size_t max_rows)
{
    int has_id = 0, found = pn_csv_next(&t->csv, r->text.list);

    if (found == 0)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "the file is empty");
    if (found <= 0)
        return 0;
    t->n_columns = t->csv.n_fields;
    for (size_t i = 0; i < t->n_columns && !r->text.arena->failed; i++) {
        read_header(r, t, i, max_rows);
        has_id |= t->column[i].is_id;
    }
    if (!has_id)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 1, 0},
                    "the column 'ID' is missing");
    return has_id && !r->text.arena->failed;
}

void pn_read_patients(struct pn_study_reader *r, const struct pn_yaml *file)
{
    char *name = pn_read_text(&r->text, file, "patients");
    struct pn_source *source =
        name ? pn_read_source(&r->text, file->place, name, PN_CSV_BYTES) : NULL;
    struct table *t = pn_arena_take(r->text.arena, 1, sizeof *t);
    size_t max_rows;
    int more;

    if (!source || !t)
        return;
    t->csv = (struct pn_csv){.file = source->path, .text = source->text, .n = source->n};
    t->csv.line = 1;
    max_rows = pn_count_lines(source);
    t->id = pn_arena_take(r->text.arena, max_rows, sizeof *t->id);
    t->line = pn_arena_take(r->text.arena, max_rows, sizeof *t->line);
    if (r->text.arena->failed || !read_headers(r, t, max_rows))
        return;
    while ((more = pn_csv_next(&t->csv, r->text.list)) > 0)
        read_row(r, t);
    if (more == 0 && t->n_rows == 0)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "there are no patients");
    check_ids(r, t);
    r->study->population.n_patients = t->n_rows;
    r->study->population.id = t->id;
}
