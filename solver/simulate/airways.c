/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees of those who are measured, grown when a test asks and kept while they sit there.
 */
#include "solver/simulate/airways.h"

#include <stdlib.h>

#include "models/airway/body.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/tree/makers/tree_make.h"

struct pn_airways {
    const struct pn_trial *trial;
    struct pn_lungs lungs;   /* what tests see */
    size_t seated[PN_LANES]; /* patients, by index */
    /* trees that were grown: whose, or -1 */
    int64_t owner[PN_LANES];
    struct pn_tree *grown[PN_LANES];
    int status;
};

/* One size for all: what a patient's own lung is larger or smaller, lungs.TLC says. */
static int grow(const struct pn_airways *a, size_t patient, struct pn_tree **tree)
{
    const struct pn_study *study = a->trial->study;
    struct pn_tree_patient who = {.seed = study->seed,
                                  .patient = pn_cohort_id(&study->population, patient),
                                  .n_terminals = study->tree.n_acini};

    return pn_tree_grow(&who, tree);
}

/* The tree that has the patient's name on it, else a free place, else that of nobody who
 * is seated now. */
static size_t find_place(const struct pn_airways *a, size_t patient)
{
    size_t place = 0;

    for (size_t k = 0; k < PN_LANES; k++)
        if (a->owner[k] == (int64_t)patient)
            return k;
    for (size_t k = 0; k < PN_LANES; k++) {
        int is_used = 0;
        for (size_t l = 0; l < a->lungs.n_lanes; l++)
            is_used |= a->owner[k] == (int64_t)a->seated[l];
        if (!is_used)
            place = k;
    }
    return place;
}

static int tree_of(void *context, size_t lane, const struct pn_tree **tree)
{
    struct pn_airways *a = context;
    size_t patient = a->seated[lane < a->lungs.n_lanes ? lane : 0], place;

    *tree = a->trial->tree;
    if (*tree)
        return PN_OK;
    place = find_place(a, patient);
    if (a->owner[place] != (int64_t)patient) {
        int status;
        pn_tree_free(&a->grown[place]);
        a->owner[place] = -1;
        status = grow(a, patient, &a->grown[place]);
        if (status != PN_OK)
            return a->status = status;
        a->owner[place] = (int64_t)patient;
    }
    *tree = a->grown[place];
    return PN_OK;
}

int pn_airways_create(const struct pn_trial *trial, struct pn_airways **airways)
{
    struct pn_airways *a = calloc(1, sizeof *a);

    *airways = a;
    if (!a)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    a->trial = trial;
    a->lungs = (struct pn_lungs){
        .context = a, .seed = trial->study->seed, .TLC = PN_LAMBERT_TLC, .tree = tree_of};
    if (trial->study->tree.file)
        a->lungs.TLC = trial->study->tree.TLC;
    for (size_t k = 0; k < PN_LANES; k++)
        a->owner[k] = -1;
    return PN_OK;
}

void pn_airways_free(struct pn_airways **airways)
{
    if (!*airways)
        return;
    pn_airways_leave(*airways);
    free(*airways);
    *airways = NULL;
}

const struct pn_lungs *pn_airways_seat(struct pn_airways *a, const int64_t *jobs,
                                       size_t n)
{
    if (!pn_has_tree(a->trial->study))
        return NULL;
    for (size_t l = 0; l < PN_LANES; l++) {
        a->seated[l] = pn_trial_job(a->trial, jobs[l < n ? l : 0]).patient;
        a->lungs.patient[l] = pn_cohort_id(&a->trial->study->population, a->seated[l]);
    }
    a->lungs.n_lanes = n;
    return &a->lungs;
}

int pn_airways_status(const struct pn_airways *a)
{
    return a->status;
}

void pn_airways_leave(struct pn_airways *a)
{
    for (size_t k = 0; k < PN_LANES; k++) {
        pn_tree_free(&a->grown[k]);
        a->owner[k] = -1;
    }
}
