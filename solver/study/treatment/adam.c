/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADaM tables become the text of an event table: ADPPK as it stands, ADEX (doses) and
 * ADPC (observations) in the order of time. */
#include "solver/study/treatment/adam.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/text/csv.h"
#include "solver/text/csv_put.h"

enum { MAX_COVARIATES = PN_CSV_FIELDS - PN_ADAM_COLUMNS };

/* one record of the event table to be */
struct row {
    size_t table, i, order;
    size_t patient; /* place of the ID among all, in the order in which they come */
    double hours;   /* since the first dose, or of the calendar; NaN: as it stands */
    int is_dose;
};

/* a covariate, of one table or of both */
struct extra {
    const char *name, *unit;
    int column[PN_ADAM_TABLES]; /* -1: not in this one */
};

struct joined {
    struct pn_study_reader *r;
    size_t n_tables, n_rows, n_extras;
    struct pn_adam table[PN_ADAM_TABLES];
    const char *amt_unit[PN_ADAM_TABLES], *dv_unit, *time_unit, *dur_unit;
    struct row *row;
    struct extra extra[MAX_COVARIATES];
    int by_calendar; /* times are dates */
    int by_code;     /* DVID is PARAMCD */
    int has[PN_ADAM_COLUMNS];
};

static const char *cell(const struct pn_adam *a, size_t i, enum pn_adam_field field)
{
    return a->of[field] < 0 ? NULL
                            : a->xpt->cell[i * a->xpt->n_columns + (size_t)a->of[field]];
}

static double number(const char *text)
{
    return text ? strtod(text, NULL) : 0.0;
}

static struct pn_place place_of(const struct pn_adam *a, size_t i)
{
    return (struct pn_place){a->xpt->file, (int)i + 2, 0};
}

/* --- records --- */

/* A table with EVID says it; else what has an amount is a dose. */
static int is_dose(const struct pn_adam *a, size_t i)
{
    const char *evid = cell(a, i, PN_ADAM_EVID);

    if (evid)
        return number(evid) == 1.0 || number(evid) == 4.0;
    return number(cell(a, i, PN_ADAM_AMT)) > 0.0;
}

/* The same field says who it is in both. */
static void agree_on_id(struct joined *j)
{
    static const char *const names[] = {"ID", "NMID", "USUBJID", "SUBJID"};

    if (j->n_tables < 2)
        return;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        int first = pn_xpt_find(j->table[0].xpt, names[k]),
            second = pn_xpt_find(j->table[1].xpt, names[k]);
        if (first < 0 || second < 0)
            continue;
        j->table[0].of[PN_ADAM_ID] = first;
        j->table[1].of[PN_ADAM_ID] = second;
        return;
    }
}

/* Two tables are of one clock: time since the first dose in both, or the calendar. */
static int choose_clock(struct joined *j)
{
    int all = 1, dates = 1;

    for (size_t k = 0; k < j->n_tables; k++) {
        all &= j->table[k].of[PN_ADAM_TIME] >= 0;
        dates &= j->table[k].of[PN_ADAM_START] >= 0;
    }
    j->by_calendar = !all;
    for (size_t k = 0; k < j->n_tables; k++) {
        struct pn_place place = {j->table[k].xpt->file, 0, 0};
        if (j->table[k].of[PN_ADAM_ID] < 0)
            return !pn_complain(j->r->text.list, place,
                                "the table has none of ID, USUBJID, SUBJID");
        if (!all && !dates)
            return !pn_complain(
                j->r->text.list, place,
                "the tables need AFRLT (or TIME, NFRLT), or ASTDTM (ADTM), in each");
    }
    return 1;
}

static void read_hours(struct joined *j, struct row *row)
{
    const struct pn_adam *a = &j->table[row->table];
    const char *text = cell(a, row->i, j->by_calendar ? PN_ADAM_START : PN_ADAM_TIME);

    if (!text)
        pn_complain(j->r->text.list, place_of(a, row->i), "the record has no time");
    else if (!j->by_calendar)
        row->hours = number(text);
    else if (!pn_adam_hours(text, &row->hours))
        pn_complain(j->r->text.list, place_of(a, row->i),
                    "'%.40s' is no date with a time, such as 2024-03-01T08:30", text);
}

struct named {
    const char *id;
    size_t row;
};

static int by_id(const void *x, const void *y)
{
    const struct named *a = x, *b = y;
    int is = strcmp(a->id, b->id);

    return is ? is : (a->row > b->row) - (a->row < b->row);
}

/* Patients in the order in which they come. */
static void number_patients(struct joined *j)
{
    struct named *named = pn_arena_take(j->r->text.arena, j->n_rows, sizeof *named);
    size_t first = 0;

    for (size_t i = 0; named && i < j->n_rows; i++) {
        const struct row *row = &j->row[i];
        const char *id = cell(&j->table[row->table], row->i, PN_ADAM_ID);
        named[i] = (struct named){id ? id : "", i};
        if (!id)
            pn_complain(j->r->text.list, place_of(&j->table[row->table], row->i),
                        "the record has no ID");
    }
    if (!named)
        return;
    qsort(named, j->n_rows, sizeof *named, by_id);
    for (size_t i = 0; i < j->n_rows; i++) {
        if (i > 0 && strcmp(named[i].id, named[first].id) != 0)
            first = i;
        j->row[named[i].row].patient = named[first].row;
    }
}

/* At one time the observation is first: it was taken before the dose. */
static int by_patient_and_time(const void *x, const void *y)
{
    const struct row *a = x, *b = y;

    if (a->patient != b->patient)
        return a->patient < b->patient ? -1 : 1;
    if (a->hours != b->hours)
        return a->hours < b->hours ? -1 : 1;
    if (a->is_dose != b->is_dose)
        return a->is_dose - b->is_dose;
    return (a->order > b->order) - (a->order < b->order);
}

/* The calendar begins at the patient's first dose. */
static void begin_at_first_dose(struct joined *j)
{
    for (size_t i = 0, end; i < j->n_rows; i = end) {
        double zero = (double)NAN;
        for (end = i; end < j->n_rows && j->row[end].patient == j->row[i].patient; end++)
            if (isnan(zero) && j->row[end].is_dose)
                zero = j->row[end].hours;
        if (isnan(zero))
            zero = j->row[i].hours;
        for (size_t k = i; k < end; k++)
            j->row[k].hours -= zero;
    }
}

static int collect(struct joined *j)
{
    size_t n = 0, before = j->r->text.list->n;

    for (size_t k = 0; k < j->n_tables; k++)
        n += j->table[k].xpt->n_rows;
    j->row = pn_arena_take(j->r->text.arena, n, sizeof *j->row);
    if (!j->row)
        return 0;
    for (size_t k = 0; k < j->n_tables; k++)
        for (size_t i = 0; i < j->table[k].xpt->n_rows; i++) {
            struct row *row = &j->row[j->n_rows];
            *row = (struct row){.table = k, .i = i, .order = j->n_rows++};
            row->is_dose = is_dose(&j->table[k], i);
            read_hours(j, row);
        }
    if (j->r->text.list->n != before)
        return 0;
    number_patients(j);
    if (j->n_tables > 1 || j->by_calendar)
        qsort(j->row, j->n_rows, sizeof *j->row, by_patient_and_time);
    if (j->by_calendar)
        begin_at_first_dose(j);
    return j->r->text.list->n == before && !j->r->text.arena->failed;
}

/* --- columns --- */

static void add_extra(struct joined *j, size_t table, size_t column,
                      const struct pn_yaml *said)
{
    const struct pn_adam *a = &j->table[table];
    const char *name = pn_adam_covariate(j->r, a, column, said);
    enum pn_adam_field units =
        name && strcmp(name, "age") == 0 ? PN_ADAM_AGE_UNIT : PN_ADAM_FIELDS;
    struct extra *extra = j->extra;

    if (!name)
        return;
    while (extra < j->extra + j->n_extras && strcmp(extra->name, name) != 0)
        extra++;
    if (extra == j->extra + j->n_extras) {
        if (j->n_extras == MAX_COVARIATES)
            return;
        *extra = (struct extra){
            name, pn_adam_unit_of(j->r, a, units, (int)column), {-1, -1}
        };
        j->n_extras++;
    }
    if (extra->column[table] < 0)
        extra->column[table] = (int)column;
}

/* Several PARAMCD of observations tell them apart where there is no DVID. */
static int tells_by_code(const struct joined *j)
{
    const char *first = NULL, *code;

    for (size_t i = 0; i < j->n_rows; i++) {
        const struct pn_adam *a = &j->table[j->row[i].table];
        if (a->of[PN_ADAM_DVID] >= 0)
            return 0;
        if (j->row[i].is_dose || !(code = cell(a, j->row[i].i, PN_ADAM_CODE)))
            continue;
        if (first && strcmp(first, code) != 0)
            return 1;
        first = code;
    }
    return 0;
}

static void find_units(struct joined *j)
{
    for (size_t k = 0; k < j->n_tables; k++) {
        const struct pn_adam *a = &j->table[k];
        const char *dv = pn_adam_unit_of(j->r, a, PN_ADAM_DV_UNIT, a->of[PN_ADAM_DV]),
                   *time =
                       pn_adam_unit_of(j->r, a, PN_ADAM_TIME_UNIT, a->of[PN_ADAM_TIME]),
                   *dur = pn_adam_unit_of(j->r, a, PN_ADAM_DUR_UNIT, a->of[PN_ADAM_DUR]);
        j->amt_unit[k] = pn_adam_unit_of(j->r, a, PN_ADAM_AMT_UNIT, a->of[PN_ADAM_AMT]);
        if (a->of[PN_ADAM_DV] >= 0)
            j->dv_unit = dv;
        j->time_unit = j->time_unit ? j->time_unit : time;
        j->dur_unit = j->dur_unit ? j->dur_unit : dur;
    }
    if (!j->amt_unit[0])
        j->amt_unit[0] = j->amt_unit[1];
}

/* Columns that some table has, or that are made of what it has. */
static void find_columns(struct joined *j)
{
    static const enum pn_adam_field made_of[PN_ADAM_COLUMNS] = {
        [PN_ADAM_CMT] = PN_ADAM_ROUTE,
        [PN_ADAM_DUR] = PN_ADAM_END,
        [PN_ADAM_II] = PN_ADAM_END,
        [PN_ADAM_ADDL] = PN_ADAM_END,
        [PN_ADAM_CENS] = PN_ADAM_BELOW};

    for (size_t k = 0; k < j->n_tables; k++)
        for (size_t f = 0; f < PN_ADAM_COLUMNS; f++)
            j->has[f] |=
                j->table[k].of[f] >= 0 || (made_of[f] && j->table[k].of[made_of[f]] >= 0);
    j->has[PN_ADAM_TIME] = j->has[PN_ADAM_EVID] = 1;
    j->has[PN_ADAM_DVID] |= j->by_code;
}

/* --- text --- */

static void put_header(const struct joined *j, FILE *out)
{
    const char *unit[PN_ADAM_COLUMNS] = {
        [PN_ADAM_TIME] = j->by_calendar ? "h" : j->time_unit,
        [PN_ADAM_AMT] = j->amt_unit[0],
        [PN_ADAM_DUR] = j->by_calendar ? "h" : j->dur_unit,
        [PN_ADAM_II] = j->by_calendar ? "h" : NULL,
        [PN_ADAM_DV] = j->dv_unit};

    for (size_t f = 0; f < PN_ADAM_COLUMNS; f++) {
        if (!j->has[f])
            continue;
        fprintf(out, "%s%s", f > 0 ? "," : "", pn_adam_column[f]);
        if (unit[f])
            fprintf(out, " [%s]", unit[f]);
    }
    for (size_t k = 0; k < j->n_extras; k++) {
        fputc(',', out);
        pn_csv_put_text(out, j->extra[k].name);
        if (j->extra[k].unit)
            fprintf(out, " [%s]", j->extra[k].unit);
    }
    fputc('\n', out);
}

/* A line break in a text would end the record. */
static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (text && !strpbrk(text, "\r\n"))
        pn_csv_put_text(out, text);
    else
        fputc('.', out);
}

/* Doses between a start and an end, by how often they are taken. */
static void repeat(const struct joined *j, const struct row *row, double *ii, int *addl)
{
    static const struct {
        const char *word;
        double hours;
    } every[] = {
        {"QD",   24 },
        {"BID",  12 },
        {"TID",  8  },
        {"QID",  6  },
        {"Q12H", 12 },
        {"Q8H",  8  },
        {"Q6H",  6  },
        {"QOD",  48 },
        {"QW",   168},
        {"Q2W",  336},
        {"Q4W",  672},
        {"ONCE", 0  },
    };
    const struct pn_adam *a = &j->table[row->table];
    const char *word = cell(a, row->i, PN_ADAM_FREQUENCY);
    double start, end;
    size_t k = 0;

    *ii = 0.0;
    *addl = 0;
    if (!pn_adam_hours(cell(a, row->i, PN_ADAM_START), &start) ||
        !pn_adam_hours(cell(a, row->i, PN_ADAM_END), &end) || !(end - start >= 20.0))
        return;
    while (word && k < sizeof every / sizeof *every && strcasecmp(word, every[k].word))
        k++;
    if (!word || k == sizeof every / sizeof *every) {
        pn_complain(j->r->text.list, place_of(a, row->i),
                    "the doses last %g h, but EXDOSFRQ (%.40s) does not say how often",
                    end - start, word ? word : "none");
        return;
    }
    if (every[k].hours == 0.0)
        return;
    *ii = every[k].hours;
    *addl =
        (int)fmin((end - start) / *ii + 0.2, 1e6); /* the last may be a little early */
}

static int goes_into_a_vein(const char *route)
{
    return route &&
           (strncasecmp(route, "INTRAVENOUS", 11) == 0 || strcasecmp(route, "IV") == 0);
}

/* What is made of others where the table does not have the field itself. */
static char *made(const struct joined *j, const struct row *row, enum pn_adam_field field)
{
    const struct pn_adam *a = &j->table[row->table];
    struct pn_arena *arena = j->r->text.arena;
    const char *route = cell(a, row->i, PN_ADAM_ROUTE),
               *below = cell(a, row->i, PN_ADAM_BELOW),
               *lowest = cell(a, row->i, PN_ADAM_LOWEST);
    int is_below = below && (strcasecmp(below, "Y") == 0 || strcmp(below, "1") == 0);
    double ii, start, end;
    int addl;

    switch (field) {
    case PN_ADAM_EVID:
        return pn_arena_print(arena, "%d", row->is_dose);
    case PN_ADAM_CMT:
        return row->is_dose && goes_into_a_vein(route) ? pn_arena_print(arena, "A1")
                                                       : NULL;
    case PN_ADAM_DUR:
        if (row->is_dose && j->by_calendar && goes_into_a_vein(route) &&
            pn_adam_hours(cell(a, row->i, PN_ADAM_START), &start) &&
            pn_adam_hours(cell(a, row->i, PN_ADAM_END), &end) && end > start &&
            end - start < 20.0)
            return pn_arena_print(arena, "%.15g", end - start);
        return NULL;
    case PN_ADAM_II:
    case PN_ADAM_ADDL:
        if (!row->is_dose)
            return NULL;
        repeat(j, row, &ii, &addl);
        return addl == 0             ? NULL
               : field == PN_ADAM_II ? pn_arena_print(arena, "%g", ii)
                                     : pn_arena_print(arena, "%d", addl);
    case PN_ADAM_DVID:
        return j->by_code && !row->is_dose
                   ? pn_arena_print(arena, "%s", cell(a, row->i, PN_ADAM_CODE))
                   : NULL;
    case PN_ADAM_CENS:
        return !row->is_dose && is_below && lowest ? pn_arena_print(arena, "1") : NULL;
    default:
        return NULL;
    }
}

/* A field of a record: as the table has it, where it means something in this record. */
static const char *text_of(const struct joined *j, const struct row *row,
                           enum pn_adam_field field)
{
    const struct pn_adam *a = &j->table[row->table];
    const char *text = cell(a, row->i, field), *lowest;

    if (field == PN_ADAM_TIME)
        return j->by_calendar
                   ? pn_arena_print(j->r->text.arena, "%.12g", row->hours + 0.0)
                   : text;
    if ((field == PN_ADAM_AMT || field == PN_ADAM_DUR) && !row->is_dose &&
        a->of[PN_ADAM_EVID] < 0)
        return NULL;
    if ((field == PN_ADAM_DV || field == PN_ADAM_CENS) && row->is_dose)
        return NULL;
    if (field == PN_ADAM_DV && a->of[PN_ADAM_CENS] < 0 && made(j, row, PN_ADAM_CENS) &&
        (lowest = cell(a, row->i, PN_ADAM_LOWEST)))
        return lowest;
    return a->of[field] >= 0 ? text : made(j, row, field);
}

/* What only one of two tables knows of a patient holds in the other, too. */
static const char *extra_of(const struct joined *j, size_t i, const struct extra *extra)
{
    const struct row *row = &j->row[i];
    int column = extra->column[row->table];

    if (column >= 0) {
        const struct pn_xpt *t = j->table[row->table].xpt;
        return t->cell[row->i * t->n_columns + (size_t)column];
    }
    for (size_t k = i; k > 0 && j->row[k - 1].patient == row->patient; k--)
        if (j->row[k - 1].table != row->table)
            return extra_of(j, k - 1, extra);
    for (size_t k = i; k + 1 < j->n_rows && j->row[k + 1].patient == row->patient; k++)
        if (j->row[k + 1].table != row->table)
            return extra_of(j, k + 1, extra);
    return NULL;
}

static void put_record(const struct joined *j, size_t i, FILE *out)
{
    const struct row *row = &j->row[i];

    pn_csv_put_text(out, cell(&j->table[row->table], row->i, PN_ADAM_ID));
    for (size_t f = PN_ADAM_ID + 1; f < PN_ADAM_COLUMNS; f++)
        if (j->has[f])
            put_text(out, text_of(j, row, (enum pn_adam_field)f));
    for (size_t k = 0; k < j->n_extras; k++)
        put_text(out, extra_of(j, i, &j->extra[k]));
    fputc('\n', out);
}

static const struct pn_source *write_text(const struct joined *j,
                                          const struct pn_source *file)
{
    struct pn_source *source = pn_arena_take(j->r->text.arena, 1, sizeof *source);
    size_t before = j->r->text.list->n;
    char *text = NULL;
    size_t n;
    FILE *out = source ? open_memstream(&text, &n) : NULL;

    if (!out)
        return NULL;
    put_header(j, out);
    for (size_t i = 0; i < j->n_rows; i++)
        put_record(j, i, out);
    if (fclose(out) == 0) {
        *source = *file;
        source->text = pn_arena_copy(j->r->text.arena, text, n);
        source->n = n;
    }
    free(text);
    return source->text && j->r->text.list->n == before ? source : NULL;
}

const struct pn_source *pn_adam_source(struct pn_study_reader *r,
                                       const struct pn_source *const *file, size_t n,
                                       const struct pn_yaml *said)
{
    struct joined *j = pn_arena_take(r->text.arena, 1, sizeof *j);
    size_t before = r->text.list->n;

    if (!j)
        return NULL;
    j->r = r;
    for (j->n_tables = 0; j->n_tables < n; j->n_tables++) {
        struct pn_adam *a = &j->table[j->n_tables];
        if (!(a->xpt = pn_xpt_read(&r->text, file[j->n_tables])))
            return NULL;
        pn_adam_find(a, said);
    }
    agree_on_id(j);
    if (!choose_clock(j) || !collect(j))
        return NULL;
    find_units(j);
    j->by_code = tells_by_code(j);
    find_columns(j);
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < j->table[k].xpt->n_columns; c++)
            add_extra(j, k, c, said);
    return r->text.list->n == before ? write_text(j, file[0]) : NULL;
}
