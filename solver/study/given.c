/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of what the files give: parts with their tables under a name, and values of their
 * parameters and of covariates that are not yet read. */
#include "solver/study/given.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"

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
    const char *own = is_covariate ? row->name : name; /* of a covariate its own */
    struct pn_given **last = is_covariate ? &r->last_covariate : &r->last_parameter;

    if (!given ||
        !(given->variable.name = pn_arena_copy(r->text.arena, own, strlen(own))))
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

/* names that may be meant */
struct names {
    const char **name;
    size_t n;
};

/* Those of a table, with room for `more` behind them.  @return name NULL: no memory */
static struct names names_of(struct pn_study_reader *r, const struct pn_quantity *table,
                             size_t more)
{
    size_t n = pn_table_size(table);
    struct names names = {pn_arena_take(r->text.arena, n + more, sizeof(char *)), 0};

    for (size_t i = 0; names.name && i < n; i++)
        names.name[names.n++] = table[i].name;
    return names;
}

/* --- covariates --- */

const struct pn_quantity *pn_covariate_row(const struct pn_study_reader *r,
                                           const char *name)
{
    const struct pn_quantity *row = pn_covariate_find(name);

    for (size_t i = 0; !row && i < pn_table_size(r->study->own); i++)
        if (strcasecmp(r->study->own[i].name, name) == 0)
            row = &r->study->own[i];
    return row;
}

void pn_covariate_unknown(struct pn_study_reader *r, struct pn_place place,
                          const char *name)
{
    struct names names = names_of(r, pn_covariates, pn_table_size(r->study->own));
    const char *near;

    for (size_t i = 0; names.name && i < pn_table_size(r->study->own); i++)
        names.name[names.n++] = r->study->own[i].name;
    near = names.name ? pn_nearest(name, names.name, names.n) : NULL;
    pn_complain(r->text.list, place,
                "unknown covariate '%.64s'%s%s%s that `pneuma models` does not list is "
                "declared in the study, covariates: {%.64s: {unit: UNIT}}",
                name, near ? ", did you mean '" : ": one", near ? near : "",
                near ? "'? One" : "", name);
}

/* --- parameters --- */

void pn_give_parameters(struct pn_study_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const struct pn_key_map *others,
                        enum pn_rank rank)
{
    enum { MOST = 64 }; /* keys beside parameters */
    struct names names = names_of(r, instance->parameters, MOST);
    char what[160];

    if (!names.name)
        return;
    if (others)
        names.n =
            pn_key_names(others, PN_KEY_EVERYWHERE, names.name, names.n, names.n + MOST);
    snprintf(what, sizeof what, "%.100s", instance->name);
    if (!pn_is_map_of(&r->text, map, what, names.name, names.n))
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
    struct names names = {NULL, 0};
    size_t n = 0;

    for (const struct pn_instance *i = r->instances; i; i = i->next)
        n++;
    for (const struct pn_component *c = pn_component_next(NULL); c;
         c = pn_component_next(c))
        n++;
    names = names_of(r, NULL, n);
    if (!names.name)
        return -1;
    for (const struct pn_instance *i = r->instances; i; i = i->next)
        names.name[names.n++] = i->name;
    for (const struct pn_component *c = pn_component_next(NULL); c;
         c = pn_component_next(c))
        names.name[names.n++] = c->name;
    pn_unknown(&r->text, place, "part of the model", name, names.name, names.n);
    return -1;
}

static int find_parameter(struct pn_study_reader *r, struct pn_place place,
                          const char *name, size_t dot, const struct pn_quantity **row,
                          double *molar_mass)
{
    char instance[192];
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
        struct names names = names_of(r, table, 0);
        char what[224];
        snprintf(what, sizeof what, "parameter of %s", instance);
        if (names.name)
            pn_unknown(&r->text, place, what, name + dot + 1, names.name, names.n);
        return -1;
    }
    *row = &table[index];
    return i != NULL;
}

int pn_find_row(struct pn_study_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass)
{
    const char *dot = strrchr(name, '.');

    *molar_mass = 0.0;
    if (dot)
        return find_parameter(r, place, name, (size_t)(dot - name), row, molar_mass);
    *row = pn_covariate_row(r, name);
    if (*row)
        return 1;
    pn_covariate_unknown(r, place, name);
    return -1;
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
