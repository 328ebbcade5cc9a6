/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A distribution as written: {median: 32 L/h, cv: 30 %}, {by: sex, male: …, female: …}.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/study/population/population.h"

/* What tells the form: the first of these keys that is there.  A kind of map is 1 <<
 * form, with EFFECTS where effects may stand beside it. */
enum form { VALUE, MEAN, MEDIAN, UNIFORM, CATEGORIES, BY, DEFAULT, COVARIATE, N_FORMS };
enum {
    EFFECTS = 1 << 30,
    OWN = 1 << 29, /* of a covariate that the catalogue has not */
    TRUNCATED = 1 << MEAN | 1 << MEDIAN | 1 << UNIFORM,
};

/* where the numbers belong */
struct target {
    const char *what; /* name of the variable, for complaints */
    const struct pn_quantity *row;
    double molar_mass;
    int may_have_effects; /* a parameter, not inside `by` */
    int is_own;           /* a covariate of the study, not inside `by` */
};

/* one distribution while its map is read */
struct one_case {
    struct pn_spread spread;
    struct pn_distribution d;
    const struct target *target;
};

/* --- numbers --- */

/* a number that must lie in the range of the row */
static int location(struct pn_study_reader *r, const struct target *t,
                    const struct pn_yaml *node, double *value)
{
    return pn_is_said_as_share(r, node, t->what, t->row->name) &&
           pn_read_quantity(&r->text, node, t->what, t->row->unit, t->molar_mass,
                            value) &&
           pn_in_range(&r->text, node->place, t->what, t->row, *value);
}

static void read_mean(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    struct one_case *c = into;

    (void)key;
    c->d.kind = PN_NORMAL;
    location(r, c->target, node, &c->d.location);
}

static void read_median(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                        const struct pn_key *key)
{
    struct one_case *c = into;

    c->d.kind = PN_LOGNORMAL;
    if (location(r, c->target, node, &c->d.location) && !(c->d.location > 0.0))
        pn_complain(r->text.list, node->place, "%s of %s must be above 0", key->name,
                    c->target->what);
}

static void read_sd(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    struct one_case *c = into;

    pn_read_spread_value(r, c->target->what, node, key->name, c->target->row->unit,
                         c->target->molar_mass, &c->d.spread);
}

static void read_uniform(struct pn_study_reader *r, const struct pn_yaml *ends,
                         void *into, const struct pn_key *key)
{
    struct one_case *c = into;
    const struct target *t = c->target;

    c->d.kind = PN_UNIFORM;
    if (ends->n != 2)
        pn_complain(r->text.list, ends->place, "%s of %s must be a list of two numbers",
                    key->name, t->what);
    else if (location(r, t, ends->first, &c->d.location) &&
             location(r, t, ends->last, &c->d.spread) && !(c->d.location < c->d.spread))
        pn_complain(r->text.list, ends->place, "%s of %s: the first must be the lower",
                    key->name, t->what);
}

static void read_bound(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    struct one_case *c = into;
    char what[160];

    snprintf(what, sizeof what, "%s of %s", key->name, c->target->what);
    pn_read_quantity(&r->text, node, what, c->target->row->unit, c->target->molar_mass,
                     (double *)((char *)into + key->at));
}

/* --- categories --- */

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
                    "unknown category '%.64s' of %s, expected %s", key->text, t->what,
                    pn_category_words(r, t->row));
    else
        pn_in_range(&r->text, key->place, t->what, t->row, d->code[i]);
    pn_read_between(&r->text, key->value, "probability", "1", 0.0, 1.0,
                    &d->probability[i]);
}

static void read_categories(struct pn_study_reader *r, const struct pn_yaml *list,
                            void *into, const struct pn_key *key)
{
    struct one_case *c = into;
    const struct target *t = c->target;
    double sum = 0.0;
    size_t i = 0, before = r->text.list->n;

    if (list->n == 0) {
        pn_complain(r->text.list, list->place, "%s of %s is empty", key->name, t->what);
        return;
    }
    if (!categories_alloc(r, &c->d, list->n))
        return;
    for (const struct pn_yaml *name = list->first; name; name = name->next) {
        read_category(r, t, name, i, &c->d);
        sum += c->d.probability[i++];
    }
    if (r->text.list->n == before && !(fabs(sum - 1.0) <= 1e-9))
        pn_complain(r->text.list, list->place,
                    "probabilities of %s add up to %g, not to 1", t->what, sum);
}

/* What is fixed to a category has all of them, this one with probability 1: other
 * variables may be given by it. */
static void read_fixed_category(struct pn_study_reader *r, const struct target *t,
                                const struct pn_yaml *node, struct pn_distribution *d)
{
    const struct pn_category *all = t->row->categories;
    size_t n = 0;
    double code;

    if (node->kind != PN_YAML_TEXT || !pn_category_code(r, t->row, node->text, &code)) {
        char found[64];
        pn_complain(r->text.list, node->place, "%s must be %s, found %s", t->row->name,
                    pn_category_words(r, t->row), pn_yaml_describe(node, found));
        return;
    }
    while (all[n].name)
        n++;
    if (!categories_alloc(r, d, n))
        return;
    for (size_t i = 0; i < n; i++) {
        d->category[i] = pn_arena_copy(r->text.arena, all[i].name, strlen(all[i].name));
        d->code[i] = all[i].code;
        d->probability[i] = d->code[i] == code ? 1.0 : 0.0;
    }
}

static void read_fixed(struct pn_study_reader *r, const struct target *t,
                       const struct pn_yaml *node, struct pn_distribution *d)
{
    if (t->row->categories) {
        read_fixed_category(r, t, node, d);
        return;
    }
    d->kind = PN_FIXED;
    location(r, t, node, &d->location);
}

static void read_value(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    struct one_case *c = into;

    (void)key;
    read_fixed(r, c->target, node, &c->d);
}

/* --- its keys --- */

#define AT(member) .at = offsetof(struct one_case, member)

/* clang-format off */
static const struct pn_key distribution_keys[] = {
    [VALUE] = {"value", PN_KEY_QUANTITY | PN_KEY_CHOICE, .in = 1 << VALUE,
         .read = read_value, .sentence = "fixed; a bare value means the same"},
    [MEAN] = {"mean", PN_KEY_QUANTITY, .in = 1 << MEAN, .read = read_mean,
         .sentence = "of a normal distribution"},
    [MEDIAN] = {"median", PN_KEY_QUANTITY, .in = 1 << MEDIAN, .read = read_median,
         .sentence = "of a lognormal distribution"},
    [UNIFORM] = {"uniform", PN_KEY_LIST, .in = 1 << UNIFORM, .read = read_uniform,
         .sentence = "the two ends of a uniform distribution"},
    [CATEGORIES] = {"categories", PN_KEY_NAMES, NULL, NULL, 0, PN_MAX_CATEGORIES,
         "shares of the categories, which add up to 1", .in = 1 << CATEGORIES,
         .read = read_categories},
    [BY] = {"by", PN_KEY_TEXT, .in = 1 << BY, .read = pn_key_ignored,
         .sentence = "a covariate with categories: each stands beside it with its own "
                     "distribution"},
    [DEFAULT] = {"default", PN_KEY_QUANTITY, .in = 1 << DEFAULT, .read = pn_key_ignored,
         .sentence = "nobody gave it; must be what the catalogue says (of resolved "
                     "studies)"},
    [COVARIATE] = {"covariate", PN_KEY_TEXT, .in = 1 << COVARIATE, .read = pn_key_ignored,
         .sentence = "the patient's covariate is the value (of resolved studies)"},
    {"sd", PN_KEY_QUANTITY, .in = 1 << MEAN, .must = 1 << MEAN, .read = read_sd,
     .sentence = "SD of a normal distribution"},
    PN_SPREAD_KEYS(1 << MEDIAN),
    {"g", PN_KEY_QUANTITY, "1", NULL, -3, 3,
     "Tukey's g of the normal score: skewness; without it 0", .in = 1 << MEDIAN, AT(d.g)},
    {"h", PN_KEY_QUANTITY, "1", NULL, 0, 1,
     /* below 0 the map is not monotone */ "Tukey's h: heavier tails; without it 0",
     .in = 1 << MEDIAN, AT(d.h)},
    {"low", PN_KEY_QUANTITY, .in = TRUNCATED, .read = read_bound, AT(d.low),
     .sentence = "truncated: no value is below"},
    {"high", PN_KEY_QUANTITY, .in = TRUNCATED, .read = read_bound, AT(d.high),
     .sentence = "truncated: no value is above"},
    {"effects", PN_KEY_LIST, .in = EFFECTS, .read = pn_key_ignored, .map = &pn_effect_map,
     .sentence = "of covariates on a parameter: what was drawn is multiplied by each"},
    {"iov", PN_KEY_MAP, .in = EFFECTS, .read = pn_key_ignored, .map = &pn_iov_map,
     .sentence = "variability of a parameter between occasions"},
    {"unit", PN_KEY_TEXT, .in = OWN, .read = pn_key_ignored,
     .sentence = "declares a covariate that `pneuma models` does not list; may stand alone "
                 "where a table gives it"},
    {"codes", PN_KEY_NAMES, .in = OWN, .read = pn_key_ignored,
     .sentence = "the same of one with categories: the number of each; without it 1, 2, …"},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_distribution_map = {
    "distribution", "a distribution",
    "the value of a covariate or a parameter; its numbers have the unit of the row",
    .keys = distribution_keys};

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

/* Without a spread all have the typical value, and a truncation is nothing but a range
 * for it. */
static void check_constant(struct pn_study_reader *r, const struct target *t,
                           const struct pn_yaml *map, struct pn_distribution *d)
{
    if (!(d->low < d->high))
        pn_complain(r->text.list, map->place, "low of %s must be below its high",
                    t->what);
    else if (!(d->location >= d->low && d->location <= d->high))
        pn_complain(r->text.list, map->place,
                    "low and high of %s leave nothing of its distribution", t->what);
    d->low = -HUGE_VAL;
    d->high = HUGE_VAL;
}

static enum form form_of(struct pn_study_reader *r, const struct target *t,
                         const struct pn_yaml *map)
{
    const char *names[N_FORMS];

    for (int form = 0; form < N_FORMS; form++)
        if (pn_yaml_get(map, distribution_keys[form].name))
            return (enum form)form;
    for (size_t i = 0; i < N_FORMS; i++)
        names[i] = distribution_keys[i].name;
    /* a slip in the one key that says the form is told as such */
    for (const struct pn_yaml *key = map->first; key; key = key->next)
        if (pn_nearest(key->text, names, N_FORMS)) {
            pn_unknown(&r->text, key->place, "key of a distribution", key->text, names,
                       N_FORMS);
            return N_FORMS;
        }
    pn_complain(r->text.list, map->place,
                "%s needs one of value, mean, median, uniform, categories, by", t->what);
    return N_FORMS;
}

static unsigned kind_of(const struct target *t, enum form form)
{
    return 1U << form | (t->may_have_effects && form < DEFAULT ? EFFECTS : 0U) |
           (t->is_own ? OWN : 0U);
}

static int keys_are_of(struct pn_study_reader *r, const struct target *t,
                       const struct pn_yaml *map, enum form form)
{
    enum { MOST = sizeof distribution_keys / sizeof *distribution_keys };
    const char *keys[MOST];
    char what[160];
    size_t n = pn_key_names(&pn_distribution_map, kind_of(t, form), keys, 0, MOST),
           before = r->text.list->n;

    snprintf(what, sizeof what, "%s (%s)", t->what, distribution_keys[form].name);
    pn_is_map_of(&r->text, map, what, keys, n);
    return r->text.list->n == before;
}

static void read_form(struct pn_study_reader *r, const struct target *t,
                      const struct pn_yaml *map, enum form form,
                      struct pn_distribution *d)
{
    struct one_case c = {.spread = {.what = t->what}, .d = *d, .target = t};
    const struct pn_reading reading = {.map = &pn_distribution_map,
                                       .what = t->what,
                                       .kind = kind_of(t, form),
                                       .into = &c};
    size_t before = r->text.list->n;

    pn_read_turn(r, map, &reading, PN_TURN_FIRST);
    if (form == MEDIAN && !c.spread.measure)
        pn_complain(r->text.list, map->place,
                    "median of %s needs one of omega, omega2, cv, gsd", t->what);
    if (form == MEDIAN)
        c.d.spread = c.spread.omega;
    *d = c.d;
    if (r->text.list->n > before || !(TRUNCATED & 1 << form))
        return;
    if (form != UNIFORM && d->spread == 0.0)
        check_constant(r, t, map, d);
    else
        check_truncation(r, t, map, d);
}

/* One case: everything but by, default and covariate. */
static void read_case(struct pn_study_reader *r, const struct target *t,
                      const struct pn_yaml *node, struct pn_distribution *d)
{
    enum form form;

    *d = (struct pn_distribution){.low = -HUGE_VAL, .high = HUGE_VAL};
    if (node->kind == PN_YAML_TEXT) {
        read_fixed(r, t, node, d);
        return;
    }
    if (!pn_is(&r->text, node, PN_YAML_MAP, t->what) ||
        (form = form_of(r, t, node)) == N_FORMS)
        return;
    if (form >= BY)
        pn_complain(r->text.list, node->place, "'%s' of %s cannot stand inside 'by'",
                    distribution_keys[form].name, t->what);
    else if (keys_are_of(r, t, node, form))
        read_form(r, t, node, form, d);
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
    struct target inner = *t;
    enum { MOST = sizeof distribution_keys / sizeof *distribution_keys };
    const char **keys;
    char what[160];
    size_t n;

    inner.may_have_effects = inner.is_own = 0;
    if (!choice)
        return;
    v->by = pn_population_find(&r->study->population, by->text);
    v->n_cases = choice->n_categories;
    v->cases = pn_arena_take(r->text.arena, v->n_cases, sizeof *v->cases);
    keys = pn_arena_take(r->text.arena, v->n_cases + MOST, sizeof *keys);
    if (!v->cases || !keys)
        return;
    for (n = 0; n < v->n_cases; n++)
        keys[n] = choice->category[n];
    n = pn_key_names(&pn_distribution_map, kind_of(t, BY), keys, n, v->n_cases + MOST);
    snprintf(what, sizeof what, "%s by %s", t->what, by->text);
    pn_is_map_of(&r->text, map, what, keys, n);
    for (size_t i = 0; i < v->n_cases; i++) {
        const struct pn_yaml *node = pn_need(&r->text, map, what, keys[i]);
        if (node)
            read_case(r, &inner, node, &v->cases[i]);
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
    struct target t = {what, row, molar_mass, 0, 0};

    if (node->kind == PN_YAML_MAP)
        for (int form = BY; form < N_FORMS; form++)
            if (pn_yaml_get(node, distribution_keys[form].name)) {
                pn_complain(r->text.list, node->place, "%s cannot be given by '%s' here",
                            what, distribution_keys[form].name);
                return;
            }
    read_case(r, &t, node, d);
}

void pn_read_distribution(struct pn_study_reader *r, struct pn_given *given)
{
    struct pn_variable *v = &given->variable;
    struct target t = {v->name, v->row, given->molar_mass, strchr(v->name, '.') != NULL,
                       pn_table_find(r->study->own, v->name) >= 0};
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
