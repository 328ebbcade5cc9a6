/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recorded: the list of outputs and where each stands among the values of a job.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
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

    snprintf(output->name, sizeof output->name, "%s", name); /* fits: PN_OUTPUT_NAME */
    output->unit = row->unit;
    output->factor = 1.0;
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

/* The lung-function test that has such a result, or NULL. */
static const char *test_with(const char *name)
{
    for (const struct pn_test *t = pn_test_next(NULL); t; t = pn_test_next(t))
        if (pn_table_find(t->results, name) >= 0)
            return t->name;
    return NULL;
}

static int complain_unknown(const struct pn_trial *trial, const char *name,
                            struct pn_place place, struct pn_complaints *list)
{
    struct pn_output_names known;
    const char *nearest = NULL, *test = test_with(name);

    if (test)
        return pn_complain(
            list, place,
            "nothing in this study writes '%s': it is a result of the test "
            "%s, which no visit has: {at: …, tests: [%s]}",
            name, test, test);
    if (pn_output_names(trial, &known) == PN_OK)
        nearest = pn_nearest(name, (const char *const *)known.name, known.n);
    pn_complain(list, place, "nothing in this study writes '%s'%s%s%s", name,
                nearest ? ": did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?" : "");
    pn_output_names_free(&known);
    return PN_ERR_INPUT;
}

static int keep_one(struct pn_trial *trial, const char *name, struct pn_place place,
                    struct pn_complaints *list)
{
    if (strlen(name) > PN_OUTPUT_NAME)
        return pn_complain(list, place,
                           "the name of the output '%.40s…' has %zu letters: at most %d "
                           "are possible",
                           name, strlen(name), PN_OUTPUT_NAME);
    if (kept_already(trial, name))
        return pn_complain(list, place, "'%s' is kept twice", name);
    if (keep_result(trial, name) || keep_symbol(trial, name))
        return PN_OK;
    return complain_unknown(trial, name, place, list);
}

/* --- lists of unequal length: observations of an event table, doses taken --- */

/* clang-format off */
static const struct pn_quantity seen = {
    .name = "n_doses", .unit = "1", .sentence = "doses taken before the observation",
    .source = "the course of treatment"};
static const struct pn_quantity dose_rows[PN_DOSE_OUTPUTS] = {
    [PN_DOSE_TIME] = {.name = "dose_time", .unit = "h", .sentence = "time at which a dose is taken, before its lag",
     .source = "the course of treatment"},
    [PN_DOSE_AMOUNT] = {.name = "dose_amount", .unit = "1",
     .sentence = "amount taken, before F, in the unit of the compartment",
     .source = "the course of treatment"},
    [PN_DOSE_DURATION] = {.name = "dose_duration", .unit = "h", .sentence = "duration of an infusion, 0: at once",
     .source = "the course of treatment"},
    [PN_DOSE_COMPARTMENT] = {.name = "dose_compartment", .unit = "1",
     .sentence = "compartment that a dose goes into", .source = "the course of treatment"},
    [PN_DOSE_RATE] = {.name = "dose_rate", .unit = "1",
     .sentence = "rate of an infusion as it was given, per h in the unit of the compartment; "
                 "-1, -2: the model's own rate, duration; 0: none",
     .source = "the course of treatment"},
    [PN_DOSE_II] = {.name = "dose_II", .unit = "h",
     .sentence = "interval of the doses whose steady state is there, 0: none",
     .source = "the course of treatment"},
    [PN_DOSE_SS] = {.name = "dose_SS", .unit = "1",
     .sentence = "1: at steady state of such doses, 2: that added to what is there",
     .source = "the course of treatment"},
    [PN_DOSE_ROW] = {.name = "dose_row", .unit = "1",
     .sentence = "row of the event table that gave it, 1: its first line; 0: a regimen; "
                 "-1: a rule", .source = "the course of treatment"},
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

/* The unit of the signal that is kept in another one: that of its DV. */
static const char *unit_of_row(const struct pn_trial *trial, size_t i)
{
    for (size_t a = 0; a < trial->study->n_arms; a++)
        if (trial->arm[a].present[i])
            return trial->arm[a].symbol[i].row->unit;
    return trial->output[i].unit;
}

static int has_rate(enum pn_input input)
{
    return input == PN_AT_RATE || input == PN_AT_MODEL_RATE ||
           input == PN_OVER_MODEL_DURATION;
}

/* Has any dose of the study a rate, or a steady state? */
static int any_dose(const struct pn_study *study, int with_rate)
{
    const struct pn_events *table = study->events;

    for (size_t i = 0; table && i < table->n_events; i++)
        if (with_rate ? has_rate(table->event[i].input) : table->event[i].ss > 0)
            return 1;
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            const struct pn_regimen *regimen = &study->arm[a].regimen[i];
            if (with_rate ? has_rate(regimen->input) : regimen->steady_state)
                return 1;
        }
    return 0;
}

static int is_needed(const struct pn_study *study, enum pn_dose_output output)
{
    switch (output) {
    case PN_DOSE_RATE:
        return any_dose(study, 1);
    case PN_DOSE_II:
    case PN_DOSE_SS:
        return any_dose(study, 0);
    case PN_DOSE_ROW:
        return study->events != NULL;
    default:
        return 1;
    }
}

/* What is kept over time is kept at each observation too. */
static void add_lists(struct pn_trial *trial, size_t n_kept)
{
    for (size_t i = 0; trial->most_observations && i < n_kept; i++) {
        const struct pn_output *kept = &trial->output[i];
        struct pn_quantity row = {
            .unit = kept->unit, .sentence = kept->sentence, .source = kept->source};
        char name[sizeof kept->name];
        if (kept->over != PN_OVER_TIME)
            continue;
        if (i < trial->study->n_keep && trial->study->keep_unit[i])
            row.unit = unit_of_row(trial, i);
        for (size_t a = 0; a < trial->study->n_arms; a++) {
            struct pn_trial_arm *arm = &trial->arm[a];
            arm->present[trial->n_outputs] = arm->present[i];
            arm->symbol[trial->n_outputs] = arm->symbol[i];
        }
        snprintf(name, sizeof name, "obs.%.*s", PN_OUTPUT_NAME, kept->name);
        add_output(trial, &row, PN_OVER_OBSERVATIONS, name);
    }
    if (trial->most_observations)
        add_output(trial, &seen, PN_OVER_OBSERVATIONS, "obs.n_doses");
    for (int i = 0; trial->most_doses && i < PN_DOSE_OUTPUTS; i++) {
        struct pn_output *output;
        if (!is_needed(trial->study, (enum pn_dose_output)i))
            continue;
        output = add_output(trial, &dose_rows[i], PN_OVER_DOSES, dose_rows[i].name);
        if (i == PN_DOSE_AMOUNT)
            output->unit = unit_of_doses(trial->study);
        trial->dose_output[i] = output;
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
        double factor;
        if (kept_already(trial, e->name))
            status = pn_complain(
                list, e->place, "the endpoint '%s' bears the name of an output", e->name);
        trial->endpoint[i].output = trial->n_outputs;
        factor = (e->change == PN_CHANGE_NONE || e->change == PN_CHANGE_ABSOLUTE) &&
                         strcmp(of->name, e->of) == 0
                     ? of->factor
                     : 1.0;
        add_output(trial, &row, PN_ENDPOINT, e->name)->factor = factor;
    }
    return status;
}

/* Room for the outputs and what each arm knows of them. */
static int allocate(struct pn_trial *trial, size_t limit)
{
    trial->output = calloc(limit, sizeof *trial->output);
    if (!trial->output)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t a = 0; a < trial->study->n_arms; a++) {
        struct pn_trial_arm *arm = &trial->arm[a];
        arm->present = calloc(limit, sizeof *arm->present);
        arm->symbol = calloc(limit, sizeof *arm->symbol);
        if (!arm->present || !arm->symbol)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    }
    return PN_OK;
}

int pn_trial_lay_out(struct pn_trial *trial, struct pn_complaints *list)
{
    const struct pn_study *study = trial->study;
    struct pn_output_names all = {.n = 0};
    size_t n = study->n_keep;
    int status = PN_OK;

    if (n == 0) {
        PN_TRY(pn_output_names(trial, &all));
        n = all.n;
    }
    PN_TRY(pn_trial_count_lists(trial));
    /* each over observations too, the doses, the endpoints */
    PN_TRY(allocate(trial, 2 * n + 4 + PN_DOSE_OUTPUTS + study->n_endpoints));
    for (size_t i = 0; i < n; i++) {
        int one = study->n_keep
                      ? keep_one(trial, study->keep[i], study->keep_place[i], list)
                      : keep_one(trial, all.name[i], (struct pn_place){study->file, 0, 0},
                                 list);
        status = one != PN_OK ? one : status;
        if (one == PN_OK && study->n_keep && study->keep_unit[i]) {
            trial->output[trial->n_outputs - 1].unit = study->keep_unit[i];
            trial->output[trial->n_outputs - 1].factor = study->keep_factor[i];
        }
    }
    n = trial->n_outputs;
    if (status == PN_OK)
        status = add_endpoints(trial, list);
    add_lists(trial, n);
out:
    pn_output_names_free(&all);
    return status;
}
