/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much a value differs: omega, the SD of its logarithm, by any of its measures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/study/population/population.h"

int pn_read_spread_value(struct pn_study_reader *r, const char *of,
                         const struct pn_yaml *node, const char *key, const char *unit,
                         double molar_mass, double *value)
{
    char what[160];

    snprintf(what, sizeof what, "%s of %s", key, of);
    if (!pn_read_quantity(&r->text, node, what, unit, molar_mass, value))
        return 0;
    if (*value >= 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "%s must be at least 0", what);
    return 0;
}

void pn_read_spread(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    struct pn_spread *spread = into;
    char what[160];
    double x;

    if (spread->measure) {
        pn_complain(r->text.list, node->place, "%s has both '%s' and '%s'", spread->what,
                    spread->measure, key->name);
        return;
    }
    spread->measure = key->name;
    snprintf(what, sizeof what, "%s of %.120s", key->name, spread->what);
    if (!pn_is_said_as_share(r, node, what, key->name) ||
        !pn_read_spread_value(r, spread->what, node, key->name, key->unit, 0.0, &x))
        return;
    if (strcmp(key->name, "omega2") == 0)
        x = sqrt(x);
    else if (strcmp(key->name, "cv") == 0)
        x = sqrt(log1p(x * x));
    else if (strcmp(key->name, "gsd") == 0 && x < 1.0)
        pn_complain(r->text.list, node->place, "gsd of %s must be at least 1",
                    spread->what);
    else if (strcmp(key->name, "gsd") == 0)
        x = log(x);
    spread->omega = x;
}
