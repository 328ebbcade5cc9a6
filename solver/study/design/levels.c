/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels of a factor: [10, 20, 30 L/h], "10, 20, 30 L/h", [male, female] or {low, high,
 * n, scale}. */
#include <float.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/lane.h"
#include "solver/base/time.h"
#include "solver/study/design/factors.h"

/* --- lists --- */

/* The items of "10, 20, 30 L/h", as a list of texts.  @return NULL: no memory */
static struct pn_yaml *split(struct pn_study_reader *r, const struct pn_yaml *node)
{
    struct pn_yaml *list = pn_arena_take(r->text.arena, 1, sizeof *list);
    const char *p = node->text;

    if (!list)
        return NULL;
    *list = (struct pn_yaml){.kind = PN_YAML_LIST, .place = node->place};
    for (;;) {
        struct pn_yaml *item = pn_arena_take(r->text.arena, 1, sizeof *item);
        size_t n, end;
        p += strspn(p, " \t");
        for (end = n = strcspn(p, ","); n > 0 && strchr(" \t", p[n - 1]); n--)
            ;
        if (!item || !(item->text = pn_arena_copy(r->text.arena, p, n)))
            return NULL;
        item->place = node->place;
        if (list->last)
            list->last->next = item;
        else
            list->first = item;
        list->last = item;
        list->n++;
        if (!p[end])
            return list;
        p += end + 1;
    }
}

/* The unit of the last item, which stands for those that have none; NULL: none. */
static const char *unit_of(const struct pn_yaml *item)
{
    const char *rest = "";
    double value;

    if (item->kind != PN_YAML_TEXT ||
        pn_number_parse(item->text, &rest, &value) != PN_NUMBER || !*rest)
        return NULL;
    return rest;
}

static int read_category(struct pn_study_reader *r, const struct pn_yaml *item,
                         const struct pn_factor *factor, double *level)
{
    char found[64];

    if (item->kind == PN_YAML_TEXT &&
        pn_category_code(r, &factor->row, item->text, level))
        return 1;
    pn_complain(r->text.list, item->place, "%s must be %s, found %s", factor->name,
                pn_category_words(r, &factor->row), pn_yaml_describe(item, found));
    return 0;
}

static int read_level(struct pn_study_reader *r, const struct pn_yaml *item,
                      const char *unit, const struct pn_wanted *wanted,
                      const struct pn_factor *factor, double *level)
{
    struct pn_yaml with_unit = *item;
    const char *rest;
    double value;

    if (factor->row.categories)
        return read_category(r, item, factor, level);
    if (unit && item->kind == PN_YAML_TEXT &&
        pn_number_parse(item->text, &rest, &value) == PN_NUMBER && !*rest) {
        if (strcmp(factor->row.unit, "1") == 0) { /* 1 of [1, 50 %]: 1 or 1 %? */
            pn_complain(r->text.list, item->place,
                        "%s: '%.40s' has no unit, but another level has", factor->name,
                        item->text);
            return 0;
        }
        with_unit.text = pn_arena_print(r->text.arena, "%s %s", item->text, unit);
        if (!with_unit.text)
            return 0;
    }
    return pn_read_quantity(&r->text, &with_unit, factor->name, factor->row.unit,
                            wanted->molar_mass, level) &&
           pn_in_range(&r->text, item->place, factor->name, &factor->row, *level);
}

static void read_list(struct pn_study_reader *r, const struct pn_wanted *wanted,
                      const struct pn_yaml *list, struct pn_factor *factor)
{
    char what[160];

    snprintf(what, sizeof what, "levels of %.100s", factor->name);
    if (list->n == 0)
        pn_complain(r->text.list, list->place, "%s has no levels", factor->name);
    if (list->n == 0 || !pn_is_few(&r->text, list, what, PN_MAX_LEVELS))
        return;
    factor->level = pn_arena_take(r->text.arena, list->n, sizeof *factor->level);
    for (const struct pn_yaml *item = list->first; item && factor->level;
         item = item->next)
        if (!read_level(r, item, unit_of(list->last), wanted, factor,
                        &factor->level[factor->n_levels++]))
            return; /* the others may have the same mistake */
}

/* --- from low to high --- */

static double step_between(double low, double high, double share, int log_scale)
{
    pn_lane ratio = pn_all(high / low), exponent = pn_all(share), power;

    if (!log_scale)
        return pn_rounded(low + share * (high - low));
    pn_pow(&ratio, &exponent, &power);
    return pn_rounded(low * power[0]);
}

const char *const pn_scale_name[] = {"linear", "log", NULL};

/* levels from low to high while their map is read */
struct span_keys {
    const struct pn_yaml *end[2];
    uint64_t n;
    int log_scale;
};

/* clang-format off */
static const struct pn_key span_keys[] = {
    {"low", PN_KEY_QUANTITY, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct span_keys, end[0]), .sentence = "the first level"},
    {"high", PN_KEY_QUANTITY, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct span_keys, end[1]), .sentence = "the last level"},
    {"n", PN_KEY_WHOLE, NULL, NULL, 2, PN_MAX_LEVELS, "how many levels",
     .must = PN_KEY_EVERYWHERE, .at = offsetof(struct span_keys, n)},
    {"scale", PN_KEY_CHOICE, NULL, "linear", .choices = pn_scale_name,
     .at = offsetof(struct span_keys, log_scale),
     .sentence = "whether levels differ by equal steps or by equal ratios"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_levels_map = {
    "levels", "levels", "levels of a factor of a grid, in place of a list",
    .keys = span_keys};

static int read_ends(struct pn_study_reader *r, const struct pn_wanted *wanted,
                     const struct pn_yaml *const node[2], struct pn_factor *factor,
                     double end[2])
{
    static const char *const key[] = {"low", "high"};
    char what[160];

    for (int i = 0; i < 2; i++) {
        snprintf(what, sizeof what, "%s of %.120s", key[i], factor->name);
        if (!pn_read_quantity(&r->text, node[i], what, factor->row.unit,
                              wanted->molar_mass, &end[i]) ||
            !pn_in_range(&r->text, node[i]->place, factor->name, &factor->row, end[i]))
            return 0;
    }
    if (end[0] < end[1])
        return 1;
    pn_complain(r->text.list, node[0]->place, "low of %s must be below its high",
                factor->name);
    return 0;
}

static void read_span(struct pn_study_reader *r, const struct pn_wanted *wanted,
                      struct pn_factor *factor)
{
    struct span_keys keys = {
        {NULL, NULL},
        0, 0
    };
    const struct pn_reading reading = {
        .map = &pn_levels_map, .what = factor->name, .into = &keys};
    double value[2];
    size_t count;

    if (!pn_read_map_of(r, wanted->node, &reading) ||
        !read_ends(r, wanted, keys.end, factor, value))
        return;
    count = (size_t)keys.n;
    if (keys.log_scale && !(value[0] >= DBL_MIN)) {
        pn_complain(r->text.list, keys.end[0]->place,
                    "low of %s must be above 0 on a log scale", factor->name);
        return;
    }
    factor->level = pn_arena_take(r->text.arena, count, sizeof *factor->level);
    if (!factor->level)
        return;
    factor->n_levels = count;
    for (size_t i = 0; i < count; i++)
        factor->level[i] = step_between(value[0], value[1],
                                        (double)i / (double)(count - 1), keys.log_scale);
    factor->level[0] = value[0];
    factor->level[count - 1] = value[1];
}

void pn_read_levels(struct pn_study_reader *r, const struct pn_wanted *wanted,
                    struct pn_factor *factor)
{
    const struct pn_yaml *node = wanted->node;

    if (node->kind == PN_YAML_MAP)
        read_span(r, wanted, factor);
    else if (node->kind == PN_YAML_LIST || (node = split(r, node)))
        read_list(r, wanted, node, factor);
}
