/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all writers of the resolved study put into it: numbers, texts, distributions,
 * parameters of a part. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/study/write/write_study.h"

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

void pn_put_node(FILE *out, const char *key, const struct pn_yaml *node)
{
    int is_map = node && node->kind == PN_YAML_MAP;

    if (!node)
        return;
    fputs(key, out);
    if (node->kind == PN_YAML_TEXT) {
        pn_put_text(out, node->text);
        return;
    }
    fputc(is_map ? '{' : '[', out);
    for (const struct pn_yaml *item = node->first; item; item = item->next) {
        fputs(item == node->first ? "" : ", ", out);
        if (is_map)
            pn_put_text(out, item->text);
        pn_put_node(out, is_map ? ": " : "", is_map ? item->value : item);
    }
    fputc(is_map ? '}' : ']', out);
}

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
    case PN_FOLLOWS: /* never written: it is appended again */
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

void pn_put_variable(const struct pn_writer *w, const struct pn_variable *v)
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
void pn_put_parameter(const struct pn_writer *w, int indent, const char *prefix,
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
        pn_put_variable(w, &population->variable[i]);
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
        pn_put_parameter(w, indent, "", instance, table);
}

const char *pn_put_path(const struct pn_study *study, const char *path)
{
    const char *slash = strrchr(study->file, '/');
    size_t n = slash ? (size_t)(slash - study->file) + 1 : 0;

    return strncmp(path, study->file, n) == 0 ? path + n : path;
}
