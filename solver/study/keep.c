/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys `lives` and `summary`: whose lives a result has, and which statistics. */
#include <stdlib.h>

#include "solver/study/parts.h"

enum { MAX_QUANTILES = 99, MAX_PATIENTS = 100000 };

const char *const pn_keep_name[] = {"all", "summary", NULL};

/* --- whose trajectories are kept --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void read_patients(struct pn_study_reader *r, const struct pn_yaml *list,
                          void *into, const struct pn_key *key)
{
    struct pn_keep *keep = into;
    uint64_t number;

    (void)key;
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

/* clang-format off */
static const struct pn_key keep_keys[] = {
    {"patients", PN_KEY_LIST, NULL, NULL, 0, MAX_PATIENTS,
     "numbers of the patients whose lives are kept; statistics and outcomes are of all",
     .must = PN_KEY_EVERYWHERE, .read = read_patients},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_keep_map = {"lives", "lives", "whose lives the result has",
                                       .keys = keep_keys};

void pn_read_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                        const struct pn_key *key)
{
    struct pn_keep *keep = &r->study->lives;

    (void)into;
    if (node->kind == PN_YAML_TEXT) {
        keep->lives = pn_read_choice(r, node, key->name, pn_keep_name) == 1
                          ? PN_KEEP_SUMMARY
                          : PN_KEEP_ALL;
        return;
    }
    keep->lives = PN_KEEP_SOME;
    pn_read_map(r, node, &pn_keep_map, keep);
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

static void read_quantiles(struct pn_study_reader *r, const struct pn_yaml *list,
                           void *into, const struct pn_key *key)
{
    struct pn_keep *keep = into;

    (void)key;
    keep->quantile = pn_arena_take(r->text.arena, list->n + 1, sizeof *keep->quantile);
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

/* clang-format off */
static const struct pn_key summary_keys[] = {
    {"quantiles", PN_KEY_LIST, NULL, "[0.05, 0.25, 0.5, 0.75, 0.95]", 0, MAX_QUANTILES,
     "of every output over patients (R's type 7), increasing", .read = read_quantiles},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_summary_map = {
    "summary", "summary", "statistics over patients", .keys = summary_keys};

void pn_read_summary(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                     const struct pn_key *key)
{
    const struct pn_yaml usual = {.kind = PN_YAML_MAP, .place = r->root->place};
    struct pn_keep *keep = &r->study->lives;

    (void)into;
    (void)key;
    keep->has_summary = node || keep->lives != PN_KEEP_ALL || r->study->n_endpoints > 0;
    if (keep->has_summary)
        pn_read_map(r, node ? node : &usual, &pn_summary_map, keep);
}
