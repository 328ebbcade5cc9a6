/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms: which drug, how much, by which route, how often, how long. */
#include <math.h>
#include <string.h>

#include "solver/study/parts.h"

enum { MAX_ROUTES = 16 };

/* @return the route of the regimen, or NULL after a complaint */
static const struct pn_route *find_route(struct pn_reader *r, const struct pn_yaml *map,
                                         const struct pn_drug *drug)
{
    const struct pn_yaml *node = pn_yaml_get(map, "route");
    const char *text = node ? pn_read_text(r, node, "route") : drug->route;
    const char *names[MAX_ROUTES];
    size_t n = 0;

    for (const struct pn_route *route = drug->kinetics->routes; route->name; route++) {
        if (text && strcmp(route->name, text) == 0)
            return route;
        if (n < MAX_ROUTES)
            names[n++] = route->name;
    }
    if (text)
        pn_unknown(r, node->place, "route", text, names, n);
    else if (!node)
        pn_complain(r->list, map->place,
                    "neither the regimen nor the drug '%s' has a 'route'", drug->name);
    return NULL;
}

static void read_amount(struct pn_reader *r, const struct pn_yaml *map,
                        const struct pn_drug *drug, struct pn_regimen *regimen)
{
    const struct pn_yaml *dose = pn_need(r, map, "a regimen", "dose");
    const struct pn_route *route = find_route(r, map, drug);
    struct pn_quantity row = {.low = 0.0, .high = HUGE_VAL};

    if (!dose || !route)
        return;
    regimen->route = pn_arena_copy(r->arena, route->name, strlen(route->name));
    row.unit = drug->kinetics->states[route->state].unit;
    if (pn_read_quantity(r, dose, "dose", row.unit, drug->molar_mass, &regimen->amount))
        pn_in_range(r, dose->place, "dose", &row, regimen->amount);
}

static int above_zero(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                      double *hours)
{
    if (!pn_read_quantity(r, node, what, "h", 0.0, hours))
        return 0;
    if (*hours > 0.0)
        return 1;
    pn_complain(r->list, node->place, "%s must be above 0", what);
    return 0;
}

/* duration 0 here means to the end of the study, which is not known yet */
static void read_times(struct pn_reader *r, const struct pn_yaml *map,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *start = pn_yaml_get(map, "start"),
                         *every = pn_yaml_get(map, "every"),
                         *duration = pn_yaml_get(map, "for"),
                         *adherence = pn_yaml_get(map, "adherence");

    if (start)
        pn_read_between(r, start, "start", "h", 0.0, HUGE_VAL, &regimen->start);
    if (every)
        above_zero(r, every, "every", &regimen->every);
    if (duration && !every)
        pn_complain(r->list, duration->place, "'for' needs 'every'");
    else if (duration)
        above_zero(r, duration, "for", &regimen->duration);
    regimen->adherence = 1.0;
    if (adherence)
        pn_read_between(r, adherence, "adherence", "1", 0.0, 1.0, &regimen->adherence);
    if (regimen->duration / regimen->every > PN_MAX_TIMES)
        pn_complain(r->list, map->place, "more than %d doses", PN_MAX_TIMES);
}

static void read_regimen(struct pn_reader *r, const struct pn_yaml *map,
                         const struct pn_yaml *own, struct pn_arm *arm)
{
    static const char *const keys[] = {"drug",  "dose", "route",    "every",
                                       "start", "for",  "adherence"};
    struct pn_regimen *regimen = &arm->regimen[arm->n_regimens];
    const struct pn_yaml *drug;
    int index;

    if (!pn_is_map_of(r, map, "a regimen", keys, 7))
        return;
    regimen->place = map->place;
    read_times(r, map, regimen);
    drug = pn_need(r, map, "a regimen", "drug");
    index = drug ? pn_read_drug(r, drug, own) : -1;
    if (index < 0)
        return;
    regimen->drug = (size_t)index;
    read_amount(r, map, &r->study->drug[index], regimen);
    arm->n_regimens++;
}

static void read_arm(struct pn_reader *r, const struct pn_yaml *key,
                     const struct pn_yaml *own, struct pn_arm *arm)
{
    arm->name = key->text;
    if (!key->text[0] || strlen(key->text) > 64 || strpbrk(key->text, "\n\t"))
        pn_complain(r->list, key->place, "an arm's name must have 1 to 64 characters");
    if (!pn_is(r, key->value, PN_YAML_LIST, key->text))
        return;
    arm->regimen = pn_arena_take(r->arena, key->value->n, sizeof *arm->regimen);
    for (const struct pn_yaml *node = key->value->first; node && !r->arena->failed;
         node = node->next)
        read_regimen(r, node, own, arm);
}

static void check_all_used(struct pn_reader *r, const struct pn_yaml *own)
{
    for (const struct pn_yaml *key = own->first; key; key = key->next) {
        size_t i = 0;
        while (i < r->n_named && strcmp(r->named[i].text, key->text) != 0)
            i++;
        if (i == r->n_named)
            pn_complain(r->list, key->place, "the drug '%.64s' is given in no arm",
                        key->text);
    }
}

void pn_read_arms(struct pn_reader *r, const struct pn_yaml *arms,
                  const struct pn_yaml *own)
{
    struct pn_study *study = r->study;

    if (own && !pn_is(r, own, PN_YAML_MAP, "drugs"))
        own = NULL;
    study->drug = pn_arena_take(r->arena, PN_MAX_DRUGS, sizeof *study->drug);
    if (!pn_is(r, arms, PN_YAML_MAP, "arms") || !pn_is_few(r, arms, "arms", PN_MAX_ARMS))
        return;
    if (arms->n == 0)
        pn_complain(r->list, arms->place, "arms is empty, expected at least one");
    study->arm = pn_arena_take(r->arena, arms->n, sizeof *study->arm);
    for (const struct pn_yaml *key = arms->first; key && !r->arena->failed;
         key = key->next)
        read_arm(r, key, own, &study->arm[study->n_arms++]);
    if (own)
        check_all_used(r, own);
}
