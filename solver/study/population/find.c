/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables of a population by name. */
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"
#include "solver/study/study.h"

int pn_population_find(const struct pn_population *population, const char *name)
{
    const struct pn_quantity *row = pn_covariate_find(name);

    name = row ? row->name : name;
    for (size_t i = 0; i < population->n_variables; i++)
        if (strcmp(population->variable[i].name, name) == 0)
            return (int)i;
    for (size_t i = 0; i < population->n_variables; i++) /* of the study's own */
        if (!strchr(name, '.') && strcasecmp(population->variable[i].name, name) == 0)
            return (int)i;
    return -1;
}
