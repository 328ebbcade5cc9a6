/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where doses can go: by number, by name, by route. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/study/treatment/event_table.h"

enum { MAX_NAMES = 512 };

static int same_input(const struct pn_route *a, const struct pn_route *b)
{
    return a == b ||
           (a && b && a->F == b->F && a->ALAG == b->ALAG && a->R == b->R && a->D == b->D);
}

static const struct pn_route *first_route(const struct pn_component *kinetics,
                                          size_t state)
{
    for (const struct pn_route *route = kinetics->routes; route->name; route++)
        if (route->state == state)
            return route;
    return NULL;
}

int pn_compartment_of_route(const struct pn_study *study, size_t drug,
                            const struct pn_route *route)
{
    for (size_t i = 0; i < study->n_compartments; i++) {
        const struct pn_compartment *c = &study->compartment[i];
        if (c->drug == drug && c->state == route->state && same_input(c->route, route))
            return (int)i;
    }
    return -1;
}

static void add_states(struct pn_study *study, size_t drug)
{
    const struct pn_component *kinetics = study->drug[drug].kinetics;

    for (size_t s = 0; s < pn_table_size(kinetics->states); s++)
        study->compartment[study->n_compartments++] =
            (struct pn_compartment){drug, s, first_route(kinetics, s)};
}

static void add_routes(struct pn_study *study, size_t drug)
{
    const struct pn_route *route = study->drug[drug].kinetics->routes;

    for (; route->name; route++)
        if (pn_compartment_of_route(study, drug, route) < 0)
            study->compartment[study->n_compartments++] =
                (struct pn_compartment){drug, route->state, route};
}

const struct pn_route *pn_route_find(const struct pn_drug *drug, const char *name)
{
    const struct pn_route *route = drug->kinetics->routes;

    while (route->name && strcmp(route->name, name) != 0)
        route++;
    return route->name ? route : NULL;
}

void pn_number_compartments(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;
    size_t n = 0;

    for (size_t d = 0; d < study->n_drugs; d++) {
        const struct pn_route *route = study->drug[d].kinetics->routes;
        n += pn_table_size(study->drug[d].kinetics->states);
        for (; route->name; route++)
            n++;
    }
    study->compartment = pn_arena_take(r->text.arena, n, sizeof *study->compartment);
    if (!study->compartment)
        return;
    for (size_t d = 0; d < study->n_drugs; d++)
        add_states(study, d);
    r->n_states = study->n_compartments;
    for (size_t d = 0; d < study->n_drugs; d++)
        add_routes(study, d);
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            struct pn_regimen *regimen = &study->arm[a].regimen[i];
            const char *name =
                regimen->route ? regimen->route : study->drug[regimen->drug].route;
            const struct pn_route *route =
                name ? pn_route_find(&study->drug[regimen->drug], name) : NULL;
            regimen->compartment =
                route ? pn_compartment_of_route(study, regimen->drug, route) : -1;
        }
}

const struct pn_quantity *pn_compartment_state(const struct pn_study *study,
                                               int compartment)
{
    const struct pn_compartment *c = &study->compartment[compartment];

    return &study->drug[c->drug].kinetics->states[c->state];
}

static int by_number(struct pn_study_reader *r, const char *text, struct pn_place place)
{
    const char *rest;
    double number;

    if (pn_number_parse(text, &rest, &number) == PN_NUMBER && !*rest && number >= 1.0 &&
        number <= (double)r->n_states && number == (double)(size_t)number)
        return (int)number - 1;
    if (r->n_states == 0)
        pn_complain(r->text.list, place, "CMT %.40s: the study gives no drug", text);
    else
        pn_complain(r->text.list, place,
                    "CMT %.40s: the drugs have compartments 1 to %zu", text, r->n_states);
    return -1;
}

static int unknown_name(struct pn_study_reader *r, const char *text,
                        struct pn_place place)
{
    const char *names[MAX_NAMES];
    size_t n = 0;

    for (size_t i = 0; i < r->n_states && n + 1 < MAX_NAMES; i++) {
        const struct pn_quantity *state = pn_compartment_state(r->study, (int)i);
        const char *drug = r->study->drug[r->study->compartment[i].drug].name;
        names[n] = pn_arena_print(r->text.arena, "%s.%s", drug, state->name);
        if (!names[n++])
            return -1;
        names[n++] = state->name;
    }
    pn_unknown(&r->text, place, "compartment", text, names, n);
    return -1;
}

static int by_name(struct pn_study_reader *r, const char *text, struct pn_place place)
{
    int found = -1;

    for (size_t i = 0; i < r->n_states; i++) {
        const char *state = pn_compartment_state(r->study, (int)i)->name;
        const char *drug = r->study->drug[r->study->compartment[i].drug].name;
        size_t n = strlen(drug);

        if (strncmp(text, drug, n) == 0 && text[n] == '.' &&
            strcmp(text + n + 1, state) == 0)
            return (int)i;
        if (strcmp(text, state) != 0)
            continue;
        if (found >= 0) {
            pn_complain(r->text.list, place,
                        "CMT '%s' is a state of two drugs: write DRUG.%s, such as %s.%s",
                        text, text, drug, text);
            return -1;
        }
        found = (int)i;
    }
    return found >= 0 ? found : unknown_name(r, text, place);
}

int pn_compartment_find(struct pn_study_reader *r, const char *text,
                        struct pn_place place, int *off)
{
    *off = text[0] == '-';
    text += *off;
    if (text[0] >= '0' && text[0] <= '9')
        return by_number(r, text, place);
    if (text[0] != '\0')
        return by_name(r, text, place);
    pn_complain(r->text.list, place, "CMT must be a number or a name, found '-'");
    return -1;
}

int pn_compartment_default(struct pn_study_reader *r, struct pn_place place)
{
    const struct pn_study *study = r->study;
    const struct pn_drug *drug = study->drug;
    int *told = &r->table->told_default;

    if (study->n_drugs == 1 && drug->route)
        return pn_compartment_of_route(study, 0, pn_route_find(drug, drug->route));
    if ((*told)++) /* it would be said of every dose */
        return -1;
    if (study->n_drugs == 0)
        pn_complain(r->text.list, place, "a dose, but no arm of the study has a drug");
    else if (study->n_drugs > 1)
        pn_complain(r->text.list, place, "the record needs CMT: the study has %zu drugs",
                    study->n_drugs);
    else
        pn_complain(r->text.list, place,
                    "the record needs CMT: the drug '%s' has no default route",
                    drug->name);
    return -1;
}
