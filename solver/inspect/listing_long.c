/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The long form: a row for each number, by point, arm, patient, output and time. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/listing.h"
#include "solver/text/csv_put.h"
#include "solver/text/names.h"

/* an output being read, and the times that belong to it */
struct series {
    const struct pn_result_column *column;
    struct pn_cursor values;
    struct pn_cursor times;
};

struct walk {
    const struct pn_result *result;
    FILE *stream;
    struct pn_cursor id, obs_patient;
    size_t n_series, first_obs; /* first observation of the patient, and … */
    size_t end_obs;             /* … the one behind the last */
    struct series *series;
};

static const char *times_of(enum pn_shape shape)
{
    return shape == PN_SHAPE_TIMES     ? "time"
           : shape == PN_SHAPE_VISITS  ? "visit"
           : shape == PN_SHAPE_ARM_OBS ? "obs_time"
                                       : NULL;
}

static int add_series(struct walk *walk, const struct pn_result_column *column)
{
    struct series *series = &walk->series[walk->n_series++];
    int status;

    series->column = column;
    PN_TRY(pn_cursor_open(walk->result, column->name, 0, &series->values));
    PN_TRY(pn_cursor_open(walk->result, times_of(column->shape), 0, &series->times));
out:
    return status;
}

static int choose(struct walk *walk, const char *signals)
{
    const struct pn_result *result = walk->result;
    char **name = NULL;
    size_t n = 0, most;
    int status;

    PN_TRY(pn_names_split("--signals", signals, &name, &n));
    most = signals ? n : result->n_columns;
    walk->series = calloc(most + 1, sizeof *walk->series);
    if (!walk->series) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the outputs");
        goto out;
    }
    for (size_t i = 0; i < most; i++) {
        const struct pn_result_column *column =
            signals ? pn_result_find(result, name[i]) : &result->column[i];

        if (column && times_of(column->shape))
            PN_TRY(add_series(walk, column));
        else if (signals) {
            status = pn_result_unknown(result, name[i]);
            goto out;
        }
    }
out:
    pn_names_free(&name, n);
    return status;
}

static void put_row(struct walk *walk, const struct series *series, int64_t id,
                    size_t cell, double time, double value)
{
    size_t n_arms = walk->result->n_arms;

    fprintf(walk->stream, "%lld,", (long long)id);
    pn_csv_put_text(walk->stream, walk->result->arm[cell % n_arms]);
    if (walk->result->n_points > 0)
        fprintf(walk->stream, ",%zu", cell / n_arms + 1);
    putc(',', walk->stream);
    pn_csv_put_number(walk->stream, time);
    putc(',', walk->stream);
    pn_csv_put_text(walk->stream, series->column->name);
    putc(',', walk->stream);
    pn_csv_put_number(walk->stream, value);
    putc(',', walk->stream);
    pn_csv_put_text(walk->stream, series->column->unit);
    putc('\n', walk->stream);
}

static int put_series(struct walk *walk, struct series *series, int64_t id, size_t cell,
                      size_t patient)
{
    const struct pn_result *result = walk->result;
    size_t n = series->column->shape == PN_SHAPE_TIMES    ? result->n_times
               : series->column->shape == PN_SHAPE_VISITS ? result->n_visits
                                                          : 0;
    const void *values = NULL, *time = NULL;
    int status = PN_OK;

    if (n > 0)
        PN_TRY(
            pn_cursor_row(&series->values, cell * result->n_patients + patient, &values));
    for (size_t k = 0; k < n; k++) {
        PN_TRY(pn_cursor_row(&series->times, k, &time));
        put_row(walk, series, id, cell, *(const double *)time,
                ((const double *)values)[k]);
    }
    if (series->column->shape != PN_SHAPE_ARM_OBS)
        return status;
    for (size_t k = walk->first_obs; k < walk->end_obs; k++) {
        PN_TRY(pn_cursor_row(&series->times, k, &time));
        PN_TRY(
            pn_cursor_row(&series->values, cell * result->n_observations + k, &values));
        put_row(walk, series, id, cell, *(const double *)time, *(const double *)values);
    }
out:
    return status;
}

/* the observations of a patient stand side by side, patients in their order */
static int find_observations(struct walk *walk, size_t patient)
{
    const void *whose;
    int status = PN_OK;

    if (patient == 0)
        walk->end_obs = 0;
    walk->first_obs = walk->end_obs;
    for (; walk->end_obs < walk->result->n_observations; walk->end_obs++) {
        PN_TRY(pn_cursor_row(&walk->obs_patient, walk->end_obs, &whose));
        if (*(const int64_t *)whose != (int64_t)patient)
            break;
    }
out:
    return status;
}

static int put_patient(struct walk *walk, size_t cell, size_t patient)
{
    const void *id;
    int status;

    PN_TRY(pn_cursor_row(&walk->id, patient, &id));
    PN_TRY(find_observations(walk, patient));
    for (size_t i = 0; i < walk->n_series; i++)
        PN_TRY(put_series(walk, &walk->series[i], *(const int64_t *)id, cell, patient));
out:
    return status;
}

int pn_listing_write_long(const struct pn_result *result,
                          const struct pn_listing_options *options, FILE *stream)
{
    struct walk walk = {.result = result, .stream = stream};
    int status;

    PN_TRY(pn_cursor_open(result, "patient", 1, &walk.id));
    if (result->n_observations > 0)
        PN_TRY(pn_cursor_open(result, "obs_patient", 1, &walk.obs_patient));
    PN_TRY(choose(&walk, options->signals));
    fprintf(stream, "ID,ARM,%sTIME,NAME,VALUE,UNIT\n",
            result->n_points > 0 ? "POINT," : "");
    for (size_t cell = 0; cell < pn_result_n_cells(result); cell++)
        for (size_t patient = 0; patient < result->n_patients; patient++)
            PN_TRY(put_patient(&walk, cell, patient));
out:
    for (size_t i = 0; i < walk.n_series; i++) {
        pn_cursor_close(&walk.series[i].values);
        pn_cursor_close(&walk.series[i].times);
    }
    free(walk.series);
    pn_cursor_close(&walk.obs_patient);
    pn_cursor_close(&walk.id);
    return status;
}
