/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dataset goes into which file: by its dimensions. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/export.h"

static const struct {
    const char *over, *name;
} names[] = {
    {"patient",           "patients"    },
    {"arm,patient",       "lives"       },
    {"arm,patient,time",  "trajectories"},
    {"arm,patient,visit", "visits"      },
    {"arm,obs",           "obs"         },
    {"obs",               "obs"         },
    {"dose",              "doses"       },
    {"record",            "records"     },
    {"point",             "points"      },
};

/* the dimensions besides that of a design's points, which leads wherever it is */
static void join(const struct pn_field *field, char between, char *text, size_t size)
{
    int first = field->rank > 1 && strcmp(field->over[0], "point") == 0;
    size_t used = 0;

    text[0] = '\0';
    for (int i = first; i < field->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%.*s%s", i > first, &between,
                                 field->over[i]);
}

static void name_sheet(const struct pn_field *field, char *name, size_t size)
{
    const char *last = field->over[field->rank - 1], *end = strstr(last, "_point");
    char over[512];

    join(field, ',', over, sizeof over);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(over, names[i].over) == 0) {
            snprintf(name, size, "%s", names[i].name);
            return;
        }
    if (end && !end[strlen("_point")]) /* a curve has a file of its own */
        snprintf(name, size, "%.*s", (int)(end - last), last);
    else
        join(field, '-', name, size);
    for (char *c = name; *c; c++)
        *c = *c == '/' ? '_' : *c;
}

static int is_wanted(const struct pn_field *field, char *const *only, size_t n_only)
{
    if (field->is_scale || field->rank == 0)
        return 0;
    for (size_t i = 0; i < n_only; i++)
        if (strcmp(only[i], field->name) == 0)
            return 1;
    return n_only == 0;
}

static struct pn_sheet *sheet_of(struct pn_sheets *sheets, const struct pn_field *field)
{
    char name[sizeof sheets->sheet->name];

    name_sheet(field, name, sizeof name);
    for (size_t i = 0; i < sheets->n; i++)
        if (strcmp(sheets->sheet[i].name, name) == 0)
            return &sheets->sheet[i];
    snprintf(sheets->sheet[sheets->n].name, sizeof name, "%s", name);
    return &sheets->sheet[sheets->n++];
}

/* what has fewer dimensions than its sheet repeats along the leading ones */
static int fits(const struct pn_field *field, const struct pn_field *shape)
{
    int skip = shape->rank - field->rank;

    for (int i = 0; i < field->rank; i++)
        if (strcmp(field->over[i], shape->over[skip + i]) != 0 ||
            field->extent[i] != shape->extent[skip + i])
            return 0;
    return 1;
}

int pn_sheets_make(const struct pn_fields *fields, char *const *only, size_t n_only,
                   struct pn_sheets *sheets)
{
    *sheets = (struct pn_sheets){.n = 0};
    sheets->sheet = calloc(fields->n + 1, sizeof *sheets->sheet);
    if (!sheets->sheet)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the tables");
    for (size_t i = 0; i < fields->n; i++) {
        const struct pn_field *field = &fields->field[i];
        struct pn_sheet *sheet;

        if (!is_wanted(field, only, n_only))
            continue;
        sheet = sheet_of(sheets, field);
        if (!sheet->column)
            sheet->column = calloc(fields->n, sizeof *sheet->column);
        if (!sheet->column)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for the tables");
        sheet->column[sheet->n_columns++] = field;
        if (!sheet->shape || field->rank > sheet->shape->rank)
            sheet->shape = field;
    }
    for (size_t i = 0; i < sheets->n; i++)
        for (size_t k = 0; k < sheets->sheet[i].n_columns; k++)
            if (!fits(sheets->sheet[i].column[k], sheets->sheet[i].shape))
                return PN_FAIL(PN_ERR_INPUT, "%s: %s and %s have no common rows",
                               sheets->sheet[i].name, sheets->sheet[i].column[k]->name,
                               sheets->sheet[i].shape->name);
    return PN_OK;
}

void pn_sheets_free(struct pn_sheets *sheets)
{
    for (size_t i = 0; i < sheets->n; i++)
        free(sheets->sheet[i].column);
    free(sheets->sheet);
    *sheets = (struct pn_sheets){.n = 0};
}
