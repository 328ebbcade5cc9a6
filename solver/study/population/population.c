/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who: what the population file, the study, drugs and a CSV give becomes one list of
 * variables. */
#include "solver/study/population/population.h"

#include <string.h>

#include "solver/study/treatment/event_table.h"

/* --- what is given --- */

/* {unit: IU/mL}, whose values come from a table. */
static int only_declares(const struct pn_study_reader *r, const struct pn_yaml *key)
{
    if (key->value->kind != PN_YAML_MAP || pn_table_find(r->study->own, key->text) < 0)
        return 0;
    for (const struct pn_yaml *inner = key->value->first; inner; inner = inner->next)
        if (strcmp(inner->text, "unit") != 0 && strcmp(inner->text, "codes") != 0 &&
            strcmp(inner->text, "source") != 0)
            return 0;
    return key->value->n > 0;
}

static void give_section(struct pn_study_reader *r, const struct pn_yaml *section,
                         int with_dot, enum pn_rank rank)
{
    for (const struct pn_yaml *key = section ? section->first : NULL;
         key && !r->text.arena->failed; key = key->next) {
        const struct pn_quantity *row;
        double molar_mass;
        if ((strchr(key->text, '.') != NULL) != with_dot)
            pn_complain(r->text.list, key->place,
                        with_dot ? "parameters are called PART.NAME, found '%.64s'"
                                 : "covariates have no dot, found '%.64s'",
                        key->text);
        else if (pn_find_row(r, key->place, key->text, &row, &molar_mass) == 1 &&
                 !only_declares(r, key))
            pn_give_node(r, key, key->text, row, molar_mass, rank);
    }
}

/* a correlation while its map is read */
struct pair_keys {
    const struct pn_yaml *of;
    double rho;
};

/* clang-format off */
static const struct pn_key pair_keys[] = {
    {"of", PN_KEY_LIST, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct pair_keys, of),
     .sentence = "two covariates or parameters (PART.NAME)"},
    {"rho", PN_KEY_QUANTITY, "1", NULL, -1, 1, "correlation of their normal scores",
     .must = PN_KEY_EVERYWHERE, .at = offsetof(struct pair_keys, rho)},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map pair_map = {"correlation", "a correlation",
                                           "one of a population's `correlations`",
                                           .keys = pair_keys};

static void read_pair(struct pn_study_reader *r, const struct pn_yaml *node)
{
    struct pn_given_pair *pair = pn_arena_take(r->text.arena, 1, sizeof *pair);
    struct pair_keys keys = {NULL, 0.0};
    const struct pn_yaml *of;

    if (!pair || !pn_read_map(r, node, &pair_map, &keys))
        return;
    of = keys.of;
    if (of->n != 2 || of->first->kind != PN_YAML_TEXT || of->last->kind != PN_YAML_TEXT ||
        strcmp(of->first->text, of->last->text) == 0) {
        pn_complain(r->text.list, of->place,
                    "'of' must be a list of two different names");
        return;
    }
    pair->name[0] = of->first->text;
    pair->name[1] = of->last->text;
    pair->rho = keys.rho;
    pair->place = node->place;
    if (r->last_pair)
        r->last_pair->next = pair;
    else
        r->pairs = pair;
    r->last_pair = pair;
}

/* a population while its map is read */
struct population_keys {
    char *title, *source;
    const struct pn_yaml *from, *size, *first, *patients, *covariates, *parameters,
        *correlations;
};
#define AT(member) .at = offsetof(struct population_keys, member)

enum { IN_STUDY = 1, IN_FILE = 2 }; /* where a population can stand */

/* clang-format off */
static const struct pn_key population_keys[] = {
    {"name", PN_KEY_NAME, .in = IN_FILE, .read = pn_key_ignored, .sentence = "free"},
    {"from", PN_KEY_FILE, .in = IN_STUDY, AT(from), .read = pn_key_later,
     .sentence = "a population file; what stands in the study wins over it"},
    {"size", PN_KEY_WHOLE, NULL, NULL, 1, PN_MAX_PATIENTS,
     "how many patients; of a table: so many rows from `first` on", .in = IN_STUDY,
     AT(size), .read = pn_key_later},
    {"first", PN_KEY_WHOLE, NULL, NULL, 1, PN_MAX_PATIENTS,
     "number of the first patient, or row of the first; without it 1", .in = IN_STUDY,
     AT(first), .read = pn_key_later},
    {"patients", PN_KEY_FILE, .in = IN_STUDY, AT(patients), .read = pn_key_later,
     .sentence = "a CSV with a column ID and columns NAME [UNIT], one row a patient; a "
                 "column wins over all else that gives the variable; beside an event table "
                 "its rows are found by ID"},
    {"title", PN_KEY_TEXT, AT(title), .sentence = "free; the resolved study keeps it"},
    {"source", PN_KEY_TEXT, AT(source), .sentence = "where it is from: free"},
    {"covariates", PN_KEY_NAMES, AT(covariates), .read = pn_key_later,
     .map = &pn_distribution_map,
     .sentence = "what is known of a patient (`pneuma models`)"},
    {"parameters", PN_KEY_NAMES, AT(parameters), .read = pn_key_later,
     .map = &pn_distribution_map, .sentence = "of parts of the model: PART.NAME"},
    {"correlations", PN_KEY_LIST, AT(correlations), .read = pn_key_later,
     .map = &pair_map, .sentence = "of the normal scores of two variables"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_population_map = {"population", "population",
                                             "who the patients are",
                                             .keys = population_keys, .kind = IN_STUDY};
const struct pn_key_map pn_population_file_map = {
    "population file", "a population file", "a population that studies share",
    .keys = population_keys, .kind = IN_FILE};

static void give_from(struct pn_study_reader *r, const struct population_keys *keys,
                      enum pn_rank rank)
{
    if (keys->title)
        r->study->population.title = keys->title;
    if (keys->source)
        r->study->population.source = keys->source;
    give_section(r, keys->covariates, 0, rank);
    give_section(r, keys->parameters, 1, rank);
    for (const struct pn_yaml *node = keys->correlations ? keys->correlations->first
                                                         : NULL;
         node; node = node->next)
        read_pair(r, node);
}

/* @return NULL: no memory */
static int *first_occasions(struct pn_study_reader *r)
{
    const struct pn_events *events = r->study->events;
    int *occasion = pn_arena_take(r->text.arena, events->n_patients, sizeof *occasion);

    for (size_t i = 0; occasion && i < events->n_patients; i++)
        occasion[i] = events->event[events->first[i]].occasion;
    return occasion;
}

/* The patients are those of the event table; `size` and `first` take some of them, but
 * not of a table that was not known when the study was written. */
static void read_numbers_of_table(struct pn_study_reader *r,
                                  const struct population_keys *keys, size_t n,
                                  size_t from)
{
    struct pn_population *population = &r->study->population;

    if (!r->study->events)
        return;
    if (keys->patients)
        pn_read_patients_beside(r, keys->patients);
    population->n_patients = r->study->events->n_patients;
    population->id = r->study->events->id;
    if (r->study->events->has_occasions)
        population->occasion = first_occasions(r);
    if (r->table->of[PN_FIELD_ARM])
        pn_assign_arms(r, (struct pn_place){r->table->csv.file, 0, 0}, r->table->arm,
                       r->study->events->id, population->n_patients);
    if (r->table->from_caller || (!keys->size && !keys->first))
        return;
    r->first_row = from;
    r->n_rows = n;
    r->rows = keys->size ? keys->size : keys->first;
}

/* A number of patients, whole and from 1; `usual` where the key is not there. */
static size_t read_number(struct pn_study_reader *r, const struct pn_yaml *node,
                          const char *name, size_t usual)
{
    const struct pn_key *key = pn_key_find(&pn_population_map, name);
    uint64_t n = usual;

    if (node)
        pn_read_whole(&r->text, node, name, (uint64_t)key->low, (uint64_t)key->high, &n);
    return (size_t)n;
}

/* How many patients, and which: those of a CSV are selected when its rows are known. */
static void read_numbers(struct pn_study_reader *r, const struct pn_yaml *node,
                         const struct population_keys *keys)
{
    struct pn_population *population = &r->study->population;
    size_t n = read_number(r, keys->size, "size", 0),
           from = read_number(r, keys->first, "first", 1);

    if (!keys->size && !keys->patients && !r->table)
        pn_complain(r->text.list, node->place, "population needs 'size' or 'patients'");
    if (r->table) {
        read_numbers_of_table(r, keys, n, from);
    } else if (keys->patients) {
        pn_read_patients(r, keys->patients);
        r->first_row = from;
        r->n_rows = n;
        r->rows = keys->size ? keys->size : keys->first ? keys->first : keys->patients;
    } else {
        population->n_patients = n;
        population->skipped = from - 1;
    }
}

static void read_population_file(struct pn_study_reader *r, const struct pn_yaml *from)
{
    struct population_keys keys = {.title = NULL};

    if (!pn_read_text(&r->text, from, "from") || !r->population_file)
        return;
    pn_read_map(r, r->population_file, &pn_population_file_map, &keys);
    give_from(r, &keys, PN_BY_POPULATION);
}

void pn_read_population(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                        const struct pn_key *key)
{
    struct population_keys keys = {.title = NULL};

    (void)into;
    (void)key;
    pn_read_map(r, node, &pn_population_map, &keys);
    if (keys.from)
        read_population_file(r, keys.from);
    give_from(r, &keys, PN_BY_STUDY);
    read_numbers(r, node, &keys);
}
