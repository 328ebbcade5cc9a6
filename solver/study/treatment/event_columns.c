/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of an event table: what each header stands for, as the key `columns` says it,
 * or as it is called. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"

enum { MAX_NAMES = 512 };

/* --- the key --- */

/* what `columns` says of one header, while its map is read */
struct column_keys {
    char *as, *unit;
    const struct pn_yaml *values;
};
#define AT(member) .at = offsetof(struct column_keys, member)

/* clang-format off */
static const struct pn_key column_keys[] = {
    {"as", PN_KEY_TEXT, AT(as),
     .sentence = "what it is: a column below, a covariate, `PART.PARAMETER` (one value a "
                 "patient), `covariate`: the one of its own name, or `drop`; without it "
                 "what its name says"},
    {"unit", PN_KEY_TEXT, AT(unit),
     .sentence = "of its numbers, as behind a header in brackets: `m`"},
    {"values", PN_KEY_NAMES, AT(values), .read = pn_key_later,
     .sentence = "what its words or codes mean: `{1: male, 2: female}`"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_event_column_map = {
    "column", "a column",
    "of an event table, under its name in the file: a map, or only what it is",
    .keys = column_keys};

/* What a word of `columns` makes of a column.  @return 0: complained */
static int is_as(struct pn_study_reader *r, struct pn_event_column *c, const char *word,
                 struct pn_place place)
{
    const char *names[MAX_NAMES];
    double molar_mass;
    size_t n = 0;

    if (strcasecmp(word, "drop") == 0 || strcasecmp(word, "skip") == 0) {
        c->field = PN_FIELD_UNUSED;
        c->is_dropped = 1;
        return 1;
    }
    if (strcasecmp(word, "covariate") == 0)
        word = c->name;
    if (pn_event_column_called(r, c, word))
        return 1;
    if (strchr(word, '.')) {
        if (pn_find_row(r, place, word, &c->row, &molar_mass) != 1)
            return 0;
        c->field = PN_FIELD_PARAMETER;
        c->molar_mass = molar_mass;
        c->parameter = word;
        return 1;
    }
    names[n++] = "drop";
    for (size_t i = 0; i < PN_N_FIELDS; i++)
        names[n++] = pn_event_columns[i].name;
    for (const struct pn_quantity *row = pn_covariates; row->name && n < MAX_NAMES; row++)
        names[n++] = row->name;
    pn_unknown(&r->text, place, "column, covariate or PART.PARAMETER", word, names, n);
    return 0;
}

/* The entry of a header in `columns`, in any case; NULL: none. */
static struct pn_yaml *entry_of(const struct pn_event_table *t, const char *name)
{
    struct pn_yaml *key = t->keys.columns && t->keys.columns->kind == PN_YAML_MAP
                              ? t->keys.columns->first
                              : NULL;

    while (key && strcasecmp(key->text, name) != 0)
        key = key->next;
    return key;
}

/* @return 1: `columns` says what it is */
static int read_entry(struct pn_study_reader *r, struct pn_event_column *c)
{
    const struct pn_yaml *key = entry_of(r->table, c->name), *value;
    struct column_keys keys = {NULL, NULL, NULL};

    if (!key)
        return 0;
    value = key->value;
    if (value->kind == PN_YAML_MAP) {
        pn_read_map(r, value, &pn_event_column_map, &keys);
        value = pn_yaml_get(value, "as");
    } else if (!(keys.as = pn_read_text(&r->text, value, "as"))) {
        return 1;
    }
    c->unit = keys.unit ? keys.unit : c->unit;
    if (keys.values && pn_is(&r->text, keys.values, PN_YAML_MAP, "values"))
        c->values = keys.values;
    if (!keys.as && pn_event_column_called(r, c, c->name))
        return 1;
    if (!keys.as)
        pn_complain(
            r->text.list, key->place,
            "'%.64s' is no column that is read by its name: say what it is, as: …",
            c->name);
    else
        is_as(r, c, keys.as, value ? value->place : key->value->place);
    return 1;
}

/* Every entry must be of a column that is there. */
static void check_entries(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    const struct pn_yaml *columns = t->keys.columns;
    const char *names[PN_CSV_FIELDS];

    for (size_t i = 0; i < t->n_columns; i++)
        names[i] = t->column[i].name;
    for (const struct pn_yaml *key =
             columns && columns->kind == PN_YAML_MAP ? columns->first : NULL;
         key; key = key->next) {
        size_t i = 0;
        while (i < t->n_columns && strcasecmp(names[i], key->text) != 0)
            i++;
        if (i == t->n_columns)
            pn_unknown(&r->text, key->place, "column", key->text, names, t->n_columns);
    }
}

/* --- one header --- */

int pn_event_column_called(const struct pn_study_reader *r, struct pn_event_column *c,
                           const char *name)
{
    size_t i = 0;

    while (i < PN_N_FIELDS && strcasecmp(name, pn_event_columns[i].name) != 0)
        i++;
    c->field = (enum pn_event_field)i;
    if (i < PN_N_FIELDS)
        return 1;
    c->row = pn_covariate_row(r, name);
    c->field = c->row ? PN_FIELD_COVARIATE : PN_FIELD_UNUSED;
    return c->row != NULL;
}

static int is_same(const struct pn_event_column *a, const struct pn_event_column *b)
{
    return a->field == b->field && a->field != PN_FIELD_UNUSED && a->row == b->row &&
           (a->field != PN_FIELD_PARAMETER || strcmp(a->parameter, b->parameter) == 0);
}

/* The name and unit of column i: its header, or what a list in `columns` says. */
static void name_column(struct pn_study_reader *r, size_t i, const char *field)
{
    struct pn_event_table *t = r->table;
    struct pn_event_column *c = &t->column[i];
    char *header;

    *c = (struct pn_event_column){.place = t->csv.place[i], .field = PN_FIELD_UNUSED};
    field += strspn(field, i == 0 ? "#@" : "");
    header = pn_arena_copy(r->text.arena, field, strlen(field));
    c->name = header ? header : "";
    if (!header || !strchr(header, '['))
        return;
    c->unit = pn_split_unit(header, NULL);
    if (!c->unit)
        pn_complain(r->text.list, c->place, "column '%.64s' must be NAME or NAME [UNIT]",
                    header);
}

/* TIME=TAD, WT=DROP, as in $INPUT: two names of one column. */
static void read_item(struct pn_study_reader *r, struct pn_event_column *c,
                      struct pn_place place)
{
    char *second = strchr(c->name, '=');

    if (!second) {
        c->is_said = strcasecmp(c->name, "drop") == 0 || strcasecmp(c->name, "skip") == 0;
        c->is_dropped = c->is_said;
        return;
    }
    *second++ = '\0';
    c->is_said = 1;
    if (strcasecmp(c->name, "drop") == 0 || strcasecmp(c->name, "skip") == 0)
        is_as(r, c, c->name, place);
    else if (!pn_event_column_called(r, c, c->name))
        is_as(r, c, second, place);
}

/* Of two of one meaning the one that `columns` names is read. */
static void leave_out_twin(struct pn_study_reader *r, struct pn_event_column *c)
{
    struct pn_event_table *t = r->table;
    struct pn_event_column *other = t->column, *end = t->column + t->n_columns;

    while (other < end &&
           (other == c || !is_same(other, c) || (other > c && !other->is_said)))
        other++;
    if (other == end)
        return;
    if (!other->is_said || c->is_said)
        pn_complain(r->text.list, c->place, "the column '%.64s' is there twice",
                    c->row ? c->row->name : pn_event_columns[c->field].name);
    c->field = PN_FIELD_UNUSED;
}

static void find_meanings(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    const struct pn_yaml *list = t->keys.columns, *item = NULL;
    struct pn_event_column *c = t->column, *end = t->column + t->n_columns;

    if (list && list->kind == PN_YAML_LIST)
        item = list->first;
    for (; c < end; c++) {
        if (item)
            read_item(r, c, item->place);
        else
            c->is_said = read_entry(r, c);
        item = item ? item->next : NULL;
    }
    for (c = t->column; c < end; c++) {
        if (!c->is_said && strcasecmp(c->name, "C") != 0)
            pn_event_column_called(r, c, c->name);
        leave_out_twin(r, c);
    }
}

/* What `pneuma table` has computed: it is computed anew. */
static int is_result(const char *name)
{
    static const char *const results[] = {"POINT", "IPRED", "TAD", "DVOBS"};

    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (strcasecmp(name, results[i]) == 0)
            return 1;
    return 0;
}

/* Columns that nothing asks for: named once, with the first that is nearly one. */
static void tell_unread(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    const char *names[MAX_NAMES], *all = "", *near = NULL;
    size_t n = 0, n_unread = 0;

    for (size_t i = 0; i < PN_N_FIELDS; i++)
        names[n++] = pn_event_columns[i].name;
    for (size_t i = 0; pn_covariate_word(i); i++)
        names[n++] = pn_covariate_word(i);
    for (const struct pn_quantity *row = pn_covariates; row->name && n < MAX_NAMES; row++)
        names[n++] = row->name;
    for (size_t i = 0; i < t->n_columns && all; i++) {
        const struct pn_event_column *c = &t->column[i];
        const char *of = near;
        if (c->field != PN_FIELD_UNUSED || c->is_dropped || c->name[0] == '\0' ||
            strcasecmp(c->name, "C") == 0 || is_result(c->name))
            continue;
        if (!near && strlen(c->name) > 4 && (of = pn_nearest(c->name, names, n)))
            near = pn_arena_print(r->text.arena, ", did you mean '%s' by '%s'?", of,
                                  c->name);
        all = pn_arena_print(r->text.arena, "%s%s%s", all, n_unread++ > 0 ? ", " : "",
                             c->name);
    }
    if (all && n_unread > 0)
        pn_warn(r->text.list, (struct pn_place){t->csv.file, t->column[0].place.line, 0},
                "nothing asks for the column%s %.200s%s%s", n_unread > 1 ? "s" : "", all,
                strlen(all) > 200 ? "…" : "", near ? near : "");
}

/* --- units --- */

/* A covariate or a parameter without a unit is in that of its row, as in the field's own
 * tables. */
static void read_unit(struct pn_study_reader *r, struct pn_event_column *c, size_t n)
{
    struct pn_event_table *t = r->table;

    c->factor = 1.0;
    if (c->field < PN_N_FIELDS && c->unit &&
        !(pn_event_columns[c->field].form & PN_KEY_QUANTITY))
        pn_complain(r->text.list, c->place, "the column %s has no unit, found [%.40s]",
                    pn_event_columns[c->field].name, c->unit);
    if (c->field < PN_N_FIELDS) {
        t->of[c->field] = c;
        return;
    }
    if (c->field == PN_FIELD_UNUSED ||
        (c->unit && !pn_read_factor(&r->text, c->place, c->row->name, c->unit,
                                    c->row->unit, c->molar_mass, &c->factor)))
        return;
    if (c->field == PN_FIELD_COVARIATE)
        c->i_covariate = t->events->n_covariates++;
    c->value = pn_give_column(r, c->place, c->parameter ? c->parameter : c->row->name,
                              c->row, n);
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

/* --- the header --- */

/* '#', '@' and a lone C mark comments; "#ID" is a header that other programs skip. */
int pn_event_is_comment(const struct pn_csv *csv)
{
    const char *first = csv->field[0];

    return first[0] == '#' || first[0] == '@' || strcmp(first, "C") == 0 ||
           (strncasecmp(first, "TABLE", 5) == 0 && strstr(first, "NO")) ||
           (csv->n_fields > 1 && strcasecmp(first, "TABLE") == 0 &&
            strncasecmp(csv->field[1], "NO", 2) == 0);
}

static int is_header(const struct pn_csv *csv)
{
    const char *first = csv->field[0] + strspn(csv->field[0], "#@");

    if (!pn_event_is_comment(csv) || strcasecmp(first, "ID") == 0)
        return 1;
    for (size_t i = 1; i < csv->n_fields && strcmp(first, "C") == 0; i++)
        if (strcasecmp(csv->field[i], "ID") == 0)
            return 1;
    return 0;
}

/* Named by a list, as $INPUT does it: the first line may be a header all the same. */
static int name_by_list(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    const struct pn_yaml *item = t->keys.columns->first;
    const char *rest;
    double number;

    if (t->keys.columns->n != t->n_columns)
        return !pn_complain(r->text.list, t->keys.columns->place,
                            "%zu columns are named, the table has %zu",
                            t->keys.columns->n, t->n_columns);
    for (size_t i = 0; i < t->n_columns; i++, item = item->next) {
        char *name = pn_read_text(&r->text, item, "a column");
        if (!name)
            return 0;
        name_column(r, i, name);
        if (strncasecmp(name, "ID", 2) == 0 && (name[2] == '\0' || name[2] == '='))
            t->is_held = pn_number_parse(t->csv.field[i], &rest, &number) == PN_NUMBER;
    }
    return 1;
}

static int find_header(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    int found;

    do {
        t->csv.separator = pn_csv_guess(&t->csv);
        found = pn_csv_next(&t->csv, r->text.list);
    } while (found > 0 && !is_header(&t->csv));
    if (found == 0)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "the table of events is empty");
    return found > 0;
}

int pn_read_event_columns(struct pn_study_reader *r, size_t n)
{
    struct pn_event_table *t = r->table;
    size_t before = r->text.list->n;

    if (!find_header(r))
        return 0;
    t->n_columns = t->csv.n_fields;
    if (t->keys.columns && t->keys.columns->kind == PN_YAML_LIST) {
        if (!name_by_list(r))
            return 0;
    } else {
        for (size_t i = 0; i < t->n_columns; i++)
            name_column(r, i, t->csv.field[i]);
        check_entries(r);
    }
    find_meanings(r);
    for (size_t i = 0; i < t->n_columns && !r->text.arena->failed; i++)
        read_unit(r, &t->column[i], n);
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
    tell_unread(r);
    return r->text.list->n == before && !r->text.arena->failed;
}
