/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading endpoints, keep and summary. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/study/parts.h"
#include "solver/study/treatment/read_treatment.h"

enum { MAX_ENDPOINTS = 256, MAX_QUANTILES = 99 };

const char *const pn_take_name[] = {"at", "max", "min", "mean", "auc"};
const char *const pn_change_name[] = {"none", "absolute", "ratio", "percent"};

/* Number of a word in a list.  @return -1: complained */
static int word(struct pn_study_reader *r, const struct pn_yaml *node, const char *what,
                const char *const *words, size_t n)
{
    const char *text = pn_read_text(&r->text, node, what);

    for (size_t i = 0; text && i < n; i++)
        if (strcmp(words[i], text) == 0)
            return (int)i;
    if (text)
        pn_unknown(&r->text, node->place, what, text, words, n);
    return -1;
}

/* A time of the study, or NaN where the key is not there. */
static double read_time(struct pn_study_reader *r, const struct pn_yaml *map,
                        const char *key)
{
    const struct pn_yaml *node = pn_yaml_get(map, key);
    double time = (double)NAN;

    if (node)
        pn_read_between(&r->text, node, key, "h", 0.0, r->study->duration, &time);
    return time;
}

static void read_times(struct pn_study_reader *r, const struct pn_yaml *map,
                       struct pn_endpoint *e)
{
    const struct pn_yaml *at = pn_yaml_get(map, "at"), *from = pn_yaml_get(map, "from"),
                         *to = pn_yaml_get(map, "to"),
                         *baseline = pn_yaml_get(map, "baseline");

    e->at = read_time(r, map, "at");
    e->from = read_time(r, map, "from");
    e->to = read_time(r, map, "to");
    e->baseline = read_time(r, map, "baseline");
    if (e->take == PN_TAKE_AT && (from || to))
        pn_complain(r->text.list, (from ? from : to)->place,
                    "'from' and 'to' go with take: max, min, mean or auc");
    if (e->take != PN_TAKE_AT && at)
        pn_complain(r->text.list, at->place, "'at' goes with take: at");
    if (e->from >= e->to)
        pn_complain(r->text.list, from->place, "'from' must be before 'to'");
    if (e->change == PN_CHANGE_NONE && baseline)
        pn_complain(r->text.list, baseline->place,
                    "'baseline' goes with change: absolute, ratio or percent");
    if (e->change != PN_CHANGE_NONE && e->take == PN_TAKE_AUC)
        pn_complain(r->text.list, map->place, "an area has no change from a baseline");
}

static void read_unit(struct pn_study_reader *r, struct pn_endpoint *e, const char *unit)
{
    char text[128];

    snprintf(text, sizeof text, "%s%s",
             e->change == PN_CHANGE_RATIO                       ? "1"
             : e->change == PN_CHANGE_PERCENT                   ? "%"
             : e->take == PN_TAKE_AUC && strcmp(unit, "1") == 0 ? "h"
                                                                : unit,
             e->take == PN_TAKE_AUC && strcmp(unit, "1") != 0 ? " h" : "");
    e->unit = pn_arena_copy(r->text.arena, text, strlen(text));
}

static void read_responder(struct pn_study_reader *r, const struct pn_yaml *map,
                           struct pn_endpoint *e)
{
    static const char *const keys[] = {"above", "below"};
    const struct pn_yaml *above, *below, *threshold;

    if (!pn_is_map_of(&r->text, map, "responder", keys, 2))
        return;
    above = pn_yaml_get(map, "above");
    below = pn_yaml_get(map, "below");
    threshold = above ? above : below;
    if (!threshold || (above && below)) {
        pn_complain(r->text.list, map->place, "responder is {above: X} or {below: X}");
        return;
    }
    e->above = above != NULL;
    e->has_responder = e->unit && pn_read_quantity(&r->text, threshold, "responder",
                                                   e->unit, 0.0, &e->threshold);
}

static void read_contrast(struct pn_study_reader *r, const struct pn_yaml *node,
                          struct pn_endpoint *e)
{
    const char *names[PN_MAX_ARMS], *text = pn_read_text(&r->text, node, "contrast");

    for (size_t a = 0; text && a < r->study->n_arms; a++) {
        names[a] = r->study->arm[a].name;
        if (strcmp(names[a], text) == 0)
            e->contrast = (int)a;
    }
    if (text && e->contrast < 0)
        pn_unknown(&r->text, node->place, "arm", text, names, r->study->n_arms);
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

static void read_endpoint(struct pn_study_reader *r, const struct pn_yaml *entry,
                          struct pn_endpoint *e)
{
    static const char *const keys[] = {"of",     "take",     "at",        "from",    "to",
                                       "change", "baseline", "responder", "contrast"};
    const struct pn_yaml *map = entry->value, *of, *take, *change, *responder, *contrast;
    const struct pn_quantity *row = NULL;

    *e = (struct pn_endpoint){.contrast = -1, .place = entry->place};
    e->name = pn_read_name(&r->text, entry, "the name of an endpoint");
    if (!pn_is_map_of(&r->text, map, "an endpoint", keys, sizeof keys / sizeof *keys))
        return;
    of = pn_need(&r->text, map, "an endpoint", "of");
    take = pn_yaml_get(map, "take");
    change = pn_yaml_get(map, "change");
    responder = pn_yaml_get(map, "responder");
    contrast = pn_yaml_get(map, "contrast");
    if (take)
        e->take = (enum pn_take)word(r, take, "take", pn_take_name, 5);
    if (change)
        e->change = (enum pn_change)word(r, change, "change", pn_change_name, 4);
    read_times(r, map, e);
    if (of && (e->of = pn_read_text(&r->text, of, "of")))
        row = row_of(r, of);
    if (row)
        read_unit(r, e, row->unit);
    if (row && responder)
        read_responder(r, responder, e);
    if (contrast)
        read_contrast(r, contrast, e);
}

void pn_read_endpoints(struct pn_study_reader *r, const struct pn_yaml *map)
{
    struct pn_study *study = r->study;

    if (!pn_is(&r->text, map, PN_YAML_MAP, "endpoints") ||
        !pn_is_few(&r->text, map, "endpoints", MAX_ENDPOINTS))
        return;
    study->endpoint = pn_arena_take(r->text.arena, map->n, sizeof *study->endpoint);
    for (const struct pn_yaml *entry = map->first; entry && !r->text.arena->failed;
         entry = entry->next)
        read_endpoint(r, entry, &study->endpoint[study->n_endpoints++]);
}

/* --- whose trajectories are kept --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void read_patients(struct pn_study_reader *r, const struct pn_yaml *list)
{
    struct pn_keep *keep = &r->study->lives;
    uint64_t number;

    if (!list || !pn_is(&r->text, list, PN_YAML_LIST, "patients") ||
        !pn_is_few(&r->text, list, "patients to keep", 100000))
        return;
    keep->patient = pn_arena_take(r->text.arena, list->n, sizeof *keep->patient);
    for (const struct pn_yaml *node = list->first; node && keep->patient;
         node = node->next)
        if (pn_read_whole(&r->text, node, "the number of a patient", 0, INT64_MAX,
                          &number))
            keep->patient[keep->n_patients++] = (int64_t)number;
    if (!keep->patient)
        return;
    qsort(keep->patient, keep->n_patients, sizeof *keep->patient, by_number);
    for (size_t i = 1; i < keep->n_patients; i++)
        if (keep->patient[i] == keep->patient[i - 1])
            pn_complain(r->text.list, list->place, "patient %lld is there twice",
                        (long long)keep->patient[i]);
}

void pn_read_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const words[] = {"all", "summary"}, *const keys[] = {"patients"};
    struct pn_keep *keep = &r->study->lives;

    if (node->kind == PN_YAML_TEXT) {
        keep->lives =
            word(r, node, "keep", words, 2) == 1 ? PN_KEEP_SUMMARY : PN_KEEP_ALL;
    } else if (pn_is_map_of(&r->text, node, "keep", keys, 1)) {
        keep->lives = PN_KEEP_SOME;
        read_patients(r, pn_need(&r->text, node, "keep", "patients"));
    }
}

void pn_finish_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node)
{
    const struct pn_keep *keep = &r->study->lives;
    const struct pn_population *population = &r->study->population;

    for (size_t k = 0; node && k < keep->n_patients; k++) {
        size_t i = 0, n = population->n_patients;
        int64_t id = keep->patient[k];
        while (population->id && i < n && population->id[i] != id)
            i++;
        if (population->id ? i == n : id < 1 || (uint64_t)id > n)
            pn_complain(r->text.list, node->place, "there is no patient %lld to keep",
                        (long long)id);
    }
}

/* --- statistics over patients --- */

static void read_quantiles(struct pn_study_reader *r, const struct pn_yaml *list)
{
    struct pn_keep *keep = &r->study->lives;

    if (!pn_is(&r->text, list, PN_YAML_LIST, "quantiles") ||
        !pn_is_few(&r->text, list, "quantiles", MAX_QUANTILES))
        return;
    keep->quantile = pn_arena_take(r->text.arena, list->n + 1, sizeof *keep->quantile);
    keep->n_quantiles = 0;
    for (const struct pn_yaml *node = list->first; node && keep->quantile;
         node = node->next) {
        double *q = &keep->quantile[keep->n_quantiles];
        if (!pn_read_between(&r->text, node, "a quantile", "1", 0.0, 1.0, q))
            continue;
        if (keep->n_quantiles > 0 && !(*q > q[-1]))
            pn_complain(r->text.list, node->place, "quantiles must increase");
        keep->n_quantiles++;
    }
}

void pn_read_summary(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const keys[] = {"quantiles"};
    static const double usual[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    struct pn_keep *keep = &r->study->lives;
    const struct pn_yaml *list = NULL;

    keep->has_summary = node || keep->lives != PN_KEEP_ALL || r->study->n_endpoints > 0;
    if (!keep->has_summary)
        return;
    keep->quantile = pn_arena_take(r->text.arena, 5, sizeof usual[0]);
    if (!keep->quantile)
        return;
    memcpy(keep->quantile, usual, sizeof usual);
    keep->n_quantiles = 5;
    if (node && pn_is_map_of(&r->text, node, "summary", keys, 1))
        list = pn_yaml_get(node, "quantiles");
    if (list)
        read_quantiles(r, list);
}

/* --- writing back --- */
