/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of what the files give: parts with their tables under a name, and values of their
 * parameters and of covariates that are not yet read. */
#include "solver/study/given.h"

#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"

enum { MAX_NAMES = 512 };

struct pn_instance *pn_instance_add(struct pn_study_reader *r, struct pn_place place,
                                    const char *name,
                                    const struct pn_quantity *parameters)
{
    struct pn_instance *instance = pn_arena_take(r->text.arena, 1, sizeof *instance);

    for (struct pn_instance *i = r->instances; i; i = i->next)
        if (strcmp(i->name, name) == 0) {
            pn_complain(r->text.list, place, "the name '%s' is taken by another part",
                        name);
            return NULL;
        }
    if (!instance)
        return NULL;
    instance->name = name;
    instance->parameters = parameters;
    if (r->last_instance)
        r->last_instance->next = instance;
    else
        r->instances = instance;
    r->last_instance = instance;
    return instance;
}

struct pn_given *pn_give(struct pn_study_reader *r, struct pn_place place,
                         const char *name, const struct pn_quantity *row,
                         enum pn_rank rank)
{
    struct pn_given *given = pn_arena_take(r->text.arena, 1, sizeof *given);
    int is_covariate = strchr(name, '.') == NULL;
    struct pn_given **first = is_covariate ? &r->covariates : &r->parameters;
    struct pn_given **last = is_covariate ? &r->last_covariate : &r->last_parameter;

    if (!given ||
        !(given->variable.name = pn_arena_copy(r->text.arena, name, strlen(name))))
        return NULL;
    given->variable.row = row;
    given->variable.place = place;
    given->variable.by = given->variable.group = given->variable.member = -1;
    given->rank = rank;
    if (*last)
        (*last)->next = given;
    else
        *first = given;
    *last = given;
    return given;
}

void pn_give_node(struct pn_study_reader *r, const struct pn_yaml *key, const char *name,
                  const struct pn_quantity *row, double molar_mass, enum pn_rank rank)
{
    struct pn_given *given = pn_give(r, key->place, name, row, rank);

    if (!given)
        return;
    given->node = key->value;
    given->molar_mass = molar_mass;
}

static size_t names_of(const struct pn_quantity *table, const char **names, size_t n)
{
    size_t size = pn_table_size(table);

    for (size_t i = 0; i < size && n < MAX_NAMES; i++)
        names[n++] = table[i].name;
    return n;
}

void pn_give_parameters(struct pn_study_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const struct pn_key_map *others,
                        enum pn_rank rank)
{
    const char *names[MAX_NAMES];
    char what[160];
    size_t n = names_of(instance->parameters, names, 0);

    if (others)
        n = pn_key_names(others, PN_KEY_EVERYWHERE, names, n, MAX_NAMES);
    snprintf(what, sizeof what, "%.100s", instance->name);
    if (!pn_is_map_of(&r->text, map, what, names, n))
        return;
    for (const struct pn_yaml *key = map->first; key && !r->text.arena->failed;
         key = key->next) {
        int row = pn_table_find(instance->parameters, key->text);
        char *name;
        if (row < 0)
            continue;
        name = pn_arena_print(r->text.arena, "%s.%s", instance->name, key->text);
        if (name)
            pn_give_node(r, key, name, &instance->parameters[row], instance->molar_mass,
                         rank);
    }
}

/* The table behind a name of the catalogue that has no part in this study, or NULL. */
static const struct pn_quantity *elsewhere(const char *instance)
{
    const struct pn_component *component = pn_component_find(instance);
    const struct pn_test *test = pn_test_find(instance);

    return component ? component->parameters : test ? test->parameters : NULL;
}

static int unknown_instance(struct pn_study_reader *r, struct pn_place place,
                            const char *name)
{
    const char *names[MAX_NAMES];
    size_t n = 0;

    for (const struct pn_instance *i = r->instances; i && n < MAX_NAMES; i = i->next)
        names[n++] = i->name;
    for (const struct pn_component *c = pn_component_next(NULL); c && n < MAX_NAMES;
         c = pn_component_next(c))
        names[n++] = c->name;
    pn_unknown(&r->text, place, "part of the model", name, names, n);
    return -1;
}

static int find_parameter(struct pn_study_reader *r, struct pn_place place,
                          const char *name, size_t dot, const struct pn_quantity **row,
                          double *molar_mass)
{
    char instance[192];
    const char *names[MAX_NAMES];
    const struct pn_quantity *table;
    const struct pn_instance *i = r->instances;
    int index;

    snprintf(instance, sizeof instance, "%.*s", (int)(dot < 190 ? dot : 190), name);
    while (i && strcmp(i->name, instance) != 0)
        i = i->next;
    table = i ? i->parameters : elsewhere(instance);
    *molar_mass = i ? i->molar_mass : 0.0;
    if (!i && !table)
        return unknown_instance(r, place, instance);
    index = pn_table_find(table, name + dot + 1);
    if (index < 0) {
        char what[224];
        snprintf(what, sizeof what, "parameter of %s", instance);
        pn_unknown(&r->text, place, what, name + dot + 1, names,
                   names_of(table, names, 0));
        return -1;
    }
    *row = &table[index];
    return i != NULL;
}

int pn_find_row(struct pn_study_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass)
{
    const char *dot = strrchr(name, '.'), *names[MAX_NAMES];
    int index;

    *molar_mass = 0.0;
    if (dot)
        return find_parameter(r, place, name, (size_t)(dot - name), row, molar_mass);
    index = pn_table_find(pn_covariates, name);
    if (index < 0) {
        pn_unknown(&r->text, place, "covariate", name, names,
                   names_of(pn_covariates, names, 0));
        return -1;
    }
    *row = &pn_covariates[index];
    return 1;
}

double *pn_give_column(struct pn_study_reader *r, struct pn_place place, const char *name,
                       const struct pn_quantity *row, size_t n)
{
    struct pn_given *given = pn_give(r, place, name, row, PN_BY_PATIENTS);
    double *value = pn_arena_take(r->text.arena, n, sizeof *value);
    struct pn_yaml *first;

    if (!given || !value)
        return NULL;
    given->variable.column = value;
    if (row->categories && (first = pn_arena_take(r->text.arena, 1, sizeof *first))) {
        *first = (struct pn_yaml){.kind = PN_YAML_TEXT, .place = place};
        first->text = pn_arena_copy(r->text.arena, row->categories[0].name,
                                    strlen(row->categories[0].name));
        given->node = first->text ? first : NULL;
    }
    return value;
}
