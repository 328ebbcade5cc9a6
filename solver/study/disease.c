/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys `disease` and `airway`: components under their names. */
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/given.h"
#include "solver/study/parts.h"

enum { MAX_NAMES = 256 };

/* What a disease may be made of: neither kinetics nor a part of a drug. */
static int is_disease(const struct pn_component *component)
{
    if (component->routes)
        return 0;
    for (const struct pn_quantity *read = component->reads; read && read->name; read++)
        if (strncmp(read->name, "drug.", 5) == 0 || strncmp(read->name, "drugs.", 6) == 0)
            return 0;
    return 1;
}

static const struct pn_component *find_disease(struct pn_study_reader *r,
                                               const struct pn_yaml *node)
{
    const char *names[MAX_NAMES];
    const struct pn_component *component = pn_component_find(node->text);
    size_t n = 0;

    if (component && is_disease(component))
        return component;
    for (const struct pn_component *c = pn_component_next(NULL); c && n < MAX_NAMES;
         c = pn_component_next(c))
        if (is_disease(c))
            names[n++] = c->name;
    pn_unknown(&r->text, node->place, "component", node->text, names, n);
    return NULL;
}

static struct pn_instance *add_part(struct pn_study_reader *r, const struct pn_yaml *node,
                                    const char *name)
{
    const struct pn_component *component = find_disease(r, node);
    struct pn_disease_part *part = &r->study->part[r->study->n_parts];
    struct pn_instance *instance =
        component ? pn_instance_add(r, node->place, name, component->parameters) : NULL;

    if (!instance)
        return NULL;
    part->instance = pn_arena_copy(r->text.arena, name, strlen(name));
    part->component = component;
    r->study->n_parts++;
    return instance;
}

static void read_entry(struct pn_study_reader *r, const struct pn_yaml *entry)
{
    const struct pn_instance *instance;

    if (entry->kind == PN_YAML_MAP && entry->n == 1) {
        instance = add_part(r, entry->first, entry->first->text);
        if (instance)
            pn_give_parameters(r, instance, entry->first->value, NULL, PN_BY_STUDY);
    } else if (entry->kind == PN_YAML_MAP) {
        pn_complain(r->text.list, entry->place,
                    "an entry of disease must be NAME or {NAME: {PARAMETER: value}}");
    } else if (pn_is(&r->text, entry, PN_YAML_TEXT, "an entry of disease")) {
        add_part(r, entry, entry->text);
    }
}

void pn_read_disease(struct pn_study_reader *r, const struct pn_yaml *list, void *into,
                     const struct pn_key *key)
{
    size_t n = list ? list->n : 0;

    (void)into;
    (void)key;
    r->study->part = pn_arena_take(r->text.arena, n + 1, sizeof *r->study->part);
    if (!r->study->part)
        return;
    for (const struct pn_yaml *entry = list ? list->first : NULL; entry;
         entry = entry->next)
        read_entry(r, entry);
}

/* --- the airway --- */

/* what stands in its map besides the parameters of its model */
struct airway {
    const struct pn_yaml *model;
};

/* clang-format off */
static const struct pn_key airway_keys[] = {
    {"model", PN_KEY_TEXT, .read = pn_key_later, .at = offsetof(struct airway, model),
     .sentence = "component of the airway, such as lambert; its parameters stand beside "
                 "it"},
    {"tree", PN_KEY_FILE | PN_KEY_CHOICE | PN_KEY_MAP, .choices = pn_tree_word,
     .sentence = "the airway tree: a file that all patients share, or one that is grown "
                 "for each; without it the symmetric one of 17 generations",
     .map = &pn_tree_map, .read = pn_read_tree},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_airway_map = {"airway", "airway", "the airway of the patients",
                                         .keys = airway_keys};

void pn_read_airway(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                    const struct pn_key *key)
{
    struct airway airway = {NULL};
    const struct pn_reading reading = {.map = &pn_airway_map, .into = &airway};
    const struct pn_instance *instance;

    (void)into;
    (void)key;
    pn_read_turn(r, map, &reading, PN_TURN_FIRST);
    if (pn_yaml_get(map, "tree") && map->n == 1) /* nothing moves its calibre */
        return;
    if (!pn_need(&r->text, map, "airway", "model") ||
        !pn_is(&r->text, airway.model, PN_YAML_TEXT, "model"))
        return;
    instance = add_part(r, airway.model, "airway");
    if (instance)
        pn_give_parameters(r, instance, map, &pn_airway_map, PN_BY_STUDY);
}
