/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patients CSV: one row a patient, units in the header. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"
#include "solver/text/csv.h"

struct column {
    const char *name;
    const struct pn_quantity *row; /* NULL: the ID, or a column without use here */
    double *value;                 /* [rows] */
    double factor;                 /* to the unit of the row */
    int is_id, is_arm;
};

struct table {
    struct pn_csv csv;
    struct column column[PN_CSV_FIELDS];
    size_t n_columns, n_rows;
    int64_t *id;
    int *line;    /* of each row */
    char **arm;   /* NULL: no such column */
    char **label; /* IDs as they stand */
};

/* CL is DRUG.CL where one part alone has it.  @return the header where it is none */
static const char *full_name(struct pn_study_reader *r, const char *header,
                             struct pn_place place)
{
    const struct pn_instance *found = NULL;
    const char *name;

    if (strchr(header, '.') || pn_covariate_row(r, header))
        return header;
    for (const struct pn_instance *i = r->instances; i; i = i->next) {
        if (pn_table_find(i->parameters, header) < 0)
            continue;
        if (found)
            pn_warn(r->text.list, place,
                    "'%.64s' is a parameter of %.64s and %.64s: call "
                    "it PART.%.64s",
                    header, found->name, i->name, header);
        if (found)
            return header;
        found = i;
    }
    name = found ? pn_arena_print(r->text.arena, "%s.%s", found->name, header) : NULL;
    return name ? name : header;
}

/* Does the event table give it, record by record? */
static int is_in_events(struct pn_study_reader *r, const char *name)
{
    const struct pn_given *given = strchr(name, '.') ? r->parameters : r->covariates;

    while (given && !(r->table && given->variable.column &&
                      strcmp(given->variable.name, name) == 0))
        given = given->next;
    return given != NULL;
}

/* Parameters of a fit come without units: then they are in those of their rows. */
static void read_unit(struct pn_study_reader *r, struct table *t, struct column *c,
                      const char *unit, struct pn_place place, size_t max_rows)
{
    double molar_mass;

    if (pn_find_row(r, place, c->name, &c->row, &molar_mass) != 1)
        return;
    for (const struct column *other = t->column; other < c; other++) /* WT and weight */
        if (other->row == c->row && !strchr(c->name, '.')) {
            pn_complain(r->text.list, place, "the column '%.64s' is there twice",
                        c->row->name);
            return;
        }
    if (is_in_events(r, strchr(c->name, '.') ? c->name : c->row->name)) {
        pn_warn(r->text.list, place,
                "the event table has %.64s, too: it is taken from "
                "there",
                c->name);
        c->row = NULL;
        return;
    }
    if (strcmp(unit, "1") == 0 && strcmp(c->row->unit, "1") != 0 && r->table) {
        pn_warn(r->text.list, place, "the column '%.64s' has no unit: it is taken as %s",
                t->csv.field[c - t->column], c->row->unit);
        unit = c->row->unit;
    }
    if (strcmp(unit, "1") == 0 && strcmp(c->row->unit, "1") != 0)
        pn_complain(r->text.list, place, "column '%s' has no unit, expected '%s [%s]'",
                    c->name, c->name, c->row->unit);
    else if (pn_read_factor(&r->text, place, c->name, unit, c->row->unit, molar_mass,
                            &c->factor))
        c->value = pn_give_column(r, place, c->name, c->row, max_rows);
}

/* FEV1_baseline, as a result calls the covariate where a test gives FEV1, too. */
static void drop_baseline(char *name)
{
    static const char end[] = "_baseline";
    size_t n = strlen(name), length = sizeof end - 1;

    if (n <= length || strcmp(name + n - length, end) != 0)
        return;
    name[n - length] = '\0';
    for (const struct pn_quantity *row = pn_covariates; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return;
    name[n - length] = '_'; /* no such covariate: the name is what it is */
}

static void read_header(struct pn_study_reader *r, struct table *t, size_t i,
                        size_t max_rows)
{
    struct pn_place place = t->csv.place[i];
    struct column *c = &t->column[i];
    char *header = pn_arena_copy(r->text.arena, t->csv.field[i], strlen(t->csv.field[i]));
    static char one[] = "1";
    const char *unit;

    if (!header)
        return;
    unit = pn_split_unit(header, one);
    c->name = header;
    c->is_id = strcmp(header, "ID") == 0 || strcmp(header, "patient") == 0;
    drop_baseline(header);
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
    c->is_arm = strcasecmp(header, "ARM") == 0;
    if (c->is_arm)
        t->arm = pn_arena_take(r->text.arena, max_rows, sizeof *t->arm);
    if (c->is_id || c->is_arm)
        return;
    c->name = full_name(r, header, place);
    read_unit(r, t, c, unit, place, max_rows);
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

/* Beside an event table whose IDs are texts any text will do. */
static void read_id(struct pn_study_reader *r, struct table *t, char *field,
                    struct pn_place place)
{
    struct pn_yaml node = {.kind = PN_YAML_TEXT, .place = place, .text = field};
    int any = r->table && r->study->events && r->study->events->label;
    uint64_t id = (uint64_t)t->n_rows + 1;

    t->label[t->n_rows] = pn_arena_copy(r->text.arena, field, strlen(field));
    if (!any)
        pn_read_whole(&r->text, &node, "ID", 1, INT64_MAX, &id);
    t->id[t->n_rows] = (int64_t)id;
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
            read_id(r, t, csv->field[i], csv->place[i]);
        else if (c->is_arm && t->arm)
            t->arm[t->n_rows] =
                pn_arena_copy(r->text.arena, csv->field[i], strlen(csv->field[i]));
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

/* @return NULL: complained */
static struct table *read_table(struct pn_study_reader *r, const struct pn_yaml *file)
{
    char *name = pn_read_text(&r->text, file, "patients");
    struct pn_source *source =
        name ? pn_read_source(&r->text, file->place, name, PN_CSV_BYTES) : NULL;
    struct table *t = pn_arena_take(r->text.arena, 1, sizeof *t);
    size_t max_rows;
    int more;

    if (!source || !t)
        return NULL;
    t->csv = (struct pn_csv){.file = source->path, .text = source->text, .n = source->n};
    t->csv.line = 1;
    max_rows = pn_count_lines(source);
    t->id = pn_arena_take(r->text.arena, max_rows, sizeof *t->id);
    t->line = pn_arena_take(r->text.arena, max_rows, sizeof *t->line);
    t->label = pn_arena_take(r->text.arena, max_rows, sizeof *t->label);
    if (r->text.arena->failed || !read_headers(r, t, max_rows))
        return NULL;
    while ((more = pn_csv_next(&t->csv, r->text.list)) > 0)
        read_row(r, t);
    if (more == 0 && t->n_rows == 0)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "there are no patients");
    check_ids(r, t);
    return t;
}

void pn_read_patients(struct pn_study_reader *r, const struct pn_yaml *file)
{
    struct table *t = read_table(r, file);

    if (!t)
        return;
    r->study->population.n_patients = t->n_rows;
    r->study->population.id = t->id;
    if (t->arm)
        pn_assign_arms(r, (struct pn_place){t->csv.file, 0, 0}, t->arm, t->id, t->n_rows);
}

/* --- beside an event table --- */

/* The rows of a column in the order of the event table's patients. */
static double *in_order(struct pn_study_reader *r, const double *value, const size_t *row,
                        size_t n)
{
    double *ordered = pn_arena_take(r->text.arena, n, sizeof *ordered);

    for (size_t i = 0; ordered && i < n; i++)
        ordered[i] = value[row[i]];
    return ordered;
}

/* a row by its number, or by its text where those of the event table are texts */
struct key {
    int64_t id;
    const char *label; /* NULL: by number */
    size_t row;
};

static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    return x->label && y->label ? strcmp(x->label, y->label)
                                : (x->id > y->id) - (x->id < y->id);
}

/* Which row has each patient of the event table.  @return NULL: one has none */
static size_t *find_rows(struct pn_study_reader *r, const struct table *t)
{
    const struct pn_events *events = r->study->events;
    size_t *row = pn_arena_take(r->text.arena, events->n_patients, sizeof *row),
           n_missing = 0;
    struct key *sorted = pn_arena_take(r->text.arena, t->n_rows, sizeof *sorted);

    if (!row || !sorted || t->n_rows == 0)
        return NULL;
    for (size_t i = 0; i < t->n_rows; i++)
        sorted[i] = (struct key){t->id[i], events->label ? t->label[i] : NULL, i};
    qsort(sorted, t->n_rows, sizeof *sorted, by_key);
    for (size_t i = 0; i < events->n_patients; i++) {
        const char *label = events->label ? events->label[i] : NULL;
        const struct key key = {events->id[i], label, 0},
                         *found = bsearch(&key, sorted, t->n_rows, sizeof key, by_key);
        if (found)
            row[i] = found->row;
        else if (n_missing++ == 0)
            pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                        "patient %lld of the event table is not in this file",
                        (long long)events->id[i]);
    }
    if (n_missing == 0 && t->n_rows > events->n_patients)
        pn_warn(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                "%zu of %zu patients have no records in the event table",
                t->n_rows - events->n_patients, t->n_rows);
    return n_missing == 0 ? row : NULL;
}

void pn_read_patients_beside(struct pn_study_reader *r, const struct pn_yaml *file)
{
    const struct pn_events *events = r->study->events;
    struct table *t = read_table(r, file);
    size_t *row = t ? find_rows(r, t) : NULL;
    struct pn_given *lists[] = {r->covariates, r->parameters};

    for (size_t k = 0; row && k < 2; k++)
        for (struct pn_given *given = lists[k]; given; given = given->next)
            for (size_t i = 0; i < t->n_columns; i++)
                if (t->column[i].value && given->variable.column == t->column[i].value)
                    given->variable.column =
                        in_order(r, t->column[i].value, row, events->n_patients);
    if (row && t->arm && !r->table->of[PN_FIELD_ARM]) {
        char **arm = pn_arena_take(r->text.arena, events->n_patients, sizeof *arm);
        for (size_t i = 0; arm && i < events->n_patients; i++)
            arm[i] = t->arm[row[i]];
        if (arm)
            pn_assign_arms(r, (struct pn_place){t->csv.file, 0, 0}, arm, events->id,
                           events->n_patients);
    }
    r->study->population.beside = t ? t->csv.file : NULL;
}
