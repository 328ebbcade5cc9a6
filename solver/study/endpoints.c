/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `endpoints`: one number a patient, made of one output. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/study/parts.h"
#include "solver/study/treatment/read_treatment.h"

const char *const pn_take_name[] = {"at", "max", "min", "mean", "auc", "tmax", NULL};

/* all words for them: the first ones are pn_take_name */
static const char *const take_words[] = {"at",   "max",  "min",  "mean",    "auc", "tmax",
                                         "Cmax", "Cmin", "Cavg", "Ctrough", NULL};
static const enum pn_take take_of_word[] = {
    PN_TAKE_AT,   PN_TAKE_MAX, PN_TAKE_MIN, PN_TAKE_MEAN, PN_TAKE_AUC,
    PN_TAKE_TMAX, PN_TAKE_MAX, PN_TAKE_MIN, PN_TAKE_MEAN, PN_TAKE_AT,
};
const char *const pn_change_name[] = {"none", "absolute", "ratio", "percent", NULL};

/* an endpoint while its map is read */
struct endpoint_keys {
    struct pn_endpoint is;
    const struct pn_yaml *of, *responder;
};

/* A time of the study. */
static void read_time(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    double *time = (double *)((char *)into + key->at);

    pn_read_between(&r->text, node, key->name, key->unit, 0.0, r->study->duration, time);
}

/* A word that has several: Cmax is max. */
static void read_take(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    int word = pn_read_choice(r, node, key->name, key->choices);

    if (word >= 0)
        ((struct pn_endpoint *)into)->take = take_of_word[word];
}

static void read_contrast(struct pn_study_reader *r, const struct pn_yaml *node,
                          void *into, const struct pn_key *key)
{
    struct pn_endpoint *e = into; /* the first member of struct endpoint_keys */
    const char *names[PN_MAX_ARMS], *text = pn_read_text(&r->text, node, key->name);

    for (size_t a = 0; text && a < r->study->n_arms; a++) {
        names[a] = r->study->arm[a].name;
        if (strcmp(names[a], text) == 0)
            e->contrast = (int)a;
    }
    if (text && e->contrast < 0)
        pn_unknown(&r->text, node->place, "arm", text, names, r->study->n_arms);
}

/* clang-format off */
static const struct pn_key responder_keys[] = {
    {"above", PN_KEY_QUANTITY, .read = pn_key_later, .at = 0,
     .sentence = "who is above responds; in the unit of the endpoint"},
    {"below", PN_KEY_QUANTITY, .read = pn_key_later, .at = sizeof(void *),
     .sentence = "who is below responds; one of the two stands"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map responder_map = {
    "responder", "responder", "who responds, by an endpoint", .keys = responder_keys};

#define AT(member) .at = offsetof(struct endpoint_keys, member)

/* clang-format off */
static const struct pn_key endpoint_keys[] = {
    {"of", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, AT(of), .read = pn_key_later,
     .sentence = "an output over time or visits that is kept"},
    {"take", PN_KEY_CHOICE, NULL, "at", .choices = take_words, .read = read_take,
     .sentence = "of the solution, whatever the output times: at or Ctrough, the value at "
                 "a time, before a dose of that time; over a span max or Cmax, min or "
                 "Cmin, mean or Cavg, auc, and tmax, the time from its begin to the "
                 "largest value; of lung-function tests by what visits measured"},
    {"at", PN_KEY_QUANTITY, "h", AT(is.at), .read = read_time,
     .sentence = "the time of take: at; without it the end (of tests the last visit)"},
    {"from", PN_KEY_QUANTITY, "h", AT(is.from), .read = read_time,
     .sentence = "begin of the span, behind a dose of that time; without it 0 h"},
    {"to", PN_KEY_QUANTITY, "h", AT(is.to), .read = read_time,
     .sentence = "end of the span, before a dose of that time; without it the end"},
    {"change", PN_KEY_CHOICE, NULL, "none", .choices = pn_change_name, AT(is.change),
     .sentence = "compared with the value at `baseline`"},
    {"baseline", PN_KEY_QUANTITY, "h", AT(is.baseline), .read = read_time,
     .sentence = "the time that a change is from; without it 0 h (of tests the first visit)"},
    {"responder", PN_KEY_MAP, AT(responder), .read = pn_key_later, .map = &responder_map,
     .sentence = "who responds: their share is in the summary"},
    {"contrast", PN_KEY_TEXT, .read = read_contrast,
     .sentence = "an arm: differences from the same patient there; with change: ratio the ratio of "
     "geometric means"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_endpoint_map = {"endpoint", "an endpoint",
                                           "one endpoint, under its name in `endpoints`",
                                           .keys = endpoint_keys};

static void check_times(struct pn_study_reader *r, const struct pn_yaml *map,
                        const struct pn_endpoint *e)
{
    const struct pn_yaml *at = pn_yaml_get(map, "at"), *from = pn_yaml_get(map, "from"),
                         *to = pn_yaml_get(map, "to"),
                         *baseline = pn_yaml_get(map, "baseline");

    if (e->take == PN_TAKE_AT && (from || to))
        pn_complain(
            r->text.list, (from ? from : to)->place,
            "'from' and 'to' go with take: max, min, mean, auc or tmax (Ctrough is "
            "the value at 'at')");
    if (e->take != PN_TAKE_AT && at)
        pn_complain(r->text.list, at->place, "'at' goes with take: at or Ctrough");
    if (e->from >= e->to)
        pn_complain(r->text.list, from->place, "'from' must be before 'to'");
    if (e->change == PN_CHANGE_NONE && baseline)
        pn_complain(r->text.list, baseline->place,
                    "'baseline' goes with change: absolute, ratio or percent");
    if (e->change != PN_CHANGE_NONE && e->take == PN_TAKE_AUC)
        pn_complain(r->text.list, map->place, "an area has no change from a baseline");
    if (e->change != PN_CHANGE_NONE && e->take == PN_TAKE_TMAX)
        pn_complain(r->text.list, map->place, "a time has no change from a baseline");
}

static void read_unit(struct pn_study_reader *r, struct pn_endpoint *e, const char *unit)
{
    char text[128];

    snprintf(text, sizeof text, "%s%s",
             e->change == PN_CHANGE_RATIO                       ? "1"
             : e->change == PN_CHANGE_PERCENT                   ? "%"
             : e->take == PN_TAKE_TMAX                          ? "h"
             : e->take == PN_TAKE_AUC && strcmp(unit, "1") == 0 ? "h"
                                                                : unit,
             e->take == PN_TAKE_AUC && strcmp(unit, "1") != 0 ? " h" : "");
    e->unit = pn_arena_copy(r->text.arena, text, strlen(text));
}

static void read_responder(struct pn_study_reader *r, const struct pn_yaml *map,
                           struct pn_endpoint *e)
{
    const struct pn_yaml *side[2] = {NULL, NULL}, *threshold; /* above, below */

    if (!pn_read_map(r, map, &responder_map, side))
        return;
    threshold = side[0] ? side[0] : side[1];
    if (!threshold || (side[0] && side[1])) {
        pn_complain(r->text.list, map->place, "responder is {above: X} or {below: X}");
        return;
    }
    e->above = side[0] != NULL;
    e->has_responder = e->unit && pn_read_quantity(&r->text, threshold, "responder",
                                                   e->unit, 0.0, &e->threshold);
}

static const struct pn_quantity *row_of(struct pn_study_reader *r,
                                        const struct pn_yaml *of)
{
    enum { MOST = 512 };
    const struct pn_quantity *row;
    const char *names[MOST];
    double molar_mass;

    if (pn_signal_row(r->study, of->text, &row, &molar_mass))
        return row;
    if (!r->drugs_broken)
        pn_unknown(&r->text, of->place, "output", of->text, names,
                   pn_signal_names(r->study, r->text.arena, names, MOST));
    return NULL;
}

/* The unit that an output is kept in. */
static const char *unit_of(const struct pn_study *study, const char *name,
                           const struct pn_quantity *row)
{
    for (size_t i = 0; i < study->n_keep; i++)
        if (study->keep_unit[i] && strcmp(study->keep[i], name) == 0)
            return study->keep_unit[i];
    return row->unit;
}

static void read_endpoint(struct pn_study_reader *r, const struct pn_yaml *entry,
                          struct pn_endpoint *e)
{
    const double none = (double)NAN;
    struct endpoint_keys keys = {
        .is = {.contrast = -1,
               .place = entry->place,
               .at = none,
               .from = none,
               .to = none,
               .baseline = none}
    };
    const struct pn_quantity *row = NULL;

    keys.is.name = pn_read_name(&r->text, entry, "the name of an endpoint");
    pn_read_map(r, entry->value, &pn_endpoint_map, &keys);
    *e = keys.is;
    if (entry->value->kind != PN_YAML_MAP)
        return;
    check_times(r, entry->value, e);
    if (keys.of && (e->of = pn_read_text(&r->text, keys.of, "of")))
        row = row_of(r, keys.of);
    if (row)
        read_unit(r, e, unit_of(r->study, e->of, row));
    if (row && keys.responder)
        read_responder(r, keys.responder, e);
}

void pn_read_endpoints(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                       const struct pn_key *key)
{
    struct pn_study *study = r->study;

    (void)into;
    (void)key;
    study->endpoint = pn_arena_take(r->text.arena, map->n, sizeof *study->endpoint);
    for (const struct pn_yaml *entry = map->first; entry && !r->text.arena->failed;
         entry = entry->next)
        read_endpoint(r, entry, &study->endpoint[study->n_endpoints++]);
}
