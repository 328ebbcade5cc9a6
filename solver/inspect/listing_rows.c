/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field's table: by point, arm and patient, observations and delivered doses by time.
 */
#include <math.h>
#include <string.h>

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/inspect/listing_columns.h"
#include "solver/text/csv_put.h"

/* Times that differ by rounding only are one, as for the integrator. */
#define SAME_TIME 1e-12

struct dose {
    double time, amount, duration;
    int64_t compartment;
};

/* --- numbers --- */

static int same_time(double a, double b)
{
    return fabs(a - b) <= SAME_TIME * fmax(fabs(a), fabs(b));
}

static int integer_at(struct pn_listing_source *source, size_t row, int64_t *number)
{
    const void *at;
    int status;

    PN_TRY(pn_cursor_row(&source->cursor, row, &at));
    *number = *(const int64_t *)at;
out:
    return status;
}

/* number k of a row; NaN of a column that is not there */
static int number_at(struct pn_listing_source *source, size_t row, size_t k,
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

/* a source at observation k of the patient (row `obs` of the list), at a time */
static int value_at(struct pn_listing *table, struct pn_listing_source *source,
                    size_t obs, size_t k, double time, double *value)
{
    const struct pn_result *result = table->result;
    size_t life = table->cell * result->n_patients + table->patient;
    size_t point = 0;

    *value = (double)NAN;
    if (!source->column)
        return PN_OK;
    if (source->column->by_point)
        point = table->point;
    switch (source->column->shape) {
    case PN_SHAPE_POINT:
        return number_at(source, table->point, 0, value);
    case PN_SHAPE_PATIENT:
        return number_at(source, point * result->n_patients + table->patient, 0, value);
    case PN_SHAPE_LIFE:
        return number_at(source, life, 0, value);
    case PN_SHAPE_OBS:
        return number_at(source, obs, 0, value);
    case PN_SHAPE_ARM_OBS:
        return number_at(source, table->cell * result->n_observations + obs, 0, value);
    case PN_SHAPE_TIMES:
        return number_at(source, life, k, value);
    default:
        break;
    }
    for (size_t v = 0; v < result->n_visits; v++)
        if (same_time(table->visit[v], time))
            return number_at(source, life, v, value);
    return PN_OK; /* nothing was measured then */
}

/* The draws of observation k are the patient's own, the same in every arm and table. */
static double observed(const struct pn_listing *table, size_t k, double ipred)
{
    const struct pn_residual_error *error = table->drug ? &table->drug->error : NULL;
    uint64_t drug = table->drug ? pn_name_hash(table->drug->name) : 0;
    double e[2];

    if (!error)
        return ipred;
    for (uint64_t term = 0; term < 2; term++)
        e[term] = pn_normal(table->result->seed, table->patient_id, PN_DRAW_RESIDUAL,
                            drug, 2 * (uint64_t)k + term);
    if (error->lognormal != 0.0)
        return ipred * exp(error->lognormal * e[0]);
    return ipred * (1.0 + error->proportional * e[0]) + error->additive * e[1];
}

/* --- rows --- */

static void put_head(const struct pn_listing *table)
{
    fputs("ID,TIME,EVID,AMT,CMT,DUR,ARM,", table->stream);
    if (table->result->n_points > 0)
        fputs("POINT,", table->stream);
    fputs("IPRED,DV,MDV,TAD", table->stream);
    if (table->has_limit)
        fputs(",CENS,LIMIT", table->stream);
    if (table->dvobs.column)
        fputs(",DVOBS", table->stream);
    for (size_t i = 0; i < table->n_signals; i++) {
        const char *name = table->signal[i].column->name;

        putc(',', table->stream);
        pn_csv_put_text(table->stream, strncmp(name, "obs.", 4) == 0 ? name + 4 : name);
    }
    putc('\n', table->stream);
}

static void put_number(const struct pn_listing *table, double number)
{
    putc(',', table->stream);
    pn_csv_put_number(table->stream, number);
}

static void put_start(const struct pn_listing *table, double time, int evid)
{
    if (table->label)
        pn_csv_put_text(table->stream, table->label[table->patient]);
    else
        fprintf(table->stream, "%lld", (long long)table->patient_id);
    put_number(table, time);
    fprintf(table->stream, ",%d", evid);
}

static void put_arm(const struct pn_listing *table)
{
    putc(',', table->stream);
    pn_csv_put_text(table->stream, table->result->arm[table->arm]);
    if (table->result->n_points > 0)
        fprintf(table->stream, ",%zu", table->point + 1);
}

static int put_signals(struct pn_listing *table, size_t obs, size_t k, double time)
{
    double value;
    int status = PN_OK;

    for (size_t i = 0; i < table->n_signals; i++) {
        PN_TRY(value_at(table, &table->signal[i], obs, k, time, &value));
        put_number(table, value);
    }
    putc('\n', table->stream);
out:
    return status;
}

static void put_dv(const struct pn_listing *table, double dv, int mdv, double time,
                   double limit)
{
    int below = dv < limit; /* NaN: no */

    put_number(table, below ? limit : dv);
    fprintf(table->stream, ",%d", mdv || isnan(dv));
    put_number(table, time - table->last_dose);
    if (!table->has_limit)
        return;
    fprintf(table->stream, ",%d", below);
    put_number(table, limit);
}

static int put_observation(struct pn_listing *table, size_t obs, size_t k, double time)
{
    double ipred, limit = table->lloq, dvobs;
    int64_t mdv = 0;
    int status;

    PN_TRY(value_at(table, &table->ipred, obs, k, time, &ipred));
    PN_TRY(number_at(&table->dvobs, obs, 0, &dvobs));
    if (isnan(limit))
        PN_TRY(number_at(&table->limit, obs, 0, &limit));
    if (table->mdv.column)
        PN_TRY(integer_at(&table->mdv, obs, &mdv));
    put_start(table, time, 0);
    fputs(",.,.,.", table->stream);
    put_arm(table);
    put_number(table, ipred);
    put_dv(table, observed(table, k, ipred), mdv != 0, time, limit);
    if (table->dvobs.column)
        put_number(table, dvobs);
    PN_TRY(put_signals(table, obs, k, time));
out:
    return status;
}

/* By number; by name where the drug's states up to the central one have none. */
static void put_compartment(const struct pn_listing *table, int64_t compartment)
{
    const struct pn_result *result = table->result;

    if (compartment < 0 || (uint64_t)compartment >= result->n_compartments)
        fputs(",.", table->stream);
    else if (result->cmt[compartment] > 0)
        fprintf(table->stream, ",%d", result->cmt[compartment]);
    else
        fprintf(table->stream, ",%.*s",
                (int)strcspn(result->compartment[compartment], "@"),
                result->compartment[compartment]);
}

static void put_dose(const struct pn_listing *table, const struct dose *dose)
{

    put_start(table, dose->time, 1);
    put_number(table, dose->amount);
    put_compartment(table, dose->compartment);
    put_number(table, dose->duration);
    put_arm(table);
    fputs(",.,.,1", table->stream);
    put_number(table, dose->time - table->last_dose);
    if (table->has_limit)
        fputs(",0,.", table->stream);
    for (size_t i = 0; i < table->n_signals + (table->dvobs.column != NULL); i++)
        fputs(",.", table->stream);
    putc('\n', table->stream);
}

/* --- the walk --- */

/* the next dose of this life, if there is one; doses stand by arm and patient */
static int next_dose(struct pn_listing *table, struct dose *dose, int *there)
{
    size_t row = table->next_dose;
    int64_t point = (int64_t)table->point, arm, patient;
    int status = PN_OK;

    *there = 0;
    if (row >= table->result->n_doses)
        return PN_OK;
    if (table->dose_point.column)
        PN_TRY(integer_at(&table->dose_point, row, &point));
    PN_TRY(integer_at(&table->dose_arm, row, &arm));
    PN_TRY(integer_at(&table->dose_patient, row, &patient));
    if (point != (int64_t)table->point || arm != (int64_t)table->arm ||
        patient != (int64_t)table->patient)
        return PN_OK;
    PN_TRY(number_at(&table->dose_time, row, 0, &dose->time));
    PN_TRY(number_at(&table->dose_amount, row, 0, &dose->amount));
    PN_TRY(number_at(&table->dose_duration, row, 0, &dose->duration));
    PN_TRY(integer_at(&table->dose_compartment, row, &dose->compartment));
    *there = 1;
out:
    return status;
}

static int is_of_ipred(const struct pn_listing *table, const struct dose *dose)
{
    const struct pn_result *result = table->result;
    const char *name = table->ipred.column->name;

    if (table->n_prefix == 0 || dose->compartment < 0 ||
        (uint64_t)dose->compartment >= result->n_compartments)
        return 1;
    name += strncmp(name, "obs.", 4) == 0 ? 4 : 0;
    return strncmp(result->compartment[dose->compartment], name, table->n_prefix) == 0;
}

/* the doses before an observation; all that are left without one (time NaN) */
static int put_doses_before(struct pn_listing *table, size_t obs, double time)
{
    struct dose dose;
    double n_before = (double)NAN;
    int there, status = PN_OK;

    if (!isnan(time) && table->by_events)
        PN_TRY(number_at(&table->n_doses,
                         table->cell * table->result->n_observations + obs, 0,
                         &n_before));
    for (;;) {
        PN_TRY(next_dose(table, &dose, &there));
        if (!there)
            break;
        if (same_time(dose.time, time)
                ? !((double)table->n_taken < n_before) /* NaN: the trough is first */
                : dose.time > time)
            break;
        if (is_of_ipred(table, &dose))
            table->last_dose = dose.time;
        put_dose(table, &dose);
        table->n_taken++;
        table->next_dose++;
    }
out:
    return status;
}

/* observation k of the patient, if there is one: its row in the list and its time */
static int next_observation(struct pn_listing *table, size_t k, size_t *obs, double *time,
                            int *there)
{
    int64_t patient;
    int status = PN_OK;

    *obs = table->next_obs;
    if (!table->by_events) {
        *there = k < table->result->n_times;
        *time = *there ? table->time[k] : (double)NAN;
        return PN_OK;
    }
    *there = 0;
    if (*obs >= table->result->n_observations)
        return PN_OK;
    PN_TRY(integer_at(&table->obs_patient, *obs, &patient));
    if (patient != (int64_t)table->patient)
        return PN_OK;
    PN_TRY(number_at(&table->obs_time, *obs, 0, time));
    *there = 1;
    table->next_obs++;
out:
    return status;
}

static int put_patient(struct pn_listing *table)
{
    double time = (double)NAN;
    size_t obs = 0;
    int there = 1, status;

    table->n_taken = 0;
    table->last_dose = (double)NAN;
    PN_TRY(integer_at(&table->id, table->patient, &table->patient_id));
    for (size_t k = 0;; k++) {
        PN_TRY(next_observation(table, k, &obs, &time, &there));
        if (!there)
            break;
        PN_TRY(put_doses_before(table, obs, time));
        PN_TRY(put_observation(table, obs, k, time));
    }
    PN_TRY(put_doses_before(table, 0, (double)NAN));
out:
    return status;
}

int pn_listing_write(const struct pn_result *result,
                     const struct pn_listing_options *options, FILE *stream)
{
    struct pn_listing table = {.result = result, .stream = stream};
    int status;

    PN_TRY(pn_listing_open(&table, options));
    put_head(&table);
    for (table.cell = 0; table.cell < pn_result_n_cells(result); table.cell++) {
        table.point = table.cell / result->n_arms;
        table.arm = table.cell % result->n_arms;
        table.next_obs = 0;
        for (table.patient = 0; table.patient < result->n_patients; table.patient++)
            PN_TRY(put_patient(&table));
    }
out:
    pn_listing_close(&table);
    return status;
}
