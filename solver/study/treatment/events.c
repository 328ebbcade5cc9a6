/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event tables: columns, patients, records one after the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"

enum { MAX_NAMES = 256 };

/* how the field calls covariates */
static const struct {
    const char *name, *covariate;
} short_names[] = {
    {"WT",   "weight"              },
    {"HT",   "height"              },
    {"ALB",  "albumin"             },
    {"CRCL", "creatinine_clearance"},
};
enum { N_SHORT_NAMES = sizeof short_names / sizeof *short_names };

/* --- columns --- */

static const struct pn_quantity *covariate_called(const struct pn_study_reader *r,
                                                  const char *name)
{
    for (size_t i = 0; i < N_SHORT_NAMES; i++)
        if (strcasecmp(name, short_names[i].name) == 0)
            name = short_names[i].covariate;
    for (const struct pn_quantity *row = pn_covariates; row->name; row++)
        if (strcasecmp(name, row->name) == 0)
            return row;
    for (size_t i = 0; i < pn_table_size(r->study->own); i++)
        if (strcasecmp(name, r->study->own[i].name) == 0)
            return &r->study->own[i];
    return NULL;
}

static char *in_capitals(struct pn_study_reader *r, const char *name)
{
    char *copy = pn_arena_copy(r->text.arena, name, strlen(name));

    for (char *c = copy; c && *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

/* The case of names means nothing: the nearest one is looked for in capitals. */
static void unknown_column(struct pn_study_reader *r, const char *name,
                           struct pn_place place)
{
    const char *names[MAX_NAMES], *capitals;
    size_t n = 0;

    if (strcasecmp(name, "DATE") == 0 ||
        (strncasecmp(name, "DAT", 3) == 0 && strspn(name + 3, "123") == 1 && !name[4])) {
        pn_complain(r->text.list, place,
                    "%s is not read: give TIME as time since the patient's start, such "
                    "as 'TIME [day]'",
                    name);
        return;
    }
    for (size_t i = 0; i < PN_N_FIELDS; i++)
        names[n++] = pn_event_columns[i].name;
    for (size_t i = 0; i < N_SHORT_NAMES; i++)
        if (covariate_called(r, short_names[i].name))
            names[n++] = short_names[i].name;
    for (const struct pn_quantity *row = pn_covariates; row->name && n < MAX_NAMES; row++)
        if (!(names[n++] = in_capitals(r, row->name)))
            return;
    capitals = in_capitals(r, name);
    if (capitals)
        pn_unknown(&r->text, place, "column", capitals, names, n);
}

static void name_column(struct pn_study_reader *r, struct pn_event_column *c,
                        const char *name)
{
    size_t i = 0;

    while (i < PN_N_FIELDS && strcasecmp(name, pn_event_columns[i].name) != 0)
        i++;
    c->field = (enum pn_event_field)i;
    if (i < PN_N_FIELDS)
        return;
    c->field = PN_FIELD_COMMENT;
    if (strcasecmp(name, "C") == 0)
        return;
    c->row = covariate_called(r, name);
    if (c->row)
        c->field = PN_FIELD_COVARIATE;
    else
        unknown_column(r, name, c->place);
}

/* A covariate without a unit is in that of its row, as in the field's own tables. */
static void read_covariate_header(struct pn_study_reader *r, struct pn_event_column *c)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;

    c->factor = 1.0;
    if (c->unit && !pn_read_factor(&r->text, c->place, c->row->name, c->unit,
                                   c->row->unit, 0.0, &c->factor))
        return;
    c->i_covariate = events->n_covariates++;
    t->covariate[c->i_covariate] = c;
}

static void read_header(struct pn_study_reader *r, size_t i)
{
    struct pn_event_table *t = r->table;
    struct pn_event_column *c = &t->column[i];
    char *field = t->csv.field[i] + strspn(t->csv.field[i], i == 0 ? "#@" : "");
    char *header = pn_arena_copy(r->text.arena, field, strlen(field));

    c->place = t->csv.place[i];
    c->field = PN_FIELD_COMMENT;
    if (!header)
        return;
    c->unit = strchr(header, '[') ? pn_split_unit(header, NULL) : NULL;
    if (!c->unit && strchr(header, '[')) {
        pn_complain(r->text.list, c->place, "column '%.64s' must be NAME or NAME [UNIT]",
                    header);
        return;
    }
    name_column(r, c, header);
    for (size_t k = 0; k < i; k++)
        if (c->field != PN_FIELD_COMMENT && t->column[k].field == c->field &&
            t->column[k].row == c->row) {
            pn_complain(r->text.list, c->place, "the column '%.64s' is there twice",
                        header);
            return;
        }
    if (c->field < PN_N_FIELDS && c->unit &&
        pn_event_columns[c->field].form != PN_KEY_QUANTITY)
        pn_complain(r->text.list, c->place, "the column %s has no unit, found [%.40s]",
                    pn_event_columns[c->field].name, c->unit);
    if (c->field < PN_N_FIELDS)
        t->of[c->field] = c;
    else if (c->row)
        read_covariate_header(r, c);
}

static void read_unit_of_time(struct pn_study_reader *r, enum pn_event_field field)
{
    struct pn_event_table *t = r->table;
    const struct pn_event_column *c = t->of[field];

    t->hours[field] = t->hours[PN_FIELD_TIME];
    if (c && c->unit)
        pn_read_factor(&r->text, c->place, pn_event_columns[field].name, c->unit, "h",
                       0.0, &t->hours[field]);
}

/* DV and LIMIT are compared with the concentration of the first drug. */
static void read_unit_of_value(struct pn_study_reader *r, enum pn_event_field field)
{
    struct pn_event_table *t = r->table;
    const struct pn_event_column *c = t->of[field];
    const struct pn_drug *drug = r->study->n_drugs > 0 ? r->study->drug : NULL;
    int i = drug ? pn_table_find(drug->kinetics->writes, "C") : -1;

    t->measured[field] = 1.0;
    if (!c || !c->unit || r->drugs_broken)
        return;
    if (i < 0)
        pn_complain(r->text.list, c->place,
                    "%s has a unit, but the study has no concentration to compare it "
                    "with",
                    pn_event_columns[field].name);
    else
        pn_read_factor(&r->text, c->place, pn_event_columns[field].name, c->unit,
                       drug->kinetics->writes[i].unit, drug->molar_mass,
                       &t->measured[field]);
}

/* '#', '@' and a lone C mark comments; "#ID" is a header that other programs skip. */
static int is_comment(const struct pn_csv *csv)
{
    const char *first = csv->field[0];

    return first[0] == '#' || first[0] == '@' || strcmp(first, "C") == 0;
}

static int is_header(const struct pn_csv *csv)
{
    const char *first = csv->field[0] + strspn(csv->field[0], "#@");

    if (!is_comment(csv) || strcasecmp(first, "ID") == 0)
        return 1;
    for (size_t i = 1; i < csv->n_fields && strcmp(first, "C") == 0; i++)
        if (strcasecmp(csv->field[i], "ID") == 0)
            return 1;
    return 0;
}

static int read_headers(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    size_t before = r->text.list->n;
    int found;

    do
        found = pn_csv_next(&t->csv, r->text.list);
    while (found > 0 && !is_header(&t->csv));
    if (found == 0)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "the table of events is empty");
    if (found <= 0)
        return 0;
    t->n_columns = t->csv.n_fields;
    t->covariate = pn_arena_take(r->text.arena, t->n_columns, sizeof *t->covariate);
    if (!t->covariate)
        return 0;
    for (size_t i = 0; i < t->n_columns && !r->text.arena->failed; i++)
        read_header(r, i);
    for (size_t i = 0; i <= PN_FIELD_TIME && r->text.list->n == before; i++)
        if (!t->of[i])
            pn_complain(r->text.list,
                        (struct pn_place){t->csv.file, t->column[0].place.line, 0},
                        "the column '%s' is missing", pn_event_columns[i].name);
    t->hours[PN_FIELD_TIME] = 1.0;
    read_unit_of_time(r, PN_FIELD_TIME);
    read_unit_of_time(r, PN_FIELD_II);
    read_unit_of_time(r, PN_FIELD_DUR);
    read_unit_of_value(r, PN_FIELD_DV);
    read_unit_of_value(r, PN_FIELD_LIMIT);
    return r->text.list->n == before && !r->text.arena->failed;
}

/* --- records --- */

/* @return the patient's number, 0 after a complaint */
static int64_t read_id(struct pn_study_reader *r, char *text, struct pn_place place)
{
    struct pn_yaml node = {.kind = PN_YAML_TEXT, .place = place, .text = text};
    uint64_t id = 0;

    pn_read_whole(&r->text, &node, "ID", 1, INT64_MAX, &id);
    return (int64_t)id;
}

/* A record opens a new patient when its ID is another than that of the one before. */
static void open_patient(struct pn_study_reader *r, int64_t id)
{
    struct pn_events *events = r->table->events;

    if (events->n_patients > 0 && (id == 0 || events->id[events->n_patients - 1] == id))
        return;
    events->first[events->n_patients] = events->n_events;
    events->id[events->n_patients++] = id;
}

static double category_or_number(struct pn_study_reader *r,
                                 const struct pn_event_column *c, const char *text,
                                 struct pn_place place)
{
    const char *rest = "";
    double value = (double)NAN;

    if (c->row->categories && pn_category_code(r, c->row, text, &value))
        return value;
    if (pn_number_parse(text, &rest, &value) != PN_NUMBER || *rest) {
        pn_complain(r->text.list, place, "%s must be a finite number%s%s, found '%.40s'",
                    c->row->name, c->row->categories ? ", " : "",
                    c->row->categories ? pn_category_words(r, c->row) : "", text);
        return (double)NAN;
    }
    value *= c->factor;
    pn_in_range(&r->text, place, c->row->name, c->row, value);
    return value;
}

/* A missing covariate is the one of the record before; the first record has all. */
static void read_covariates(struct pn_study_reader *r, int is_first)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    double *row = events->covariate + events->n_events * events->n_covariates;

    for (size_t i = 0; i < events->n_covariates; i++) {
        size_t k = (size_t)(t->covariate[i] - t->column);
        const char *text = t->csv.field[k];

        if (!pn_is_missing(text))
            row[i] = category_or_number(r, t->covariate[i], text, t->csv.place[k]);
        else if (!is_first)
            row[i] = events->covariate[(events->n_events - 1) * events->n_covariates + i];
        else
            pn_complain(r->text.list, t->csv.place[k],
                        "%s is missing in the first record of a patient",
                        t->covariate[i]->row->name);
        if (is_first)
            t->first_value[i][events->n_patients - 1] = row[i];
    }
}

static void read_record(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    struct pn_record record = {{0}, {{0}}};
    struct pn_event *event = &events->event[events->n_events], *first;
    int is_first;

    if (t->csv.n_fields != t->n_columns) {
        pn_complain(r->text.list, (struct pn_place){t->csv.file, t->csv.place[0].line, 0},
                    "%zu fields, the header has %zu", t->csv.n_fields, t->n_columns);
        return;
    }
    for (size_t f = 0; f < PN_N_FIELDS; f++) {
        size_t k = t->of[f] ? (size_t)(t->of[f] - t->column) : 0;
        record.place[f] = t->csv.place[k];
        if (!t->of[f])
            record.place[f].column = 0;
        else if (!pn_is_missing(t->csv.field[k]))
            record.text[f] = t->csv.field[k];
    }
    open_patient(r, read_id(r, t->csv.field[t->of[PN_FIELD_ID] - t->column],
                            record.place[PN_FIELD_ID]));
    first = &events->event[events->first[events->n_patients - 1]];
    is_first = event == first;
    pn_read_event(r, &record, is_first ? NULL : event - 1, event);
    if (!is_first)
        for (const struct pn_event *e = event - 1; e >= first && e->time == event->time;
             e--)
            pn_check_resets(r, &record, e, event);
    read_covariates(r, is_first);
    events->n_events++;
}

struct block {
    int64_t id;
    size_t i; /* place among the blocks of one patient */
};

static int by_id_then_place(const void *a, const void *b)
{
    const struct block *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->i > y->i) - (x->i < y->i);
}

/* Two blocks of one ID: only the first such place is told, the rest follows from it. */
static void check_blocks(struct pn_study_reader *r)
{
    const struct pn_events *events = r->table->events;
    size_t n = events->n_patients, again = n, last = 0;
    struct block *block = pn_arena_take(r->text.arena, n, sizeof *block);

    if (!block)
        return;
    for (size_t i = 0; i < n; i++)
        block[i] = (struct block){events->id[i], i};
    qsort(block, n, sizeof *block, by_id_then_place);
    for (size_t i = 1; i < n; i++)
        if (block[i].id == block[i - 1].id && block[i].id > 0 && block[i].i < again) {
            again = block[i].i;
            last = events->first[block[i - 1].i + 1] - 1;
        }
    if (again < n)
        pn_complain(r->text.list, events->event[events->first[again]].place,
                    "patient %lld again, whose records ended in line %d: all records of "
                    "a patient stand together",
                    (long long)events->id[again], events->event[last].place.line);
}

/* --- the table --- */

static void give_columns(struct pn_study_reader *r, size_t n)
{
    struct pn_event_table *t = r->table;

    t->first_value =
        pn_arena_take(r->text.arena, t->events->n_covariates, sizeof(double *));
    for (size_t i = 0; t->first_value && i < t->events->n_covariates; i++)
        t->first_value[i] =
            pn_give_column(r, t->covariate[i]->place, t->covariate[i]->row->name,
                           t->covariate[i]->row, n);
}

static int alloc(struct pn_study_reader *r, size_t n)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    size_t n_compartments = r->study->n_compartments;

    events->id = pn_arena_take(r->text.arena, n, sizeof *events->id);
    events->first = pn_arena_take(r->text.arena, n + 1, sizeof *events->first);
    events->event = pn_arena_take(r->text.arena, n, sizeof *events->event);
    events->variable =
        pn_arena_take(r->text.arena, events->n_covariates, sizeof *events->variable);
    events->covariate =
        pn_arena_take(r->text.arena, n * events->n_covariates, sizeof *events->covariate);
    t->amount_factor =
        pn_arena_take(r->text.arena, n_compartments, sizeof *t->amount_factor);
    t->rate_factor = pn_arena_take(r->text.arena, n_compartments, sizeof *t->rate_factor);
    t->told = pn_arena_take(r->text.arena, n_compartments, sizeof *t->told);
    give_columns(r, n);
    return !r->text.arena->failed;
}

/* Can the study name the file so?  What the caller names stands beside the caller. */
static int is_found_from_study(const struct pn_study_reader *r, const char *path)
{
    const char *file = r->study->file, *slash = strrchr(file, '/');

    return !r->table->from_caller || path[0] == '/' || !slash ||
           strncmp(path, file, (size_t)(slash - file) + 1) == 0;
}

static void read_table(struct pn_study_reader *r, const struct pn_source *source)
{
    struct pn_event_table *t = r->table;
    size_t n = pn_count_lines(source), before = r->text.list->n;
    int more;

    t->csv = (struct pn_csv){.file = source->path, .text = source->text, .n = source->n};
    t->csv.line = 1;
    t->events->file = is_found_from_study(r, source->path) ? source->path : source->real;
    if (!read_headers(r) || !alloc(r, n))
        return;
    while ((more = pn_csv_next(&t->csv, r->text.list)) > 0 && !r->text.arena->failed)
        if (!is_comment(&t->csv))
            read_record(r);
    t->events->first[t->events->n_patients] = t->events->n_events;
    t->events->all = t->events->first;
    t->events->has_occasions = t->of[PN_FIELD_OCC] != NULL;
    if (more == 0 && t->events->n_events == 0 && r->text.list->n == before)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "there are no records");
    check_blocks(r);
    r->study->events = t->events;
}

/* the key `events` while its map is read */
struct events_keys {
    const struct pn_yaml *file;
    int backward;
};

static const char *const carries[] = {"locf", "nocb", NULL};

/* clang-format off */
static const struct pn_key events_keys[] = {
    {"file", PN_KEY_FILE, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct events_keys, file),
     .sentence = "a CSV: its columns are below"},
    {"carry", PN_KEY_CHOICE, NULL, "nocb", .choices = carries,
     .at = offsetof(struct events_keys, backward),
     .sentence = "which record holds between two where covariates or OCC change: the "
                 "last, or the next, as NONMEM does it"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_events_map = {"events", "events", "a table of events",
                                         .keys = events_keys};

/* {file: F, carry: nocb}, or F alone. */
static struct events_keys read_keys(struct pn_study_reader *r, const struct pn_yaml *node)
{
    struct events_keys keys = {NULL, 1};

    if (node && node->kind == PN_YAML_MAP)
        pn_read_map(r, node, &pn_events_map, &keys);
    else
        keys.file = node;
    return keys;
}

void pn_read_events(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    const char *path = r->events_path, *slash = path ? strrchr(path, '/') : NULL;
    const struct pn_source *source = NULL;
    struct events_keys keys;
    char *name;

    (void)into;
    if (!node && !path)
        return;
    r->table = pn_arena_take(r->text.arena, 1, sizeof *r->table);
    if (!r->table ||
        !(r->table->events = pn_arena_take(r->text.arena, 1, sizeof *r->table->events)))
        return;
    keys = read_keys(r, node);
    r->table->events->backward = keys.backward;
    r->table->from_caller = path != NULL;
    if (path) /* relative to where the caller is */
        source = pn_read_source(&r->text, (struct pn_place){path, 0, 0},
                                slash ? slash + 1 : path, PN_CSV_BYTES);
    else if (keys.file && (name = pn_read_text(&r->text, keys.file, key->name)))
        source = pn_read_source(&r->text, keys.file->place, name, PN_CSV_BYTES);
    if (source)
        read_table(r, source);
}

void pn_finish_events(struct pn_study_reader *r)
{
    struct pn_events *events = r->study->events;
    const struct pn_event *late = NULL;

    if (!events)
        return;
    for (size_t i = 0; i < events->n_covariates; i++)
        events->variable[i] =
            pn_population_find(&r->study->population, r->table->covariate[i]->row->name);
    for (size_t i = 0; i < events->n_events && !late; i++)
        if (events->event[i].time > r->study->duration)
            late = &events->event[i];
    if (late)
        pn_complain(r->text.list, late->place,
                    "the record is after the end of the study at %g h",
                    r->study->duration);
}
