/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long lists of unequal length can become: observations of an event table, doses
 * taken, records of an arm. */
#include "solver/base/status.h"
#include "solver/dosing/dosing.h"
#include "solver/trial/trial_internal.h"

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

int pn_trial_count_lists(struct pn_trial *trial)
{
    const struct pn_events *table = trial->study->events;
    struct pn_study_view *view = NULL;
    size_t of_table = 0;
    int status;

    PN_TRY(pn_study_view_create(trial->study, &view));
    for (size_t i = 0; table && i < table->n_patients; i++) {
        of_table = larger(of_table, doses_of_table(table, i));
        trial->most_observations =
            larger(trial->most_observations, observations_of_table(table, i));
    }
    for (size_t i = 0; i < trial->points->n; i++) {
        pn_study_view_set(view, pn_point(trial->points, i));
        count_point(trial, &view->study, of_table);
    }
    if (trial->study->leaves_out_doses)
        trial->most_doses = 0;
out:
    pn_study_view_free(&view);
    return status;
}
