/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drug: its kinetics, its targets, and how strongly it binds them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"
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

/* a part of a drug while its map is read */
struct drug_part {
    struct pn_drug *drug;
    struct pn_instance *instance; /* NULL: its model could not be read */
};

static void read_model(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    struct drug_part *part = into;
    struct pn_drug *drug = part->drug;
    const char *name = pn_read_text(&r->text, node, key->name), *names[MAX_NAMES];

    if (!name)
        return;
    drug->kinetics = pn_component_find(name);
    if (!drug->kinetics || !drug->kinetics->routes) {
        drug->kinetics = NULL;
        pn_unknown(&r->text, node->place, "kinetics model", name, names,
                   kinetics_names(names));
        return;
    }
    part->instance =
        pn_instance_add(r, node->place, drug->name, drug->kinetics->parameters);
}

static void read_parameters(struct pn_study_reader *r, const struct pn_yaml *map,
                            void *into, const struct pn_key *key)
{
    const struct drug_part *part = into;

    (void)key;
    if (!part->instance)
        return;
    part->instance->molar_mass = part->drug->molar_mass;
    pn_give_parameters(r, part->instance, map, NULL, PN_BY_DRUG);
}

/* clang-format off */
static const struct pn_key kinetics_keys[] = {
    {"model", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, .read = read_model,
     .sentence = "a component that takes doses (`pneuma models`), such as pk2"},
    {"parameters", PN_KEY_NAMES, .map = &pn_distribution_map, .read = read_parameters,
     .sentence = "of the model, by name; those that are not given have their defaults"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map kinetics_map = {
    "kinetics", "kinetics", "how a drug comes, spreads and goes", .keys = kinetics_keys};

static void read_kinetics(struct pn_study_reader *r, const struct pn_yaml *node,
                          void *into, const struct pn_key *key)
{
    struct drug_part part = {into, NULL};

    (void)key;
    if (part.drug->name)
        pn_read_map(r, node, &kinetics_map, &part);
    if (part.instance)
        part.instance->molar_mass = part.drug->molar_mass;
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

/* By what is said of the drug there: Kd, or EC50, Emax and gamma. */
static const struct pn_component *potency_of(const struct pn_yaml *map)
{
    static const char *const emax[] = {"EC50", "Emax", "gamma"};

    for (size_t i = 0; i < 3 && map->kind == PN_YAML_MAP; i++)
        if (pn_yaml_get(map, emax[i]))
            return pn_component_find("potency_emax");
    return pn_component_find("potency");
}

/* Is it a component of drugs at targets? */
static int is_potency(const struct pn_component *component)
{
    return component == pn_component_find("potency") ||
           component == pn_component_find("potency_emax");
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
    target->potency = potency_of(key->value);
    add_target_instance(r, key);
    name = pn_arena_print(r->text.arena, "%s.%s", drug->name, key->text);
    if (!name || !target->potency)
        return;
    drug->n_targets++;
    instance = pn_instance_add(r, key->place, name, target->potency->parameters);
    if (!instance)
        return;
    instance->molar_mass = drug->molar_mass;
    pn_give_parameters(r, instance, key->value, NULL, PN_BY_DRUG);
}

static void read_targets(struct pn_study_reader *r, const struct pn_yaml *targets,
                         void *into, const struct pn_key *key)
{
    struct pn_drug *drug = into;

    (void)key;
    if (!drug->name)
        return;
    drug->target = pn_arena_take(r->text.arena, targets->n, sizeof *drug->target);
    for (const struct pn_yaml *target = targets->first; target && !r->text.arena->failed;
         target = target->next)
        read_target(r, target, drug);
}

/* --- what follows from the concentration --- */

/* components that read their drug's signals, but aim at no target */
static int is_drug_effect(const struct pn_component *component)
{
    if (component->routes || is_potency(component))
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

static void read_effect_model(struct pn_study_reader *r, const struct pn_yaml *node,
                              void *into, const struct pn_key *key)
{
    struct drug_part *part = into;
    struct pn_drug_effect *effect = &part->drug->effect[part->drug->n_effects];

    (void)key;
    effect->component = find_effect(r, node);
    if (!effect->component)
        return;
    effect->instance =
        pn_arena_print(r->text.arena, "%s.%s", part->drug->name, effect->component->name);
    if (!effect->instance)
        return;
    part->instance =
        pn_instance_add(r, node->place, effect->instance, effect->component->parameters);
    part->drug->n_effects += part->instance != NULL;
}

/* clang-format off */
static const struct pn_key effect_keys[] = {
    {"model", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, .read = read_effect_model,
     .sentence = "a component that reads the drug's signals (`pneuma models`), such as "
                 "effect_compartment; it is called DRUG.MODEL"},
    {"parameters", PN_KEY_NAMES, .map = &pn_distribution_map, .read = read_parameters,
     .sentence = "of the model, by name"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map effect_map = {"drug effect", "an effect of a drug",
                                             "what follows from a drug's concentration",
                                             .keys = effect_keys};

static void read_effects(struct pn_study_reader *r, const struct pn_yaml *effects,
                         void *into, const struct pn_key *key)
{
    struct pn_drug *drug = into;

    (void)key;
    if (!drug->name)
        return;
    drug->effect = pn_arena_take(r->text.arena, effects->n, sizeof *drug->effect);
    for (const struct pn_yaml *node = effects->first; node && !r->text.arena->failed;
         node = node->next) {
        struct drug_part part = {drug, NULL};
        pn_read_map(r, node, &effect_map, &part);
        if (part.instance)
            part.instance->molar_mass = drug->molar_mass;
    }
}

/* --- residual error --- */

/* a residual error while its map is read */
struct error_keys {
    struct pn_residual_error is;
    const struct pn_yaml *additive;
};

/* clang-format off */
static const struct pn_key error_keys[] = {
    {"proportional", PN_KEY_QUANTITY, "1", NULL, DBL_MIN, HUGE_VAL,
     "SD relative to the concentration",
     .at = offsetof(struct error_keys, is.proportional)},
    {"additive", PN_KEY_QUANTITY, .low = DBL_MIN, .high = HUGE_VAL, .read = pn_key_later,
     .sentence = "SD, in the unit of the concentration",
     .at = offsetof(struct error_keys, additive)},
    {"lognormal", PN_KEY_QUANTITY, "1", NULL, DBL_MIN, HUGE_VAL,
     "SD of the logarithm; stands alone",
     .at = offsetof(struct error_keys, is.lognormal)},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map error_map = {
    "error", "error", "residual error of a drug's concentration C", .keys = error_keys};

static void read_additive(struct pn_study_reader *r, const struct pn_yaml *node,
                          struct pn_drug *drug)
{
    int C = pn_table_find(drug->kinetics->writes, "C");
    struct pn_quantity row = {.low = DBL_MIN, .high = HUGE_VAL};

    if (C < 0) {
        pn_complain(r->text.list, node->place,
                    "the kinetics '%s' have no concentration C to add an error to",
                    drug->kinetics->name);
        return;
    }
    row.unit = drug->kinetics->writes[C].unit;
    if (pn_read_quantity(&r->text, node, "additive", row.unit, drug->molar_mass,
                         &drug->error.additive))
        pn_in_range(&r->text, node->place, "additive", &row, drug->error.additive);
}

static void read_error(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                       const struct pn_key *key)
{
    struct error_keys keys = {{0}, NULL};
    struct pn_drug *drug = into;

    (void)key;
    if (!pn_read_map(r, map, &error_map, &keys))
        return;
    drug->error = keys.is;
    if (keys.is.lognormal > 0.0 && map->n > (pn_yaml_get(map, "source") ? 2 : 1))
        pn_complain(r->text.list, pn_yaml_get(map, "lognormal")->place,
                    "error is either lognormal or proportional and additive");
    else if (keys.additive && drug->kinetics)
        read_additive(r, keys.additive, drug);
}

/* --- the whole --- */

static void read_default_route(struct pn_study_reader *r, const struct pn_yaml *node,
                               void *into, const struct pn_key *key)
{
    struct pn_drug *drug = into;
    const char *names[MAX_NAMES];
    size_t n = 0;
    char *route = pn_read_text(&r->text, node, key->name);

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

static void read_drug_name(struct pn_study_reader *r, const struct pn_yaml *node,
                           void *into, const struct pn_key *key)
{
    struct pn_drug *drug = into;

    drug->name = pn_read_name(&r->text, node, key->name);
    if (drug->name && has_drug(r, r->drug_node, drug->name))
        drug->name = NULL;
}

enum { IN_STUDY = 1, IN_FILE = 2 }; /* where a drug can stand */

/* clang-format off */
static const struct pn_key drug_keys[] = {
    {"name", PN_KEY_NAME, .in = IN_FILE, .must = IN_FILE, .read = read_drug_name,
     .sentence = "by which parameters, signals and rules call the drug"},
    {"title", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "free"},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    {"molar_mass", PN_KEY_QUANTITY, "g/mol", NULL, 1, 1e7,
     "what converts between mass and amount of substance",
     .at = offsetof(struct pn_drug, molar_mass)},
    {"kinetics", PN_KEY_MAP, .must = PN_KEY_EVERYWHERE, .map = &kinetics_map,
     .read = read_kinetics, .sentence = "how it comes, spreads and goes"},
    {"targets", PN_KEY_NAMES, .read = read_targets,
     .sentence = "TARGET: {Kd, fu} or {EC50, Emax, gamma, fu}: what it binds (`pneuma models`), and how strongly"},
    {"effects", PN_KEY_LIST, .map = &effect_map, .read = read_effects,
     .sentence = "components that follow its concentration"},
    {"error", PN_KEY_MAP, .map = &error_map, .read = read_error,
     .sentence = "residual error of its concentration"},
    {"route", PN_KEY_TEXT, .read = read_default_route,
     .sentence = "of doses that name none: one of the routes of its kinetics"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_drug_map = {"drug", "a drug",
                                       "one drug, under its name in the study's `drugs`",
                                       .keys = drug_keys, .kind = IN_STUDY};
const struct pn_key_map pn_drug_file_map = {"drug file", "a drug file",
                                            "a drug in a file of its own",
                                            .keys = drug_keys, .kind = IN_FILE};

/* @param name  of a drug of the study; NULL: in its file
 * @return index, or -1 */
static int add_drug(struct pn_study_reader *r, const struct pn_yaml *node, char *name,
                    const struct pn_yaml *map)
{
    struct pn_drug *drug = &r->study->drug[r->study->n_drugs];
    const char *file = map->place.file;

    *drug = (struct pn_drug){.name = name,
                             .file = pn_arena_copy(r->text.arena, file, strlen(file))};
    r->drug_node = node;
    pn_read_map(r, map, name ? &pn_drug_map : &pn_drug_file_map, drug);
    if (!drug->name || !drug->kinetics || r->text.arena->failed)
        return -1;
    return (int)r->study->n_drugs++;
}

static int read_own(struct pn_study_reader *r, const struct pn_yaml *key)
{
    char *name = pn_read_name(&r->text, key, "drug");

    r->drug_real[r->study->n_drugs] = "";
    return name && !has_drug(r, key, name) ? add_drug(r, key, name, key->value) : -1;
}

static int read_file(struct pn_study_reader *r, const struct pn_yaml *node,
                     const char *path)
{
    const struct pn_yaml *map = pn_read_yaml(&r->text, node->place, path);

    if (!map)
        return -1;
    for (size_t i = 0; i < r->study->n_drugs; i++) /* the same file by another path */
        if (strcmp(r->text.last_source->real, r->drug_real[i]) == 0)
            return (int)i;
    r->drug_real[r->study->n_drugs] = r->text.last_source->real;
    return add_drug(r, node, NULL, map);
}

int pn_read_drug(struct pn_study_reader *r, const struct pn_yaml *node)
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
    for (const struct pn_yaml *key = r->own_drugs ? r->own_drugs->first : NULL; key;
         key = key->next)
        if (strcmp(key->text, text) == 0) {
            named->drug = read_own(r, key);
            return named->drug;
        }
    named->drug = read_file(r, node, text);
    return named->drug;
}
