/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the amount of a dose is measured by, and which covariates that takes. */
#include "solver/study/treatment/dose.h"

#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/population/population.h"

static const char *const per[] = {[PN_DOSE_FLAT] = "",
                                  [PN_DOSE_PER_WEIGHT] = "/kg",
                                  [PN_DOSE_PER_SURFACE] = "/m2",
                                  [PN_DOSE_BY_BANDS] = ""};

void pn_dose_unit(enum pn_dose_by by, const char *state_unit, char *unit)
{
    snprintf(unit, PN_DOSE_UNIT, "%.100s%s", state_unit, per[by]);
}

enum pn_dose_by pn_dose_kind(struct pn_study_reader *r, const struct pn_yaml *node,
                             const char *unit, const char *behind, double molar_mass)
{
    const char *given;
    double number, factor;

    if (node->kind == PN_YAML_MAP)
        return PN_DOSE_BY_BANDS;
    if (node->kind != PN_YAML_TEXT ||
        pn_number_parse(node->text, &given, &number) != PN_NUMBER)
        return PN_DOSE_FLAT;
    for (int by = PN_DOSE_FLAT; by < PN_DOSE_BY_BANDS; by++) {
        char want[PN_DOSE_UNIT + 8];
        /* mg/kg has no dimension, and % has none: it must say so */
        if ((by == PN_DOSE_PER_WEIGHT && !strstr(given, "kg")) ||
            (by == PN_DOSE_PER_SURFACE && !strchr(given, 'm')))
            continue;
        snprintf(want, sizeof want, "%.100s%s%s", unit, per[by], behind);
        if (pn_units_factor(r->text.units, given, want, molar_mass, &factor) == PN_OK)
            return (enum pn_dose_by)by;
    }
    return PN_DOSE_FLAT;
}

/* --- when the population is known --- */

static int find_covariate(struct pn_study_reader *r, const struct pn_regimen *regimen,
                          const char *name)
{
    int i = pn_population_find(&r->study->population, name);

    if (i < 0)
        pn_complain(r->text.list, regimen->place,
                    "the dose is per %s, and the population has no covariate '%s'",
                    per[regimen->measure.by] + 1, name);
    return i;
}

static void finish(struct pn_study_reader *r, struct pn_regimen *regimen)
{
    struct pn_dose_measure *measure = &regimen->measure;

    if (measure->by == PN_DOSE_PER_WEIGHT || measure->by == PN_DOSE_PER_SURFACE)
        measure->weight = find_covariate(r, regimen, "weight");
    if (measure->by == PN_DOSE_PER_SURFACE)
        measure->height = find_covariate(r, regimen, "height");
}

void pn_finish_doses(struct pn_study_reader *r)
{
    for (size_t a = 0; a < r->study->n_arms; a++)
        for (size_t i = 0; i < r->study->arm[a].n_regimens; i++)
            finish(r, &r->study->arm[a].regimen[i]);
    pn_finish_bands(r);
}
