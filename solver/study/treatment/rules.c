/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that act at visits: rescue, titration, stopping, dropout; dropout as a hazard. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/study/treatment/dose.h"

enum { MAX_NAMES = 512 };

/* A rule or hazard whose numbers are in the unit of a signal that is not known yet. */
struct pn_late_rule {
    struct pn_rule *rule;         /* NULL: a hazard */
    struct pn_dropout *dropout;   /* NULL: a rule */
    const struct pn_yaml *signal; /* its name */
    const struct pn_yaml *number; /* threshold or coefficient */
    struct pn_late_rule *next;
};

/* a rule while its map is read; the kinds of its map are 1 << enum pn_rule_kind */
struct rule_keys {
    struct pn_rule is;
    const struct pn_yaml *action[4]; /* rescue, titrate, stop, dropout */
    const struct pn_yaml *when, *above, *below, *low, *high;
};
enum {
    N_KINDS = 4,
    TITRATE = 1 << PN_RULE_TITRATE,
};
#define AT(member) .at = offsetof(struct rule_keys, member)

static const char *const yes[] = {"true", NULL};

static void read_times(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    struct pn_rule *rule = into; /* the first member of struct rule_keys */
    uint64_t n;

    if (pn_read_whole(&r->text, node, key->name, (uint64_t)key->low, (uint64_t)key->high,
                      &n))
        rule->times = (int)n;
}

/* clang-format off */
static const struct pn_key rule_keys[] = {
    [PN_RULE_RESCUE] = {"rescue", PN_KEY_MAP, .in = 1 << PN_RULE_RESCUE, AT(action[0]),
         .read = pn_key_later, .map = &pn_rescue_map,
         .sentence = "the rule gives this dose"},
    [PN_RULE_TITRATE] = {"titrate", PN_KEY_TEXT, .in = TITRATE, AT(action[1]),
         .read = pn_key_later,
         .sentence = "the dose of this drug is multiplied by `factor`"},
    [PN_RULE_STOP] = {"stop", PN_KEY_TEXT, .in = 1 << PN_RULE_STOP, AT(action[2]),
         .read = pn_key_later, .sentence = "the regimen of this drug ends"},
    [PN_RULE_DROPOUT] = {"dropout", PN_KEY_CHOICE, .in = 1 << PN_RULE_DROPOUT,
         AT(action[3]), .read = pn_key_later, .choices = yes,
         .sentence = "the patient leaves; one of these four stands"},
    {"when", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, AT(when), .read = pn_key_later,
     .sentence = "a signal, a state or a result of a test at that visit"},
    {"above", PN_KEY_QUANTITY, AT(above), .read = pn_key_later,
     .sentence = "acts above this, in a unit of the signal"},
    {"below", PN_KEY_QUANTITY, AT(below), .read = pn_key_later,
     .sentence = "acts below this; one of the two stands"},
    {"times", PN_KEY_WHOLE, .low = 1, .high = PN_MAX_TIMES, .read = read_times,
     .sentence = "acts at most so often; without it without a limit"},
    {"factor", PN_KEY_QUANTITY, "1", NULL, DBL_MIN, HUGE_VAL,
     "what the dose is multiplied by", .in = TITRATE, .must = TITRATE, AT(is.factor)},
    {"low", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .in = TITRATE, AT(low),
     .read = pn_key_later, .sentence = "least dose"},
    {"high", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .in = TITRATE, AT(high),
     .read = pn_key_later, .sentence = "largest dose"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_rule_map = {"rule", "a rule",
                                       "what is changed at visits, of an arm's `rules`",
                                       .keys = rule_keys};

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

static void read_bound(struct pn_study_reader *r, const struct pn_yaml *node,
                       const char *key, const struct pn_regimen *regimen, double *bound)
{
    const struct pn_drug *drug = &r->study->drug[regimen->drug];
    const char *name = regimen->route ? regimen->route : drug->route;
    const struct pn_route *route = name ? pn_route_find(drug, name) : NULL;
    struct pn_quantity row = {.low = 0.0, .high = HUGE_VAL};
    char unit[PN_DOSE_UNIT];

    if (!node || !route)
        return;
    if (regimen->measure.by == PN_DOSE_BY_BANDS) {
        pn_complain(r->text.list, node->place,
                    "a dose by bands has no single '%s': each band is multiplied", key);
        return;
    }
    pn_dose_unit(regimen->measure.by, drug->kinetics->states[route->state].unit, unit);
    row.unit = unit;
    if (pn_read_quantity(&r->text, node, key, row.unit, drug->molar_mass, bound))
        pn_in_range(&r->text, node->place, key, &row, *bound);
}

static void read_titration(struct pn_study_reader *r, const struct rule_keys *keys,
                           const struct pn_arm *arm, struct pn_rule *rule)
{
    size_t before = r->text.list->n;

    if (rule->regimen < 0)
        return;
    read_bound(r, keys->low, "low", &arm->regimen[rule->regimen], &rule->low);
    read_bound(r, keys->high, "high", &arm->regimen[rule->regimen], &rule->high);
    if (r->text.list->n == before && !(rule->low <= rule->high))
        pn_complain(r->text.list, rule->place,
                    "low of a titration must be below its high");
}

static void read_action(struct pn_study_reader *r, const struct rule_keys *keys,
                        struct pn_arm *arm, size_t n_regimens, struct pn_rule *rule)
{
    const struct pn_yaml *node = keys->action[rule->kind];

    if (!node)
        return;
    switch (rule->kind) {
    case PN_RULE_RESCUE:
        rule->regimen = (int)arm->n_regimens;
        arm->n_regimens += (size_t)pn_read_rescue(r, node, arm);
        break;
    case PN_RULE_TITRATE:
        rule->regimen = regimen_of(r, node, arm, n_regimens);
        read_titration(r, keys, arm, rule);
        break;
    case PN_RULE_STOP:
        rule->regimen = regimen_of(r, node, arm, n_regimens);
        break;
    case PN_RULE_DROPOUT:
        if (node->kind != PN_YAML_TEXT || strcmp(node->text, yes[0]) != 0)
            pn_complain(r->text.list, node->place, "dropout of a rule must be true");
        break;
    }
}

/* --- when it does it --- */

static void read_condition(struct pn_study_reader *r, const struct rule_keys *keys,
                           struct pn_rule *rule)
{
    if (keys->when)
        rule->signal = pn_read_text(&r->text, keys->when, "when");
    if ((keys->above != NULL) == (keys->below != NULL)) {
        pn_complain(r->text.list, rule->place, "a rule needs one of 'above' and 'below'");
        return;
    }
    rule->above = keys->above != NULL;
    if (rule->signal)
        finish_later(
            r, (struct pn_late_rule){.rule = rule,
                                     .signal = keys->when,
                                     .number = rule->above ? keys->above : keys->below});
}

/* @return 0: complained */
static int find_kind(struct pn_study_reader *r, const struct pn_yaml *map,
                     enum pn_rule_kind *kind)
{
    size_t n = 0;

    for (size_t i = 0; i < N_KINDS; i++)
        if (pn_yaml_get(map, rule_keys[i].name)) {
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
                     struct pn_arm *arm, size_t n_regimens)
{
    struct pn_rule *rule = &arm->rule[arm->n_rules];
    struct rule_keys keys = {
        .is = {.regimen = -1, .high = HUGE_VAL, .place = map->place}
    };
    struct pn_reading reading = {.map = &pn_rule_map, .into = &keys};

    if (!pn_is(&r->text, map, PN_YAML_MAP, "a rule") || !find_kind(r, map, &keys.is.kind))
        return 0;
    reading.kind = 1U << keys.is.kind;
    reading.what =
        pn_arena_print(r->text.arena, "a rule (%s)", rule_keys[keys.is.kind].name);
    pn_read_map_of(r, map, &reading);
    *rule = keys.is;
    read_action(r, &keys, arm, n_regimens, rule);
    read_condition(r, &keys, rule);
    return 1;
}

void pn_read_rules(struct pn_study_reader *r, const struct pn_yaml *rules,
                   struct pn_arm *arm)
{
    size_t n_regimens = arm->n_regimens; /* without those of rescue */

    arm->rule = pn_arena_take(r->text.arena, rules->n, sizeof *arm->rule);
    for (const struct pn_yaml *node = rules->first; node && !r->text.arena->failed;
         node = node->next)
        arm->n_rules += (size_t)read_rule(r, node, arm, n_regimens);
}

/* --- dropout as a hazard --- */

/* a hazard while its map is read */
struct dropout_keys {
    struct pn_dropout is;
    const struct pn_yaml *per, *coefficient;
};

/* clang-format off */
static const struct pn_key dropout_keys[] = {
    {"rate", PN_KEY_QUANTITY, "1/h", NULL, DBL_MIN, HUGE_VAL,
     "the hazard, times exp(coefficient x signal at the last visit)",
     .must = PN_KEY_EVERYWHERE, .at = offsetof(struct dropout_keys, is.rate)},
    {"per", PN_KEY_TEXT, .read = pn_key_later, .at = offsetof(struct dropout_keys, per),
     .sentence = "a signal, a state or a result of a test; without it the hazard is "
                 "constant"},
    {"coefficient", PN_KEY_QUANTITY, .read = pn_key_later,
     .at = offsetof(struct dropout_keys, coefficient),
     .sentence = "per unit of the signal; goes with `per`"},
    {"most", PN_KEY_QUANTITY, "1/h", NULL, DBL_MIN, HUGE_VAL,
     "the largest hazard there can be; goes with `per`",
     .at = offsetof(struct dropout_keys, is.most)},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_dropout_map = {"dropout", "dropout",
                                          "a hazard of leaving the study, of an arm",
                                          .keys = dropout_keys};

void pn_read_dropout(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_arm *arm)
{
    struct pn_dropout *dropout = &arm->dropout;
    struct dropout_keys keys = {{0}, NULL, NULL};

    if (!pn_read_map(r, map, &pn_dropout_map, &keys))
        return;
    *dropout = keys.is;
    if (!(dropout->most > 0.0))
        dropout->most = dropout->rate;
    else if (dropout->most < dropout->rate)
        pn_complain(r->text.list, pn_yaml_get(map, "most")->place,
                    "most must be at least the rate");
    if (!keys.per) {
        if (keys.coefficient)
            pn_complain(r->text.list, keys.coefficient->place,
                        "'coefficient' needs 'per', a signal");
        return;
    }
    dropout->signal = pn_read_text(&r->text, keys.per, "per");
    pn_need(&r->text, map, "dropout", "coefficient");
    pn_need(&r->text, map, "dropout", "most");
    if (dropout->signal && keys.coefficient)
        finish_later(r, (struct pn_late_rule){.dropout = dropout,
                                              .signal = keys.per,
                                              .number = keys.coefficient});
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
