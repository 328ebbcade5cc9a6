/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside the distribution of a parameter: effects of covariates, and the
 * variability between occasions. */
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"

enum { MAX_NAMES = 256, MAX_EFFECTS = 32 };

static const char *const form_name[] = {[PN_POWER] = "power",
                                        [PN_EXPONENTIAL] = "exponential",
                                        [PN_LINEAR] = "linear",
                                        [PN_CATEGORY] = "categorical"};
enum { N_FORMS = sizeof form_name / sizeof *form_name };

static int read_form(struct pn_study_reader *r, const struct pn_yaml *node,
                     enum pn_effect_form *form)
{
    const char *text = pn_read_text(&r->text, node, "form");

    for (size_t i = 0; text && i < N_FORMS; i++)
        if (strcmp(text, form_name[i]) == 0) {
            *form = (enum pn_effect_form)i;
            return 1;
        }
    if (text)
        pn_unknown(&r->text, node->place, "form of an effect", text, form_name, N_FORMS);
    return 0;
}

/* The covariate of an effect.  @return its row, or NULL after a complaint */
static const struct pn_quantity *read_of(struct pn_study_reader *r,
                                         const struct pn_yaml *node)
{
    const char *text = pn_read_text(&r->text, node, "of"), *names[MAX_NAMES];
    int i = text ? pn_table_find(pn_covariates, text) : -1;
    size_t n = 0;

    if (i >= 0)
        return &pn_covariates[i];
    for (; pn_covariates[n].name && n < MAX_NAMES; n++)
        names[n] = pn_covariates[n].name;
    if (text)
        pn_unknown(&r->text, node->place, "covariate", text, names, n);
    return NULL;
}

/* A category of the covariate (male), 1 where none is said; else a number of its unit. */
static int read_reference(struct pn_study_reader *r, const struct pn_yaml *map,
                          const struct pn_quantity *row, struct pn_effect *effect)
{
    const struct pn_yaml *node = pn_yaml_get(map, "reference");

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
static int read_coefficient(struct pn_study_reader *r, const struct pn_yaml *map,
                            const struct pn_quantity *row, struct pn_effect *effect)
{
    const struct pn_yaml *node = pn_need(&r->text, map, "an effect", "coefficient");
    int is_slope = effect->form == PN_EXPONENTIAL || effect->form == PN_LINEAR;
    const char *rest;
    char unit[96];

    if (!node)
        return 0;
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

static void read_effect(struct pn_study_reader *r, const struct pn_yaml *map,
                        struct pn_variable *v)
{
    static const char *const keys[] = {"of", "form", "reference", "coefficient",
                                       "source"};
    struct pn_effect *effect = &v->effect[v->n_effects];
    const struct pn_yaml *of, *form;
    const struct pn_quantity *row;

    if (!pn_is_map_of(&r->text, map, "an effect", keys, 5))
        return;
    of = pn_need(&r->text, map, "an effect", "of");
    form = pn_need(&r->text, map, "an effect", "form");
    if (!of || !form || !(row = read_of(r, of)) || !read_form(r, form, &effect->form) ||
        !read_reference(r, map, row, effect) || !read_coefficient(r, map, row, effect))
        return;
    effect->of = pn_population_find(&r->study->population, row->name);
    if (effect->of >= 0) /* else every patient is at the reference */
        v->n_effects++;
}

static void read_iov(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_variable *v)
{
    static const char *const keys[] = {"omega", "omega2", "cv", "gsd", "source"};
    char what[160];

    snprintf(what, sizeof what, "iov of %.120s", v->name);
    if (pn_is_map_of(&r->text, map, what, keys, 5) &&
        !pn_read_omega(r, what, map, &v->iov))
        pn_complain(r->text.list, map->place, "%s needs one of omega, omega2, cv, gsd",
                    what);
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
