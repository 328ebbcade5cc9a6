/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/simulate/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "models/lung_function.h"
#include "solver/base/status.h"
#include "solver/dosing/dosing.h"

/* --- parts of an arm: its drugs, the targets they are aimed at, the disease and the
 * airway --- */

struct parts {
    size_t n, limit;
    struct pn_part *part;
    char (*name)[128]; /* instances made here: DRUG.TARGET */
};

static void add_part(struct parts *parts, const struct pn_component *component,
                     const char *instance, const struct pn_drug *drug, const char *target)
{
    parts->part[parts->n++] =
        (struct pn_part){component, instance, drug ? drug->name : NULL, target,
                         drug ? drug->molar_mass : 0.0};
}

static int gives(const struct pn_arm *arm, size_t drug)
{
    for (size_t i = 0; i < arm->n_regimens; i++)
        if (arm->regimen[i].drug == drug)
            return 1;
    return 0;
}

static int has_instance(const struct parts *parts, const char *instance)
{
    for (size_t i = 0; i < parts->n; i++)
        if (strcmp(parts->part[i].instance, instance) == 0)
            return 1;
    return 0;
}

static void add_drug(struct parts *parts, const struct pn_drug *drug)
{
    add_part(parts, drug->kinetics, drug->name, drug, NULL);
    for (size_t i = 0; i < drug->n_targets; i++) {
        char *name = parts->name[parts->n];
        snprintf(name, sizeof parts->name[0], "%s.%s", drug->name,
                 drug->target[i].target);
        add_part(parts, drug->target[i].potency, name, drug, drug->target[i].target);
    }
}

static void add_targets(struct parts *parts, const struct pn_drug *drug)
{
    for (size_t i = 0; i < drug->n_targets; i++)
        if (!has_instance(parts, drug->target[i].target))
            add_part(parts, pn_component_find("target"), drug->target[i].target, NULL,
                     NULL);
}

static int wire_arm(const struct pn_study *study, const struct pn_arm *arm,
                    struct pn_units *units, struct pn_system **system)
{
    int status = PN_OK;
    struct parts parts = {0};

    parts.limit = study->n_parts + 1;
    for (size_t d = 0; d < study->n_drugs; d++)
        parts.limit += 1 + 2 * study->drug[d].n_targets;
    parts.part = calloc(parts.limit, sizeof *parts.part);
    parts.name = calloc(parts.limit, sizeof *parts.name);
    if (!parts.part || !parts.name) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t d = 0; d < study->n_drugs; d++)
        if (gives(arm, d))
            add_drug(&parts, &study->drug[d]);
    for (size_t d = 0; d < study->n_drugs; d++)
        if (gives(arm, d))
            add_targets(&parts, &study->drug[d]);
    for (size_t i = 0; i < study->n_parts; i++)
        add_part(&parts, study->part[i].component, study->part[i].instance, NULL, NULL);
    PN_TRY(pn_system_create(parts.part, parts.n, units, system));
out:
    free(parts.part);
    free(parts.name);
    return status;
}

/* --- where each parameter comes from --- */

/* Own variable INSTANCE.NAME, else the covariate that the row names, else -1: the
 * default. */
static int column_of(const struct pn_study *study, const char *instance,
                     const struct pn_quantity *row)
{
    char name[256];
    int column;

    snprintf(name, sizeof name, "%s.%s", instance, row->name);
    column = pn_population_find(&study->population, name);
    if (column < 0 && row->covariate)
        column = pn_population_find(&study->population, row->covariate);
    return column;
}

static int columns_of_arm(const struct pn_study *study, struct pn_trial_arm *arm)
{
    size_t n = pn_system_n_parameters(arm->system);

    arm->column = calloc(n + 1, sizeof *arm->column);
    if (!arm->column)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct pn_symbol symbol = pn_system_symbol(arm->system, PN_PARAMETER, i);
        arm->column[i] = column_of(study, symbol.instance, symbol.row);
    }
    return PN_OK;
}

static int routes_of_arm(const struct pn_study *study, const struct pn_arm *given,
                         struct pn_trial_arm *arm, struct pn_complaints *list)
{
    arm->route = calloc(given->n_regimens + 1, sizeof *arm->route);
    if (!arm->route)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < given->n_regimens; i++) {
        const struct pn_regimen *r = &given->regimen[i];
        struct pn_trial_route *route = &arm->route[i];
        if (pn_system_route(arm->system, study->drug[r->drug].name, r->route,
                            &route->state, &route->F, &route->ALAG) != 0)
            return pn_complain(list, r->place, "drug '%s' has no route '%s'",
                               study->drug[r->drug].name, r->route);
    }
    return PN_OK;
}

static int tests_of_arm(const struct pn_trial *trial, struct pn_trial_arm *arm)
{
    size_t n = 0, k = 0;

    for (size_t t = 0; t < trial->n_tests; t++)
        n += pn_table_size(trial->test[t].test->reads);
    arm->test_read = calloc(n + 1, sizeof *arm->test_read);
    if (!arm->test_read)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t t = 0; t < trial->n_tests; t++) {
        const struct pn_quantity *reads = trial->test[t].test->reads;
        for (size_t i = 0; i < pn_table_size(reads); i++, k++) {
            struct pn_symbol symbol;
            arm->test_read[k] = -1;
            if (pn_system_find_read(arm->system, reads[i].name, &symbol) == 0)
                arm->test_read[k] = (int)symbol.index;
            else if (isnan(reads[i].value))
                return PN_FAIL(PN_ERR_INPUT,
                               "the test '%s' reads %s, which nothing writes",
                               trial->test[t].test->name, reads[i].name);
        }
    }
    return PN_OK;
}

/* --- tests of the visits --- */

static int same_test(const struct pn_trial *trial, const struct pn_test *test)
{
    for (size_t t = 0; t < trial->n_tests; t++)
        if (trial->test[t].test == test)
            return (int)t;
    return -1;
}

static int collect_tests(struct pn_trial *trial)
{
    const struct pn_study *study = trial->study;
    size_t limit = 1;

    for (size_t v = 0; v < study->n_visits; v++)
        limit += study->visit[v].n_tests;
    trial->test = calloc(limit, sizeof *trial->test);
    if (!trial->test)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t v = 0; v < study->n_visits; v++)
        for (size_t i = 0; i < study->visit[v].n_tests; i++)
            if (same_test(trial, study->visit[v].test[i]) < 0)
                trial->test[trial->n_tests++].test = study->visit[v].test[i];
    for (size_t t = 0; t < trial->n_tests; t++) {
        struct pn_trial_test *test = &trial->test[t];
        test->n_parameters = pn_table_size(test->test->parameters);
        test->n_reads = pn_table_size(test->test->reads);
        test->at_visit = calloc(study->n_visits + 1, sizeof *test->at_visit);
        test->column = calloc(test->n_parameters + 1, sizeof *test->column);
        if (!test->at_visit || !test->column)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        for (size_t i = 0; i < test->n_parameters; i++)
            test->column[i] =
                column_of(study, test->test->name, &test->test->parameters[i]);
        test->n_points = pn_test_n_points(test->test);
        for (size_t v = 0; v < study->n_visits; v++)
            for (size_t i = 0; i < study->visit[v].n_tests; i++)
                test->at_visit[v] |= study->visit[v].test[i] == test->test;
    }
    return PN_OK;
}

/* --- outputs --- */

static struct pn_output *add_output(struct pn_trial *trial, const struct pn_quantity *row,
                                    enum pn_output_over over, const char *name)
{
    struct pn_output *output = &trial->output[trial->n_outputs++];
    size_t n_points = over == PN_OVER_VISITS && row->scale > 1.0 ? (size_t)row->scale : 1;
    size_t n_times = over == PN_OVER_TIME     ? trial->study->n_outputs
                     : over == PN_OVER_VISITS ? trial->study->n_visits
                                              : 1;

    snprintf(output->name, sizeof output->name, "%s", name);
    output->unit = row->unit;
    output->sentence = row->sentence;
    output->source = row->source;
    output->over = over;
    output->n_points = n_points;
    output->first = trial->n_values;
    output->n_values = n_times * n_points;
    trial->n_values += output->n_values;
    return output;
}

static int kept_already(const struct pn_trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->n_outputs; i++)
        if (strcmp(trial->output[i].name, name) == 0)
            return 1;
    return 0;
}

/* A signal or state of any arm: absent ones are zero in that arm (a drug that is not
 * given). */
static int keep_symbol(struct pn_trial *trial, const char *name)
{
    const struct pn_quantity *row = NULL;
    size_t i_output = trial->n_outputs;

    for (size_t a = 0; a < trial->study->n_arms; a++) {
        struct pn_symbol *symbol = &trial->arm[a].symbol[i_output];
        trial->arm[a].present[i_output] = 0;
        if (pn_system_find(trial->arm[a].system, name, symbol) != 0 ||
            symbol->kind == PN_PARAMETER)
            continue;
        trial->arm[a].present[i_output] = 1;
        row = symbol->row;
    }
    if (!row)
        return 0;
    add_output(trial, row, PN_OVER_TIME, name);
    return 1;
}

static int keep_result(struct pn_trial *trial, const char *name)
{
    for (size_t t = 0; t < trial->n_tests; t++) {
        const struct pn_test *test = trial->test[t].test;
        int i = pn_table_find(test->results, name);
        size_t point = 0;
        char adjusted[256];
        if (i >= 0) {
            struct pn_output *output =
                add_output(trial, &test->results[i], PN_OVER_VISITS, name);
            for (int k = 0; k < i; k++)
                point +=
                    test->results[k].scale > 1.0 ? (size_t)test->results[k].scale : 1;
            output->test = t;
            output->point = point;
            return 1;
        }
        if (!test->fit)
            continue;
        snprintf(adjusted, sizeof adjusted, "%s.%s", test->name,
                 test->parameters[test->fit->adjusted].name);
        if (strcmp(adjusted, name) == 0) {
            add_output(trial, &test->parameters[test->fit->adjusted], PN_PER_PATIENT,
                       name)
                ->test = t;
            return 1;
        }
    }
    return 0;
}

/* All that `keep` could name, for the hint on a wrong name and for the default of keeping
 * all. */
static size_t all_names(const struct pn_trial *trial, char (*name)[128], size_t limit)
{
    size_t n = 0;

    for (size_t a = 0; a < trial->study->n_arms; a++) {
        const struct pn_system *system = trial->arm[a].system;
        for (size_t i = 0; i < pn_system_n_signals(system) && n < limit; i++) {
            struct pn_symbol symbol = pn_system_symbol(system, PN_SIGNAL, i);
            size_t k = 0;
            snprintf(name[n], sizeof *name, "%s.%s", symbol.instance, symbol.row->name);
            while (k < n && strcmp(name[k], name[n]) != 0)
                k++;
            n += k == n;
        }
    }
    for (size_t t = 0; t < trial->n_tests; t++) {
        const struct pn_test *test = trial->test[t].test;
        for (const struct pn_quantity *row = test->results; row->name && n < limit; row++)
            snprintf(name[n++], sizeof *name, "%s", row->name);
        if (test->fit && n < limit)
            snprintf(name[n++], sizeof *name, "%s.%s", test->name,
                     test->parameters[test->fit->adjusted].name);
    }
    return n;
}

static int keep_one(struct pn_trial *trial, const char *name, struct pn_place place,
                    struct pn_complaints *list)
{
    enum { LIMIT = 512 };
    char(*known)[128];
    const char **pointer, *nearest;
    size_t n;

    if (kept_already(trial, name))
        return pn_complain(list, place, "'%s' is kept twice", name);
    if (keep_result(trial, name) || keep_symbol(trial, name))
        return PN_OK;
    known = calloc(LIMIT, sizeof *known);
    pointer = calloc(LIMIT, sizeof *pointer);
    n = known && pointer ? all_names(trial, known, LIMIT) : 0;
    for (size_t i = 0; i < n; i++)
        pointer[i] = known[i];
    nearest = n ? pn_nearest(name, pointer, n) : NULL;
    pn_complain(list, place, "nothing in this study writes '%s'%s%s%s", name,
                nearest ? ": did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?" : "");
    free(known);
    free(pointer);
    return PN_ERR_INPUT;
}

static int lay_out(struct pn_trial *trial, struct pn_complaints *list)
{
    enum { LIMIT = 512 };
    const struct pn_study *study = trial->study;
    int status = PN_OK;
    char(*name)[128] = calloc(LIMIT, sizeof *name);
    size_t n = study->n_keep;

    if (!name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (n == 0)
        n = all_names(trial, name, LIMIT);
    trial->output = calloc(n + 1, sizeof *trial->output);
    for (size_t a = 0; a < study->n_arms; a++) {
        trial->arm[a].present = calloc(n + 1, sizeof *trial->arm[a].present);
        trial->arm[a].symbol = calloc(n + 1, sizeof *trial->arm[a].symbol);
        if (!trial->arm[a].present || !trial->arm[a].symbol)
            trial->n_outputs = SIZE_MAX; /* reported below */
    }
    if (!trial->output || trial->n_outputs == SIZE_MAX) {
        trial->n_outputs = 0;
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        int one =
            study->n_keep
                ? keep_one(trial, study->keep[i], study->keep_place[i], list)
                : keep_one(trial, name[i], (struct pn_place){study->file, 0, 0}, list);
        status = one != PN_OK ? one : status;
    }
out:
    free(name);
    return status;
}

/* --- */

int pn_trial_create(const struct pn_study *study, struct pn_units *units,
                    struct pn_complaints *list, struct pn_trial **out)
{
    int status = PN_OK;
    struct pn_trial *trial = calloc(1, sizeof *trial);

    *out = NULL;
    if (!trial)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    trial->study = study;
    trial->arm = calloc(study->n_arms + 1, sizeof *trial->arm);
    if (!trial->arm) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(collect_tests(trial));
    for (size_t a = 0; a < study->n_arms; a++) {
        struct pn_trial_arm *arm = &trial->arm[a];
        status = wire_arm(study, &study->arm[a], units, &arm->system);
        if (status == PN_OK)
            status = tests_of_arm(trial, arm);
        if (status == PN_ERR_INPUT)
            pn_complain(list, (struct pn_place){study->file, 0, 0}, "arm '%s': %s",
                        study->arm[a].name, pn_error_last()->text);
        if (status != PN_OK)
            goto out;
        arm->n_doses = pn_dosing_max(&study->arm[a]);
        PN_TRY(columns_of_arm(study, arm));
        PN_TRY(routes_of_arm(study, &study->arm[a], arm, list));
    }
    PN_TRY(lay_out(trial, list));
    *out = trial;
    trial = NULL;
out:
    pn_trial_free(&trial);
    return status;
}

void pn_trial_free(struct pn_trial **trial)
{
    struct pn_trial *t = *trial;

    if (!t)
        return;
    for (size_t a = 0; t->arm && a < t->study->n_arms; a++) {
        pn_system_free(&t->arm[a].system);
        free(t->arm[a].column);
        free(t->arm[a].present);
        free(t->arm[a].symbol);
        free(t->arm[a].route);
        free(t->arm[a].test_read);
    }
    for (size_t i = 0; t->test && i < t->n_tests; i++) {
        free(t->test[i].at_visit);
        free(t->test[i].column);
    }
    free(t->test);
    free(t->arm);
    free(t->output);
    free(t);
    *trial = NULL;
}

size_t pn_trial_n_jobs(const struct pn_trial *trial)
{
    return trial->study->n_arms * trial->study->population.n_patients;
}
