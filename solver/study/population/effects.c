/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside the distribution of a parameter: effects of covariates, and the
 * variability between occasions. */
#include <stdio.h>
#include <string.h>

#include "solver/study/population/population.h"

enum { MAX_EFFECTS = 32 };

static const char *const forms[] = {[PN_POWER] = "power",
                                    [PN_EXPONENTIAL] = "exponential",
                                    [PN_LINEAR] = "linear",
                                    [PN_CATEGORY] = "categorical",
                                    NULL};

/* an effect while its map is read */
struct effect_keys {
    int form;
    const struct pn_yaml *of, *reference, *coefficient;
};

static void read_form(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    struct effect_keys *keys = into;

    (void)key;
    keys->form = pn_read_choice(r, node, "form of an effect", forms);
}

/* clang-format off */
static const struct pn_key effect_keys[] = {
    {"of", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct effect_keys, of),
     .sentence = "a covariate; where the population has it not, every patient is at the "
                 "reference, and a warning says so"},
    {"form", PN_KEY_CHOICE, .must = PN_KEY_EVERYWHERE, .choices = forms,
     .read = read_form,
     .sentence = "(covariate / reference)^coefficient, exp(coefficient (covariate - "
                 "reference)), 1 + coefficient (covariate - reference), or coefficient "
                 "where the covariate is the reference, else 1"},
    {"reference", PN_KEY_QUANTITY | PN_KEY_CHOICE, .read = pn_key_later,
     .at = offsetof(struct effect_keys, reference),
     .sentence = "value of the covariate without effect; of form categorical the "
                 "category, without it 1"},
    {"coefficient", PN_KEY_QUANTITY, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct effect_keys, coefficient),
     .sentence = "a slope without a unit is per unit of the covariate"},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_effect_map = {
    "effect", "an effect", "what a covariate does to a parameter", .keys = effect_keys};

/* clang-format off */
static const struct pn_key iov_keys[] = {
    PN_SPREAD_KEYS(0),
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_iov_map = {
    "iov", "iov",
    "variability of a parameter between occasions: OCC of an event table, or `occasion`",
    .keys = iov_keys};

/* The covariate of an effect.  @return its row, or NULL after a complaint */
static const struct pn_quantity *read_of(struct pn_study_reader *r,
                                         const struct pn_yaml *node)
{
    const char *text = pn_read_text(&r->text, node, "of");
    const struct pn_quantity *row = text ? pn_covariate_row(r, text) : NULL;

    if (text && !row)
        pn_covariate_unknown(r, node->place, text);
    return row;
}

/* A category of the covariate (male), 1 where none is said; else a number of its unit. */
static int read_reference(struct pn_study_reader *r, const struct pn_yaml *map,
                          const struct pn_yaml *node, const struct pn_quantity *row,
                          struct pn_effect *effect)
{
    effect->reference = 1.0;
    if (effect->form == PN_CATEGORY && !node)
        return 1;
    if (!node)
        return pn_need(&r->text, map, "an effect", "reference") != NULL;
    if (effect->form == PN_CATEGORY && node->kind == PN_YAML_TEXT &&
        pn_category_code(r, row, node->text, &effect->reference))
        return 1;
    if (!pn_read_quantity(&r->text, node, "reference", row->unit, 0.0,
                          &effect->reference) ||
        !pn_in_range(&r->text, node->place, "reference", row, effect->reference))
        return 0;
    if (effect->form != PN_POWER || effect->reference > 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "reference of a power must be above 0");
    return 0;
}

/* An exponent or factor has no unit; a slope is per unit of the covariate, which need not
 * be said. */
static int read_coefficient(struct pn_study_reader *r, const struct pn_yaml *node,
                            const struct pn_quantity *row, struct pn_effect *effect)
{
    int is_slope = effect->form == PN_EXPONENTIAL || effect->form == PN_LINEAR;
    const char *rest;
    char unit[96];

    snprintf(unit, sizeof unit, "1/(%.80s)", row->unit);
    if (is_slope && node->kind == PN_YAML_TEXT &&
        pn_number_parse(node->text, &rest, &effect->coefficient) == PN_NUMBER && !*rest)
        return 1;
    if (is_slope && strcmp(row->unit, "1") != 0)
        return pn_read_quantity(&r->text, node, "coefficient", unit, 0.0,
                                &effect->coefficient);
    if (!pn_read_quantity(&r->text, node, "coefficient", "1", 0.0, &effect->coefficient))
        return 0;
    if (effect->form != PN_CATEGORY || effect->coefficient > 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "the factor of a category must be above 0");
    return 0;
}

/* Told once of a part and a covariate, whichever of its parameters it is. */
static void warn_of_none(struct pn_study_reader *r, const struct pn_yaml *map,
                         const char *parameter, const char *covariate)
{
    const char *dot = strrchr(parameter, '.');

    pn_warn(r->text.list, (struct pn_place){map->place.file, 0, 0},
            "%.*s has an effect of %s, which the population has not: every patient "
            "counts as at its reference",
            (int)(dot ? dot - parameter : 0), parameter, covariate);
}

static void read_effect(struct pn_study_reader *r, const struct pn_yaml *map,
                        struct pn_variable *v)
{
    struct pn_effect *effect = &v->effect[v->n_effects];
    struct effect_keys keys = {0, NULL, NULL, NULL};
    const struct pn_quantity *row;

    if (!pn_read_map(r, map, &pn_effect_map, &keys) || !(row = read_of(r, keys.of)))
        return;
    effect->form = (enum pn_effect_form)keys.form;
    if (!read_reference(r, map, keys.reference, row, effect) ||
        !read_coefficient(r, keys.coefficient, row, effect))
        return;
    effect->of = pn_population_find(&r->study->population, row->name);
    if (effect->of >= 0) /* else every patient is at the reference */
        v->n_effects++;
    else if (!r->is_dropped)
        warn_of_none(r, map, v->name, row->name);
}

static void read_iov(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_variable *v)
{
    char what[160];
    struct pn_spread spread = {.what = what};
    const struct pn_reading reading = {.map = &pn_iov_map, .what = what, .into = &spread};
    size_t before = r->text.list->n;

    snprintf(what, sizeof what, "iov of %.120s", v->name);
    pn_read_map_of(r, map, &reading);
    if (!spread.measure && r->text.list->n == before)
        pn_complain(r->text.list, map->place, "%s needs one of omega, omega2, cv, gsd",
                    what);
    v->iov = spread.omega;
}

void pn_read_effects(struct pn_study_reader *r, struct pn_given *given)
{
    struct pn_variable *v = &given->variable;
    const struct pn_yaml *effects = pn_yaml_get(given->node, "effects"),
                         *iov = pn_yaml_get(given->node, "iov");

    if (iov)
        read_iov(r, iov, v);
    if (!effects || !pn_is(&r->text, effects, PN_YAML_LIST, "effects") ||
        !pn_is_few(&r->text, effects, "effects", MAX_EFFECTS))
        return;
    v->effect = pn_arena_take(r->text.arena, effects->n, sizeof *v->effect);
    for (const struct pn_yaml *node = effects->first; node && !r->text.arena->failed;
         node = node->next)
        read_effect(r, node, v);
}
