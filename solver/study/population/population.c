/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who: what the population file, the study, drugs and a CSV give becomes one list of
 * variables. */
#include "solver/study/population/population.h"

#include <string.h>

#include "solver/study/treatment/event_table.h"

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
            pn_give_node(r, key, key->text, row, molar_mass, rank);
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
