/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariates that the catalogue does not have: declared by the study, or where a
 * population gives them, with a `unit` beside their distribution. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"

enum { MAX_OWN = 200 };

/* one of them while its map is read */
struct own_keys {
    char *unit, *title;
    const struct pn_yaml *codes, *low, *high, *typical;
};
#define AT(member) .at = offsetof(struct own_keys, member)

/* clang-format off */
static const struct pn_key own_keys[] = {
    {"unit", PN_KEY_TEXT, AT(unit),
     .sentence = "of its values, in any form that UDUNITS-2 knows; without it 1"},
    {"codes", PN_KEY_NAMES, NULL, NULL, 0, PN_MAX_CATEGORIES,
     "of one with categories: the number that stands for each; tables may have either",
     AT(codes), .read = pn_key_later},
    {"low", PN_KEY_QUANTITY, AT(low), .read = pn_key_later,
     .sentence = "a value below it is a mistake; without it none is"},
    {"high", PN_KEY_QUANTITY, AT(high), .read = pn_key_later,
     .sentence = "a value above it is a mistake; without it none is"},
    {"typical", PN_KEY_QUANTITY, AT(typical), .read = pn_key_later,
     .sentence = "everybody's value where only a design gives it"},
    {"title", PN_KEY_TEXT, AT(title), .sentence = "what it is: free; the result keeps it"},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_own_covariate_map = {
    "own covariate", "a covariate",
    "a covariate that `pneuma models` does not list: of tables, populations and effects",
    .keys = own_keys};

/* A name that columns of tables have already would never be read. */
static int is_free(struct pn_study_reader *r, const struct pn_yaml *key)
{
    for (size_t i = 0; i < PN_N_FIELDS; i++)
        if (strcasecmp(key->text, pn_event_columns[i].name) == 0)
            return !pn_complain(r->text.list, key->place,
                                "'%.64s' is a column of event tables: a covariate needs "
                                "another name",
                                key->text);
    for (const struct pn_quantity *row = pn_covariates; row->name; row++)
        if (strcasecmp(key->text, row->name) == 0)
            return !pn_complain(r->text.list, key->place,
                                "the covariate '%s' is there already, in %s: it is not "
                                "declared",
                                row->name, row->unit);
    return pn_read_name(&r->text, key, "the name of a covariate") != NULL;
}

static const struct pn_category *read_codes(struct pn_study_reader *r,
                                            const struct pn_yaml *codes)
{
    struct pn_category *category =
        pn_arena_take(r->text.arena, codes->n + 1, sizeof *category);
    size_t n = 0;

    if (codes->n == 0)
        pn_complain(r->text.list, codes->place, "codes is empty");
    for (const struct pn_yaml *key = codes->first; category && key; key = key->next) {
        category[n].name = key->text;
        pn_read_quantity(&r->text, key->value, key->text, "1", 0.0, &category[n].code);
        for (size_t i = 0; i < n; i++)
            if (category[i].code == category[n].code)
                pn_complain(r->text.list, key->place, "'%.40s' and '%.40s' are both %g",
                            category[i].name, key->text, category[n].code);
        n++;
    }
    return codes->n > 0 ? category : NULL;
}

/* The shares of a distribution name the categories; they are 1, 2, … then. */
static const struct pn_category *count_categories(struct pn_study_reader *r,
                                                  const struct pn_yaml *shares)
{
    struct pn_category *category =
        pn_arena_take(r->text.arena, shares->n + 1, sizeof *category);
    size_t n = 0;

    for (const struct pn_yaml *key = shares->first; category && key; key = key->next)
        category[n] = (struct pn_category){key->text, (double)n + 1.0}, n++;
    return shares->n > 0 ? category : NULL;
}

static void read_end(struct pn_study_reader *r, const struct pn_yaml *node,
                     const char *what, const char *unit, double *value)
{
    if (node)
        pn_read_quantity(&r->text, node, what, unit, 0.0, value);
}

static void add_row(struct pn_study_reader *r, const struct pn_yaml *key,
                    const struct own_keys *keys, const struct pn_category *categories)
{
    struct pn_quantity *row = &r->study->own[pn_table_size(r->study->own)];
    double factor;

    *row = (struct pn_quantity){.name = key->text,
                                .unit = keys->unit ? keys->unit : "1",
                                .value = (double)NAN,
                                .low = -HUGE_VAL,
                                .high = HUGE_VAL,
                                .sentence = keys->title ? keys->title : key->text,
                                .source = "the study",
                                .categories = categories};
    if (pn_units_factor(r->text.units, row->unit, row->unit, 0.0, &factor) != PN_OK) {
        pn_complain(r->text.list, key->place, "unit of %.64s: %s", key->text,
                    pn_error_last()->text);
        row->unit = "1";
        return;
    }
    if (categories)
        row->value = categories[0].code;
    read_end(r, keys->low, "low", row->unit, &row->low);
    read_end(r, keys->high, "high", row->unit, &row->high);
    read_end(r, keys->typical, "typical", row->unit, &row->value);
    if (!(row->low <= row->high))
        pn_complain(r->text.list, key->place, "low of %.64s must be below its high",
                    key->text);
    else if (!isnan(row->value))
        pn_in_range(&r->text, key->place, key->text, row, row->value);
}

static void declare(struct pn_study_reader *r, const struct pn_yaml *key)
{
    struct own_keys keys = {.unit = NULL};

    if (!is_free(r, key) || !pn_read_map(r, key->value, &pn_own_covariate_map, &keys))
        return;
    add_row(r, key, &keys, keys.codes ? read_codes(r, keys.codes) : NULL);
}

/* {unit: IU/mL, median: …}: the distribution says what it is, too. */
static void declare_beside(struct pn_study_reader *r, const struct pn_yaml *key)
{
    const struct pn_yaml *map = key->value, *unit, *codes, *shares;
    struct own_keys keys = {.unit = NULL};

    if (map->kind != PN_YAML_MAP || pn_covariate_row(r, key->text))
        return;
    unit = pn_yaml_get(map, "unit");
    codes = pn_yaml_get(map, "codes");
    shares = pn_yaml_get(map, "categories");
    if ((!unit && !codes) || !is_free(r, key))
        return;
    if (unit && !(keys.unit = pn_read_text(&r->text, unit, "unit")))
        return;
    if (codes && !pn_is(&r->text, codes, PN_YAML_MAP, "codes"))
        return;
    add_row(r, key, &keys,
            codes                                   ? read_codes(r, codes)
            : shares && shares->kind == PN_YAML_MAP ? count_categories(r, shares)
                                                    : NULL);
}

/* A column of the event table that is kept as a covariate: {RACE: covariate}, or {RACE:
 * {as: covariate, unit: …}}. */
static void declare_column(struct pn_study_reader *r, const struct pn_yaml *key)
{
    const struct pn_yaml *map = key->value, *as = map, *unit = NULL;
    struct own_keys keys = {.unit = NULL};

    if (map->kind == PN_YAML_MAP) {
        as = pn_yaml_get(map, "as");
        unit = pn_yaml_get(map, "unit");
    }
    if (!as || as->kind != PN_YAML_TEXT || strcasecmp(as->text, "covariate") != 0 ||
        pn_covariate_row(r, key->text) || !is_free(r, key) ||
        (unit && !(keys.unit = pn_read_text(&r->text, unit, "unit"))))
        return;
    add_row(r, key, &keys, NULL);
}

/* The map `columns` of the event table, or NULL. */
static const struct pn_yaml *columns_of(const struct pn_yaml *events)
{
    const struct pn_yaml *map =
        events && events->kind == PN_YAML_MAP ? pn_yaml_get(events, "columns") : NULL;

    return map && map->kind == PN_YAML_MAP ? map : NULL;
}

static const struct pn_yaml *covariates_of(const struct pn_yaml *population)
{
    const struct pn_yaml *map = population && population->kind == PN_YAML_MAP
                                    ? pn_yaml_get(population, "covariates")
                                    : NULL;

    return map && map->kind == PN_YAML_MAP ? map : NULL;
}

/* The file that a population is from; its mistakes are told when it is read as one. */
static const struct pn_yaml *file_of(struct pn_study_reader *r,
                                     const struct pn_yaml *population)
{
    const struct pn_yaml *from = population && population->kind == PN_YAML_MAP
                                     ? pn_yaml_get(population, "from")
                                     : NULL;

    if (from && from->kind == PN_YAML_TEXT && from->text[0])
        r->population_file = pn_read_yaml(&r->text, from->place, from->text);
    return r->population_file;
}

void pn_read_own_covariates(struct pn_study_reader *r, const struct pn_yaml *node,
                            void *into, const struct pn_key *key)
{
    const struct pn_yaml *population = pn_yaml_get(r->root, "population"),
                         *given[2] = {covariates_of(population),
                                      covariates_of(file_of(r, population))},
                         *columns = columns_of(pn_yaml_get(r->root, "events"));
    size_t n = (node ? node->n : 0) + (columns ? columns->n : 0);

    (void)into;
    (void)key;
    for (size_t i = 0; i < 2; i++)
        n += given[i] ? given[i]->n : 0;
    r->study->own = pn_arena_take(r->text.arena, n + 1, sizeof *r->study->own);
    if (!r->study->own)
        return;
    for (const struct pn_yaml *own = node ? node->first : NULL; own; own = own->next)
        declare(r, own);
    for (size_t i = 0; i < 2; i++)
        for (const struct pn_yaml *own = given[i] ? given[i]->first : NULL; own;
             own = own->next)
            declare_beside(r, own);
    for (const struct pn_yaml *own = columns ? columns->first : NULL; own;
         own = own->next)
        declare_column(r, own);
    if (pn_table_size(r->study->own) > MAX_OWN)
        pn_complain(r->text.list, r->root->place, "%zu covariates: at most %d are read",
                    pn_table_size(r->study->own), MAX_OWN);
}
