/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be run and is probably not meant: drugs that act on nothing, kinetics whose
 * numbers are those of no drug. */
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/given.h"
#include "solver/study/parts.h"

/* The first regimen that gives a drug; NULL: no arm does. */
static const struct pn_regimen *regimen_of(const struct pn_study *study, size_t drug)
{
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++)
            if (study->arm[a].regimen[i].drug == drug)
                return &study->arm[a].regimen[i];
    return NULL;
}

/* --- targets --- */

/* "il5.occupancy" of the target il5 */
static int is_of(const char *signal, const char *target)
{
    size_t n = strlen(target);

    return signal && strncmp(signal, target, n) == 0 && signal[n] == '.';
}

static int reads_it(const struct pn_quantity *reads, const char *target)
{
    for (; reads && reads->name; reads++)
        if (is_of(reads->name, target))
            return 1;
    return 0;
}

/* Does a test of a visit, or what decides in an arm? */
static int is_asked_for(const struct pn_study *study, const char *target)
{
    for (size_t v = 0; v < study->n_visits; v++)
        for (size_t i = 0; i < study->visit[v].n_tests; i++)
            if (reads_it(study->visit[v].test[i]->reads, target))
                return 1;
    for (size_t a = 0; a < study->n_arms; a++) {
        if (is_of(study->arm[a].dropout.signal, target))
            return 1;
        for (size_t i = 0; i < study->arm[a].n_rules; i++)
            if (is_of(study->arm[a].rule[i].signal, target))
                return 1;
    }
    return 0;
}

static int is_read(const struct pn_study *study, const char *target)
{
    for (size_t i = 0; i < study->n_parts; i++)
        if (reads_it(study->part[i].component->reads, target))
            return 1;
    for (size_t d = 0; d < study->n_drugs; d++)
        for (size_t i = 0; i < study->drug[d].n_effects; i++)
            if (reads_it(study->drug[d].effect[i].component->reads, target))
                return 1;
    return is_asked_for(study, target);
}

/* " (eosinophils_il5 would)" */
static const char *who_would(struct pn_study_reader *r, const char *target)
{
    char names[160] = "";
    size_t used = 0;

    for (const struct pn_component *c = pn_component_next(NULL); c;
         c = pn_component_next(c))
        if (reads_it(c->reads, target) && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used > 0 ? ", " : "", c->name);
    return used > 0 ? pn_arena_print(r->text.arena, " (%s would)", names) : "";
}

/* Where there is nothing but kinetics nobody expects an effect. */
static void warn_of_targets(struct pn_study_reader *r, const struct pn_drug *drug,
                            struct pn_place place)
{
    int has_tests = 0;

    for (size_t v = 0; v < r->study->n_visits; v++)
        has_tests |= r->study->visit[v].n_tests > 0;
    if (r->study->n_parts == 0 && !has_tests)
        return;
    for (size_t i = 0; i < drug->n_targets; i++) {
        const char *target = drug->target[i].target, *would = who_would(r, target);

        if (would && !is_read(r->study, target))
            pn_warn(
                r->text.list, place,
                "%s acts on nothing at %s: nothing in this study reads %s.occupancy%s",
                drug->name, target, target, would);
    }
}

/* --- kinetics --- */

static int is_of_doses(const struct pn_component *kinetics, int row)
{
    for (const struct pn_route *route = kinetics->routes; route && route->name; route++)
        if (row == route->F || row == route->ALAG || row == route->R || row == route->D)
            return 1;
    return 0;
}

/* A drug that is given iv only has no absorption. */
static int is_used(const struct pn_drug *drug, const char *parameter)
{
    return !drug->has_no_depot ||
           (strcmp(parameter, "KA") != 0 && strcmp(parameter, "MTT") != 0);
}

/* Does a file give it, {default: …} included? */
static int is_given(const struct pn_study_reader *r, const char *drug,
                    const char *parameter)
{
    size_t n = strlen(drug);
    char name[256];

    for (const struct pn_given *given = r->parameters; given; given = given->next)
        if (strncmp(given->variable.name, drug, n) == 0 &&
            given->variable.name[n] == '.' &&
            strcmp(given->variable.name + n + 1, parameter) == 0)
            return 1;
    snprintf(name, sizeof name, "%s.%s", drug, parameter);
    return pn_population_find(&r->study->population, name) >= 0; /* by the design */
}

static void warn_of_kinetics(struct pn_study_reader *r, const struct pn_drug *drug,
                             struct pn_place place)
{
    const struct pn_quantity *row = drug->kinetics->parameters;
    char names[200] = "";
    size_t used = 0;

    for (int i = 0; row && row[i].name; i++) {
        if (!row[i].source || !strstr(row[i].source, PN_NO_DEFAULT) ||
            is_of_doses(drug->kinetics, i) || !is_used(drug, row[i].name) ||
            is_given(r, drug->name, row[i].name) || used >= sizeof names)
            continue;
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s = %g %s",
                                 used > 0 ? ", " : "", row[i].name, row[i].value,
                                 row[i].unit);
    }
    if (used > 0)
        pn_warn(r->text.list, place,
                "%s does not give all of its kinetics: %s %s taken, of no drug in "
                "particular",
                drug->name, names, strchr(names, ',') ? "are" : "is");
}

void pn_warn_of_traps(struct pn_study_reader *r)
{
    for (size_t d = 0; d < r->study->n_drugs; d++) {
        const struct pn_regimen *regimen = regimen_of(r->study, d);

        if (!regimen || !r->study->drug[d].kinetics)
            continue;
        warn_of_targets(r, &r->study->drug[d], regimen->place);
        warn_of_kinetics(r, &r->study->drug[d], regimen->place);
    }
}
