/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event tables: records one after the other, and what they give to their patients. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"

/* --- records --- */

/* What a field says, after the `values` of its column. */
static const char *text_of(const struct pn_event_table *t, size_t k)
{
    const struct pn_yaml *values = t->column[k].values;
    const char *text = t->csv.field[k], *rest = "";
    double number, other;
    int is_number =
        values && pn_number_parse(text, &rest, &number) == PN_NUMBER && *rest == '\0';

    for (const struct pn_yaml *key = values ? values->first : NULL; key; key = key->next)
        if (key->value->kind == PN_YAML_TEXT &&
            (strcasecmp(key->text, text) == 0 ||
             (is_number && pn_number_parse(key->text, &rest, &other) == PN_NUMBER &&
              *rest == '\0' && other == number)))
            return key->value->text;
    return text;
}

/* The number of a category by its word, a number in the unit of the row. */
static double value_of(struct pn_study_reader *r, const struct pn_event_column *c,
                       const char *text, struct pn_place place)
{
    const char *rest = "", *what = c->parameter ? c->parameter : c->row->name;
    double value = (double)NAN;

    if (c->row->categories && pn_category_read(r, c->row, text, place, &value))
        return value;
    if (pn_number_parse(text, &rest, &value) != PN_NUMBER || *rest) {
        pn_complain(r->text.list, place, "%s must be a finite number%s%s, found '%.40s'",
                    what, c->row->categories ? ", " : "",
                    c->row->categories ? pn_category_words(r, c->row) : "", text);
        return (double)NAN;
    }
    value *= c->factor;
    pn_in_range(&r->text, place, what, c->row, value);
    return value;
}

/* The first value of a covariate stands for the records before it, too. */
static void fill_backward(struct pn_study_reader *r, const struct pn_event_column *c,
                          struct pn_place place)
{
    struct pn_events *events = r->table->events;
    size_t n = events->n_covariates, i = c->i_covariate,
           first = events->first[events->n_patients - 1];
    double value = events->covariate[events->n_events * n + i];

    if (pn_event_first(r->table, PN_TOLD_LATE))
        pn_warn(r->text.list, place,
                "%s is missing in the records before: they have this first value",
                c->row->name);
    for (size_t k = events->n_events; k-- > first;)
        events->covariate[k * n + i] = value;
    c->value[events->n_patients - 1] = value;
}

/* A missing covariate is the one of the record before; the first one also holds before
 * it. */
static void read_covariate(struct pn_study_reader *r, const struct pn_event_column *c,
                           int is_first)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    size_t n = events->n_covariates, k = (size_t)(c - t->column);
    double *at = events->covariate + events->n_events * n + c->i_covariate;
    const char *text = text_of(t, k);

    *at = is_first ? (double)NAN : at[-(ptrdiff_t)n];
    if (!pn_is_missing(text)) {
        int was_missing = !is_first && isnan(*at);
        *at = value_of(r, c, text, t->csv.place[k]);
        if (was_missing && !isnan(*at))
            fill_backward(r, c, t->csv.place[k]);
    }
    if (is_first)
        c->value[events->n_patients - 1] = *at;
}

/* A parameter has one value a patient. */
static void read_parameter(struct pn_study_reader *r, const struct pn_event_column *c,
                           int is_first)
{
    struct pn_event_table *t = r->table;
    size_t k = (size_t)(c - t->column);
    double *own = &c->value[t->events->n_patients - 1], value;
    const char *text = text_of(t, k);

    if (is_first)
        *own = (double)NAN;
    if (pn_is_missing(text))
        return;
    value = value_of(r, c, text, t->csv.place[k]);
    if (!isnan(*own) && !isnan(value) && value != *own)
        pn_complain(r->text.list, t->csv.place[k],
                    "%s changes from %g to %g %s: a parameter has one value a patient",
                    c->parameter, *own, value, c->row->unit);
    *own = value;
}

static void read_values(struct pn_study_reader *r, int is_first)
{
    struct pn_event_table *t = r->table;

    for (size_t i = 0; i < t->n_columns; i++) {
        const struct pn_event_column *c = &t->column[i];
        if (c->value && c->field == PN_FIELD_COVARIATE)
            read_covariate(r, c, is_first);
        else if (c->value)
            read_parameter(r, c, is_first);
    }
}

/* What has no value in any record of the last patient. */
static void check_values(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    size_t i_patient = t->events->n_patients - 1;

    for (size_t i = 0; t->events->n_patients > 0 && i < t->n_columns; i++) {
        const struct pn_event_column *c = &t->column[i];
        if (c->value && isnan(c->value[i_patient]) && t->n_bad == r->text.list->n)
            pn_complain(r->text.list, t->events->event[t->events->first[i_patient]].place,
                        "%s has no value in any record of patient %.40s",
                        c->parameter ? c->parameter : c->row->name, t->label[i_patient]);
    }
}

/* A record opens a new patient when its ID is another than that of the one before: 1 and
 * 1.0 are one. */
static void open_patient(struct pn_study_reader *r, const char *text,
                         struct pn_place place)
{
    enum { EXACT = 53 }; /* bits of a whole number that a decimal may have */
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    const char *rest = "";
    char *end, *label;
    double number = 0.0;
    int64_t id = 0;

    if (pn_is_missing(text))
        pn_complain(r->text.list, place, "the record has no ID");
    if (strspn(text, "0123456789") == strlen(text) && strlen(text) < 19)
        id = strtoll(text, &end, 10);
    else if (pn_number_parse(text, &rest, &number) == PN_NUMBER && *rest == '\0' &&
             number == floor(number) && fabs(number) < ldexp(1.0, EXACT))
        id = (int64_t)number;
    if (events->n_patients > 0 &&
        (pn_is_missing(text) ||
         (id != 0 ? t->id[events->n_patients - 1] == id
                  : strcmp(t->label[events->n_patients - 1], text) == 0)))
        return;
    check_values(r);
    label = pn_arena_copy(r->text.arena, text, strlen(text));
    events->first[events->n_patients] = events->n_events;
    t->label[events->n_patients] = label ? label : "";
    t->arm[events->n_patients] = NULL;
    t->id[events->n_patients++] = id;
}

/* A period that begins without a reset begins anew all the same: a reset stands before
 * its first record, with what that one says. */
static void put_reset(struct pn_study_reader *r)
{
    struct pn_events *events = r->table->events;
    struct pn_event *event = &events->event[events->n_events];

    event[1] = event[0];
    event[0] = (struct pn_event){.time = event[1].time,
                                 .evid = PN_EVID_RESET,
                                 .compartment = -1,
                                 .occasion = event[1].occasion,
                                 .mdv = 1,
                                 .dv = (double)NAN,
                                 .limit = (double)NAN,
                                 .regimen = -1,
                                 .place = event[1].place};
    read_values(r, 0);
    events->n_events++;
}

/* All records of a patient name one arm, if any. */
static void note_arm(struct pn_study_reader *r, const struct pn_record *record)
{
    const char *text = record->text[PN_FIELD_ARM];
    char **arm = &r->table->arm[r->table->events->n_patients - 1];

    if (!text)
        return;
    if (*arm && strcasecmp(*arm, text) != 0)
        pn_complain(r->text.list, record->place[PN_FIELD_ARM],
                    "the patient was in the arm '%.40s' before, found '%.40s'", *arm,
                    text);
    if (!*arm)
        *arm = pn_arena_copy(r->text.arena, text, strlen(text));
}

static void take_record(struct pn_study_reader *r, const struct pn_record *record)
{
    struct pn_events *events = r->table->events;
    struct pn_event *event = &events->event[events->n_events], *first;
    int is_first;

    open_patient(r, record->id, record->place[PN_FIELD_ID]);
    first = &events->event[events->first[events->n_patients - 1]];
    is_first = event == first;
    note_arm(r, record);
    pn_read_event(r, record, is_first ? NULL : event - 1, event);
    if (!is_first)
        for (const struct pn_event *e = event - 1; e >= first && e->time == event->time;
             e--)
            pn_check_resets(r, record, e, event);
    if (r->table->clock.new_period)
        put_reset(r);
    read_values(r, is_first);
    events->n_events++;
}

/* The header again, as NONMEM's tables have it, or nothing at all. */
static int is_no_record(const struct pn_event_table *t)
{
    size_t n = 0;

    while (n < t->csv.n_fields && t->csv.field[n][0] == '\0')
        n++;
    return n == t->csv.n_fields || pn_event_is_comment(&t->csv) ||
           strcasecmp(t->csv.field[0], t->column[0].name) == 0;
}

static void read_record(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    struct pn_record record = {.id = ""};

    if (is_no_record(t) || !pn_event_counts(t))
        return;
    if (t->csv.n_fields != t->n_columns) {
        pn_complain(r->text.list, (struct pn_place){t->csv.file, t->csv.place[0].line, 0},
                    "%zu fields, the header has %zu", t->csv.n_fields, t->n_columns);
        return;
    }
    for (size_t f = 0; f < PN_N_FIELDS; f++) {
        size_t k = t->of[f] ? (size_t)(t->of[f] - t->column) : 0;
        const char *text = t->of[f] ? text_of(t, k) : "";
        record.place[f] = t->csv.place[k];
        if (!t->of[f])
            record.place[f].column = 0;
        else if (!pn_is_missing(text))
            record.text[f] = text;
    }
    if (record.text[PN_FIELD_ID])
        record.id = record.text[PN_FIELD_ID];
    take_record(r, &record);
}

/* --- the table --- */

static int alloc(struct pn_study_reader *r, size_t n)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    size_t n_compartments = r->study->n_compartments;

    t->id = pn_arena_take(r->text.arena, n, sizeof *t->id);
    t->arm = pn_arena_take(r->text.arena, n, sizeof *t->arm);
    t->label = pn_arena_take(r->text.arena, n, sizeof *t->label);
    events->first = pn_arena_take(r->text.arena, n + 1, sizeof *events->first);
    /* a reset may stand before each */
    events->event = pn_arena_take(r->text.arena, 2 * n, sizeof *events->event);
    events->variable =
        pn_arena_take(r->text.arena, events->n_covariates, sizeof *events->variable);
    events->covariate = pn_arena_take(r->text.arena, 2 * n * events->n_covariates,
                                      sizeof *events->covariate);
    t->amount_factor =
        pn_arena_take(r->text.arena, n_compartments, sizeof *t->amount_factor);
    t->rate_factor = pn_arena_take(r->text.arena, n_compartments, sizeof *t->rate_factor);
    t->told = pn_arena_take(r->text.arena, n_compartments, sizeof *t->told);
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
    if (!pn_read_event_columns(r, n) || !alloc(r, n))
        return;
    for (enum pn_event_field f = PN_FIELD_DAT3; f >= PN_FIELD_DATE; f--)
        t->clock.date = t->of[f] ? f : t->clock.date;
    t->ignore = pn_read_conditions(r, t->keys.ignore, "ignore");
    t->accept = pn_read_conditions(r, t->keys.accept, "accept");
    t->n_bad = r->text.list->n;
    if (t->is_held)
        read_record(r);
    while ((more = pn_csv_next(&t->csv, r->text.list)) > 0 && !r->text.arena->failed)
        read_record(r);
    check_values(r);
    t->events->first[t->events->n_patients] = t->events->n_events;
    t->events->all = t->events->first;
    t->events->has_occasions = t->of[PN_FIELD_OCC] != NULL;
    if (more == 0 && t->events->n_events == 0 && r->text.list->n == before)
        pn_complain(r->text.list, (struct pn_place){t->csv.file, 0, 0},
                    "there are no records");
    pn_events_number(r);
    pn_events_from_zero(r);
    r->study->events = t->events;
}

static const char *const carries[] = {"locf", "nocb", NULL};

/* clang-format off */
static const struct pn_key events_keys[] = {
    {"file", PN_KEY_FILE | PN_KEY_LIST, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct pn_events_keys, file),
     .sentence = "a table: its columns are below; parted by commas, semicolons, tabs or "
                 "blanks; or a SAS transport file, ADPPK, or a list of two, ADEX and "
                 "ADPC, whose columns have CDISC's names"},
    {"carry", PN_KEY_CHOICE, NULL, "nocb", .choices = carries,
     .at = offsetof(struct pn_events_keys, backward),
     .sentence = "which record holds between two where covariates or OCC change: the "
                 "last, or the next, as NONMEM does it"},
    {"columns", PN_KEY_NAMES | PN_KEY_LIST, .read = pn_key_later,
     .at = offsetof(struct pn_events_keys, columns), .map = &pn_event_column_map,
     .sentence = "what columns of the file are, NAME: a word or a map; or a list of the "
                 "names of all, as in $INPUT; a column that nothing asks for is told and "
                 "left out"},
    {"ignore", PN_KEY_TEXT | PN_KEY_LIST, .read = pn_key_later,
     .at = offsetof(struct pn_events_keys, ignore),
     .sentence = "records that do not count, as IGNORE of $DATA: a character that they "
                 "begin with, or SD.EQ.0; of several, any"},
    {"accept", PN_KEY_TEXT | PN_KEY_LIST, .read = pn_key_later,
     .at = offsetof(struct pn_events_keys, accept),
     .sentence = "records that alone count, as ACCEPT of $DATA: any of the conditions"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_events_map = {"events", "events", "a table of events",
                                         .keys = events_keys};

/* {file: F, carry: nocb}, or F alone. */
static struct pn_events_keys read_keys(struct pn_study_reader *r,
                                       const struct pn_yaml *node)
{
    struct pn_events_keys keys = {.backward = 1};

    if (node && node->kind == PN_YAML_MAP)
        pn_read_map(r, node, &pn_events_map, &keys);
    else
        keys.file = node;
    return keys;
}

void pn_read_events(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    const char *path = r->events_path;
    const struct pn_source *source = NULL;
    struct pn_events_keys keys;

    (void)into;
    (void)key;
    if (!node && !path)
        return;
    r->table = pn_arena_take(r->text.arena, 1, sizeof *r->table);
    if (!r->table ||
        !(r->table->events = pn_arena_take(r->text.arena, 1, sizeof *r->table->events)))
        return;
    keys = read_keys(r, node);
    r->table->keys = keys;
    r->table->clock.date = PN_N_FIELDS;
    r->table->events->backward = keys.backward;
    r->table->events->columns = keys.columns;
    r->table->events->ignore = keys.ignore;
    r->table->events->accept = keys.accept;
    r->table->from_caller = path != NULL;
    if (path) /* relative to where the caller is */
        source = pn_event_file(r, path, keys.columns);
    else if (keys.file)
        source = pn_event_files(r, keys.file, keys.columns);
    if (source)
        read_table(r, source);
}

void pn_finish_events(struct pn_study_reader *r)
{
    struct pn_events *events = r->study->events;
    const struct pn_event *late = NULL;

    if (!events)
        return;
    for (size_t i = 0; i < r->table->n_columns; i++) {
        const struct pn_event_column *c = &r->table->column[i];
        if (c->field == PN_FIELD_COVARIATE)
            events->variable[c->i_covariate] =
                pn_population_find(&r->study->population, c->row->name);
    }
    for (size_t i = 0; i < events->n_events && !late; i++)
        if (events->event[i].time > r->study->duration)
            late = &events->event[i];
    if (late)
        pn_complain(r->text.list, late->place,
                    "the record is after the end of the study at %g h",
                    r->study->duration);
}
