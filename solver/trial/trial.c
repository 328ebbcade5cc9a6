/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trial is made: tests of its visits, the tree, its arms; jobs are numbered. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/measures/lung_function.h"
#include "solver/base/status.h"
#include "solver/tree/tree_read.h"
#include "solver/trial/trial_internal.h"

/* --- the tests of the visits --- */

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
                pn_trial_column(study, test->test->name, &test->test->parameters[i]);
        test->n_points = pn_test_n_points(test->test);
        for (size_t v = 0; v < study->n_visits; v++)
            for (size_t i = 0; i < study->visit[v].n_tests; i++)
                test->at_visit[v] |= study->visit[v].test[i] == test->test;
    }
    return PN_OK;
}

/* --- the tree that all share --- */

static int read_tree(const struct pn_study *study, struct pn_complaints *list,
                     struct pn_tree **tree)
{
    struct pn_tree_options options = {study->tree.unit, study->tree.edge_radius};
    size_t before = list->n;
    int status;

    if (!study->tree.file)
        return PN_OK;
    status = pn_tree_read(study->tree.file, &options, list, tree);
    if (status != PN_OK && list->n == before)
        pn_complain(list, study->tree.place, "%s", pn_error_last()->text);
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
    PN_TRY(pn_points_create(study, list, &trial->points));
    trial->arm = calloc(study->n_arms + 1, sizeof *trial->arm);
    if (!trial->arm) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(collect_tests(trial));
    PN_TRY(read_tree(study, list, &trial->tree));
    for (size_t a = 0; a < study->n_arms; a++) {
        struct pn_trial_arm *arm = &trial->arm[a];
        status = pn_trial_arm_create(study, &study->arm[a], units, arm);
        if (status == PN_OK)
            status = tests_of_arm(trial, arm);
        if (status == PN_ERR_INPUT)
            pn_complain(list, (struct pn_place){study->file, 0, 0}, "arm '%s': %s",
                        study->arm[a].name, pn_error_last()->text);
        if (status != PN_OK)
            goto out;
    }
    PN_TRY(pn_trial_lay_out(trial, list));
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
    for (size_t a = 0; t->arm && a < t->study->n_arms; a++)
        pn_trial_arm_free(t->study, &t->arm[a]);
    for (size_t i = 0; t->test && i < t->n_tests; i++) {
        free(t->test[i].at_visit);
        free(t->test[i].column);
    }
    free(t->test);
    free(t->arm);
    free(t->endpoint);
    free(t->moment);
    pn_tree_free(&t->tree);
    pn_points_free(&t->points);
    free(t->output);
    free(t);
    *trial = NULL;
}

size_t pn_trial_n_jobs(const struct pn_trial *trial)
{
    const struct pn_study *study = trial->study;

    return study->n_arms * trial->points->n * study->population.n_patients;
}

struct pn_job pn_trial_job(const struct pn_trial *trial, int64_t job)
{
    size_t n_patients = trial->study->population.n_patients;
    size_t cell = (size_t)job / n_patients;

    return (struct pn_job){.arm = cell / trial->points->n,
                           .point = cell % trial->points->n,
                           .patient = (size_t)job % n_patients};
}

int64_t pn_trial_job_number(const struct pn_trial *trial, struct pn_job job)
{
    size_t cell = job.arm * trial->points->n + job.point;

    return (int64_t)(cell * trial->study->population.n_patients + job.patient);
}
