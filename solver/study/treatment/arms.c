/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms: their regimens, and the rules that change them. */
#include <string.h>

#include "solver/study/treatment/read_treatment.h"

/* A list is the regimens alone. */
static const struct pn_yaml *regimens_of(struct pn_study_reader *r,
                                         const struct pn_yaml *key)
{
    static const char *const keys[] = {"regimens", "rules", "dropout"};
    const struct pn_yaml *list = key->value;

    if (list->kind == PN_YAML_MAP) {
        pn_is_map_of(&r->text, list, key->text, keys, 3);
        list = pn_need(&r->text, list, "the arm", "regimens");
        return list && pn_is(&r->text, list, PN_YAML_LIST, "regimens") ? list : NULL;
    }
    return pn_is(&r->text, list, PN_YAML_LIST, key->text) ? list : NULL;
}

static void read_arm(struct pn_study_reader *r, const struct pn_yaml *key,
                     const struct pn_yaml *own, struct pn_arm *arm)
{
    const struct pn_yaml *list, *rules, *dropout;
    int is_map = key->value->kind == PN_YAML_MAP;
    size_t n_rules;

    arm->name = key->text;
    if (!key->text[0] || strlen(key->text) > 64 || strpbrk(key->text, "\n\t"))
        pn_complain(r->text.list, key->place,
                    "an arm's name must have 1 to 64 characters");
    list = regimens_of(r, key);
    rules = is_map ? pn_yaml_get(key->value, "rules") : NULL;
    dropout = is_map ? pn_yaml_get(key->value, "dropout") : NULL;
    n_rules = rules && rules->kind == PN_YAML_LIST ? rules->n : 0;
    arm->regimen = pn_arena_take(r->text.arena, (list ? list->n : 0) + n_rules,
                                 sizeof *arm->regimen);
    for (const struct pn_yaml *node = list ? list->first : NULL;
         node && !r->text.arena->failed; node = node->next)
        arm->n_regimens += (size_t)pn_read_regimen(r, node, own, arm);
    if (rules && !r->text.arena->failed)
        pn_read_rules(r, rules, own, arm);
    if (dropout && !r->text.arena->failed)
        pn_read_dropout(r, dropout, arm);
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

void pn_read_arms(struct pn_study_reader *r, const struct pn_yaml *arms,
                  const struct pn_yaml *own)
{
    struct pn_study *study = r->study;
    size_t before = r->text.list->n;

    if (own && !pn_is(&r->text, own, PN_YAML_MAP, "drugs"))
        own = NULL;
    study->drug = pn_arena_take(r->text.arena, PN_MAX_DRUGS, sizeof *study->drug);
    if (!pn_is(&r->text, arms, PN_YAML_MAP, "arms") ||
        !pn_is_few(&r->text, arms, "arms", PN_MAX_ARMS))
        return;
    if (arms->n == 0)
        pn_complain(r->text.list, arms->place, "arms is empty, expected at least one");
    study->arm = pn_arena_take(r->text.arena, arms->n, sizeof *study->arm);
    for (const struct pn_yaml *key = arms->first; key && !r->text.arena->failed;
         key = key->next)
        read_arm(r, key, own, &study->arm[study->n_arms++]);
    if (own)
        check_all_used(r, own);
    r->drugs_broken = r->text.list->n > before;
    if (!r->text.arena->failed)
        pn_number_compartments(r);
}
