/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: one YAML text that needs no other file but a patients CSV, and in
 * which every parameter of every part stands with its value. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/write/write_study.h"

/* --- scalars --- */

void pn_put_number(FILE *out, double x)
{
    char text[40];
    int digits = 6;

    do
        snprintf(text, sizeof text, "%.*g", digits, x);
    while (strtod(text, NULL) != x && ++digits <= DBL_DECIMAL_DIG);
    fputs(text, out);
}

void pn_put_quantity(FILE *out, double x, const char *unit)
{
    pn_put_number(out, x);
    if (strcmp(unit, "1") != 0)
        fprintf(out, " %s", unit);
}

void pn_put_text(FILE *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/";

    if (strspn(text, plain) == strlen(text) && strchr(plain, text[0]) && text[0] &&
        text[0] != '-' && text[0] != '.') {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\t')
            fputs("\\t", out);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

void pn_put_line(FILE *out, int indent, const char *key, const char *text)
{
    if (!text)
        return;
    fprintf(out, "%*s%s: ", indent, "", key);
    pn_put_text(out, text);
    fputc('\n', out);
}

/* --- distributions --- */

static void put_categories(FILE *out, const struct pn_distribution *d)
{
    fputs("{categories: {", out);
    for (size_t i = 0; i < d->n_categories; i++) {
        fputs(i > 0 ? ", " : "", out);
        pn_put_text(out, d->category[i]);
        fputs(": ", out);
        pn_put_number(out, d->probability[i]);
    }
    fputc('}', out);
}

static void put_truncation(FILE *out, const struct pn_distribution *d, const char *unit)
{
    if (d->low > -HUGE_VAL) {
        fputs(", low: ", out);
        pn_put_quantity(out, d->low, unit);
    }
    if (d->high < HUGE_VAL) {
        fputs(", high: ", out);
        pn_put_quantity(out, d->high, unit);
    }
}

static void put_lognormal(FILE *out, const struct pn_distribution *d, const char *unit)
{
    fputs("{median: ", out);
    pn_put_quantity(out, d->location, unit);
    fputs(", omega: ", out);
    pn_put_number(out, d->spread);
    if (d->g == 0.0 && d->h == 0.0)
        return;
    fputs(", g: ", out);
    pn_put_number(out, d->g);
    fputs(", h: ", out);
    pn_put_number(out, d->h);
}

int pn_put_distribution(FILE *out, const struct pn_distribution *d, const char *unit,
                        int as_map)
{
    switch (d->kind) {
    case PN_FIXED:
        fputs(as_map ? "{value: " : "", out);
        pn_put_quantity(out, d->location, unit);
        return as_map;
    case PN_CATEGORICAL:
        put_categories(out, d);
        return 1;
    case PN_NORMAL:
        fputs("{mean: ", out);
        pn_put_quantity(out, d->location, unit);
        fputs(", sd: ", out);
        pn_put_quantity(out, d->spread, unit);
        break;
    case PN_LOGNORMAL:
        put_lognormal(out, d, unit);
        break;
    case PN_UNIFORM:
        fputs("{uniform: [", out);
        pn_put_quantity(out, d->location, unit);
        fputs(", ", out);
        pn_put_quantity(out, d->spread, unit);
        fputc(']', out);
        break;
    case PN_OF_PREDICTED: /* never written: it is appended again */
        return 0;
    }
    put_truncation(out, d, unit);
    return 1;
}

static void put_cases(const struct pn_writer *w, const struct pn_variable *v)
{
    const struct pn_variable *by = &w->study->population.variable[v->by];

    fprintf(w->out, "{by: %s", by->name);
    for (size_t i = 0; i < v->n_cases; i++) {
        fputs(", ", w->out);
        pn_put_text(w->out, by->cases[0].category[i]);
        fputs(": ", w->out);
        fputs(pn_put_distribution(w->out, &v->cases[i], v->row->unit, 0) ? "}" : "",
              w->out);
    }
}

static void put_effect(const struct pn_writer *w, const struct pn_effect *effect)
{
    static const char *const form[] = {[PN_POWER] = "power",
                                       [PN_EXPONENTIAL] = "exponential",
                                       [PN_LINEAR] = "linear",
                                       [PN_CATEGORY] = "categorical"};
    const struct pn_variable *of = &w->study->population.variable[effect->of];

    fprintf(w->out, "{of: %s, form: %s, reference: ", of->name, form[effect->form]);
    pn_put_quantity(w->out, effect->reference, of->row->unit);
    fputs(", coefficient: ", w->out);
    pn_put_number(w->out, effect->coefficient);
    fputc('}', w->out);
}

static void put_variable(const struct pn_writer *w, const struct pn_variable *v)
{
    int more = v->n_effects > 0 || v->iov > 0.0, open = 1;

    if (v->by >= 0)
        put_cases(w, v);
    else
        open = pn_put_distribution(w->out, &v->cases[0], v->row->unit, more);
    for (size_t i = 0; i < v->n_effects; i++) {
        fputs(i == 0 ? ", effects: [" : ", ", w->out);
        put_effect(w, &v->effect[i]);
    }
    fputs(v->n_effects > 0 ? "]" : "", w->out);
    if (v->iov > 0.0) {
        fputs(", iov: {omega: ", w->out);
        pn_put_number(w->out, v->iov);
        fputc('}', w->out);
    }
    fputs(open ? "}" : "", w->out);
}

/* A parameter: its distribution, the covariate that it takes, or its default. */
static void put_parameter(const struct pn_writer *w, int indent, const char *prefix,
                          const char *instance, const struct pn_quantity *row)
{
    const struct pn_population *population = &w->study->population;
    char name[256];
    int i;

    snprintf(name, sizeof name, "%s.%s", instance, row->name);
    i = pn_population_find(population, name);
    if (i >= 0 && population->variable[i].column)
        return; /* stands in the patients CSV */
    fprintf(w->out, "%*s%s%s: ", indent, "", prefix, row->name);
    if (i >= 0 && population->variable[i].place.line > 0) {
        put_variable(w, &population->variable[i]);
    } else if (row->covariate && pn_population_find(population, row->covariate) >= 0) {
        fprintf(w->out, "{covariate: %s}", row->covariate);
    } else {
        fputs("{default: ", w->out);
        if (isnan(row->value))
            fputs("none", w->out);
        else
            pn_put_quantity(w->out, row->value, row->unit);
        fputc('}', w->out);
    }
    fputc('\n', w->out);
}

void pn_put_parameters(const struct pn_writer *w, int indent, const char *instance,
                       const struct pn_quantity *table)
{
    for (; table && table->name; table++)
        put_parameter(w, indent, "", instance, table);
}

/* --- population --- */

const char *pn_put_path(const struct pn_study *study, const char *path)
{
    const char *slash = strrchr(study->file, '/');
    size_t n = slash ? (size_t)(slash - study->file) + 1 : 0;

    return strncmp(path, study->file, n) == 0 ? path + n : path;
}

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
            (v->n_cases == 1 && v->cases[0].kind == PN_OF_PREDICTED))
            continue;
        fprintf(w->out, "%s    %s: ", n++ == 0 ? "\n" : "", v->name);
        put_variable(w, v);
        fputc('\n', w->out);
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
                put_parameter(w, 4, prefix, test->name, row);
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
    put_study(&w);
    failed = ferror(w.out);
    if (fclose(w.out) == 0 && !failed)
        return PN_OK;
    free(*text);
    *text = NULL;
    return PN_FAIL(PN_ERR_MEMORY, "out of memory");
}
