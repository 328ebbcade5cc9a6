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

/* The first state that has a number: of a drug without a depot the central one. */
static size_t first_numbered(const struct pn_drug *drug)
{
    return drug->has_no_depot ? pn_route_find(drug, "iv")->state : 0;
}

static void add_states(struct pn_study *study, size_t drug, int *cmt)
{
    const struct pn_component *kinetics = study->drug[drug].kinetics;
    size_t first = first_numbered(&study->drug[drug]);

    for (size_t s = 0; s < pn_table_size(kinetics->states); s++)
        study->compartment[study->n_compartments++] = (struct pn_compartment){
            drug, s, first_route(kinetics, s), s < first ? 0 : ++*cmt};
}

static int number_of_state(const struct pn_study *study, size_t drug, size_t state)
{
    const struct pn_compartment *c = study->compartment;

    while (c->drug != drug || c->state != state)
        c++;
    return c->cmt;
}

static void add_routes(struct pn_study *study, size_t drug)
{
    const struct pn_route *route = study->drug[drug].kinetics->routes;

    for (; route->name; route++)
        if (pn_compartment_of_route(study, drug, route) < 0)
            study->compartment[study->n_compartments++] = (struct pn_compartment){
                drug, route->state, route, number_of_state(study, drug, route->state)};
}

/* Is a drug given into the vein only?  As its own route says, and each regimen. */
static int is_only_iv(const struct pn_study *study, size_t drug)
{
    const struct pn_drug *given = &study->drug[drug];
    int is_iv = given->route != NULL;

    if (!pn_route_find(given, "iv") || (is_iv && strcmp(given->route, "iv") != 0))
        return 0;
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            const struct pn_regimen *regimen = &study->arm[a].regimen[i];
            if (regimen->drug != drug || !regimen->route)
                continue;
            if (strcmp(regimen->route, "iv") != 0)
                return 0;
            is_iv = 1;
        }
    return is_iv;
}

const struct pn_route *pn_route_find(const struct pn_drug *drug, const char *name)
{
    const struct pn_route *route = drug->kinetics->routes;

    while (route->name && strcmp(route->name, name) != 0)
        route++;
    return route->name ? route : NULL;
}

/* The result's list of doses names them all, or none. */
static void warn_of_many(struct pn_study_reader *r)
{
    const struct pn_study *study = r->study;
    size_t n_letters = 0;

    for (size_t i = 0; i < study->n_compartments; i++) {
        const struct pn_compartment *c = &study->compartment[i];
        n_letters += strlen(study->drug[c->drug].name) + 3;
        n_letters += strlen(pn_compartment_state(study, (int)i)->name);
        n_letters += c->route ? strlen(c->route->name) : 0;
    }
    if (study->n_compartments > PN_NAMED_COMPARTMENTS || n_letters > PN_COMPARTMENT_NAMES)
        pn_warn(r->text.list, r->root->place,
                "%zu compartments: the result numbers those of doses, without names and "
                "units",
                study->n_compartments);
}

void pn_number_compartments(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;
    size_t n = 0;
    int cmt = 0;

    for (size_t d = 0; d < study->n_drugs; d++) {
        const struct pn_route *route = study->drug[d].kinetics->routes;
        study->drug[d].has_no_depot = is_only_iv(study, d);
        n += pn_table_size(study->drug[d].kinetics->states);
        for (; route->name; route++)
            n++;
    }
    study->compartment = pn_arena_take(r->text.arena, n, sizeof *study->compartment);
    if (!study->compartment)
        return;
    for (size_t d = 0; d < study->n_drugs; d++)
        add_states(study, d, &cmt);
    r->n_states = study->n_compartments;
    for (size_t d = 0; d < study->n_drugs; d++)
        add_routes(study, d);
    warn_of_many(r);
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

/* A number beyond the last, which would be one if drugs that are given iv had a depot:
 * what it would mean then.  Told once of each. */
static int with_depots(struct pn_study_reader *r, size_t number, struct pn_place place)
{
    const struct pn_study *study = r->study;
    const struct pn_compartment *c = &study->compartment[number - 1];
    const struct pn_drug *drug = &study->drug[c->drug];
    const char *state = pn_compartment_state(study, (int)number - 1)->name;

    if (c->cmt == 0)
        return -1;
    if (!(r->table->told[number - 1] & PN_TOLD_NUMBER))
        pn_warn(r->text.list, place,
                "CMT %zu: a drug that is given iv only has no depot, so that %s.%s is "
                "compartment %d; %zu is taken for it too",
                number, drug->name, state, c->cmt, number);
    r->table->told[number - 1] |= PN_TOLD_NUMBER;
    return (int)number - 1;
}

static int by_number(struct pn_study_reader *r, const char *text, struct pn_place place)
{
    const char *rest;
    double number;
    int last = 0, found = -1;

    for (size_t i = 0; i < r->n_states; i++)
        last = r->study->compartment[i].cmt > last ? r->study->compartment[i].cmt : last;
    if (pn_number_parse(text, &rest, &number) == PN_NUMBER && !*rest && number >= 1.0 &&
        number <= (double)r->n_states && number == (double)(size_t)number) {
        for (size_t i = 0; i < r->n_states; i++)
            if (r->study->compartment[i].cmt == (int)number)
                return (int)i;
        found = with_depots(r, (size_t)number, place);
    }
    if (found >= 0)
        return found;
    if (r->n_states == 0)
        pn_complain(r->text.list, place, "CMT %.40s: the study gives no drug", text);
    else
        pn_complain(r->text.list, place, "CMT %.40s: the drugs have compartments 1 to %d",
                    text, last);
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

/* DRUG.STATE@ROUTE, as results call what a second route leads into.  @return -1: none */
static int by_route(const struct pn_study_reader *r, const char *text, const char *at)
{
    for (size_t i = 0; i < r->study->n_compartments; i++) {
        const struct pn_compartment *c = &r->study->compartment[i];
        const char *drug = r->study->drug[c->drug].name;
        const char *state = pn_compartment_state(r->study, (int)i)->name;
        size_t n = strlen(drug), length = strlen(state);

        if (c->route && strcmp(at + 1, c->route->name) == 0 &&
            (size_t)(at - text) == n + 1 + length && strncmp(text, drug, n) == 0 &&
            text[n] == '.' && strncmp(text + n + 1, state, length) == 0)
            return (int)i;
    }
    return -1;
}

static int by_name(struct pn_study_reader *r, const char *text, struct pn_place place)
{
    const char *at = strchr(text, '@');
    int found = at ? by_route(r, text, at) : -1;

    if (found >= 0)
        return found;
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

/* A route that enters a state, one of the drug's own where it is given iv only. */
static int is_entered(const struct pn_drug *drug, size_t state)
{
    const struct pn_route *route = drug->kinetics->routes;

    if (drug->has_no_depot)
        return pn_route_find(drug, "iv")->state == state;
    while (route->name && route->state != state)
        route++;
    return route->name != NULL;
}

void pn_compartment_warn(struct pn_study_reader *r, struct pn_place place,
                         int compartment)
{
    const struct pn_study *study = r->study;
    const struct pn_compartment *c = &study->compartment[compartment];
    const struct pn_drug *drug = &study->drug[c->drug];
    unsigned char *told = &r->table->told[compartment];

    if (is_entered(drug, c->state) || *told & PN_TOLD_DOSE)
        return;
    *told |= PN_TOLD_DOSE;
    pn_warn(
        r->text.list, place,
        "a dose into %s.%s, into which no route%s leads: is another compartment meant?",
        drug->name, pn_compartment_state(study, compartment)->name,
        drug->has_no_depot ? " of a drug that is given iv only" : " of the drug");
}
