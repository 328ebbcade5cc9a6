/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals, states and results of a study by name, from the tables of its parts. */
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/treatment/read_treatment.h"

/* a component of the study under its name */
struct part {
    const char *instance; /* "fevipiprant.dp2" is made of the two */
    const char *target;
    const struct pn_component *component;
    double molar_mass;
};

/* The parts one after the other: i from 0.  @return 0: no more. */
static int part_at(const struct pn_study *study, size_t i, struct part *part)
{
    if (i < study->n_parts) {
        *part = (struct part){study->part[i].instance, NULL, study->part[i].component, 0};
        return 1;
    }
    i -= study->n_parts;
    for (size_t d = 0; d < study->n_drugs; d++) {
        const struct pn_drug *drug = &study->drug[d];
        size_t n = 1 + 2 * drug->n_targets + drug->n_effects;
        size_t k = (i - 1) / 2;

        if (i >= n) {
            i -= n;
            continue;
        }
        if (i == 0)
            *part = (struct part){drug->name, NULL, drug->kinetics, drug->molar_mass};
        else if (i > 2 * drug->n_targets)
            *part = (struct part){
                drug->effect[i - 1 - 2 * drug->n_targets].instance, NULL,
                drug->effect[i - 1 - 2 * drug->n_targets].component, drug->molar_mass};
        else if (i % 2 == 1)
            *part = (struct part){drug->name, drug->target[k].target,
                                  drug->target[k].potency, drug->molar_mass};
        else
            *part = (struct part){drug->target[k].target, NULL,
                                  pn_component_find("target"), 0.0};
        return part->component != NULL;
    }
    return 0;
}

/* @return the name of a signal behind that of its part, or NULL: another part */
static const char *behind(const struct part *part, const char *name)
{
    char full[256];
    size_t n;

    snprintf(full, sizeof full, "%s%s%s.", part->instance, part->target ? "." : "",
             part->target ? part->target : "");
    n = strlen(full);
    if (strncmp(name, full, n) == 0)
        return name + n;
    if (!part->component->role) /* then others may call it by that */
        return NULL;
    n = strlen(part->component->role);
    return strncmp(name, part->component->role, n) == 0 && name[n] == '.' ? name + n + 1
                                                                          : NULL;
}

static int row_of_part(const struct part *part, const char *name,
                       const struct pn_quantity **row)
{
    const struct pn_quantity *const tables[] = {part->component->writes,
                                                part->component->states};
    const char *own = behind(part, name);

    for (size_t t = 0; own && t < 2; t++) {
        int i = tables[t] ? pn_table_find(tables[t], own) : -1;
        if (i < 0)
            continue;
        *row = &tables[t][i];
        return 1;
    }
    return 0;
}

static int row_of_result(const struct pn_study *study, const char *name,
                         const struct pn_quantity **row)
{
    for (size_t v = 0; v < study->n_visits; v++)
        for (size_t t = 0; t < study->visit[v].n_tests; t++) {
            int i = pn_table_find(study->visit[v].test[t]->results, name);
            if (i < 0 || study->visit[v].test[t]->results[i].scale > 1.0) /* a curve */
                continue;
            *row = &study->visit[v].test[t]->results[i];
            return 1;
        }
    return 0;
}

int pn_signal_row(const struct pn_study *study, const char *name,
                  const struct pn_quantity **row, double *molar_mass)
{
    struct part part;

    *molar_mass = 0.0;
    if (!strchr(name, '.'))
        return row_of_result(study, name, row);
    for (size_t i = 0; part_at(study, i, &part); i++)
        if (row_of_part(&part, name, row)) {
            *molar_mass = part.molar_mass;
            return 1;
        }
    return 0;
}

static size_t add_name(const char **names, size_t n, size_t most, const char *name)
{
    if (name && n < most)
        names[n++] = name;
    return n;
}

size_t pn_signal_names(const struct pn_study *study, struct pn_arena *arena,
                       const char **names, size_t most)
{
    struct part part;
    size_t n = 0;

    for (size_t v = 0; v < study->n_visits; v++)
        for (size_t t = 0; t < study->visit[v].n_tests; t++)
            for (const struct pn_quantity *q = study->visit[v].test[t]->results; q->name;
                 q++)
                if (!(q->scale > 1.0))
                    n = add_name(names, n, most, q->name);
    for (size_t i = 0; part_at(study, i, &part); i++)
        for (int t = 0; t < 2; t++) {
            const struct pn_quantity *q =
                t == 0 ? part.component->writes : part.component->states;
            for (; q && q->name && n < most; q++)
                n = add_name(names, n, most,
                             pn_arena_print(arena, "%s%s%s.%s", part.instance,
                                            part.target ? "." : "",
                                            part.target ? part.target : "", q->name));
        }
    return n;
}
