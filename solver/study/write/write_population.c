/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: who the patients are. */
#include <math.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/write/write_study.h"

static const char *patients_file(const struct pn_study *study)
{
    const char *path = NULL;

    for (size_t i = 0; i < study->population.n_variables && !path; i++)
        if (study->population.variable[i].column)
            path = study->population.variable[i].place.file;
    for (size_t i = 0; i < study->n_inputs && !path; i++) /* nothing but IDs in it */
        if (strstr(study->input[i].path, ".csv") &&
            !(study->tree.file && strcmp(study->input[i].path, study->tree.file) == 0))
            path = study->input[i].path;
    return path ? pn_put_path(study, path) : "";
}

static void put_covariates(const struct pn_writer *w)
{
    const struct pn_population *population = &w->study->population;

    fputs("  covariates:", w->out);
    for (size_t i = 0, n = 0; i <= population->n_variables; i++) {
        const struct pn_variable *v = &population->variable[i];
        if (i == population->n_variables) {
            fputs(n == 0 ? " {}\n" : "", w->out);
            return;
        }
        if (v->column || v->place.line == 0 || strchr(v->name, '.') ||
            (v->n_cases == 1 && v->cases[0].kind == PN_FOLLOWS))
            continue;
        fprintf(w->out, "%s    %s: ", n++ == 0 ? "\n" : "", v->name);
        pn_put_variable(w, v);
        fputc('\n', w->out);
    }
}

static void put_codes(FILE *out, const struct pn_category *c)
{
    for (size_t i = 0; c && c[i].name; i++) {
        fputs(i == 0 ? ", codes: {" : ", ", out);
        pn_put_text(out, c[i].name);
        fputs(": ", out);
        pn_put_number(out, c[i].code);
    }
    fputs(c ? "}" : "", out);
}

static void put_end(FILE *out, const char *name, double value, const char *unit)
{
    if (!isfinite(value))
        return;
    fprintf(out, ", %s: ", name);
    pn_put_quantity(out, value, unit);
}

void pn_put_own_covariates(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_quantity *row = w->study->own;

    if (pn_table_size(row) > 0)
        fprintf(w->out, "%s:\n", key->name);
    for (; row && row->name; row++) {
        fprintf(w->out, "  %s: {unit: ", row->name);
        pn_put_text(w->out, row->unit);
        put_codes(w->out, row->categories);
        put_end(w->out, "low", row->low, row->unit);
        put_end(w->out, "high", row->high, row->unit);
        put_end(w->out, "typical", row->value, row->unit);
        if (strcmp(row->sentence, row->name) != 0) {
            fputs(", title: ", w->out);
            pn_put_text(w->out, row->sentence);
        }
        fputs("}\n", w->out);
    }
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

void pn_put_population(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_population *population = &w->study->population;

    fprintf(w->out, "%s:\n", key->name);
    if (population->beside)
        pn_put_line(w->out, 2, "patients", pn_put_path(w->study, population->beside));
    else if (population->id && !w->study->events)
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
