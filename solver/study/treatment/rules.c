/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that act at visits: rescue, titration, stopping, dropout; dropout as a hazard. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/study/treatment/read_treatment.h"

enum { MAX_NAMES = 512 };

/* A rule or hazard whose numbers are in the unit of a signal that is not known yet. */
struct pn_late_rule {
    struct pn_rule *rule;         /* NULL: a hazard */
    struct pn_dropout *dropout;   /* NULL: a rule */
    const struct pn_yaml *signal; /* its name */
    const struct pn_yaml *number; /* threshold or coefficient */
    struct pn_late_rule *next;
};

static const char *const kind_name[] = {[PN_RULE_RESCUE] = "rescue",
                                        [PN_RULE_TITRATE] = "titrate",
                                        [PN_RULE_STOP] = "stop",
                                        [PN_RULE_DROPOUT] = "dropout"};
enum { N_KINDS = sizeof kind_name / sizeof *kind_name };

static void finish_later(struct pn_study_reader *r, struct pn_late_rule late)
{
    struct pn_late_rule *kept = pn_arena_take(r->text.arena, 1, sizeof *kept);

    if (!kept)
        return;
    *kept = late;
    if (r->last_late_rule)
        r->last_late_rule->next = kept;
    else
        r->late_rules = kept;
    r->last_late_rule = kept;
}

/* --- what a rule does --- */

/* The one scheduled regimen of the drug that is called so.  @return -1: complained */
static int regimen_of(struct pn_study_reader *r, const struct pn_yaml *node,
                      const struct pn_arm *arm, size_t n_regimens)
{
    char *text = pn_read_text(&r->text, node, "drug");
    int found = -1;

    for (size_t i = 0; text && i < n_regimens; i++) {
        const struct pn_drug *drug = &r->study->drug[arm->regimen[i].drug];
        int same = strcmp(drug->name, text) == 0;
        for (size_t k = 0; k < r->n_named && !same; k++)
            same = r->named[k].drug == (int)arm->regimen[i].drug &&
                   strcmp(r->named[k].text, text) == 0;
        if (same && found >= 0) {
            pn_complain(r->text.list, node->place,
                        "the arm has several regimens of '%s': a rule is for one", text);
            return -1;
        }
        if (same)
            found = (int)i;
    }
    if (text && found < 0)
        pn_complain(r->text.list, node->place, "the arm has no regimen of '%.64s'", text);
    return found;
}

static void read_bound(struct pn_study_reader *r, const struct pn_yaml *map,
                       const char *key, const struct pn_regimen *regimen, double *bound)
{
    const struct pn_drug *drug = &r->study->drug[regimen->drug];
    const struct pn_yaml *node = pn_yaml_get(map, key);
    const char *name = regimen->route ? regimen->route : drug->route;
    const struct pn_route *route = name ? pn_route_find(drug, name) : NULL;
    struct pn_quantity row = {.low = 0.0, .high = HUGE_VAL};

    if (!node || !route)
        return;
    row.unit = drug->kinetics->states[route->state].unit;
    if (pn_read_quantity(&r->text, node, key, row.unit, drug->molar_mass, bound))
        pn_in_range(&r->text, node->place, key, &row, *bound);
}

static void read_titration(struct pn_study_reader *r, const struct pn_yaml *map,
                           const struct pn_arm *arm, struct pn_rule *rule)
{
    const struct pn_yaml *factor = pn_need(&r->text, map, "a titration", "factor");
    size_t before = r->text.list->n;

    if (factor && pn_read_quantity(&r->text, factor, "factor", "1", 0.0, &rule->factor) &&
        !(rule->factor > 0.0))
        pn_complain(r->text.list, factor->place, "factor must be above 0");
    if (rule->regimen < 0)
        return;
    read_bound(r, map, "low", &arm->regimen[rule->regimen], &rule->low);
    read_bound(r, map, "high", &arm->regimen[rule->regimen], &rule->high);
    if (r->text.list->n == before && !(rule->low <= rule->high))
        pn_complain(r->text.list, map->place,
                    "low of a titration must be below its high");
}

static void read_action(struct pn_study_reader *r, const struct pn_yaml *map,
                        const struct pn_yaml *own, struct pn_arm *arm, size_t n_regimens,
                        struct pn_rule *rule)
{
    const struct pn_yaml *node = pn_yaml_get(map, kind_name[rule->kind]);

    switch (rule->kind) {
    case PN_RULE_RESCUE:
        rule->regimen = (int)arm->n_regimens;
        arm->n_regimens += (size_t)pn_read_rescue(r, node, own, arm);
        break;
    case PN_RULE_TITRATE:
        rule->regimen = regimen_of(r, node, arm, n_regimens);
        read_titration(r, map, arm, rule);
        break;
    case PN_RULE_STOP:
        rule->regimen = regimen_of(r, node, arm, n_regimens);
        break;
    case PN_RULE_DROPOUT:
        if (node->kind != PN_YAML_TEXT || strcmp(node->text, "true") != 0)
            pn_complain(r->text.list, node->place, "dropout of a rule must be true");
        break;
    }
}

/* --- when it does it --- */

static void read_condition(struct pn_study_reader *r, const struct pn_yaml *map,
                           struct pn_rule *rule)
{
    const struct pn_yaml *when = pn_need(&r->text, map, "a rule", "when"),
                         *above = pn_yaml_get(map, "above"),
                         *below = pn_yaml_get(map, "below"),
                         *times = pn_yaml_get(map, "times");
    uint64_t n = 0;

    if (times && pn_read_whole(&r->text, times, "times", 1, PN_MAX_TIMES, &n))
        rule->times = (int)n;
    if (when)
        rule->signal = pn_read_text(&r->text, when, "when");
    if ((above != NULL) == (below != NULL)) {
        pn_complain(r->text.list, map->place, "a rule needs one of 'above' and 'below'");
        return;
    }
    rule->above = above != NULL;
    if (rule->signal)
        finish_later(r, (struct pn_late_rule){.rule = rule,
                                              .signal = when,
                                              .number = above ? above : below});
}

/* @return 0: complained */
static int find_kind(struct pn_study_reader *r, const struct pn_yaml *map,
                     enum pn_rule_kind *kind)
{
    size_t n = 0;

    for (size_t i = 0; i < N_KINDS; i++)
        if (pn_yaml_get(map, kind_name[i])) {
            *kind = (enum pn_rule_kind)i;
            n++;
        }
    if (n == 1)
        return 1;
    pn_complain(r->text.list, map->place,
                "a rule needs one of 'rescue', 'titrate', 'stop', 'dropout'");
    return 0;
}

static int read_rule(struct pn_study_reader *r, const struct pn_yaml *map,
                     const struct pn_yaml *own, struct pn_arm *arm, size_t n_regimens)
{
    static const char *const keys[] = {"when", "above",  "below", "times",
                                       NULL,   "factor", "low",   "high"};
    struct pn_rule *rule = &arm->rule[arm->n_rules];
    const char *allowed[8];
    char what[32];

    *rule = (struct pn_rule){.regimen = -1, .high = HUGE_VAL};
    if (!pn_is(&r->text, map, PN_YAML_MAP, "a rule") || !find_kind(r, map, &rule->kind))
        return 0;
    memcpy(allowed, keys, sizeof allowed);
    allowed[4] = kind_name[rule->kind];
    snprintf(what, sizeof what, "a rule (%s)", allowed[4]);
    pn_is_map_of(&r->text, map, what, allowed, rule->kind == PN_RULE_TITRATE ? 8 : 5);
    rule->place = map->place;
    read_action(r, map, own, arm, n_regimens, rule);
    read_condition(r, map, rule);
    return 1;
}

void pn_read_rules(struct pn_study_reader *r, const struct pn_yaml *rules,
                   const struct pn_yaml *own, struct pn_arm *arm)
{
    size_t n_regimens = arm->n_regimens; /* without those of rescue */

    if (!pn_is(&r->text, rules, PN_YAML_LIST, "rules") ||
        !pn_is_few(&r->text, rules, "rules", PN_MAX_RULES))
        return;
    arm->rule = pn_arena_take(r->text.arena, rules->n, sizeof *arm->rule);
    for (const struct pn_yaml *node = rules->first; node && !r->text.arena->failed;
         node = node->next)
        arm->n_rules += (size_t)read_rule(r, node, own, arm, n_regimens);
}

/* --- dropout as a hazard --- */

static int read_hazard(struct pn_study_reader *r, const struct pn_yaml *node,
                       const char *what, double *rate)
{
    if (!pn_read_quantity(&r->text, node, what, "1/h", 0.0, rate))
        return 0;
    if (*rate > 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "%s must be above 0", what);
    return 0;
}

void pn_read_dropout(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_arm *arm)
{
    static const char *const keys[] = {"rate", "per", "coefficient", "most"};
    struct pn_dropout *dropout = &arm->dropout;
    const struct pn_yaml *rate, *per, *coefficient, *most;

    if (!pn_is_map_of(&r->text, map, "dropout", keys, 4))
        return;
    rate = pn_need(&r->text, map, "dropout", "rate");
    per = pn_yaml_get(map, "per");
    coefficient = pn_yaml_get(map, "coefficient");
    most = pn_yaml_get(map, "most");
    if (!rate || !read_hazard(r, rate, "rate", &dropout->rate))
        return;
    dropout->most = dropout->rate;
    if (most && read_hazard(r, most, "most", &dropout->most) &&
        dropout->most < dropout->rate)
        pn_complain(r->text.list, most->place, "most must be at least the rate");
    if (!per && coefficient)
        pn_complain(r->text.list, coefficient->place,
                    "'coefficient' needs 'per', a signal");
    if (!per)
        return;
    dropout->signal = pn_read_text(&r->text, per, "per");
    coefficient = pn_need(&r->text, map, "dropout", "coefficient");
    pn_need(&r->text, map, "dropout", "most");
    if (dropout->signal && coefficient)
        finish_later(r, (struct pn_late_rule){
                            .dropout = dropout, .signal = per, .number = coefficient});
}

/* --- when all signals are known --- */

static void finish(struct pn_study_reader *r, const struct pn_late_rule *late)
{
    const struct pn_quantity *row;
    const char *names[MAX_NAMES];
    char unit[96];
    double molar_mass;

    if (!pn_signal_row(r->study, late->signal->text, &row, &molar_mass)) {
        pn_unknown(&r->text, late->signal->place, "signal", late->signal->text, names,
                   pn_signal_names(r->study, r->text.arena, names, MAX_NAMES));
        return;
    }
    if (late->rule) {
        pn_read_quantity(&r->text, late->number, late->rule->above ? "above" : "below",
                         row->unit, molar_mass, &late->rule->threshold);
        return;
    }
    if (strcmp(row->unit, "1") == 0)
        snprintf(unit, sizeof unit, "1");
    else
        snprintf(unit, sizeof unit, "1/(%.80s)", row->unit);
    pn_read_quantity(&r->text, late->number, "coefficient", unit, molar_mass,
                     &late->dropout->coefficient);
}

void pn_finish_rules(struct pn_study_reader *r)
{
    for (const struct pn_late_rule *late = r->late_rules; late; late = late->next)
        if (!r->drugs_broken)
            finish(r, late);
    for (size_t a = 0; a < r->study->n_arms && r->study->n_visits == 0; a++)
        if (r->study->arm[a].n_rules > 0)
            pn_complain(r->text.list, r->study->arm[a].rule[0].place,
                        "rules act at visits, and the study has none");
}
