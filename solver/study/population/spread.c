/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much a value differs: omega, the SD of its logarithm, by any of its measures. */
#include <math.h>
#include <stdio.h>

#include "solver/study/population/population.h"

int pn_read_positive(struct pn_study_reader *r, const char *of,
                     const struct pn_yaml *node, const char *key, const char *unit,
                     double molar_mass, double *value)
{
    char what[160];

    snprintf(what, sizeof what, "%s of %s", key, of);
    if (!pn_read_quantity(&r->text, node, what, unit, molar_mass, value))
        return 0;
    if (*value > 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "%s must be above 0", what);
    return 0;
}

int pn_read_omega(struct pn_study_reader *r, const char *what, const struct pn_yaml *map,
                  double *omega)
{
    static const char *const measures[] = {"omega", "omega2", "cv", "gsd"};
    const struct pn_yaml *node = NULL;
    size_t which = 0;

    for (size_t i = 0; i < 4; i++) {
        const struct pn_yaml *given = pn_yaml_get(map, measures[i]);
        if (given && node) {
            pn_complain(r->text.list, given->place, "%s has both '%s' and '%s'", what,
                        measures[which], measures[i]);
            return 1;
        }
        if (given) {
            node = given;
            which = i;
        }
    }
    if (!node)
        return 0;
    if (!pn_read_positive(r, what, node, measures[which], "1", 0.0, omega))
        return 1;
    if (which == 1)
        *omega = sqrt(*omega);
    else if (which == 2)
        *omega = sqrt(log1p(*omega * *omega));
    else if (which == 3 && *omega <= 1.0)
        pn_complain(r->text.list, node->place, "gsd of %s must be above 1", what);
    else if (which == 3)
        *omega = log(*omega);
    return 1;
}
