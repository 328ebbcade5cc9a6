/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: one YAML text that needs no other file but tables and trees, and in
 * which every key stands in the order of the rows, with its value or its default. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/study_keys.h"
#include "solver/study/write/write_study.h"

/* A text, name or word that is not there. */
static int is_absent(const struct pn_key *key, const void *at)
{
    return (key->form == PN_KEY_TEXT || key->form == PN_KEY_NAME ||
            key->form == PN_KEY_WORD) &&
           !*(char *const *)at;
}

/* One value, as reading the row stores it. */
static void put_value(FILE *out, const struct pn_key *key, const void *at)
{
    switch (key->form) {
    case PN_KEY_TEXT:
    case PN_KEY_NAME:
    case PN_KEY_WORD:
        pn_put_text(out, *(char *const *)at);
        break;
    case PN_KEY_WHOLE:
        fprintf(out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case PN_KEY_QUANTITY:
        pn_put_quantity(out, *(const double *)at, key->unit);
        break;
    case PN_KEY_CHOICE:
        pn_put_text(out, key->choices[*(const int *)at]);
        break;
    default: /* the study's keys of other forms have a writing function */
        break;
    }
}

/* "NAME: value", or "NAME: {KEY: value, …}" of a map that reading takes apart by rows. */
static void put_key(const struct pn_writer *w, const struct pn_key *key)
{
    const char *at = (const char *)w->study + key->at;
    int n = 0;

    if (key->write) {
        key->write(w, key);
        return;
    }
    if (is_absent(key, at))
        return;
    fprintf(w->out, "%s: ", key->name);
    if (key->form == PN_KEY_MAP) {
        for (const struct pn_key *inner = key->map->keys; inner->name; inner++) {
            fprintf(w->out, "%s%s: ", n++ > 0 ? ", " : "{", inner->name);
            put_value(w->out, inner, at + inner->at);
        }
        fputc('}', w->out);
    } else {
        put_value(w->out, key, at);
    }
<<<<<<< HEAD
}

static int is_new_test(const struct pn_study *study, size_t visit, size_t test)
{
    for (size_t v = 0; v <= visit; v++)
        for (size_t t = 0; t < (v == visit ? test : study->visit[v].n_tests); t++)
            if (study->visit[v].test[t] == study->visit[visit].test[test])
                return 0;
    return 1;
}

/* Parameters of parts that have no place of their own in a study: the tests. */
static void put_test_parameters(const struct pn_writer *w)
{
    const struct pn_study *study = w->study;
    int any = 0;

    for (size_t v = 0; v < study->n_visits; v++)
        for (size_t t = 0; t < study->visit[v].n_tests; t++) {
            const struct pn_test *test = study->visit[v].test[t];
            char prefix[128];
            if (!is_new_test(study, v, t) || pn_table_size(test->parameters) == 0)
                continue;
            fputs(any++ ? "" : "  parameters:\n", w->out);
            snprintf(prefix, sizeof prefix, "%s.", test->name);
            for (const struct pn_quantity *row = test->parameters; row->name; row++)
                pn_put_parameter(w, 4, prefix, test->name, row);
        }
}

static void put_correlations(const struct pn_writer *w)
{
    const struct pn_population *population = &w->study->population;

    if (population->n_correlations > 0)
        fputs("  correlations:\n", w->out);
    for (size_t g = 0; g < population->n_correlations; g++) {
        const struct pn_correlation *c = &population->correlation[g];
        for (size_t i = 0; i < c->n; i++)
            for (size_t j = i + 1; j < c->n; j++) {
                if (c->matrix[i * c->n + j] == 0.0)
                    continue;
                fprintf(w->out, "    - {of: [%s, %s], rho: ",
                        population->variable[c->variable[i]].name,
                        population->variable[c->variable[j]].name);
                pn_put_number(w->out, c->matrix[i * c->n + j]);
                fputs("}\n", w->out);
            }
    }
}

static void put_population(const struct pn_writer *w)
{
    const struct pn_population *population = &w->study->population;

    fputs("population:\n", w->out);
    if (population->id && !w->study->events)
        pn_put_line(w->out, 2, "patients", patients_file(w->study));
    fprintf(w->out, "  size: %zu\n", population->n_patients);
    if (population->skipped > 0)
        fprintf(w->out, "  first: %zu\n", population->skipped + 1);
    pn_put_line(w->out, 2, "title", population->title);
    pn_put_line(w->out, 2, "source", population->source);
    put_covariates(w);
    put_test_parameters(w);
    put_correlations(w);
}

/* --- disease --- */

static void put_part(const struct pn_writer *w, const struct pn_disease_part *part)
{
    if (pn_table_size(part->component->parameters) == 0) {
        fprintf(w->out, "  - %s\n", part->instance);
        return;
    }
    fprintf(w->out, "  - %s:\n", part->instance);
    pn_put_parameters(w, 6, part->instance, part->component->parameters);
}

static void put_tree(const struct pn_writer *w)
{
    const struct pn_tree_choice *tree = &w->study->tree;

    if (!pn_has_tree(w->study))
        return;
    if (!tree->file) {
        fprintf(w->out, "  tree: {acini: %zu}\n", tree->n_acini);
        return;
    }
    fputs("  tree: {file: ", w->out);
    pn_put_text(w->out, pn_put_path(w->study, tree->file));
    fputs(", unit: ", w->out);
    pn_put_text(w->out, tree->unit_name);
    fprintf(w->out, ", radii: %s, TLC: ", tree->edge_radius ? "edges" : "nodes");
    pn_put_quantity(w->out, tree->TLC, "L");
    fputs("}\n", w->out);
}

static void put_disease(const struct pn_writer *w)
{
    const struct pn_study *study = w->study;
    const struct pn_disease_part *airway = NULL;

    for (size_t i = 0; i < study->n_parts; i++)
        if (strcmp(study->part[i].instance, "airway") == 0)
            airway = &study->part[i];
    fputs(study->n_parts > (airway != NULL) ? "disease:\n" : "disease: []\n", w->out);
    for (size_t i = 0; i < study->n_parts; i++)
        if (&study->part[i] != airway)
            put_part(w, &study->part[i]);
    if (airway || pn_has_tree(study))
        fputs("airway:\n", w->out);
    put_tree(w);
    if (!airway)
        return;
    fprintf(w->out, "  model: %s\n", airway->component->name);
    pn_put_parameters(w, 2, "airway", airway->component->parameters);
}

/* --- visits, output, solver --- */

static void put_visits(const struct pn_writer *w)
{
    const struct pn_study *study = w->study;

    fputs(study->n_visits > 0 ? "visits:\n" : "visits: []\n", w->out);
    for (size_t v = 0; v < study->n_visits; v++) {
        fputs("  - {at: ", w->out);
        pn_put_quantity(w->out, study->visit[v].time, "h");
        fputs(", tests: [", w->out);
        for (size_t t = 0; t < study->visit[v].n_tests; t++)
            fprintf(w->out, "%s%s", t > 0 ? ", " : "", study->visit[v].test[t]->name);
        fputs("]}\n", w->out);
    }
}

static void put_output(const struct pn_writer *w)
{
    const struct pn_study *study = w->study;

    fputs("output:\n  keep: [", w->out);
    for (size_t i = 0; i < study->n_keep; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        pn_put_text(w->out, study->keep[i]);
    }
    fputs("]\n", w->out);
    if (study->leaves_out_doses)
        fputs("  doses: none\n", w->out);
    if (study->n_outputs > 1) {
        fputs("  every: ", w->out);
        pn_put_quantity(w->out, study->output[1], "h");
        fputc('\n', w->out);
    }
}

static void put_study(const struct pn_writer *w)
{
    const struct pn_study *study = w->study;

    pn_put_line(w->out, 0, "name", study->name);
    fprintf(w->out, "seed: %llu\nduration: ", (unsigned long long)study->seed);
    pn_put_quantity(w->out, study->duration, "h");
    fputc('\n', w->out);
    for (size_t i = 0; i < study->n_plugins; i++) {
        fputs(i > 0 ? ", " : "plugins: [", w->out);
        pn_put_text(w->out, pn_put_path(study, study->plugin[i]));
        fputs(i + 1 == study->n_plugins ? "]\n" : "", w->out);
    }
    put_population(w);
    put_disease(w);
    pn_put_treatment(w);
    put_visits(w);
    put_output(w);
    pn_put_endpoints(w->out, study);
    pn_put_design(w);
    fprintf(w->out, "solver: {method: %s, rtol: ", study->method);
    pn_put_number(w->out, study->rtol);
    fprintf(w->out, ", max_steps: %zu}\nmax_failed: ", study->max_steps);
    pn_put_number(w->out, study->max_failed);
=======
>>>>>>> bbb1492 (study: a key is one row)
    fputc('\n', w->out);
}

int pn_study_write(const struct pn_study *study, char **text)
{
    struct pn_writer w = {.study = study};
    size_t size;
    int failed;

    *text = NULL;
    w.out = open_memstream(text, &size);
    if (!w.out)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (const struct pn_key *key = pn_study_map.keys; key->name; key++)
        put_key(&w, key);
    failed = ferror(w.out);
    if (fclose(w.out) == 0 && !failed)
        return PN_OK;
    free(*text);
    *text = NULL;
    return PN_FAIL(PN_ERR_MEMORY, "out of memory");
}
