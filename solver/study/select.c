/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/study.h"

static int64_t *ids_of(const struct pn_population *population, size_t first, size_t n)
{
    int64_t *id = calloc(n, sizeof *id);

    for (size_t i = 0; id && i < n; i++)
        id[i] = population->id ? population->id[first + i] : (int64_t)(first + i + 1);
    return id;
}

int pn_study_select(struct pn_study *study, size_t first, size_t last)
{
    struct pn_population *population = &study->population;
    int64_t *id;

    if (last > population->n_patients)
        return PN_FAIL(PN_ERR_USAGE, "--patients %zu:%zu: the study has %zu patients",
                       first, last, population->n_patients);
    id = ids_of(population, first - 1, last - first + 1);
    if (!id)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    free(population->id);
    population->id = id;
    population->n_patients = last - first + 1;
    for (size_t i = 0; i < population->n_variables; i++) {
        double *column = population->variable[i].column;
        if (column)
            memmove(column, column + first - 1, population->n_patients * sizeof *column);
    }
    return PN_OK;
}
