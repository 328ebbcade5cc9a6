/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma models: the catalogue, or the tables of one entry. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/plugin/plugin.h"

static void print_row(const struct pn_quantity *row, int has_values)
{
    printf("  %-24s %-12s", row->name, row->unit ? row->unit : "");
    if (has_values && !isnan(row->value))
        printf(" %-10.6g", row->value);
    else if (has_values)
        printf(" %-10s", "-");
    printf(" %s", row->sentence);
    if (has_values && (row->low != 0.0 || row->high != 0.0))
        printf(" [%.6g, %.6g]", row->low, row->high);
    if (row->source)
        printf("  (%s)", row->source);
    putchar('\n');
}

static void print_rows(const char *title, const struct pn_quantity *rows, int has_values)
{
    if (pn_table_size(rows) == 0)
        return;
    printf("\n%s\n", title);
    for (const struct pn_quantity *row = rows; row->name; row++)
        print_row(row, has_values);
}

static void print_component(const struct pn_component *component)
{
    printf("%s: %s\n", component->name, component->summary);
    if (component->role)
        printf("read by others as '%s'\n", component->role);
    print_rows("parameters (unit, default, range, source)", component->parameters, 1);
    print_rows("states", component->states, 0);
    print_rows("signals read (default when nothing writes them)", component->reads, 1);
    print_rows("signals written", component->writes, 0);
    for (const struct pn_route *route = component->routes; route && route->name; route++)
        printf("%s  %-24s into %s\n", route == component->routes ? "\nroutes\n" : "",
               route->name, component->states[route->state].name);
}

static void print_test(const struct pn_test *test)
{
    printf("%s: %s\n", test->name, test->summary);
    print_rows("parameters (unit, default, range, source)", test->parameters, 1);
    print_rows("signals read (default when nothing writes them)", test->reads, 1);
    print_rows("results", test->results, 0);
    if (test->fit)
        printf("\nfitted to the patient: %s, so that %s is the patient's own\n",
               test->parameters[test->fit->adjusted].name,
               test->parameters[test->fit->target].name);
}

static void print_catalogue(void)
{
    puts("components");
    for (const struct pn_component *c = pn_component_next(NULL); c;
         c = pn_component_next(c))
        printf("  %-24s %s\n", c->name, c->summary);
    puts("\nlung-function tests");
    for (const struct pn_test *t = pn_test_next(NULL); t; t = pn_test_next(t))
        printf("  %-24s %s\n", t->name, t->summary);
    puts("\ntargets of drugs");
    for (const struct pn_quantity *row = pn_targets; row->name; row++)
        printf("  %-24s %s\n", row->name, row->sentence);
    print_rows("covariates of a patient", pn_covariates, 0);
}

/* targets and covariates have no tables of their own */
static const struct pn_quantity *const tables[] = {pn_targets, pn_covariates};

static const struct pn_quantity *row_of(const char *name)
{
    for (size_t i = 0; i < 2; i++)
        for (const struct pn_quantity *row = tables[i]; row->name; row++)
            if (strcmp(row->name, name) == 0)
                return row;
    return NULL;
}

static int unknown(const char *name)
{
    enum { LIMIT = 256 };
    const char *names[LIMIT], *nearest;
    size_t n = 0;

    for (const struct pn_component *c = pn_component_next(NULL); c && n < LIMIT;
         c = pn_component_next(c))
        names[n++] = c->name;
    for (const struct pn_test *t = pn_test_next(NULL); t && n < LIMIT;
         t = pn_test_next(t))
        names[n++] = t->name;
    for (size_t i = 0; i < 2; i++)
        for (const struct pn_quantity *row = tables[i]; row->name && n < LIMIT; row++)
            names[n++] = row->name;
    nearest = pn_nearest(name, names, n);
    return PN_FAIL(PN_ERR_USAGE, "no model '%.60s'%s%s%s (`pneuma models` lists all)",
                   name, nearest ? ", did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"plugin", 0, "FILE", PN_AS_TEXT, .at = 0,
     "also the components of this shared object (a study names it in `plugins`)"},
    {0},
};
/* clang-format on */

static int models(struct pn_call *call)
{
    const char *name = call->word[0], *plugin = *(const char **)call->request;

    if (plugin && pn_plugin_load(plugin) != PN_OK)
        return pn_error_last()->status;
    if (!name)
        print_catalogue();
    else if (pn_component_find(name))
        print_component(pn_component_find(name));
    else if (pn_test_find(name))
        print_test(pn_test_find(name));
    else if (row_of(name))
        print_row(row_of(name), 0);
    else
        return unknown(name);
    return PN_OK;
}

const struct pn_command pn_command_models = {
    "models",
    "[NAME] [--plugin FILE]",
    "the catalogue, or the tables of one entry",
    rows,
    .after = "Lists the catalogue; with a NAME prints that entry's tables.",
    .most = 1,
    .size = sizeof(const char *),
    .run = models,
};
