/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Some of the patients of a study: first to last. */
#include "solver/base/status.h"
#include "solver/study/study.h"

int pn_study_select(struct pn_study *study, size_t first, size_t last)
{
    struct pn_population *population = &study->population;

    if (first < 1 || last < first || last > population->n_patients)
        return PN_FAIL(PN_ERR_USAGE, "patients %zu to %zu: the study has %zu patients",
                       first, last, population->n_patients);
    population->skipped += first - 1;
    population->n_patients = last - first + 1;
    if (population->id)
        population->id += first - 1;
    if (population->arm)
        population->arm += first - 1;
    if (population->occasion)
        population->occasion += first - 1;
    if (study->events) {
        study->events->id += first - 1;
        if (study->events->label)
            study->events->label += first - 1;
        study->events->first += first - 1; /* the records stay where they are */
        study->events->n_patients = population->n_patients;
    }
    for (size_t i = 0; i < population->n_variables; i++)
        if (population->variable[i].column)
            population->variable[i].column += first - 1;
    return PN_OK;
}
