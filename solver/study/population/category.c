/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Categories of a covariate by name. */
#include <math.h>
#include <string.h>

#include "solver/study/population/population.h"

int pn_category_code(struct pn_study_reader *r, const struct pn_quantity *row,
                     const char *name, double *code)
{
    const char *rest;
    double factor;

    for (const struct pn_category *c = row->categories; c && c->name; c++)
        if (strcmp(c->name, name) == 0) {
            *code = c->code;
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
