/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms: their regimens, and the rules that change them. */
#include <string.h>

#include "solver/study/treatment/read_treatment.h"

/* an arm while its map is read */
struct arm_keys {
    const struct pn_yaml *regimens, *rules, *dropout;
};

/* clang-format off */
static const struct pn_key arm_keys[] = {
    {"regimens", PN_KEY_LIST, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct arm_keys, regimens), .map = &pn_regimen_map,
     .sentence = "what is given; an empty list: nothing"},
    {"rules", PN_KEY_LIST, NULL, NULL, 0, PN_MAX_RULES,
     "what is changed at visits, by a signal, a state or a result of a test",
     .read = pn_key_later, .at = offsetof(struct arm_keys, rules), .map = &pn_rule_map},
    {"dropout", PN_KEY_MAP, .read = pn_key_later,
     .at = offsetof(struct arm_keys, dropout), .map = &pn_dropout_map,
     .sentence = "a hazard of leaving the study"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_arm_map = {
    "arm", "an arm", "one arm, under its name in `arms`; a list is its regimens alone",
    .keys = arm_keys};

/* A list is the regimens alone. */
static void read_keys(struct pn_study_reader *r, const struct pn_yaml *key,
                      struct arm_keys *keys)
{
    const struct pn_reading reading = {
        .map = &pn_arm_map, .what = key->text, .into = keys};

    if (key->value->kind == PN_YAML_MAP)
        pn_read_map_of(r, key->value, &reading);
    else if (pn_is(&r->text, key->value, PN_YAML_LIST, key->text))
        keys->regimens = key->value;
}

static void read_arm(struct pn_study_reader *r, const struct pn_yaml *key,
                     struct pn_arm *arm)
{
    struct arm_keys keys = {NULL, NULL, NULL};
    size_t n;

    arm->name = key->text;
    if (!key->text[0] || strlen(key->text) > 64 || strpbrk(key->text, "\n\t"))
        pn_complain(r->text.list, key->place,
                    "an arm's name must have 1 to 64 characters");
    read_keys(r, key, &keys);
    n = (keys.regimens ? keys.regimens->n : 0) + (keys.rules ? keys.rules->n : 0);
    arm->regimen = pn_arena_take(r->text.arena, n, sizeof *arm->regimen);
    for (const struct pn_yaml *node = keys.regimens ? keys.regimens->first : NULL;
         node && !r->text.arena->failed; node = node->next)
        arm->n_regimens += (size_t)pn_read_regimen(r, node, arm);
    if (keys.rules && !r->text.arena->failed)
        pn_read_rules(r, keys.rules, arm);
    if (keys.dropout && !r->text.arena->failed)
        pn_read_dropout(r, keys.dropout, arm);
}

static void check_all_used(struct pn_study_reader *r, const struct pn_yaml *own)
{
    for (const struct pn_yaml *key = own->first; key; key = key->next) {
        size_t i = 0;
        while (i < r->n_named && strcmp(r->named[i].text, key->text) != 0)
            i++;
        if (i == r->n_named)
            pn_complain(r->text.list, key->place, "the drug '%.64s' is given in no arm",
                        key->text);
    }
}

void pn_note_drugs(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                   const struct pn_key *key)
{
    (void)into;
    (void)key;
    r->own_drugs = map;
}

void pn_read_arms(struct pn_study_reader *r, const struct pn_yaml *arms, void *into,
                  const struct pn_key *key)
{
    struct pn_study *study = r->study;
    size_t before = r->text.list->n;

    (void)into;
    study->drug = pn_arena_take(r->text.arena, PN_MAX_DRUGS, sizeof *study->drug);
    if (arms->n == 0)
        pn_complain(r->text.list, arms->place, "%s is empty, expected at least one",
                    key->name);
    study->arm = pn_arena_take(r->text.arena, arms->n, sizeof *study->arm);
    for (const struct pn_yaml *arm = arms->first; arm && !r->text.arena->failed;
         arm = arm->next)
        read_arm(r, arm, &study->arm[study->n_arms++]);
    if (r->own_drugs)
        check_all_used(r, r->own_drugs);
    r->drugs_broken = r->text.list->n > before;
    if (!r->text.arena->failed)
        pn_number_compartments(r);
}
