/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field's table: by point, arm and patient, observations, delivered doses and other
 * records by time. */
#include <math.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/inspect/listing_rows.h"
#include "solver/study/treatment/events.h"

/* as record_EVID has it */
enum { OFF = PN_EVID_MULTIPLY + 1 };
static const char *const evid_word[] = {
    [PN_EVID_OBSERVE] = "0",         [PN_EVID_DOSE] = "1",
    [PN_EVID_OTHER] = "2",           [PN_EVID_RESET] = "3",
    [PN_EVID_RESET_DOSE] = "4",      [PN_EVID_REPLACE] = "replace",
    [PN_EVID_MULTIPLY] = "multiply", [OFF] = "2"};

/* --- delivered doses --- */

struct dose {
    struct pn_listed is;
    int64_t row; /* of the event table; 0, -1: of a regimen, a rule */
};

/* the next dose of this life, if there is one; doses stand by arm and patient */
static int next_dose(struct pn_listing *table, struct dose *dose, int *there)
{
    size_t row = table->next_dose;
    int64_t point = (int64_t)table->point, arm, patient;
    int status = PN_OK;

    *there = 0;
    *dose = (struct dose){.is = {.evid = evid_word[PN_EVID_DOSE]}};
    if (row >= table->result->n_doses)
        return PN_OK;
    if (table->dose_point.column)
        PN_TRY(pn_listing_integer(&table->dose_point, row, &point));
    PN_TRY(pn_listing_integer(&table->dose_arm, row, &arm));
    PN_TRY(pn_listing_integer(&table->dose_patient, row, &patient));
    if (point != (int64_t)table->point || arm != (int64_t)table->arm ||
        patient != (int64_t)table->patient)
        return PN_OK;
    PN_TRY(pn_listing_number(&table->dose_time, row, 0, &dose->is.time));
    PN_TRY(pn_listing_number(&table->dose_amount, row, 0, &dose->is.amount));
    PN_TRY(pn_listing_number(&table->dose_duration, row, 0, &dose->is.duration));
    PN_TRY(pn_listing_number(&table->dose_rate, row, 0, &dose->is.rate));
    PN_TRY(pn_listing_number(&table->dose_ii, row, 0, &dose->is.ii));
    PN_TRY(pn_listing_integer(&table->dose_compartment, row, &dose->is.compartment));
    if (table->dose_ss.column)
        PN_TRY(pn_listing_integer(&table->dose_ss, row, &dose->is.ss));
    if (table->dose_row.column)
        PN_TRY(pn_listing_integer(&table->dose_row, row, &dose->row));
    *there = 1;
out:
    return status;
}

static int is_of_ipred(const struct pn_listing *table, const struct pn_listed *dose)
{
    const struct pn_result *result = table->result;
    const char *name = table->ipred.column->name;

    if (table->n_prefix == 0 || dose->compartment < 0 ||
        (uint64_t)dose->compartment >= result->n_compartments)
        return 1;
    name += strncmp(name, "obs.", 4) == 0 ? 4 : 0;
    return strncmp(result->compartment[dose->compartment], name, table->n_prefix) == 0;
}

/* the dose that next_dose has found */
static int put_dose(struct pn_listing *table, struct pn_listed *dose, size_t record)
{
    int status;

    dose->record = record;
    if (is_of_ipred(table, dose))
        table->last_dose = dose->time;
    status = pn_listing_put_event(table, dose);
    table->n_taken++;
    table->next_dose++;
    return status;
}

/* the doses before an observation; all that are left without one (time NaN) */
static int put_doses_before(struct pn_listing *table, size_t obs, size_t record,
                            double time)
{
    struct dose dose;
    double n_before = (double)NAN;
    int there, status = PN_OK;

    if (!isnan(time) && table->by_events)
        PN_TRY(pn_listing_number(&table->n_doses,
                                 table->cell * table->result->n_observations + obs, 0,
                                 &n_before));
    for (;;) {
        PN_TRY(next_dose(table, &dose, &there));
        if (!there)
            break;
        if (pn_same_time(dose.is.time, time)
                ? !((double)table->n_taken < n_before) /* NaN: the trough is first */
                : dose.is.time > time)
            break;
        PN_TRY(put_dose(table, &dose.is, record));
    }
out:
    return status;
}

/* --- records of an event table --- */

struct record {
    size_t number;
    int64_t row, evid;
    double time;
};

static int read_record(struct pn_listing *table, struct record *record)
{
    int status;

    record->number = table->next_record;
    PN_TRY(pn_listing_integer(&table->record, record->number, &record->row));
    PN_TRY(pn_listing_integer(&table->record_evid, record->number, &record->evid));
    PN_TRY(pn_listing_number(&table->record_time, record->number, 0, &record->time));
    if (record->evid < 0 || record->evid > OFF)
        status =
            PN_FAIL(PN_ERR_INPUT, "%s: record_EVID is no EVID", table->result->hdf.path);
out:
    return status;
}

/* Doses before a record: earlier ones, and of its time those of records above it that
 * come again (ADDL) and of rules; regimens' stand behind all records of a time. */
static int put_doses_before_record(struct pn_listing *table, const struct record *record,
                                   size_t covariates)
{
    struct dose dose;
    int there, status;

    for (;;) {
        PN_TRY(next_dose(table, &dose, &there));
        if (!there || (pn_same_time(dose.is.time, record->time)
                           ? dose.row == 0 || dose.row >= record->row
                           : dose.is.time > record->time))
            break;
        PN_TRY(put_dose(table, &dose.is, covariates));
    }
out:
    return status;
}

/* A record that is no observation.  A dose that was not delivered, as its drug is not in
 * the arm or was stopped, is where the integration stopped: EVID 2; of EVID 4 the reset
 * is left. */
static int put_record(struct pn_listing *table, const struct record *record)
{
    struct pn_listed listed = {.evid = evid_word[record->evid],
                               .is_off = record->evid == OFF,
                               .time = record->time,
                               .amount = (double)NAN,
                               .duration = (double)NAN,
                               .rate = (double)NAN,
                               .compartment = -1,
                               .record = record->number};
    int is_dose = record->evid == PN_EVID_DOSE || record->evid == PN_EVID_RESET_DOSE;
    struct dose dose;
    int there, status;

    PN_TRY(next_dose(table, &dose, &there));
    if (is_dose && there && dose.row == record->row) {
        dose.is.evid = evid_word[record->evid];
        return put_dose(table, &dose.is, record->number);
    }
    if (is_dose)
        listed.evid = record->evid == PN_EVID_DOSE ? "2" : "3";
    if (record->evid >= PN_EVID_REPLACE)
        PN_TRY(pn_listing_integer(&table->record_compartment, record->number,
                                  &listed.compartment));
    PN_TRY(pn_listing_number(&table->record_amount, record->number, 0, &listed.amount));
    status = pn_listing_put_event(table, &listed);
out:
    return status;
}

/* Whose covariates hold where a dose is that no record of its own brings. */
static size_t between(const struct pn_listing *table, size_t first, size_t record)
{
    return table->is_carried_back || record == first ? record : record - 1;
}

static int is_of_patient(struct pn_listing *table, int *there)
{
    int64_t patient;
    int status = PN_OK;

    *there = 0;
    if (table->next_record >= table->result->n_records)
        return PN_OK;
    PN_TRY(pn_listing_integer(&table->record_patient, table->next_record, &patient));
    *there = patient == (int64_t)table->patient;
out:
    return status;
}

static int put_observed(struct pn_listing *table, const struct record *record,
                        size_t covariates)
{
    size_t obs = table->next_obs++;
    int status;

    if (obs >= table->result->n_observations)
        return PN_FAIL(PN_ERR_INPUT,
                       "%s: more observations among its records than in obs",
                       table->result->hdf.path);
    PN_TRY(put_doses_before(table, obs, covariates, record->time));
    PN_TRY(pn_listing_put_observation(table, obs, table->n_observed++, record->number,
                                      record->time));
out:
    return status;
}

/* Output times up to a time (NaN: all that are left), in place of observations: they see
 * the trough. */
static int put_grid(struct pn_listing *table, size_t covariates, double until)
{
    int status = PN_OK;

    while (!table->by_events && table->n_observed < table->result->n_times) {
        double time = table->time[table->n_observed];
        if (time > until && !pn_same_time(time, until))
            break;
        PN_TRY(put_doses_before(table, 0, covariates, time));
        PN_TRY(
            pn_listing_put_observation(table, 0, table->n_observed++, covariates, time));
    }
out:
    return status;
}

/* @param[in] failed  of whom there are no doses: nor other records */
static int put_records(struct pn_listing *table, int failed)
{
    size_t first = table->next_record;
    struct record record = {.number = first};
    int there, status;

    for (;; table->next_record++) {
        PN_TRY(is_of_patient(table, &there));
        if (!there)
            break;
        PN_TRY(read_record(table, &record));
        PN_TRY(put_grid(table, between(table, first, record.number), record.time));
        if (record.evid == PN_EVID_OBSERVE) {
            PN_TRY(put_observed(table, &record, between(table, first, record.number)));
        } else if (!failed) {
            PN_TRY(put_doses_before_record(table, &record,
                                           between(table, first, record.number)));
            PN_TRY(put_record(table, &record));
        }
    }
    PN_TRY(put_grid(table, record.number, (double)NAN));
    PN_TRY(put_doses_before(table, 0, record.number, (double)NAN));
out:
    return status;
}

/* --- the walk --- */

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
    PN_TRY(pn_listing_integer(&table->obs_patient, *obs, &patient));
    if (patient != (int64_t)table->patient)
        return PN_OK;
    PN_TRY(pn_listing_number(&table->obs_time, *obs, 0, time));
    *there = 1;
    table->next_obs++;
out:
    return status;
}

/* observations and doses: of regimens, or of a result that has no records */
static int put_without_records(struct pn_listing *table)
{
    double time = (double)NAN;
    size_t obs = 0;
    int there = 1, status = PN_OK;

    for (size_t k = 0;; k++) {
        PN_TRY(next_observation(table, k, &obs, &time, &there));
        if (!there)
            break;
        PN_TRY(put_doses_before(table, obs, 0, time));
        PN_TRY(pn_listing_put_observation(table, obs, k, 0, time));
    }
    PN_TRY(put_doses_before(table, 0, 0, (double)NAN));
out:
    return status;
}

static int put_patient(struct pn_listing *table)
{
    size_t life = table->cell * table->result->n_patients + table->patient;
    int64_t failed = 0;
    int status;

    table->n_taken = table->n_observed = 0;
    table->last_dose = (double)NAN;
    PN_TRY(pn_listing_integer(&table->id, table->patient, &table->patient_id));
    if (table->status.column)
        PN_TRY(pn_listing_integer(&table->status, life, &failed));
    PN_TRY(table->record.column && (table->dose_row.column || table->result->n_doses == 0)
               ? put_records(table, failed != 0)
               : put_without_records(table));
out:
    return status;
}

int pn_listing_write(const struct pn_result *result,
                     const struct pn_listing_options *options, FILE *stream)
{
    struct pn_listing table = {.result = result, .stream = stream};
    int status;

    PN_TRY(pn_listing_open(&table, options));
    pn_listing_put_head(&table);
    for (table.cell = 0; table.cell < pn_result_n_cells(result); table.cell++) {
        table.point = table.cell / result->n_arms;
        table.arm = table.cell % result->n_arms;
        table.next_obs = table.next_record = 0;
        for (table.patient = 0; table.patient < result->n_patients; table.patient++)
            PN_TRY(put_patient(&table));
    }
out:
    pn_listing_close(&table);
    return status;
}
