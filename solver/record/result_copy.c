/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a result that an earlier one has: copied, not simulated. */
#include "solver/base/status.h"
#include "solver/record/assembly.h"

/* n rows of a column, from row `from` of the earlier result's */
static int copy(struct pn_assembly *a, struct pn_column *column, size_t from, size_t to,
                size_t n)
{
    if (column->dataset < 0)
        return PN_OK;
    return pn_reuse_copy(a->reader.index->reuse, &a->hdf, column, from, to, n, a->buffer,
                         a->n_buffer);
}

static int copy_doses(struct pn_assembly *a, size_t old_cell, size_t point)
{
    const struct pn_reuse *reuse = a->reader.index->reuse;
    size_t from = reuse->first_dose[old_cell];
    size_t n = reuse->first_dose[old_cell + 1] - from;
    size_t most = a->n_buffer / sizeof(int64_t);
    int64_t *number = a->buffer;
    int status = PN_OK;

    if (a->layout.lists.n_doses == 0)
        return PN_OK;
    /* its number and its point are others here */
    for (size_t i = 0, k; i < n; i += k) {
        k = n - i < most ? n - i : most;
        for (size_t j = 0; j < k; j++)
            number[j] = (int64_t)(a->next_dose + i + j);
        PN_TRY(pn_column_write(&a->hdf, &a->layout.list[PN_LIST_DOSE], a->next_dose + i,
                               k, number));
        for (size_t j = 0; j < k; j++)
            number[j] = (int64_t)point;
        PN_TRY(pn_column_write(&a->hdf, &a->layout.list[PN_LIST_DOSE_POINT],
                               a->next_dose + i, k, number));
    }
    PN_TRY(copy(a, &a->layout.list[PN_LIST_DOSE_ARM], from, a->next_dose, n));
    PN_TRY(copy(a, &a->layout.list[PN_LIST_DOSE_PATIENT], from, a->next_dose, n));
    for (size_t i = 0; i < a->trial->n_outputs; i++)
        if (a->trial->output[i].over == PN_OVER_DOSES)
            PN_TRY(copy(a, &a->layout.output[i], from, a->next_dose, n));
    a->next_dose += n;
out:
    return status;
}

/* how the copied lives went: counted from what was copied */
static int count_copied(struct pn_assembly *a, size_t old_cell, size_t n)
{
    const struct pn_reuse *reuse = a->reader.index->reuse;
    struct pn_cursor outcome = {.result = NULL}, steps = {.result = NULL};
    struct pn_tally *tally = a->tally;
    const void *at;
    int status;

    PN_TRY(pn_cursor_open(reuse->result, "status", 1, &outcome));
    PN_TRY(pn_cursor_open(reuse->result, "n_steps", 1, &steps));
    for (size_t i = old_cell * n; i < (old_cell + 1) * n; i++) {
        int64_t how;
        PN_TRY(pn_cursor_row(&outcome, i, &at));
        how = *(const int64_t *)at;
        tally->n_ok += how == PN_OK;
        if (how > 0 && (size_t)how < sizeof tally->by_status / sizeof *tally->by_status)
            tally->by_status[how]++;
        PN_TRY(pn_cursor_row(&steps, i, &at));
        tally->n_steps += (uint64_t) * (const int64_t *)at;
    }
out:
    pn_cursor_close(&outcome);
    pn_cursor_close(&steps);
    return status;
}

int pn_assembly_copy(struct pn_assembly *a, size_t point, size_t arm)
{
    const struct pn_trial *trial = a->trial;
    const struct pn_reuse *reuse = a->reader.index->reuse;
    size_t n_patients = trial->study->population.n_patients;
    size_t n_obs = a->layout.lists.n_observations;
    size_t to = point * trial->study->n_arms + arm;
    size_t from = reuse->from[point] * trial->study->n_arms + arm;
    int status = PN_OK;

    for (size_t i = 0; i < trial->n_outputs; i++) {
        enum pn_output_over over = trial->output[i].over;
        size_t n = over == PN_OVER_OBSERVATIONS ? n_obs : a->layout.n_kept;
        if (over != PN_OVER_DOSES)
            PN_TRY(copy(a, &a->layout.output[i], from * n, to * n, n));
        for (int k = 0; k < PN_STATISTICS; k++)
            PN_TRY(copy(a, &a->layout.statistic[i][k], from, to, 1));
    }
    for (int i = 0; i < PN_OUTCOMES; i++)
        PN_TRY(copy(a, &a->layout.outcome[i], from * n_patients, to * n_patients,
                    n_patients));
    PN_TRY(copy_doses(a, from, point));
    PN_TRY(pn_reuse_messages(reuse, from * n_patients, n_patients,
                             a->message + to * n_patients));
    PN_TRY(count_copied(a, from, n_patients));
out:
    return status;
}
