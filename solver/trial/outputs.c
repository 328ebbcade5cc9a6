/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recorded: the list of outputs and where each stands among the values of a job.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/dosing/dosing.h"
#include "solver/trial/endpoint_values.h"
#include "solver/trial/trial_internal.h"

static struct pn_output *add_output(struct pn_trial *trial, const struct pn_quantity *row,
                                    enum pn_output_over over, const char *name)
{
    struct pn_output *output = &trial->output[trial->n_outputs++];
    size_t n_points = over == PN_OVER_VISITS && row->scale > 1.0 ? (size_t)row->scale : 1;
    size_t n_times = over == PN_OVER_TIME           ? trial->study->n_outputs
                     : over == PN_OVER_VISITS       ? trial->study->n_visits
                     : over == PN_OVER_OBSERVATIONS ? trial->most_observations
                     : over == PN_OVER_DOSES        ? trial->most_doses
                                                    : 1;

    snprintf(output->name, sizeof output->name, "%.127s", name);
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

/* --- lists of unequal length: observations of an event table, doses taken --- */

static size_t doses_of_table(const struct pn_events *table, size_t patient)
{
    size_t n = 0;

    for (size_t k = table->first[patient]; k < table->first[patient + 1]; k++) {
        const struct pn_event *e = &table->event[k];
        if (e->evid == PN_EVID_DOSE || e->evid == PN_EVID_RESET_DOSE)
            n += 1 + (size_t)e->addl;
    }
    return n;
}

static size_t observations_of_table(const struct pn_events *table, size_t patient)
{
    size_t n = 0;

    for (size_t k = table->first[patient]; k < table->first[patient + 1]; k++)
        n += (size_t)pn_event_is_observation(&table->event[k]);
    return n;
}

/* Doses of regimens and rules; those of the table are counted patient by patient. */
static size_t doses_of_arm(const struct pn_study *study, const struct pn_arm *arm)
{
    struct pn_study without_table = *study;
    size_t n;

    without_table.events = NULL;
    n = pn_dosing_max(&without_table, arm);
    for (size_t i = 0; i < arm->n_rules; i++)
        if (arm->rule[i].kind == PN_RULE_RESCUE)
            n += study->n_visits;
    return n;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Doses and records of one point of the design. */
static void count_point(struct pn_trial *trial, const struct pn_study *study,
                        size_t of_table)
{
    for (size_t a = 0; a < study->n_arms; a++) {
        struct pn_trial_arm *arm = &trial->arm[a];
        size_t n = doses_of_arm(study, &study->arm[a]);
        n += study->arm[a].n_regimens ? of_table : 0;
        trial->most_doses = larger(trial->most_doses, n);
        arm->most_records =
            larger(arm->most_records, pn_dosing_max(study, &study->arm[a]));
    }
}

static int count_lists(struct pn_trial *trial)
{
    const struct pn_events *table = trial->study->events;
    struct pn_study_view *view;
    int status = pn_study_view_create(trial->study, &view);
    size_t of_table = 0;

    for (size_t i = 0; table && i < table->n_patients; i++) {
        of_table = larger(of_table, doses_of_table(table, i));
        trial->most_observations =
            larger(trial->most_observations, observations_of_table(table, i));
    }
    for (size_t i = 0; status == PN_OK && i < trial->points->n; i++) {
        pn_study_view_set(view, pn_point(trial->points, i));
        count_point(trial, &view->study, of_table);
    }
    pn_study_view_free(&view);
    if (trial->study->leaves_out_doses)
        trial->most_doses = 0;
    return status;
}

/* clang-format off */
static const struct pn_quantity seen = {
    .name = "n_doses", .unit = "1", .sentence = "doses taken before the observation",
    .source = "the course of treatment"};
static const struct pn_quantity dose_rows[] = {
    {.name = "dose_time", .unit = "h", .sentence = "time at which a dose is taken, before its lag",
     .source = "the course of treatment"},
    {.name = "dose_amount", .unit = "1",
     .sentence = "amount taken, before F, in the unit of the compartment",
     .source = "the course of treatment"},
    {.name = "dose_duration", .unit = "h", .sentence = "duration of an infusion, 0: at once",
     .source = "the course of treatment"},
    {.name = "dose_compartment", .unit = "1", .sentence = "compartment that a dose goes into",
     .source = "the course of treatment"},
    PN_END_OF_TABLE
};
/* clang-format on */

/* The unit of all compartments when they share one. */
static const char *unit_of_doses(const struct pn_study *study)
{
    const char *unit = NULL;

    for (size_t i = 0; i < study->n_compartments; i++) {
        const struct pn_compartment *c = &study->compartment[i];
        const char *own = study->drug[c->drug].kinetics->states[c->state].unit;
        if (unit && strcmp(unit, own) != 0)
            return "1";
        unit = own;
    }
    return unit ? unit : "1";
}

/* What is kept over time is kept at each observation too. */
static void add_lists(struct pn_trial *trial, size_t n_kept)
{
    for (size_t i = 0; trial->most_observations && i < n_kept; i++) {
        const struct pn_output *kept = &trial->output[i];
        struct pn_quantity row = {
            .unit = kept->unit, .sentence = kept->sentence, .source = kept->source};
        char name[sizeof kept->name + 4];
        if (kept->over != PN_OVER_TIME)
            continue;
        for (size_t a = 0; a < trial->study->n_arms; a++) {
            struct pn_trial_arm *arm = &trial->arm[a];
            arm->present[trial->n_outputs] = arm->present[i];
            arm->symbol[trial->n_outputs] = arm->symbol[i];
        }
        snprintf(name, sizeof name, "obs.%s", kept->name);
        add_output(trial, &row, PN_OVER_OBSERVATIONS, name);
    }
    if (trial->most_observations)
        add_output(trial, &seen, PN_OVER_OBSERVATIONS, "obs.n_doses");
    for (size_t i = 0; trial->most_doses && dose_rows[i].name; i++) {
        struct pn_output *output =
            add_output(trial, &dose_rows[i], PN_OVER_DOSES, dose_rows[i].name);
        if (i == PN_DOSE_AMOUNT)
            output->unit = unit_of_doses(trial->study);
    }
}

static int add_endpoints(struct pn_trial *trial, struct pn_complaints *list)
{
    const struct pn_study *study = trial->study;
    int status = pn_endpoints_resolve(trial, list);

    for (size_t i = 0; i < study->n_endpoints && status == PN_OK; i++) {
        const struct pn_endpoint *e = &study->endpoint[i];
        const struct pn_output *of = &trial->output[trial->endpoint[i].of];
        struct pn_quantity row = {
            .unit = e->unit, .sentence = of->sentence, .source = of->source};
        if (kept_already(trial, e->name))
            status = pn_complain(
                list, e->place, "the endpoint '%s' bears the name of an output", e->name);
        trial->endpoint[i].output = trial->n_outputs;
        add_output(trial, &row, PN_ENDPOINT, e->name);
    }
    return status;
}

int pn_trial_lay_out(struct pn_trial *trial, struct pn_complaints *list)
{
    enum { LIMIT = 512 };
    const struct pn_study *study = trial->study;
    int status = PN_OK;
    char(*name)[128] = calloc(LIMIT, sizeof *name);
    size_t n = study->n_keep, limit;

    if (!name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (n == 0)
        n = all_names(trial, name, LIMIT);
    PN_TRY(count_lists(trial));
    /* each over observations too, the doses, the endpoints */
    limit = 2 * n + 8 + study->n_endpoints;
    trial->output = calloc(limit, sizeof *trial->output);
    for (size_t a = 0; a < study->n_arms; a++) {
        trial->arm[a].present = calloc(limit, sizeof *trial->arm[a].present);
        trial->arm[a].symbol = calloc(limit, sizeof *trial->arm[a].symbol);
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
    n = trial->n_outputs;
    if (status == PN_OK)
        status = add_endpoints(trial, list);
    add_lists(trial, n);
out:
    free(name);
    return status;
}
