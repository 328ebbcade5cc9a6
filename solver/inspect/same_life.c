/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A life beside the rows that a result has of it. */
#include "solver/inspect/same_life.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/record/layout.h"
#include "solver/record/lists.h"
#include "solver/result/guard.h"

struct comparison {
    const struct pn_result *result;
    const struct pn_trial *trial;
    const struct pn_life *life;
    struct pn_job job;
    struct pn_differences *differences;
};

static void compare(struct comparison *c, const char *name, const double *was,
                    const double *is, size_t n)
{
    struct pn_differences *d = c->differences;

    for (size_t i = 0; i < n; i++) {
        d->n_compared++;
        if (memcmp(&was[i], &is[i], sizeof *was) == 0 || (isnan(was[i]) && isnan(is[i])))
            continue;
        if (d->n < sizeof d->first / sizeof *d->first) {
            struct pn_difference *one = &d->first[d->n];

            snprintf(one->name, sizeof one->name, "%s", name);
            one->index = i;
            one->was = was[i];
            one->is = is[i];
        }
        d->n++;
    }
}

/* --- rows of any dataset --- */

/* n_leading 0: all dimensions lead, rows are single numbers */
static int open_rows(const struct comparison *c, const char *name, int n_leading,
                     struct pn_column *column)
{
    int status;

    *column = (struct pn_column){.dataset = -1, .type = H5T_NATIVE_DOUBLE};
    PN_TRY(pn_result_dataset(c->result, name, &column->dataset));
    snprintf(column->name, sizeof column->name, "%s", name);
    column->rank = pn_result_extents(column->dataset, column->extent);
    column->n_leading = n_leading ? n_leading : column->rank;
    column->n_rows = 1;
    column->row_bytes = sizeof(double);
    if (column->rank < 1 || column->n_leading > column->rank)
        return pn_result_refuse(c->result, name, "has other dimensions than the study");
    for (int i = 0; i < column->rank; i++)
        *(i < column->n_leading ? &column->n_rows : &column->row_bytes) *=
            (size_t)column->extent[i];
out:
    return status;
}

static void close_rows(struct pn_column *column)
{
    if (column->dataset >= 0)
        H5Dclose(column->dataset);
}

/* Rows `first` … first + n - 1 beside the same number of values. */
static int compare_rows(struct comparison *c, const char *name, int n_leading,
                        size_t first, size_t n, const double *is)
{
    struct pn_column column;
    double *was = NULL;
    size_t per_row;
    int status;

    PN_TRY(open_rows(c, name, n_leading, &column));
    per_row = column.row_bytes / sizeof *was;
    if (first + n > column.n_rows) {
        status = pn_result_refuse(c->result, name, "is shorter than the study says");
        goto out;
    }
    was = malloc((n * per_row + 1) * sizeof *was);
    if (!was) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s", name);
        goto out;
    }
    if (n > 0)
        PN_TRY(pn_column_read(&c->result->hdf, &column, first, n, was));
    compare(c, name, was, is, n * per_row);
out:
    free(was);
    close_rows(&column);
    return status;
}

static int n_leading_of(const struct comparison *c)
{
    return 2 + (c->trial->study->design != NULL);
}

/* --- outcomes --- */

static int compare_outcomes(struct comparison *c)
{
    const struct pn_life *life = c->life;
    const struct {
        const char *name;
        double value;
    } outcomes[] = {
        {"status",     life->status            },
        {"method",     life->method            },
        {"n_tries",    life->n_tries           },
        {"n_steps",    (double)life->n_steps   },
        {"n_rejected", (double)life->n_rejected},
        {"n_rates",    (double)life->n_rates   },
        {"n_factors",  (double)life->n_factors },
        {"n_doses",    life->n_doses           },
        {"n_redrawn",  (double)life->n_redrawn },
        {"t_end",      life->t_end             },
    };
    size_t row = pn_layout_row(c->trial->study, c->job);
    int status = PN_OK;

    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (pn_result_find(c->result, outcomes[i].name))
            PN_TRY(compare_rows(c, outcomes[i].name, n_leading_of(c), row, 1,
                                &outcomes[i].value));
out:
    return status;
}

/* --- outputs over times and visits --- */

/* The place of the patient among those whose trajectories are kept; -1: not kept. */
static int find_place(const struct comparison *c, int64_t *place)
{
    int64_t id = pn_cohort_id(&c->trial->study->population, c->job.patient);
    struct pn_cursor cursor = {.result = NULL};
    const void *at;
    int status = PN_OK;

    *place = (int64_t)c->job.patient;
    if (!pn_result_find(c->result, "kept_patient"))
        return PN_OK;
    *place = -1;
    PN_TRY(pn_cursor_open(c->result, "kept_patient", 1, &cursor));
    for (size_t i = 0; i < cursor.column.n_rows && *place < 0; i++) {
        PN_TRY(pn_cursor_row(&cursor, i, &at));
        if (*(const int64_t *)at == id)
            *place = (int64_t)i;
    }
out:
    pn_cursor_close(&cursor);
    return status;
}

static int has_dataset(const struct comparison *c, const char *name)
{
    return H5Lexists(c->result->hdf.file, name, H5P_DEFAULT) > 0;
}

static int compare_output(struct comparison *c, const struct pn_output *output,
                          size_t place)
{
    const struct pn_study *study = c->trial->study;
    struct pn_column column;
    size_t n_places, row;
    int status, n_leading = n_leading_of(c);

    PN_TRY(open_rows(c, output->name, n_leading, &column));
    n_places = (size_t)column.extent[n_leading - 1];
    row = (c->job.point * study->n_arms + c->job.arm) * n_places + place;
    if (column.row_bytes != output->n_values * sizeof(double)) {
        status = pn_result_refuse(c->result, output->name,
                                  "has another shape than the study says");
        goto out;
    }
    PN_TRY(compare_rows(c, output->name, n_leading, row, 1,
                        c->life->values + output->first));
out:
    close_rows(&column);
    return status;
}

/* --- lists --- */

static int compare_observations(struct comparison *c, const struct pn_output *output)
{
    const struct pn_study *study = c->trial->study;
    size_t first = 0, n_all = 0;

    for (size_t i = 0; i < study->population.n_patients; i++) {
        if (i < c->job.patient)
            first += pn_list_observations(study, i);
        n_all += pn_list_observations(study, i);
    }
    first += (c->job.point * study->n_arms + c->job.arm) * n_all;
    return compare_rows(c, output->name, 0, first,
                        pn_list_observations(study, c->job.patient),
                        c->life->values + output->first);
}

/* Doses of all lives before this one, in the order of the file. */
static int count_doses_before(const struct comparison *c, size_t *n)
{
    struct pn_cursor doses = {.result = NULL}, statuses = {.result = NULL};
    size_t row = pn_layout_row(c->trial->study, c->job);
    const void *at, *status_at;
    int status;

    *n = 0;
    PN_TRY(pn_cursor_open(c->result, "n_doses", 1, &doses));
    PN_TRY(pn_cursor_open(c->result, "status", 1, &statuses));
    for (size_t i = 0; i < row; i++) {
        PN_TRY(pn_cursor_row(&doses, i, &at));
        PN_TRY(pn_cursor_row(&statuses, i, &status_at));
        if (*(const int64_t *)status_at == PN_OK)
            *n += *(const size_t *)at;
    }
out:
    pn_cursor_close(&doses);
    pn_cursor_close(&statuses);
    return status;
}

static int compare_doses(struct comparison *c, const struct pn_output *output)
{
    size_t first;
    int status;

    PN_TRY(count_doses_before(c, &first));
    PN_TRY(compare_rows(c, output->name, 0, first, pn_list_doses(c->life),
                        c->life->values + output->first));
out:
    return status;
}

int pn_life_compare(const struct pn_result *result, const struct pn_trial *trial,
                    const struct pn_life *life, struct pn_differences *differences)
{
    struct comparison c = {result, trial, life, pn_trial_job(trial, life->job),
                           differences};
    int64_t place;
    int status;

    *differences = (struct pn_differences){.n = 0};
    PN_TRY(compare_outcomes(&c));
    PN_TRY(find_place(&c, &place));
    for (size_t i = 0; i < trial->n_outputs; i++) {
        const struct pn_output *output = &trial->output[i];

        if (output->n_values == 0 || !has_dataset(&c, output->name))
            continue; /* not kept */
        if (output->over == PN_OVER_DOSES)
            PN_TRY(compare_doses(&c, output));
        else if (output->over == PN_OVER_OBSERVATIONS)
            PN_TRY(compare_observations(&c, output));
        else if (place >= 0)
            PN_TRY(compare_output(&c, output, (size_t)place));
    }
out:
    return status;
}
