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

    if (strcmp(row->name, "sex") == 0) {
        *code = strcmp(name, "male") == 0 ? 1.0 : 0.0;
        return *code == 1.0 || strcmp(name, "female") == 0;
    }
    if (pn_number_parse(name, &rest, code) != PN_NUMBER)
        return 0;
    if (*rest == '\0')
        return strcmp(row->unit, "1") == 0;
    if (pn_units_factor(r->text.units, rest, row->unit, 0.0, &factor) != 0)
        return 0;
    *code *= factor;
    return isfinite(*code);
}
