/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lives of a result, read block by block, back into a journal. */
#include "solver/run/salvage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/record/layout.h"
#include "solver/result/guard.h"

enum { BLOCK_BYTES = 4 << 20 };

/* the outcomes as a result names them; all are exact in a double */
static const char *const outcome_name[PN_OUTCOMES] = {
    [PN_OUTCOME_STATUS] = "status",         [PN_OUTCOME_METHOD] = "method",
    [PN_OUTCOME_N_TRIES] = "n_tries",       [PN_OUTCOME_N_STEPS] = "n_steps",
    [PN_OUTCOME_N_REJECTED] = "n_rejected", [PN_OUTCOME_N_RATES] = "n_rates",
    [PN_OUTCOME_N_FACTORS] = "n_factors",   [PN_OUTCOME_N_DOSES] = "n_doses",
    [PN_OUTCOME_N_REDRAWN] = "n_redrawn",   [PN_OUTCOME_T_END] = "t_end",
};

struct salvage {
    const struct pn_result *result;
    const struct pn_trial *trial;
    struct pn_column outcome[PN_OUTCOMES];
    struct pn_column *output; /* shape [n_outputs]; dataset -1: without values */
    size_t n_block;           /* patients at once */
    struct pn_life *life;     /* shape [n_block] */
    double *values;           /* shape [n_block][n_values] */
    double *buffer;           /* one column of a block */
    size_t next_dose, next_obs;
    int has_doses;
};

/* --- columns --- */

static int open_column(const struct salvage *s, const char *name, int n_leading,
                       struct pn_column *column)
{
    int status;

    PN_TRY(pn_result_dataset(s->result, name, &column->dataset));
    snprintf(column->name, sizeof column->name, "%s", name);
    column->type = H5T_NATIVE_DOUBLE;
    column->rank = pn_result_extents(column->dataset, column->extent);
    column->n_leading = n_leading ? n_leading : column->rank;
    column->n_rows = 1;
    column->row_bytes = sizeof(double);
    if (column->rank < 1 || column->n_leading > column->rank)
        return pn_result_refuse(s->result, name, "has other dimensions than the study");
    for (int i = 0; i < column->rank; i++)
        *(i < column->n_leading ? &column->n_rows : &column->row_bytes) *=
            (size_t)column->extent[i];
out:
    return status;
}

static int is_list(const struct pn_output *output)
{
    return output->over == PN_OVER_DOSES || output->over == PN_OVER_OBSERVATIONS;
}

/* A life that took no doses has no dataset of doses. */
static int is_there(const struct salvage *s, const struct pn_output *output)
{
    size_t n = output->over == PN_OVER_DOSES          ? s->result->n_doses
               : output->over == PN_OVER_OBSERVATIONS ? s->result->n_observations
                                                      : 1;

    return output->n_values > 0 && n > 0;
}

static int open_columns(struct salvage *s)
{
    size_t n_jobs = pn_trial_n_jobs(s->trial);
    int n_leading = 2 + (s->trial->study->design != NULL), status = PN_OK;

    for (int i = 0; i < PN_OUTCOMES; i++) {
        PN_TRY(open_column(s, outcome_name[i], n_leading, &s->outcome[i]));
        if (s->outcome[i].n_rows != n_jobs || s->outcome[i].rank != n_leading)
            return pn_result_refuse(s->result, outcome_name[i],
                                    "has another shape than the study says");
    }
    for (size_t i = 0; i < s->trial->n_outputs; i++) {
        const struct pn_output *output = &s->trial->output[i];
        struct pn_column *column = &s->output[i];

        s->has_doses |= output->over == PN_OVER_DOSES && output->n_values > 0;
        if (!is_there(s, output))
            continue;
        PN_TRY(open_column(s, output->name, is_list(output) ? 0 : n_leading, column));
        if (!is_list(output) && (column->n_rows != n_jobs ||
                                 column->row_bytes != output->n_values * sizeof(double)))
            return pn_result_refuse(s->result, output->name,
                                    "has another shape than the study says");
    }
out:
    return status;
}

static int allocate(struct salvage *s)
{
    size_t n_values = s->trial->n_values, widest = 1;

    s->n_block = BLOCK_BYTES / ((n_values + 1) * sizeof(double)) + 1;
    if (s->n_block > s->trial->study->population.n_patients)
        s->n_block = s->trial->study->population.n_patients;
    for (size_t i = 0; i < s->trial->n_outputs; i++)
        if (s->trial->output[i].n_values > widest)
            widest = s->trial->output[i].n_values;
    s->life = calloc(s->n_block + 1, sizeof *s->life);
    s->values = malloc((s->n_block * n_values + 1) * sizeof *s->values);
    s->buffer = malloc((s->n_block * widest + 1) * sizeof *s->buffer);
    s->output = calloc(s->trial->n_outputs + 1, sizeof *s->output);
    for (size_t i = 0; s->output && i < s->trial->n_outputs; i++)
        s->output[i].dataset = -1;
    for (int i = 0; i < PN_OUTCOMES; i++)
        s->outcome[i].dataset = -1;
    return s->life && s->values && s->buffer && s->output
               ? PN_OK
               : PN_FAIL(PN_ERR_MEMORY, "out of memory to read a result");
}

static void close_all(struct salvage *s)
{
    for (int i = 0; i < PN_OUTCOMES; i++)
        if (s->outcome[i].dataset >= 0)
            H5Dclose(s->outcome[i].dataset);
    for (size_t i = 0; s->output && i < s->trial->n_outputs; i++)
        if (s->output[i].dataset >= 0)
            H5Dclose(s->output[i].dataset);
    free(s->output);
    free(s->life);
    free(s->values);
    free(s->buffer);
}

/* rows of a column into the buffer */
static int read_rows(struct salvage *s, const struct pn_column *column, size_t first,
                     size_t n)
{
    if (first + n > column->n_rows)
        return pn_result_refuse(s->result, column->name,
                                "is shorter than the study says");
    return n > 0 ? pn_column_read(&s->result->hdf, column, first, n, s->buffer) : PN_OK;
}

/* --- a block of lives --- */

static void set_outcome(struct pn_life *life, int outcome, double value)
{
    switch ((enum pn_outcome)outcome) {
    case PN_OUTCOME_STATUS:
        life->status = (int)value;
        break;
    case PN_OUTCOME_METHOD:
        life->method = (int)value;
        break;
    case PN_OUTCOME_N_TRIES:
        life->n_tries = (int)value;
        break;
    case PN_OUTCOME_N_STEPS:
        life->n_steps = (uint64_t)value;
        break;
    case PN_OUTCOME_N_REJECTED:
        life->n_rejected = (uint64_t)value;
        break;
    case PN_OUTCOME_N_RATES:
        life->n_rates = (uint64_t)value;
        break;
    case PN_OUTCOME_N_FACTORS:
        life->n_factors = (uint64_t)value;
        break;
    case PN_OUTCOME_N_DOSES:
        life->n_doses = (uint32_t)value;
        break;
    case PN_OUTCOME_N_REDRAWN:
        life->n_redrawn = (int64_t)value;
        break;
    case PN_OUTCOME_T_END:
        life->t_end = value;
        break;
    case PN_OUTCOMES:
        break;
    }
}

/* t_end may be anything; the others are whole numbers of some size */
static int is_possible(int outcome, double value)
{
    int is_short = outcome == PN_OUTCOME_STATUS || outcome == PN_OUTCOME_METHOD ||
                   outcome == PN_OUTCOME_N_TRIES || outcome == PN_OUTCOME_N_DOSES;

    return outcome == PN_OUTCOME_T_END ||
           (value >= -1.0 && value < (is_short ? 0x1p31 : 0x1p53));
}

static int read_outcomes(struct salvage *s, struct pn_job first, size_t n)
{
    size_t row = pn_layout_row(s->trial->study, first);
    size_t job = (size_t)pn_trial_job_number(s->trial, first);
    int status = PN_OK;

    for (size_t i = 0; i < n; i++)
        s->life[i] = (struct pn_life){.job = (int64_t)(job + i),
                                      .values = s->values + i * s->trial->n_values};
    for (int k = 0; k < PN_OUTCOMES; k++) {
        PN_TRY(read_rows(s, &s->outcome[k], row, n));
        for (size_t i = 0; i < n; i++)
            if (is_possible(k, s->buffer[i]))
                set_outcome(&s->life[i], k, s->buffer[i]);
            else
                return pn_result_refuse(s->result, outcome_name[k],
                                        "has an impossible number");
    }
out:
    return status;
}

/* how many of an output's values the i-th patient of the block has */
static size_t count_values(const struct salvage *s, const struct pn_output *output,
                           size_t first, size_t i)
{
    if (output->over == PN_OVER_DOSES)
        return pn_list_doses(&s->life[i]);
    if (output->over == PN_OVER_OBSERVATIONS)
        return pn_list_observations(s->trial->study, first + i);
    return output->n_values;
}

static int read_output(struct salvage *s, size_t i_output, struct pn_job first, size_t n)
{
    const struct pn_output *output = &s->trial->output[i_output];
    const struct pn_study *study = s->trial->study;
    size_t cell = first.point * study->n_arms + first.arm, row, n_rows = 0, k = 0;
    int status;

    for (size_t i = 0; i < n; i++) {
        size_t n_own = count_values(s, output, first.patient, i);

        if (n_own > output->n_values)
            return pn_result_refuse(s->result, output->name,
                                    "has more doses than the study");
        n_rows += is_list(output) ? n_own : 1;
    }
    row = output->over == PN_OVER_DOSES ? s->next_dose
          : output->over == PN_OVER_OBSERVATIONS
              ? cell * s->result->n_observations + s->next_obs
              : pn_layout_row(study, first);
    PN_TRY(read_rows(s, &s->output[i_output], row, n_rows));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0, own = count_values(s, output, first.patient, i); j < own; j++)
            s->life[i].values[output->first + j] = s->buffer[k++];
out:
    return status;
}

static int append(const struct salvage *s, size_t n, size_t budget,
                  struct pn_journal *journal)
{
    int status = PN_OK;

    for (size_t i = 0; i < n; i++) {
        const struct pn_life *life = &s->life[i];

        if (life->status == PN_OK && life->n_steps + life->n_rejected < budget)
            PN_TRY(pn_journal_append(journal, life));
    }
out:
    return status;
}

static int take_block(struct salvage *s, struct pn_job first, size_t n, size_t budget,
                      struct pn_journal *journal)
{
    int status;

    for (size_t i = 0; i < n * s->trial->n_values; i++)
        s->values[i] = (double)NAN;
    PN_TRY(read_outcomes(s, first, n));
    for (size_t i = 0; i < s->trial->n_outputs; i++)
        if (s->output[i].dataset >= 0)
            PN_TRY(read_output(s, i, first, n));
    for (size_t i = 0; i < n; i++) {
        s->next_dose += pn_list_doses(&s->life[i]);
        if (s->result->n_observations > 0)
            s->next_obs += pn_list_observations(s->trial->study, first.patient + i);
    }
    PN_TRY(append(s, n, budget, journal));
out:
    return status;
}

int pn_salvage(const struct pn_result *result, const struct pn_trial *trial,
               size_t budget, struct pn_journal *journal)
{
    struct salvage s = {.result = result, .trial = trial};
    size_t n_patients = trial->study->population.n_patients;
    int status;

    PN_TRY(allocate(&s));
    PN_TRY(open_columns(&s));
    for (size_t point = 0; point < trial->points->n; point++)
        for (size_t arm = 0; arm < trial->study->n_arms; arm++) {
            s.next_obs = 0;
            for (size_t first = 0, n; first < n_patients; first += n) {
                const struct pn_job job = {.point = point, .arm = arm, .patient = first};

                n = n_patients - first < s.n_block ? n_patients - first : s.n_block;
                PN_TRY(take_block(&s, job, n, budget, journal));
            }
        }
    if (s.has_doses && s.next_dose != result->n_doses)
        status = pn_result_refuse(result, "dose_time", "has other doses than n_doses");
out:
    close_all(&s);
    return status;
}

int pn_salvage_count_failed(const struct pn_result *result, size_t *n_failed)
{
    struct pn_cursor cursor = {.result = NULL};
    const void *at;
    int status;

    *n_failed = 0;
    PN_TRY(pn_cursor_open(result, "status", 1, &cursor));
    for (size_t i = 0; i < cursor.column.n_rows; i++) {
        PN_TRY(pn_cursor_row(&cursor, i, &at));
        *n_failed += *(const int64_t *)at != PN_OK;
    }
out:
    pn_cursor_close(&cursor);
    return status;
}
