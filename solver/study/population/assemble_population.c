/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes become the variables of the population: the highest source of each name wins. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/design/factors.h"
#include "solver/study/population/population.h"

/* Only the rows of the CSV that `first` and `size` ask for. */
static void select_rows(struct pn_study_reader *r)
{
    size_t n = r->study->population.n_patients, last = r->first_row + r->n_rows - 1;

    if (!r->rows || n == 0)
        return;
    if (r->n_rows == 0)
        last = n;
    if (pn_study_select(r->study, r->first_row, last) != PN_OK)
        pn_complain(r->text.list, r->rows->place, "%s", pn_error_last()->text);
}

/* Only the highest rank of a name stays; the others are read, so that their mistakes are
 * told, and dropped.  @return 1: this one stays. */
static int stays(struct pn_study_reader *r, const struct pn_given *given,
                 const struct pn_given *all)
{
    int before = 1;

    for (const struct pn_given *other = all; other; other = other->next) {
        if (other == given) {
            before = 0;
            continue;
        }
        if (other->rank < given->rank ||
            strcmp(other->variable.name, given->variable.name) != 0)
            continue;
        if (other->rank == given->rank && !before)
            continue;
        if (other->rank == given->rank)
            pn_complain(r->text.list, given->variable.place,
                        "%s is given twice, first in line %d", given->variable.name,
                        other->variable.place.line);
        return 0;
    }
    return 1;
}

/* Is it named in a `by`?  Such a variable is drawn first. */
static int chooses(const struct pn_study_reader *r, const char *name)
{
    const struct pn_given *const lists[] = {r->covariates, r->parameters};

    for (size_t i = 0; i < 2; i++)
        for (const struct pn_given *given = lists[i]; given; given = given->next) {
            const struct pn_yaml *by = given->node && given->node->kind == PN_YAML_MAP
                                           ? pn_yaml_get(given->node, "by")
                                           : NULL;
            const struct pn_quantity *row =
                by && by->kind == PN_YAML_TEXT ? pn_covariate_row(r, by->text) : NULL;
            if (row && strcmp(row->name, name) == 0)
                return 1;
        }
    return 0;
}

static void take(struct pn_study_reader *r, struct pn_given *given, int keep)
{
    struct pn_population *population = &r->study->population;

    r->is_dropped = !keep;
    if (given->node)
        pn_read_distribution(r, given);
    if (keep && !given->stays_default)
        population->variable[population->n_variables++] = given->variable;
}

/* A variable that nobody gives: its default, which a factor of the design will change.
 * It has no line, so that the resolved study still says that nobody gave it. */
static void add_default(struct pn_study_reader *r, const char *name,
                        const struct pn_quantity *row)
{
    struct pn_population *population = &r->study->population;
    struct pn_place place = {r->study->file, 0, 0};
    struct pn_yaml first = {.kind = PN_YAML_TEXT, .place = place};
    struct pn_given given = {
        .variable = {.row = row, .place = place}
    };
    struct pn_variable *v = &given.variable;

    v->by = v->group = v->member = -1;
    v->name = pn_arena_copy(r->text.arena, name, strlen(name));
    v->n_cases = 1;
    v->cases = pn_arena_take(r->text.arena, 1, sizeof *v->cases);
    if (r->text.arena->failed)
        return;
    v->cases[0] = (struct pn_distribution){
        .kind = PN_FIXED, .location = row->value, .low = -HUGE_VAL, .high = HUGE_VAL};
    if (row->categories) { /* others may be given by them */
        first.text = pn_arena_copy(r->text.arena, row->categories[0].name,
                                   strlen(row->categories[0].name));
        given.node = &first;
        if (first.text)
            pn_read_distribution(r, &given);
    }
    population->variable[population->n_variables++] = *v;
}

static int is_given(const struct pn_study_reader *r, const char *covariate)
{
    for (const struct pn_given *given = r->covariates; given; given = given->next)
        if (strcmp(given->variable.name, covariate) == 0)
            return 1;
    return 0;
}

/* Does it follow from another that is given? */
static int follows(const struct pn_study_reader *r, const char *covariate)
{
    const struct pn_follows *rule = pn_follows_find(covariate);

    return rule && is_given(r, rule->from[0]);
}

/* Covariates that only the design gives; what follows from others does so even then. */
static void add_covariates_of_design(struct pn_study_reader *r)
{
    const char *name;

    for (size_t i = 0; (name = pn_design_wanted(r, i)); i++) {
        const struct pn_quantity *row = pn_covariate_row(r, name);
        if (row && !isnan(row->value) && !is_given(r, row->name) &&
            pn_population_find(&r->study->population, row->name) < 0 &&
            !follows(r, row->name))
            add_default(r, row->name, row);
    }
}

/* Those that choose the case of another first, then all in the order of the files. */
static void assemble_covariates(struct pn_study_reader *r)
{
    add_covariates_of_design(r);
    for (int chooser = 1; chooser >= 0; chooser--)
        for (struct pn_given *given = r->covariates; given; given = given->next)
            if (chooses(r, given->variable.name) == chooser)
                take(r, given, stays(r, given, r->covariates));
}

/* A covariate that nobody gives and that follows from others. */
static void append_following(struct pn_study_reader *r, const struct pn_follows *rule)
{
    struct pn_population *population = &r->study->population;
    int first = pn_population_find(population, rule->from[0]);
    struct pn_variable *v = &population->variable[population->n_variables];
    struct pn_place place;

    if (first < 0 || pn_population_find(population, rule->name) >= 0)
        return;
    place = population->variable[first].place;
    for (size_t i = 1; rule->from[i]; i++)
        if (pn_population_find(population, rule->from[i]) < 0)
            pn_complain(r->text.list, place, "%s needs the covariate '%s'", rule->from[0],
                        rule->from[i]);
    *v = (struct pn_variable){.place = place, .by = -1, .group = -1, .member = -1};
    v->name = pn_arena_copy(r->text.arena, rule->name, strlen(rule->name));
    v->row = &pn_covariates[pn_table_find(pn_covariates, rule->name)];
    v->cases = pn_arena_take(r->text.arena, 1, sizeof *v->cases);
    if (!v->name || !v->cases)
        return;
    v->cases[0] =
        (struct pn_distribution){.kind = PN_FOLLOWS, .low = -HUGE_VAL, .high = HUGE_VAL};
    v->n_cases = 1;
    population->n_variables++;
}

static void assemble_parameter(struct pn_study_reader *r, const char *instance,
                               const struct pn_quantity *row)
{
    struct pn_population *population = &r->study->population;
    size_t n = strlen(instance);
    char *name;

    for (struct pn_given *given = r->parameters; given; given = given->next)
        if (given->variable.row == row &&
            strncmp(given->variable.name, instance, n) == 0 &&
            given->variable.name[n] == '.' &&
            strcmp(given->variable.name + n + 1, row->name) == 0)
            take(r, given, stays(r, given, r->parameters));
    if (!r->design ||
        !(name = pn_arena_print(r->text.arena, "%s.%s", instance, row->name)))
        return;
    if (pn_design_wants(r, name) && pn_population_find(population, name) < 0)
        add_default(r, name, row);
}

static void assemble_parameters(struct pn_study_reader *r)
{
    for (const struct pn_instance *i = r->instances; i; i = i->next)
        for (const struct pn_quantity *row = i->parameters; row && row->name; row++)
            assemble_parameter(r, i->name, row);
}

/* --- covariates in the ranges of those who take them --- */

static void narrow(struct pn_variable *v, double low, double high, const char *by)
{
    struct pn_range *range = &v->range;

    if (low <= range->low && high >= range->high)
        return;
    range->low = fmax(range->low, low);
    range->high = fmin(range->high, high);
    range->by = by;
}

/* Does a part take the covariate, or does the population give it an own value? */
static int takes(const struct pn_study_reader *r, const char *instance,
                 const struct pn_quantity *row, const char *covariate)
{
    char name[256];

    snprintf(name, sizeof name, "%s.%s", instance, row->name);
    return row->covariate && strcmp(row->covariate, covariate) == 0 &&
           pn_population_find(&r->study->population, name) < 0;
}

/* FEV1 from its share of the predicted value: who is too young for that? */
static void narrow_by_rule(struct pn_population *population, const struct pn_variable *v)
{
    const struct pn_follows *rule = pn_follows_find(v->name);
    int i = rule && rule->limits ? pn_population_find(population, rule->limits) : -1;

    if (i >= 0 && v->cases && v->cases[0].kind == PN_FOLLOWS)
        narrow(&population->variable[i], rule->low, rule->high, rule->by);
}

/* What is written down for all is told at once; what is drawn or stands in a table is the
 * patient's failure. */
static void check_fixed(struct pn_study_reader *r, const struct pn_variable *v)
{
    const struct pn_range *range = &v->range;
    const char *space = strcmp(v->row->unit, "1") == 0 ? "" : " ";
    const char *unit = *space ? v->row->unit : "";
    double value;

    if (!range->by || v->column || !v->cases || v->n_cases != 1 ||
        v->cases[0].kind != PN_FIXED)
        return;
    value = v->cases[0].location;
    if (!(value >= range->low && value <= range->high))
        pn_complain(r->text.list, v->place,
                    "%s = %g%s%s is out of the range %g to %g%s%s of %s", v->name, value,
                    space, unit, range->low, range->high, space, unit, range->by);
}

static void narrow_covariates(struct pn_study_reader *r)
{
    struct pn_population *population = &r->study->population;
    int all_are_read = r->text.list->n == 0;

    for (size_t k = 0; k < population->n_variables; k++) {
        struct pn_variable *v = &population->variable[k];
        v->range = (struct pn_range){v->row->low, v->row->high, NULL};
    }
    for (size_t k = 0; k < population->n_variables; k++)
        narrow_by_rule(population, &population->variable[k]);
    for (size_t k = 0; k < population->n_variables; k++) {
        struct pn_variable *v = &population->variable[k];
        if (strchr(v->name, '.'))
            continue;
        for (const struct pn_instance *i = r->instances; i; i = i->next)
            for (const struct pn_quantity *row = i->parameters; row && row->name; row++)
                if (takes(r, i->name, row, v->name))
                    narrow(v, row->low, row->high, i->name);
        if (all_are_read) /* else there may be no value */
            check_fixed(r, v);
    }
}

void pn_assemble_population(struct pn_study_reader *r)
{
    struct pn_population *population = &r->study->population;
    size_t n = 0;

    for (const struct pn_given *given = r->covariates; given; given = given->next)
        n++;
    for (const struct pn_given *given = r->parameters; given; given = given->next)
        n++;
    for (size_t i = 0; pn_design_wanted(r, i); i++)
        n++;
    for (const struct pn_follows *rule = pn_follows_next(NULL); rule;
         rule = pn_follows_next(rule))
        n++;
    population->variable = pn_arena_take(r->text.arena, n, sizeof *population->variable);
    if (r->text.arena->failed)
        return;
    assemble_covariates(r);
    for (const struct pn_follows *rule = pn_follows_next(NULL); rule;
         rule = pn_follows_next(rule))
        append_following(r, rule);
    assemble_parameters(r);
    narrow_covariates(r);
    select_rows(r);
}
