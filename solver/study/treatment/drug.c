/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drug: its kinetics, its targets, and how strongly it binds them. */
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/treatment/read_treatment.h"

enum { MAX_NAMES = 256 };

static size_t target_names(const char **names)
{
    size_t n = 0;

    while (pn_targets[n].name && n < MAX_NAMES) {
        names[n] = pn_targets[n].name;
        n++;
    }
    return n;
}

/* components that take doses */
static size_t kinetics_names(const char **names)
{
    size_t n = 0;

    for (const struct pn_component *c = pn_component_next(NULL); c && n < MAX_NAMES;
         c = pn_component_next(c))
        if (c->routes)
            names[n++] = c->name;
    return n;
}

static void read_kinetics(struct pn_study_reader *r, const struct pn_yaml *node,
                          struct pn_drug *drug)
{
    static const char *const keys[] = {"model", "parameters"};
    const struct pn_yaml *model, *parameters;
    struct pn_instance *instance;
    const char *name, *names[MAX_NAMES];

    if (!pn_is_map_of(&r->text, node, "kinetics", keys, 2) ||
        !(model = pn_need(&r->text, node, "kinetics", "model")) ||
        !(name = pn_read_text(&r->text, model, "model")))
        return;
    drug->kinetics = pn_component_find(name);
    if (!drug->kinetics || !drug->kinetics->routes) {
        drug->kinetics = NULL;
        pn_unknown(&r->text, model->place, "kinetics model", name, names,
                   kinetics_names(names));
        return;
    }
    instance = pn_instance_add(r, node->place, drug->name, drug->kinetics->parameters);
    parameters = pn_yaml_get(node, "parameters");
    if (!instance)
        return;
    instance->molar_mass = drug->molar_mass;
    if (parameters)
        pn_give_parameters(r, instance, parameters, NULL, 0, PN_BY_DRUG);
}

/* The target's own instance stands once, however many drugs aim at it. */
static void add_target_instance(struct pn_study_reader *r, const struct pn_yaml *key)
{
    const struct pn_component *target = pn_component_find("target");

    for (const struct pn_instance *i = r->instances; i; i = i->next)
        if (target && i->parameters == target->parameters &&
            strcmp(i->name, key->text) == 0)
            return;
    pn_instance_add(r, key->place, key->text, target ? target->parameters : NULL);
}

static void read_target(struct pn_study_reader *r, const struct pn_yaml *key,
                        struct pn_drug *drug)
{
    struct pn_drug_target *target = &drug->target[drug->n_targets];
    struct pn_instance *instance;
    const char *names[MAX_NAMES];
    char *name;

    if (pn_table_find(pn_targets, key->text) < 0) {
        pn_unknown(&r->text, key->place, "target", key->text, names, target_names(names));
        return;
    }
    target->target = key->text;
    target->potency = pn_component_find("potency");
    add_target_instance(r, key);
    name = pn_arena_print(r->text.arena, "%s.%s", drug->name, key->text);
    if (!name || !target->potency)
        return;
    drug->n_targets++;
    instance = pn_instance_add(r, key->place, name, target->potency->parameters);
    if (!instance)
        return;
    instance->molar_mass = drug->molar_mass;
    pn_give_parameters(r, instance, key->value, NULL, 0, PN_BY_DRUG);
}

static void read_targets(struct pn_study_reader *r, const struct pn_yaml *targets,
                         struct pn_drug *drug)
{
    if (!pn_is(&r->text, targets, PN_YAML_MAP, "targets"))
        return;
    drug->target = pn_arena_take(r->text.arena, targets->n, sizeof *drug->target);
    for (const struct pn_yaml *key = targets->first; key && !r->text.arena->failed;
         key = key->next)
        read_target(r, key, drug);
}

/* --- what follows from the concentration --- */

/* components that read their drug's signals, but aim at no target */
static int is_drug_effect(const struct pn_component *component)
{
    if (component->routes || component == pn_component_find("potency"))
        return 0;
    for (const struct pn_quantity *read = component->reads; read && read->name; read++)
        if (strncmp(read->name, "drug.", 5) == 0)
            return 1;
    return 0;
}

static const struct pn_component *find_effect(struct pn_study_reader *r,
                                              const struct pn_yaml *node)
{
    const char *names[MAX_NAMES], *text = pn_read_text(&r->text, node, "model");
    const struct pn_component *component = text ? pn_component_find(text) : NULL;
    size_t n = 0;

    if (!text || (component && is_drug_effect(component)))
        return component;
    for (const struct pn_component *c = pn_component_next(NULL); c && n < MAX_NAMES;
         c = pn_component_next(c))
        if (is_drug_effect(c))
            names[n++] = c->name;
    pn_unknown(&r->text, node->place, "model of an effect", text, names, n);
    return NULL;
}

static void read_effect(struct pn_study_reader *r, const struct pn_yaml *map,
                        struct pn_drug *drug)
{
    static const char *const keys[] = {"model", "parameters"};
    struct pn_drug_effect *effect = &drug->effect[drug->n_effects];
    const struct pn_yaml *model, *parameters;
    struct pn_instance *instance;

    if (!pn_is_map_of(&r->text, map, "an effect of a drug", keys, 2) ||
        !(model = pn_need(&r->text, map, "an effect of a drug", "model")) ||
        !(effect->component = find_effect(r, model)))
        return;
    effect->instance =
        pn_arena_print(r->text.arena, "%s.%s", drug->name, effect->component->name);
    if (!effect->instance ||
        !(instance = pn_instance_add(r, model->place, effect->instance,
                                     effect->component->parameters)))
        return;
    instance->molar_mass = drug->molar_mass;
    drug->n_effects++;
    parameters = pn_yaml_get(map, "parameters");
    if (parameters)
        pn_give_parameters(r, instance, parameters, NULL, 0, PN_BY_DRUG);
}

static void read_effects(struct pn_study_reader *r, const struct pn_yaml *effects,
                         struct pn_drug *drug)
{
    if (!pn_is(&r->text, effects, PN_YAML_LIST, "effects"))
        return;
    drug->effect = pn_arena_take(r->text.arena, effects->n, sizeof *drug->effect);
    for (const struct pn_yaml *node = effects->first; node && !r->text.arena->failed;
         node = node->next)
        read_effect(r, node, drug);
}

/* --- residual error --- */

static void read_sigma(struct pn_study_reader *r, const struct pn_yaml *map,
                       const char *key, const char *unit, double molar_mass,
                       double *sigma)
{
    const struct pn_yaml *node = pn_yaml_get(map, key);

    if (node && pn_read_quantity(&r->text, node, key, unit, molar_mass, sigma) &&
        !(*sigma > 0.0))
        pn_complain(r->text.list, node->place, "%s must be above 0", key);
}

static void read_error(struct pn_study_reader *r, const struct pn_yaml *map,
                       struct pn_drug *drug)
{
    static const char *const keys[] = {"proportional", "additive", "lognormal", "source"};
    const struct pn_yaml *additive = pn_yaml_get(map, "additive"),
                         *lognormal = pn_yaml_get(map, "lognormal");
    int C = drug->kinetics ? pn_table_find(drug->kinetics->writes, "C") : -1;

    if (!pn_is_map_of(&r->text, map, "error", keys, 4))
        return;
    if (lognormal && (additive || pn_yaml_get(map, "proportional"))) {
        pn_complain(r->text.list, lognormal->place,
                    "error is either lognormal or proportional and additive");
        return;
    }
    read_sigma(r, map, "proportional", "1", 0.0, &drug->error.proportional);
    read_sigma(r, map, "lognormal", "1", 0.0, &drug->error.lognormal);
    if (additive && C >= 0)
        read_sigma(r, map, "additive", drug->kinetics->writes[C].unit, drug->molar_mass,
                   &drug->error.additive);
    else if (additive && drug->kinetics)
        pn_complain(r->text.list, additive->place,
                    "the kinetics '%s' have no concentration C to add an error to",
                    drug->kinetics->name);
}

static void read_default_route(struct pn_study_reader *r, const struct pn_yaml *node,
                               struct pn_drug *drug)
{
    const char *names[MAX_NAMES];
    size_t n = 0;
    char *route = pn_read_text(&r->text, node, "route");

    if (!route || !drug->kinetics)
        return;
    for (const struct pn_route *known = drug->kinetics->routes; known->name; known++) {
        if (strcmp(known->name, route) == 0)
            drug->route = route;
        names[n++] = known->name;
    }
    if (!drug->route)
        pn_unknown(&r->text, node->place, "route", route, names, n);
}

static void read_parts(struct pn_study_reader *r, const struct pn_yaml *map,
                       struct pn_drug *drug)
{
    const struct pn_yaml *mass = pn_yaml_get(map, "molar_mass"),
                         *route = pn_yaml_get(map, "route"),
                         *targets = pn_yaml_get(map, "targets"),
                         *effects = pn_yaml_get(map, "effects"),
                         *error = pn_yaml_get(map, "error"), *kinetics;

    if (mass)
        pn_read_between(&r->text, mass, "molar_mass", "g/mol", 1.0, 1e7,
                        &drug->molar_mass);
    kinetics = pn_need(&r->text, map, "a drug", "kinetics");
    if (kinetics)
        read_kinetics(r, kinetics, drug);
    if (targets)
        read_targets(r, targets, drug);
    if (effects)
        read_effects(r, effects, drug);
    if (error && pn_is(&r->text, error, PN_YAML_MAP, "error"))
        read_error(r, error, drug);
    if (route)
        read_default_route(r, route, drug);
}

static int has_drug(struct pn_study_reader *r, const struct pn_yaml *node,
                    const char *name)
{
    for (size_t i = 0; i < r->study->n_drugs; i++)
        if (strcmp(r->study->drug[i].name, name) == 0) {
            pn_complain(r->text.list, node->place,
                        "a second drug '%s', the first is in '%s'", name,
                        r->study->drug[i].file);
            return 1;
        }
    return 0;
}

/* @return index, or -1 */
static int add_drug(struct pn_study_reader *r, const struct pn_yaml *node, char *name,
                    const char *file, const struct pn_yaml *map)
{
    struct pn_drug *drug = &r->study->drug[r->study->n_drugs];

    if (!name || has_drug(r, node, name))
        return -1;
    drug->name = name;
    drug->file = pn_arena_copy(r->text.arena, file, strlen(file));
    read_parts(r, map, drug);
    if (!drug->kinetics || r->text.arena->failed)
        return -1;
    return (int)r->study->n_drugs++;
}

static int read_own(struct pn_study_reader *r, const struct pn_yaml *key)
{
    static const char *const keys[] = {"title",    "source",  "molar_mass", "route",
                                       "kinetics", "targets", "effects",    "error"};

    if (!pn_is_map_of(&r->text, key->value, "a drug", keys, 8))
        return -1;
    return add_drug(r, key, pn_read_name(&r->text, key, "drug"), key->place.file,
                    key->value);
}

static int read_file(struct pn_study_reader *r, const struct pn_yaml *node,
                     const char *path)
{
    static const char *const keys[] = {"name",       "title",   "source",
                                       "molar_mass", "route",   "kinetics",
                                       "targets",    "effects", "error"};
    const struct pn_yaml *map = pn_read_yaml(&r->text, node->place, path), *name;

    if (!map || !pn_is_map_of(&r->text, map, "a drug file", keys, 9) ||
        !(name = pn_need(&r->text, map, "a drug file", "name")))
        return -1;
    for (size_t i = 0; i < r->study->n_drugs; i++) /* the same file by another path */
        if (strcmp(r->text.last_source->real, r->drug_real[i]) == 0)
            return (int)i;
    r->drug_real[r->study->n_drugs] = r->text.last_source->real;
    return add_drug(r, node, pn_read_name(&r->text, name, "name"), map->place.file, map);
}

int pn_read_drug(struct pn_study_reader *r, const struct pn_yaml *node,
                 const struct pn_yaml *own)
{
    const char *text = pn_read_text(&r->text, node, "drug");
    struct pn_named_drug *named;

    if (!text)
        return -1;
    for (size_t i = 0; i < r->n_named; i++)
        if (strcmp(r->named[i].text, text) == 0)
            return r->named[i].drug;
    if (r->n_named == PN_MAX_DRUGS) {
        pn_complain(r->text.list, node->place, "more than %d drugs", PN_MAX_DRUGS);
        return -1;
    }
    named = &r->named[r->n_named++];
    *named = (struct pn_named_drug){text, -1};
    for (const struct pn_yaml *key = own ? own->first : NULL; key; key = key->next)
        if (strcmp(key->text, text) == 0) {
            r->drug_real[r->study->n_drugs] = "";
            named->drug = read_own(r, key);
            return named->drug;
        }
    named->drug = read_file(r, node, text);
    return named->drug;
}
