/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A distribution as written: {median: 32 L/h, cv: 30 %}, {by: sex, male: …, female: …}.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/study/population/population.h"

/* the key that tells the form; the first of these that is there */
enum form { VALUE, MEAN, MEDIAN, UNIFORM, CATEGORIES, BY, DEFAULT, COVARIATE, N_FORMS };
static const char *const form_key[N_FORMS] = {
    "value", "mean", "median", "uniform", "categories", "by", "default", "covariate"};

/* what may stand in each form, besides `source` */
static const char *const allowed[N_FORMS][10] = {
    [VALUE] = {"value" },
    [MEAN] = {"mean",   "sd", "low", "high"},
    [MEDIAN] = {"median",   "omega", "omega2", "cv", "gsd", "g", "h", "low", "high"},
    [UNIFORM] = {"uniform",        "low", "high"},
    [CATEGORIES] = {"categories"},
    [DEFAULT] = {"default"   },
    [COVARIATE] = {"covariate"    },
};

/* where the numbers belong */
struct target {
    const char *what; /* name of the variable, for complaints */
    const struct pn_quantity *row;
    double molar_mass;
    int may_have_effects; /* a parameter, not inside `by` */
};

static int number(struct pn_study_reader *r, const struct target *t,
                  const struct pn_yaml *map, const char *key, double *value)
{
    const struct pn_yaml *node = pn_yaml_get(map, key);
    char what[160];

    if (!node)
        return 0;
    snprintf(what, sizeof what, "%s of %s", key, t->what);
    return pn_read_quantity(&r->text, node, what, t->row->unit, t->molar_mass, value);
}

/* a number that must lie in the range of the row */
static int location(struct pn_study_reader *r, const struct target *t,
                    const struct pn_yaml *node, double *value)
{
    return pn_read_quantity(&r->text, node, t->what, t->row->unit, t->molar_mass,
                            value) &&
           pn_in_range(&r->text, node->place, t->what, t->row, *value);
}

static void read_normal(struct pn_study_reader *r, const struct target *t,
                        const struct pn_yaml *map, struct pn_distribution *d)
{
    const struct pn_yaml *sd = pn_need(&r->text, map, t->what, "sd");

    d->kind = PN_NORMAL;
    location(r, t, pn_yaml_get(map, "mean"), &d->location);
    if (sd)
        pn_read_positive(r, t->what, sd, "sd", t->row->unit, t->molar_mass, &d->spread);
}

static void read_lognormal(struct pn_study_reader *r, const struct target *t,
                           const struct pn_yaml *map, struct pn_distribution *d)
{
    const struct pn_yaml *median = pn_yaml_get(map, "median"), *g = pn_yaml_get(map, "g"),
                         *h = pn_yaml_get(map, "h");

    d->kind = PN_LOGNORMAL;
    if (location(r, t, median, &d->location) && !(d->location > 0.0))
        pn_complain(r->text.list, median->place, "median of %s must be above 0", t->what);
    if (!pn_read_omega(r, t->what, map, &d->spread))
        pn_complain(r->text.list, map->place,
                    "median of %s needs one of omega, omega2, cv, gsd", t->what);
    if (g)
        pn_read_between(&r->text, g, "g", "1", -3.0, 3.0, &d->g);
    if (h) /* below 0 the map is not monotone */
        pn_read_between(&r->text, h, "h", "1", 0.0, 1.0, &d->h);
}

static void read_uniform(struct pn_study_reader *r, const struct target *t,
                         const struct pn_yaml *map, struct pn_distribution *d)
{
    const struct pn_yaml *ends = pn_yaml_get(map, "uniform");

    d->kind = PN_UNIFORM;
    if (ends->kind != PN_YAML_LIST || ends->n != 2) {
        pn_complain(r->text.list, ends->place,
                    "uniform of %s must be a list of two numbers", t->what);
        return;
    }
    if (location(r, t, ends->first, &d->location) &&
        location(r, t, ends->last, &d->spread) && !(d->location < d->spread))
        pn_complain(r->text.list, ends->place,
                    "uniform of %s: the first must be the lower", t->what);
}

static int categories_alloc(struct pn_study_reader *r, struct pn_distribution *d,
                            size_t n)
{
    d->kind = PN_CATEGORICAL;
    d->n_categories = n;
    d->category = pn_arena_take(r->text.arena, n, sizeof *d->category);
    d->code = pn_arena_take(r->text.arena, n, sizeof *d->code);
    d->probability = pn_arena_take(r->text.arena, n, sizeof *d->probability);
    return !r->text.arena->failed;
}

static void read_category(struct pn_study_reader *r, const struct target *t,
                          const struct pn_yaml *key, size_t i, struct pn_distribution *d)
{
    d->category[i] = key->text;
    if (!pn_category_code(r, t->row, key->text, &d->code[i]))
        pn_complain(r->text.list, key->place,
                    "unknown category '%.64s' of %s, expected %s%s", key->text, t->what,
                    strcmp(t->row->name, "sex") == 0 ? "male or female"
                                                     : "numbers with the unit ",
                    strcmp(t->row->name, "sex") == 0 ? "" : t->row->unit);
    else
        pn_in_range(&r->text, key->place, t->what, t->row, d->code[i]);
    pn_read_between(&r->text, key->value, "probability", "1", 0.0, 1.0,
                    &d->probability[i]);
}

static void read_categories(struct pn_study_reader *r, const struct target *t,
                            const struct pn_yaml *map, struct pn_distribution *d)
{
    const struct pn_yaml *list = pn_yaml_get(map, "categories");
    double sum = 0.0;
    size_t i = 0, before = r->text.list->n;

    if (!pn_is(&r->text, list, PN_YAML_MAP, "categories"))
        return;
    if (list->n == 0) {
        pn_complain(r->text.list, list->place, "categories of %s is empty", t->what);
        return;
    }
    if (!pn_is_few(&r->text, list, "categories", PN_MAX_CATEGORIES) ||
        !categories_alloc(r, d, list->n))
        return;
    for (const struct pn_yaml *key = list->first; key; key = key->next) {
        read_category(r, t, key, i, d);
        sum += d->probability[i++];
    }
    if (r->text.list->n == before && !(fabs(sum - 1.0) <= 1e-9))
        pn_complain(r->text.list, list->place,
                    "probabilities of %s add up to %g, not to 1", t->what, sum);
}

/* A fixed sex is a category of probability 1: other variables may be given by sex. */
static void read_fixed_sex(struct pn_study_reader *r, const struct target *t,
                           const struct pn_yaml *node, struct pn_distribution *d)
{
    static const char *const names[] = {"male", "female"};
    double code;

    if (node->kind != PN_YAML_TEXT || !pn_category_code(r, t->row, node->text, &code)) {
        char found[64];
        pn_complain(r->text.list, node->place, "sex must be male or female, found %s",
                    pn_yaml_describe(node, found));
        return;
    }
    if (!categories_alloc(r, d, 2))
        return;
    for (size_t i = 0; i < 2; i++) {
        d->category[i] = pn_arena_copy(r->text.arena, names[i], strlen(names[i]));
        d->code[i] = i == 0 ? 1.0 : 0.0;
        d->probability[i] = d->code[i] == code ? 1.0 : 0.0;
    }
}

static void read_fixed(struct pn_study_reader *r, const struct target *t,
                       const struct pn_yaml *node, struct pn_distribution *d)
{
    if (strcmp(t->row->name, "sex") == 0) {
        read_fixed_sex(r, t, node, d);
        return;
    }
    d->kind = PN_FIXED;
    location(r, t, node, &d->location);
}

/* A truncation that leaves less than 1e-15 is a slip, and beyond the inverse's reach. */
static void check_truncation(struct pn_study_reader *r, const struct target *t,
                             const struct pn_yaml *map, const struct pn_distribution *d)
{
    double low = d->low, high = d->high;

    if (!(low < high)) {
        pn_complain(r->text.list, map->place, "low of %s must be below its high",
                    t->what);
        return;
    }
    if (d->kind == PN_LOGNORMAL) {
        low = low > 0.0 ? log(low / d->location) / d->spread : -HUGE_VAL;
        high = high > 0.0 ? log(high / d->location) / d->spread : -HUGE_VAL;
    } else if (d->kind == PN_NORMAL) {
        low = (low - d->location) / d->spread;
        high = (high - d->location) / d->spread;
    } else { /* uniform: as scores, inside or not */
        low = low < d->spread ? 0.0 : HUGE_VAL;
        high = high > d->location ? 1.0 : -HUGE_VAL;
    }
    if (low > 8.0 || high < -8.0)
        pn_complain(r->text.list, map->place,
                    "low and high of %s leave nothing of its distribution", t->what);
}

static enum form form_of(struct pn_study_reader *r, const struct target *t,
                         const struct pn_yaml *map)
{
    for (int form = 0; form < N_FORMS; form++)
        if (pn_yaml_get(map, form_key[form]))
            return (enum form)form;
    if (map->first) /* a slip in the one key that says the form is told as such */
        for (const struct pn_yaml *key = map->first; key; key = key->next)
            if (pn_nearest(key->text, form_key, N_FORMS)) {
                pn_unknown(&r->text, key->place, "key of a distribution", key->text,
                           form_key, N_FORMS);
                return N_FORMS;
            }
    pn_complain(r->text.list, map->place,
                "%s needs one of value, mean, median, uniform, categories, by", t->what);
    return N_FORMS;
}

static int keys_are_of(struct pn_study_reader *r, const struct target *t,
                       const struct pn_yaml *map, enum form form)
{
    const char *keys[14] = {"source", "effects", "iov"};
    char what[160];
    size_t n = t->may_have_effects && form < DEFAULT ? 3 : 1, before = r->text.list->n;

    for (size_t i = 0; i < 10 && allowed[form][i]; i++)
        keys[n++] = allowed[form][i];
    snprintf(what, sizeof what, "%s (%s)", t->what, form_key[form]);
    pn_is_map_of(&r->text, map, what, keys, n);
    return r->text.list->n == before;
}

/* One case: everything but by, default and covariate. */
static void read_case(struct pn_study_reader *r, const struct target *t,
                      const struct pn_yaml *node, struct pn_distribution *d)
{
    size_t before = r->text.list->n;
    enum form form;

    *d = (struct pn_distribution){.low = -HUGE_VAL, .high = HUGE_VAL};
    if (node->kind == PN_YAML_TEXT) {
        read_fixed(r, t, node, d);
        return;
    }
    if (!pn_is(&r->text, node, PN_YAML_MAP, t->what) ||
        (form = form_of(r, t, node)) == N_FORMS)
        return;
    if (form >= BY) {
        pn_complain(r->text.list, node->place, "'%s' of %s cannot stand inside 'by'",
                    form_key[form], t->what);
        return;
    }
    if (!keys_are_of(r, t, node, form))
        return;
    if (form == VALUE)
        read_fixed(r, t, pn_yaml_get(node, "value"), d);
    else if (form == MEAN)
        read_normal(r, t, node, d);
    else if (form == MEDIAN)
        read_lognormal(r, t, node, d);
    else if (form == UNIFORM)
        read_uniform(r, t, node, d);
    else
        read_categories(r, t, node, d);
    number(r, t, node, "low", &d->low);
    number(r, t, node, "high", &d->high);
    if (r->text.list->n == before && form >= MEAN && form <= UNIFORM)
        check_truncation(r, t, node, d);
}

/* The categories of the covariate that chooses the case. */
static const struct pn_distribution *
chooser(struct pn_study_reader *r, const struct target *t, const struct pn_yaml *by)
{
    const struct pn_population *population = &r->study->population;
    int i = by->kind == PN_YAML_TEXT ? pn_population_find(population, by->text) : -1;
    char found[64];

    if (i >= 0 && population->variable[i].n_cases == 1 &&
        population->variable[i].cases[0].kind == PN_CATEGORICAL)
        return population->variable[i].cases;
    pn_complain(r->text.list, by->place,
                "%s is given by %s, but the population has no such categorical covariate",
                t->what, pn_yaml_describe(by, found));
    return NULL;
}

static void read_by(struct pn_study_reader *r, const struct target *t,
                    const struct pn_yaml *map, struct pn_variable *v)
{
    const struct pn_yaml *by = pn_yaml_get(map, "by");
    const struct pn_distribution *choice = chooser(r, t, by);
    struct target one_case = *t;
    const char **keys;
    char what[160];
    size_t n;

    one_case.may_have_effects = 0;
    if (!choice)
        return;
    v->by = pn_population_find(&r->study->population, by->text);
    v->n_cases = choice->n_categories;
    v->cases = pn_arena_take(r->text.arena, v->n_cases, sizeof *v->cases);
    keys = pn_arena_take(r->text.arena, v->n_cases + 4, sizeof *keys);
    if (!v->cases || !keys)
        return;
    for (n = 0; n < v->n_cases; n++)
        keys[n] = choice->category[n];
    keys[n++] = "by";
    keys[n++] = "source";
    if (t->may_have_effects) {
        keys[n++] = "effects";
        keys[n++] = "iov";
    }
    snprintf(what, sizeof what, "%s by %s", t->what, by->text);
    pn_is_map_of(&r->text, map, what, keys, n);
    for (size_t i = 0; i < v->n_cases; i++) {
        const struct pn_yaml *node = pn_need(&r->text, map, what, keys[i]);
        if (node)
            read_case(r, &one_case, node, &v->cases[i]);
    }
}

/* {default: VALUE}: what the catalogue says, checked, so that an old resolved study does
 * not run with new defaults unseen. */
static void read_default(struct pn_study_reader *r, const struct target *t,
                         const struct pn_yaml *map, struct pn_given *given)
{
    const struct pn_yaml *node = pn_yaml_get(map, "default");
    const struct pn_quantity *row = t->row;
    double value;

    if (!keys_are_of(r, t, map, DEFAULT))
        return;
    given->stays_default = 1;
    if (isnan(row->value) && node->kind == PN_YAML_TEXT &&
        strcmp(node->text, "none") == 0)
        return;
    if (!pn_read_quantity(&r->text, node, t->what, row->unit, t->molar_mass, &value))
        return;
    if (!(value == row->value))
        pn_complain(r->text.list, node->place, "the default of %s is %.17g%s%s here",
                    t->what, row->value, strcmp(row->unit, "1") == 0 ? "" : " ",
                    strcmp(row->unit, "1") == 0 ? "" : row->unit);
    if (!row->covariate || pn_population_find(&r->study->population, row->covariate) < 0)
        return;
    given->stays_default = 0; /* else the covariate would be taken */
    read_case(r, t, node, given->variable.cases);
}

static void read_covariate(struct pn_study_reader *r, const struct target *t,
                           const struct pn_yaml *map, struct pn_given *given)
{
    const struct pn_yaml *node = pn_yaml_get(map, "covariate");
    char found[64];

    given->stays_default = 1;
    if (!keys_are_of(r, t, map, COVARIATE))
        return;
    if (node->kind != PN_YAML_TEXT || !t->row->covariate ||
        strcmp(node->text, t->row->covariate) != 0)
        pn_complain(r->text.list, node->place, "%s cannot take the covariate %s", t->what,
                    pn_yaml_describe(node, found));
    else if (pn_population_find(&r->study->population, node->text) < 0)
        pn_complain(r->text.list, node->place, "the population has no covariate '%s'",
                    node->text);
}

void pn_read_distribution_of(struct pn_study_reader *r, const char *what,
                             const struct pn_quantity *row, double molar_mass,
                             const struct pn_yaml *node, struct pn_distribution *d)
{
    struct target t = {what, row, molar_mass, 0};

    if (node->kind == PN_YAML_MAP)
        for (int form = BY; form < N_FORMS; form++)
            if (pn_yaml_get(node, form_key[form])) {
                pn_complain(r->text.list, node->place, "%s cannot be given by '%s' here",
                            what, form_key[form]);
                return;
            }
    read_case(r, &t, node, d);
}

void pn_read_distribution(struct pn_study_reader *r, struct pn_given *given)
{
    struct pn_variable *v = &given->variable;
    struct target t = {v->name, v->row, given->molar_mass, strchr(v->name, '.') != NULL};
    const struct pn_yaml *node = given->node;

    v->by = -1;
    v->n_cases = 1;
    v->cases = pn_arena_take(r->text.arena, 1, sizeof *v->cases);
    if (!v->cases)
        return;
    if (node->kind == PN_YAML_MAP && pn_yaml_get(node, "by"))
        read_by(r, &t, node, v);
    else if (node->kind == PN_YAML_MAP && pn_yaml_get(node, "default"))
        read_default(r, &t, node, given);
    else if (node->kind == PN_YAML_MAP && pn_yaml_get(node, "covariate"))
        read_covariate(r, &t, node, given);
    else
        read_case(r, &t, node, v->cases);
    if (node->kind == PN_YAML_MAP && t.may_have_effects && !given->stays_default)
        pn_read_effects(r, given);
}
