/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Categories of a covariate by name. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"

int pn_category_code(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *name, double *code)
{
    int is_guess;
    const struct pn_category *category = pn_category_find(row, name, &is_guess);
    const char *rest;
    double factor;

    if (category && !is_guess) {
        *code = category->code;
        return 1;
    }
    if (row->categories || pn_number_parse(name, &rest, code) != PN_NUMBER)
        return 0;
    if (*rest == '\0')
        return strcmp(row->unit, "1") == 0;
    if (pn_units_factor(r->text.units, rest, row->unit, 0.0, &factor) != 0)
        return 0;
    *code *= factor;
    return isfinite(*code);
}

int pn_category_read(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *text, struct pn_place place, double *code)
{
    const char *rest = "";
    char number[32];
    double value;
    int is_guess;
    const struct pn_category *category;

    if (pn_number_parse(text, &rest, &value) == PN_NUMBER && *rest == '\0') {
        snprintf(number, sizeof number, "%g", value); /* 1.0000E+00 */
        text = number;
    }
    category = pn_category_find(row, text, &is_guess);
    if (!category)
        return 0;
    *code = category->code;
    if (is_guess && r->told_guess++ == 0)
        pn_warn(r->text.list, place,
                "%s %s is taken for %s: where codes mean something else, say it (of an "
                "event table: columns: {%s: {values: {%s: …}}})",
                row->name, text, category->name, row->name, text);
    return 1;
}

const char *pn_category_words(struct pn_study_reader *r, const struct pn_quantity *row)
{
    const char *words = "";

    if (!row->categories)
        words = pn_arena_print(r->text.arena, "numbers with the unit %s", row->unit);
    for (const struct pn_category *c = row->categories; words && c && c->name; c++)
        words = pn_arena_print(r->text.arena, "%s%s%s", words,
                               c == row->categories ? ""
                               : c[1].name          ? ", "
                                                    : " or ",
                               c->name);
    return words ? words : "";
}
