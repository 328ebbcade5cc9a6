/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patients who are in one arm: a column ARM of their table. */
#include <stdio.h>
#include <strings.h>

#include "solver/study/population/population.h"

static int arm_called(const struct pn_study *study, const char *name)
{
    for (size_t a = 0; name && a < study->n_arms; a++)
        if (strcasecmp(study->arm[a].name, name) == 0)
            return (int)a;
    return -1;
}

static void unknown_arm(struct pn_study_reader *r, struct pn_place place,
                        const char *name, int64_t id)
{
    const struct pn_study *study = r->study;
    const char **names = pn_arena_take(r->text.arena, study->n_arms, sizeof *names);
    char what[64];

    if (!names)
        return;
    for (size_t a = 0; a < study->n_arms; a++)
        names[a] = study->arm[a].name;
    snprintf(what, sizeof what, "ARM of patient %lld", (long long)id);
    if (name)
        pn_unknown(&r->text, place, what, name, names, study->n_arms);
    else
        pn_complain(r->text.list, place, "patient %lld has no ARM", (long long)id);
}

void pn_assign_arms(struct pn_study_reader *r, struct pn_place place, char *const *name,
                    const int64_t *id, size_t n)
{
    struct pn_population *population = &r->study->population;
    size_t n_known = 0;

    population->arm = pn_arena_take(r->text.arena, n, sizeof *population->arm);
    if (!population->arm || r->study->n_arms == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        population->arm[i] = arm_called(r->study, name[i]);
        n_known += population->arm[i] >= 0;
    }
    for (size_t i = 0; n_known > 0 && i < n; i++)
        if (population->arm[i] < 0)
            unknown_arm(r, place, name[i], id[i]);
    if (n_known > 0)
        return;
    population->arm = NULL;
    pn_warn(r->text.list, place,
            "ARM names no arm of the study ('%.40s' is none): all patients are in every "
            "arm",
            n > 0 && name[0] ? name[0] : ".");
}
