/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of observations and doses: opened by name, read row by row. */
#include "solver/inspect/listing_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/result/field.h"
#include "solver/result/guard.h"
#include "solver/text/names.h"

int pn_listing_integer(struct pn_listing_source *source, size_t row, int64_t *number)
{
    const void *at;
    int status;

    PN_TRY(pn_cursor_row(&source->cursor, row, &at));
    *number = *(const int64_t *)at;
out:
    return status;
}

int pn_listing_number(struct pn_listing_source *source, size_t row, size_t k,
                      double *number)
{
    const void *at;
    int status = PN_OK;

    *number = (double)NAN;
    if (!source->column)
        return PN_OK;
    PN_TRY(pn_cursor_row(&source->cursor, row, &at));
    *number = ((const double *)at)[k];
out:
    return status;
}

static int open_source(struct pn_listing *table, const char *name, int integers,
                       struct pn_listing_source *source)
{
    source->column = pn_result_find(table->result, name);
    return pn_cursor_open(table->result, name, integers, &source->cursor);
}

/* one that need not be there */
static int open_optional(struct pn_listing *table, const char *name, int integers,
                         struct pn_listing_source *source)
{
    return pn_result_find(table->result, name)
               ? open_source(table, name, integers, source)
               : PN_OK;
}

static int fits(const struct pn_listing *table, enum pn_shape shape)
{
    return shape == PN_SHAPE_POINT || shape == PN_SHAPE_PATIENT ||
           shape == PN_SHAPE_LIFE || shape == PN_SHAPE_VISITS ||
           (table->by_events ? shape == PN_SHAPE_ARM_OBS || shape == PN_SHAPE_OBS
                             : shape == PN_SHAPE_TIMES);
}

/* NAME is obs.NAME where there are observations */
static int open_signal(struct pn_listing *table, const char *name,
                       struct pn_listing_source *source)
{
    char observed[200];
    const struct pn_result_column *column = NULL;

    snprintf(observed, sizeof observed, "obs.%s", name);
    if (table->by_events)
        column = pn_result_find(table->result, observed);
    if (!column)
        column = pn_result_find(table->result, name);
    if (!column || !fits(table, column->shape))
        return pn_result_unknown(table->result, name);
    return open_source(table, column->name, 0, source);
}

static int open_signals(struct pn_listing *table, const char *signals)
{
    char **name = NULL;
    size_t n = 0;
    int status;

    PN_TRY(pn_names_split("--signals", signals, &name, &n));
    table->signal = calloc(n + 1, sizeof *table->signal);
    if (!table->signal) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the signals");
        goto out;
    }
    for (; table->n_signals < n; table->n_signals++)
        PN_TRY(
            open_signal(table, name[table->n_signals], &table->signal[table->n_signals]));
out:
    pn_names_free(&name, n);
    return status;
}

/* IPRED, and which drug it is of: DRUG.C has its residual error, DRUG.anything its doses
 */
static int open_ipred(struct pn_listing *table, const struct pn_listing_options *options)
{
    const struct pn_result *result = table->result;
    char name[256];

    if (!options->ipred && result->n_drugs == 0)
        return PN_FAIL(PN_ERR_USAGE, "%s has no drug: name a signal by --ipred",
                       options->result);
    snprintf(name, sizeof name, "%s%s",
             options->ipred ? options->ipred : result->drug[0].name,
             options->ipred ? "" : ".C");
    for (size_t i = 0; i < result->n_drugs; i++) {
        const char *drug = result->drug[i].name;
        size_t n = strlen(drug);

        if (strncmp(name, drug, n) != 0 || name[n] != '.')
            continue;
        table->n_prefix = n + 1;
        if (strcmp(name + n, ".C") == 0)
            table->drug = &result->drug[i];
    }
    if (options->must_err && (!table->drug || (table->drug->error.proportional == 0.0 &&
                                               table->drug->error.additive == 0.0 &&
                                               table->drug->error.lognormal == 0.0)))
        return PN_FAIL(PN_ERR_USAGE, "--dv: no drug file gives %s a residual error",
                       name);
    return open_signal(table, name, &table->ipred);
}

/* "NUMBER [UNIT]", in the unit of IPRED without one */
static int read_lloq(struct pn_listing *table, const char *text)
{
    struct pn_units *units = NULL;
    double factor = 1.0;
    char *end;
    int status = PN_OK;

    table->lloq = (double)NAN;
    if (!text)
        return PN_OK;
    table->lloq = strtod(text, &end);
    if (end == text || !(table->lloq > 0.0 && isfinite(table->lloq)) ||
        (*end && *end != ' '))
        return PN_FAIL(PN_ERR_USAGE,
                       "--lloq %s: expected a positive number, or one and a unit", text);
    while (*end == ' ')
        end++;
    if (!*end)
        return PN_OK;
    PN_TRY(pn_units_create(&units));
    status = pn_units_factor(units, end, table->ipred.column->unit, 0.0, &factor);
    if (status != PN_OK) {
        char reason[sizeof pn_error_last()->text];

        snprintf(reason, sizeof reason, "%s", pn_error_last()->text);
        status = PN_FAIL(PN_ERR_USAGE, "--lloq %s: %s", text, reason);
    }
    table->lloq *= factor;
out:
    pn_units_free(&units);
    return status;
}

static int read_times(const struct pn_result *result, const char *name, size_t n,
                      double **time)
{
    struct pn_cursor cursor = {.result = NULL};
    const void *number;
    int status = PN_OK;

    *time = calloc(n + 1, sizeof **time);
    if (!*time)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the times");
    if (n > 0)
        PN_TRY(pn_cursor_open(result, name, 0, &cursor));
    for (size_t i = 0; i < n; i++) {
        PN_TRY(pn_cursor_row(&cursor, i, &number));
        (*time)[i] = *(const double *)number;
    }
out:
    pn_cursor_close(&cursor);
    return status;
}

static int open_observations(struct pn_listing *table)
{
    int status;

    PN_TRY(open_source(table, "obs_time", 0, &table->obs_time));
    PN_TRY(open_source(table, "obs_patient", 1, &table->obs_patient));
    PN_TRY(open_optional(table, "obs_MDV", 1, &table->mdv));
    PN_TRY(open_optional(table, "obs_DV", 0, &table->dvobs));
    PN_TRY(open_optional(table, "obs_CENS", 1, &table->cens));
    PN_TRY(open_optional(table, "obs_LIMIT", 0, &table->limit));
    PN_TRY(open_optional(table, "obs.n_doses", 0, &table->n_doses));
out:
    return status;
}

static int open_doses(struct pn_listing *table)
{
    int status;

    PN_TRY(open_optional(table, "dose_point", 1, &table->dose_point));
    PN_TRY(open_source(table, "dose_arm", 1, &table->dose_arm));
    PN_TRY(open_source(table, "dose_patient", 1, &table->dose_patient));
    PN_TRY(open_source(table, "dose_time", 0, &table->dose_time));
    PN_TRY(open_source(table, "dose_amount", 0, &table->dose_amount));
    PN_TRY(open_source(table, "dose_duration", 0, &table->dose_duration));
    PN_TRY(open_source(table, "dose_compartment", 1, &table->dose_compartment));
    PN_TRY(open_optional(table, "dose_rate", 0, &table->dose_rate));
    PN_TRY(open_optional(table, "dose_II", 0, &table->dose_ii));
    PN_TRY(open_optional(table, "dose_SS", 1, &table->dose_ss));
    PN_TRY(open_optional(table, "dose_row", 1, &table->dose_row));
out:
    return status;
}

static int open_covariates(struct pn_listing *table)
{
    const struct pn_result *result = table->result;
    int status = PN_OK;

    table->covariate = calloc(result->n_columns + 1, sizeof *table->covariate);
    if (!table->covariate)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the covariates");
    for (size_t i = 0; i < result->n_columns; i++)
        if (result->column[i].shape == PN_SHAPE_RECORD &&
            strncmp(result->column[i].name, "record.", 7) == 0)
            PN_TRY(open_source(table, result->column[i].name, 0,
                               &table->covariate[table->n_covariates++]));
out:
    return status;
}

/* of a result that has them: older ones have not */
static int open_records(struct pn_listing *table)
{
    char *carry = pn_result_text(table->result, "record", "carry");
    int status;

    table->is_carried_back = carry && strcmp(carry, "nocb") == 0;
    free(carry);
    PN_TRY(open_source(table, "record_row", 1, &table->record));
    PN_TRY(open_source(table, "record_patient", 1, &table->record_patient));
    PN_TRY(open_source(table, "record_time", 0, &table->record_time));
    PN_TRY(open_source(table, "record_EVID", 1, &table->record_evid));
    PN_TRY(open_source(table, "record_amount", 0, &table->record_amount));
    PN_TRY(open_source(table, "record_compartment", 1, &table->record_compartment));
    PN_TRY(open_optional(table, "record_OCC", 1, &table->occasion));
    PN_TRY(open_covariates(table));
out:
    return status;
}

/* IDs of the event table that are no numbers: a line for each patient. */
static int read_labels(struct pn_listing *table)
{
    const struct pn_result *result = table->result;
    size_t n = 0;
    int status = pn_result_whole_text(result, "provenance/patient_IDs", &table->ids);

    if (status == PN_ERR_INPUT) /* they are the numbers */
        return PN_OK;
    if (status != PN_OK)
        return status;
    table->label = calloc(result->n_patients + 1, sizeof *table->label);
    if (!table->label)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the patients' IDs");
    for (char *at = table->ids, *end; n < result->n_patients; at = end + 1) {
        end = strchr(at, '\n');
        if (!end)
            return PN_FAIL(PN_ERR_INPUT, "%zu IDs of %zu patients", n,
                           result->n_patients);
        *end = '\0';
        table->label[n++] = at;
    }
    return PN_OK;
}

int pn_listing_open(struct pn_listing *table, const struct pn_listing_options *options)
{
    const struct pn_result *result = table->result;
    int status;

    table->by_events = result->n_observations > 0;
    PN_TRY(open_source(table, "patient", 1, &table->id));
    PN_TRY(read_labels(table));
    if (table->by_events)
        PN_TRY(open_observations(table));
    if (result->n_doses > 0)
        PN_TRY(open_doses(table));
    if (result->n_records > 0)
        PN_TRY(open_records(table));
    PN_TRY(open_optional(table, "status", 1, &table->status));
    PN_TRY(open_ipred(table, options));
    PN_TRY(read_lloq(table, options->lloq));
    PN_TRY(open_signals(table, options->signals));
    PN_TRY(read_times(result, "time", result->n_times, &table->time));
    PN_TRY(read_times(result, "visit", result->n_visits, &table->visit));
    table->has_limit = table->cens.column || !isnan(table->lloq);
out:
    return status;
}

void pn_listing_close(struct pn_listing *table)
{
    struct pn_listing_source *all[] = {&table->id,
                                       &table->ipred,
                                       &table->dvobs,
                                       &table->limit,
                                       &table->mdv,
                                       &table->obs_time,
                                       &table->obs_patient,
                                       &table->n_doses,
                                       &table->dose_point,
                                       &table->dose_arm,
                                       &table->dose_patient,
                                       &table->dose_time,
                                       &table->dose_amount,
                                       &table->dose_duration,
                                       &table->dose_compartment,
                                       &table->dose_rate,
                                       &table->dose_ii,
                                       &table->dose_ss,
                                       &table->dose_row,
                                       &table->cens,
                                       &table->status,
                                       &table->record,
                                       &table->record_patient,
                                       &table->record_time,
                                       &table->record_evid,
                                       &table->record_amount,
                                       &table->record_compartment,
                                       &table->occasion};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pn_cursor_close(&all[i]->cursor);
    for (size_t i = 0; i < table->n_covariates; i++)
        pn_cursor_close(&table->covariate[i].cursor);
    free(table->covariate);
    for (size_t i = 0; i < table->n_signals; i++)
        pn_cursor_close(&table->signal[i].cursor);
    if (table->signal) /* the one whose opening failed */
        pn_cursor_close(&table->signal[table->n_signals].cursor);
    free(table->signal);
    free(table->ids);
    free(table->label);
    free(table->time);
    free(table->visit);
}
