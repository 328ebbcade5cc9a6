/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who: what the population file, the study, drugs and a CSV give becomes one list of
 * variables. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/design/factors.h"
#include "solver/study/treatment/event_table.h"

enum { MAX_NAMES = 512 };

/* --- names --- */

struct pn_instance *pn_instance_add(struct pn_study_reader *r, struct pn_place place,
                                    const char *name,
                                    const struct pn_quantity *parameters)
{
    struct pn_instance *instance = pn_arena_take(r->text.arena, 1, sizeof *instance);

    for (struct pn_instance *i = r->instances; i; i = i->next)
        if (strcmp(i->name, name) == 0) {
            pn_complain(r->text.list, place, "the name '%s' is taken by another part",
                        name);
            return NULL;
        }
    if (!instance)
        return NULL;
    instance->name = name;
    instance->parameters = parameters;
    if (r->last_instance)
        r->last_instance->next = instance;
    else
        r->instances = instance;
    r->last_instance = instance;
    return instance;
}

struct pn_given *pn_give(struct pn_study_reader *r, struct pn_place place,
                         const char *name, const struct pn_quantity *row,
                         enum pn_rank rank)
{
    struct pn_given *given = pn_arena_take(r->text.arena, 1, sizeof *given);
    int is_covariate = strchr(name, '.') == NULL;
    struct pn_given **first = is_covariate ? &r->covariates : &r->parameters;
    struct pn_given **last = is_covariate ? &r->last_covariate : &r->last_parameter;

    if (!given ||
        !(given->variable.name = pn_arena_copy(r->text.arena, name, strlen(name))))
        return NULL;
    given->variable.row = row;
    given->variable.place = place;
    given->variable.by = given->variable.group = given->variable.member = -1;
    given->rank = rank;
    if (*last)
        (*last)->next = given;
    else
        *first = given;
    *last = given;
    return given;
}

static void give_node(struct pn_study_reader *r, const struct pn_yaml *key,
                      const char *name, const struct pn_quantity *row, double molar_mass,
                      enum pn_rank rank)
{
    struct pn_given *given = pn_give(r, key->place, name, row, rank);

    if (!given)
        return;
    given->node = key->value;
    given->molar_mass = molar_mass;
}

static size_t names_of(const struct pn_quantity *table, const char **names, size_t n)
{
    size_t size = pn_table_size(table);

    for (size_t i = 0; i < size && n < MAX_NAMES; i++)
        names[n++] = table[i].name;
    return n;
}

void pn_give_parameters(struct pn_study_reader *r, const struct pn_instance *instance,
                        const struct pn_yaml *map, const char *const *others,
                        size_t n_others, enum pn_rank rank)
{
    const char *names[MAX_NAMES];
    char what[160];
    size_t n = names_of(instance->parameters, names, 0);

    for (size_t i = 0; i < n_others && n < MAX_NAMES; i++)
        names[n++] = others[i];
    snprintf(what, sizeof what, "%.100s", instance->name);
    if (!pn_is_map_of(&r->text, map, what, names, n))
        return;
    for (const struct pn_yaml *key = map->first; key && !r->text.arena->failed;
         key = key->next) {
        int row = pn_table_find(instance->parameters, key->text);
        char *name;
        if (row < 0)
            continue;
        name = pn_arena_print(r->text.arena, "%s.%s", instance->name, key->text);
        if (name)
            give_node(r, key, name, &instance->parameters[row], instance->molar_mass,
                      rank);
    }
}

/* The table behind a name of the catalogue that has no part in this study, or NULL. */
static const struct pn_quantity *elsewhere(const char *instance)
{
    const struct pn_component *component = pn_component_find(instance);
    const struct pn_test *test = pn_test_find(instance);

    return component ? component->parameters : test ? test->parameters : NULL;
}

static int unknown_instance(struct pn_study_reader *r, struct pn_place place,
                            const char *name)
{
    const char *names[MAX_NAMES];
    size_t n = 0;

    for (const struct pn_instance *i = r->instances; i && n < MAX_NAMES; i = i->next)
        names[n++] = i->name;
    for (size_t i = 0; pn_components[i] && n < MAX_NAMES; i++)
        names[n++] = pn_components[i]->name;
    pn_unknown(&r->text, place, "part of the model", name, names, n);
    return -1;
}

static int find_parameter(struct pn_study_reader *r, struct pn_place place,
                          const char *name, size_t dot, const struct pn_quantity **row,
                          double *molar_mass)
{
    char instance[192];
    const char *names[MAX_NAMES];
    const struct pn_quantity *table;
    const struct pn_instance *i = r->instances;
    int index;

    snprintf(instance, sizeof instance, "%.*s", (int)(dot < 190 ? dot : 190), name);
    while (i && strcmp(i->name, instance) != 0)
        i = i->next;
    table = i ? i->parameters : elsewhere(instance);
    *molar_mass = i ? i->molar_mass : 0.0;
    if (!i && !table)
        return unknown_instance(r, place, instance);
    index = pn_table_find(table, name + dot + 1);
    if (index < 0) {
        char what[224];
        snprintf(what, sizeof what, "parameter of %s", instance);
        pn_unknown(&r->text, place, what, name + dot + 1, names,
                   names_of(table, names, 0));
        return -1;
    }
    *row = &table[index];
    return i != NULL;
}

int pn_find_row(struct pn_study_reader *r, struct pn_place place, const char *name,
                const struct pn_quantity **row, double *molar_mass)
{
    const char *dot = strrchr(name, '.'), *names[MAX_NAMES];
    int index;

    *molar_mass = 0.0;
    if (dot)
        return find_parameter(r, place, name, (size_t)(dot - name), row, molar_mass);
    index = pn_table_find(pn_covariates, name);
    if (index < 0) {
        pn_unknown(&r->text, place, "covariate", name, names,
                   names_of(pn_covariates, names, 0));
        return -1;
    }
    *row = &pn_covariates[index];
    return 1;
}

int pn_population_find(const struct pn_population *population, const char *name)
{
    for (size_t i = 0; i < population->n_variables; i++)
        if (strcmp(population->variable[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* --- what is given --- */

static void give_section(struct pn_study_reader *r, const struct pn_yaml *section,
                         const char *what, int with_dot, enum pn_rank rank)
{
    if (!section || !pn_is(&r->text, section, PN_YAML_MAP, what))
        return;
    for (const struct pn_yaml *key = section->first; key && !r->text.arena->failed;
         key = key->next) {
        const struct pn_quantity *row;
        double molar_mass;
        if ((strchr(key->text, '.') != NULL) != with_dot)
            pn_complain(r->text.list, key->place,
                        with_dot ? "parameters are called PART.NAME, found '%.64s'"
                                 : "covariates have no dot, found '%.64s'",
                        key->text);
        else if (pn_find_row(r, key->place, key->text, &row, &molar_mass) == 1)
            give_node(r, key, key->text, row, molar_mass, rank);
    }
}

static void read_pair(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const keys[] = {"of", "rho", "source"};
    struct pn_given_pair *pair = pn_arena_take(r->text.arena, 1, sizeof *pair);
    const struct pn_yaml *of, *rho;

    if (!pair || !pn_is_map_of(&r->text, node, "a correlation", keys, 3))
        return;
    of = pn_need(&r->text, node, "a correlation", "of");
    rho = pn_need(&r->text, node, "a correlation", "rho");
    if (!of || !rho)
        return;
    if (of->kind != PN_YAML_LIST || of->n != 2 || of->first->kind != PN_YAML_TEXT ||
        of->last->kind != PN_YAML_TEXT || strcmp(of->first->text, of->last->text) == 0) {
        pn_complain(r->text.list, of->place,
                    "'of' must be a list of two different names");
        return;
    }
    if (!pn_read_between(&r->text, rho, "rho", "1", -1.0, 1.0, &pair->rho))
        return;
    pair->name[0] = of->first->text;
    pair->name[1] = of->last->text;
    pair->place = node->place;
    if (r->last_pair)
        r->last_pair->next = pair;
    else
        r->pairs = pair;
    r->last_pair = pair;
}

static void give_from(struct pn_study_reader *r, const struct pn_yaml *map,
                      enum pn_rank rank)
{
    const struct pn_yaml *pairs = pn_yaml_get(map, "correlations");
    const struct pn_yaml *title = pn_yaml_get(map, "title"),
                         *source = pn_yaml_get(map, "source");

    if (title)
        r->study->population.title = pn_read_text(&r->text, title, "title");
    if (source)
        r->study->population.source = pn_read_text(&r->text, source, "source");
    give_section(r, pn_yaml_get(map, "covariates"), "covariates", 0, rank);
    give_section(r, pn_yaml_get(map, "parameters"), "parameters", 1, rank);
    if (pairs && pn_is(&r->text, pairs, PN_YAML_LIST, "correlations"))
        for (const struct pn_yaml *node = pairs->first; node; node = node->next)
            read_pair(r, node);
}

/* The patients are those of the event table; `size` and `first` take some of them, but
 * not of a table that was not known when the study was written. */
static void read_numbers_of_table(struct pn_study_reader *r, const struct pn_yaml *node,
                                  const struct pn_yaml *patients, size_t n, size_t from)
{
    struct pn_population *population = &r->study->population;
    const struct pn_yaml *size = pn_yaml_get(node, "size"),
                         *first = pn_yaml_get(node, "first");

    if (patients)
        pn_complain(r->text.list, patients->place,
                    "the patients are those of the event table: 'patients' cannot stand "
                    "beside it");
    if (!r->study->events)
        return;
    population->n_patients = r->study->events->n_patients;
    population->id = r->study->events->id;
    population->occasion = r->study->events->has_occasions;
    if (r->table->from_caller || (!size && !first))
        return;
    r->first_row = from;
    r->n_rows = n;
    r->rows = size ? size : first;
}

/* How many patients, and which: those of a CSV are selected when its rows are known. */
static void read_numbers(struct pn_study_reader *r, const struct pn_yaml *node)
{
    const struct pn_yaml *size = pn_yaml_get(node, "size"),
                         *patients = pn_yaml_get(node, "patients"),
                         *first = pn_yaml_get(node, "first");
    struct pn_population *population = &r->study->population;
    uint64_t n = 0, from = 1;

    if (!size && !patients && !r->table)
        pn_complain(r->text.list, node->place, "population needs 'size' or 'patients'");
    if (size)
        pn_read_whole(&r->text, size, "size", 1, PN_MAX_PATIENTS, &n);
    if (first)
        pn_read_whole(&r->text, first, "first", 1, PN_MAX_PATIENTS, &from);
    if (r->table) {
        read_numbers_of_table(r, node, patients, (size_t)n, (size_t)from);
    } else if (patients) {
        pn_read_patients(r, patients);
        r->first_row = (size_t)from;
        r->n_rows = (size_t)n;
        r->rows = size ? size : first ? first : patients;
    } else {
        population->n_patients = (size_t)n;
        population->skipped = (size_t)from - 1;
    }
}

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

void pn_read_population(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const keys[] = {"size",       "patients",   "from",
                                       "first",      "title",      "source",
                                       "covariates", "parameters", "correlations"};
    static const char *const file_keys[] = {"name",       "title",      "source",
                                            "covariates", "parameters", "correlations"};
    const struct pn_yaml *from, *file = NULL;
    char *path;

    if (!pn_is_map_of(&r->text, node, "population", keys, 9))
        return;
    from = pn_yaml_get(node, "from");
    if (from && (path = pn_read_text(&r->text, from, "from")))
        file = pn_read_yaml(&r->text, from->place, path);
    if (file && pn_is_map_of(&r->text, file, "a population file", file_keys, 6))
        give_from(r, file, PN_BY_POPULATION);
    give_from(r, node, PN_BY_STUDY);
    read_numbers(r, node);
}

/* --- assembly --- */

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
            if (by && by->kind == PN_YAML_TEXT && strcmp(by->text, name) == 0)
                return 1;
        }
    return 0;
}

static void take(struct pn_study_reader *r, struct pn_given *given, int keep)
{
    struct pn_population *population = &r->study->population;

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
    struct pn_yaml male = {.kind = PN_YAML_TEXT, .place = place};
    struct pn_given given = {
        .variable = {.row = row, .place = place}
    };
    struct pn_variable *v = &given.variable;

    v->by = v->group = v->member = -1;
    v->name = pn_arena_copy(r->text.arena, name, strlen(name));
    v->n_cases = 1;
    v->cases = pn_arena_take(r->text.arena, 1, sizeof *v->cases);
    male.text = pn_arena_copy(r->text.arena, "male", 4);
    if (r->text.arena->failed)
        return;
    v->cases[0] = (struct pn_distribution){
        .kind = PN_FIXED, .location = row->value, .low = -HUGE_VAL, .high = HUGE_VAL};
    given.node = &male;
    if (strcmp(row->name, "sex") == 0) /* it has categories, by which others are given */
        pn_read_distribution(r, &given);
    population->variable[population->n_variables++] = *v;
}

static int is_given(const struct pn_study_reader *r, const char *covariate)
{
    for (const struct pn_given *given = r->covariates; given; given = given->next)
        if (strcmp(given->variable.name, covariate) == 0)
            return 1;
    return 0;
}

/* Covariates that only the design gives.  FEV1 follows from its percentage, even then. */
static void add_covariates_of_design(struct pn_study_reader *r)
{
    const char *name;

    for (size_t i = 0; (name = pn_design_wanted(r, i)); i++) {
        int row = pn_table_find(pn_covariates, name);
        if (row >= 0 && !is_given(r, name) &&
            pn_population_find(&r->study->population, name) < 0 &&
            !(strcmp(name, "FEV1") == 0 && is_given(r, "FEV1_percent_predicted")))
            add_default(r, name, &pn_covariates[row]);
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

/* FEV1 follows from the percentage of its predicted value. */
static void append_predicted(struct pn_study_reader *r)
{
    static const char *const needs[] = {"sex", "age", "height"};
    struct pn_population *population = &r->study->population;
    int percent = pn_population_find(population, "FEV1_percent_predicted");
    struct pn_variable *v = &population->variable[population->n_variables];
    struct pn_place place;

    if (percent < 0 || pn_population_find(population, "FEV1") >= 0)
        return;
    place = population->variable[percent].place;
    for (size_t i = 0; i < 3; i++)
        if (pn_population_find(population, needs[i]) < 0)
            pn_complain(r->text.list, place,
                        "FEV1_percent_predicted needs the covariate '%s'", needs[i]);
    *v = (struct pn_variable){.place = place, .by = -1, .group = -1, .member = -1};
    v->name = pn_arena_copy(r->text.arena, "FEV1", 4);
    v->row = &pn_covariates[pn_table_find(pn_covariates, "FEV1")];
    v->cases = pn_arena_take(r->text.arena, 1, sizeof *v->cases);
    if (!v->name || !v->cases)
        return;
    v->cases[0] = (struct pn_distribution){
        .kind = PN_OF_PREDICTED, .low = -HUGE_VAL, .high = HUGE_VAL};
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

void pn_assemble_population(struct pn_study_reader *r)
{
    struct pn_population *population = &r->study->population;
    size_t n = 1; /* FEV1 of predicted */

    for (const struct pn_given *given = r->covariates; given; given = given->next)
        n++;
    for (const struct pn_given *given = r->parameters; given; given = given->next)
        n++;
    for (size_t i = 0; pn_design_wanted(r, i); i++)
        n++;
    population->variable = pn_arena_take(r->text.arena, n, sizeof *population->variable);
    if (r->text.arena->failed)
        return;
    assemble_covariates(r);
    append_predicted(r);
    assemble_parameters(r);
    select_rows(r);
}
