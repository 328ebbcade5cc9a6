/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of an event table: what `pneuma table` needs beside the doses that were
 * delivered, so that it describes the same treatment. */
#include "solver/record/records.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/hdf/describe.h"
#include "solver/record/lists.h"

enum column { NUMBER, ROW, PATIENT, TIME, EVID, AMOUNT, COMPARTMENT, OCC, N_COLUMNS };
enum { OFF = PN_EVID_MULTIPLY + 1 }; /* of EVID: a compartment is switched off */

static const struct {
    const char *name, *unit, *long_name;
    int is_number;
} columns[N_COLUMNS] = {
    [NUMBER] = {"record",             "1", "number of the record, from 0",              0},
    [ROW] = {"record_row",         "1", "row of the event table, 1: its first line", 0},
    [PATIENT] = {"record_patient",     "1",
                "index in the dimension patient of whose record it is",                 0},
    [TIME] = {"record_time",        "h", "time of the record",                        1},
    [EVID] = {"record_EVID",        "1", "what the record is",                        0},
    [AMOUNT] = {"record_amount",      "1",
                "what replaces the state (in its unit), or multiplies it",              1},
    [COMPARTMENT] = {"record_compartment", "1",
                "compartment, as in dose_compartment; -1: none",                        0},
    [OCC] = {"record_OCC",         "1", "number of the occasion",                    0},
};

/* the records and room for one column of them */
struct records {
    const struct pn_hdf *hdf;
    const struct pn_study *study;
    struct pn_dimension dimension;
    const struct pn_event *event; /* [n] */
    size_t first, n;              /* of all records of the table */
    void *buffer;                 /* [n] of 8 bytes */
};

size_t pn_records_count(const struct pn_study *study)
{
    const struct pn_events *events = study->events;

    return events ? events->first[events->n_patients] - events->first[0] : 0;
}

/* --- numbers --- */

static int64_t whole_of(const struct records *r, enum column column, size_t k)
{
    const struct pn_event *e = &r->event[k];

    switch (column) {
    case NUMBER:
        return (int64_t)k;
    case ROW:
        return e->place.line;
    case EVID:
        return e->off ? OFF : (int64_t)e->evid;
    case COMPARTMENT:
        return e->compartment;
    default:
        return e->occasion;
    }
}

static double number_of(const struct pn_event *e, enum column column)
{
    if (column == TIME)
        return e->time;
    return e->evid == PN_EVID_REPLACE || e->evid == PN_EVID_MULTIPLY ? e->amount
                                                                     : (double)NAN;
}

static void pack(const struct records *r, enum column column)
{
    const struct pn_events *events = r->study->events;
    int64_t *whole = r->buffer, patient = 0;
    double *number = r->buffer;

    for (size_t k = 0; k < r->n; k++) {
        while (r->first + k >= events->first[patient + 1])
            patient++;
        if (columns[column].is_number)
            number[k] = number_of(&r->event[k], column);
        else
            whole[k] = column == PATIENT ? patient : whole_of(r, column, k);
    }
}

/* --- columns --- */

static int write_flags(const struct pn_hdf *hdf, const struct pn_column *column)
{
    static const char *const evid[] = {
        [PN_EVID_OBSERVE] = "observe",   [PN_EVID_DOSE] = "dose",
        [PN_EVID_OTHER] = "other",       [PN_EVID_RESET] = "reset",
        [PN_EVID_RESET_DOSE] = "4",      [PN_EVID_REPLACE] = "replace",
        [PN_EVID_MULTIPLY] = "multiply", [OFF] = "off",
    };
    struct pn_flags flags = {.n = 0};

    for (size_t i = 0; i < sizeof evid / sizeof *evid; i++)
        pn_flags_add(&flags, (double)i, evid[i]);
    return pn_flags_write(hdf, column, &flags);
}

static int write_column(struct records *r, enum column i)
{
    struct pn_dimension *dimension = &r->dimension;
    struct pn_column column;
    int status;

    PN_TRY(pn_column_create(r->hdf, columns[i].name,
                            columns[i].is_number ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64,
                            &dimension, 1, 1, &column));
    PN_TRY(pn_describe(r->hdf, &column, columns[i].unit, columns[i].long_name, NULL));
    if (columns[i].is_number)
        PN_TRY(pn_describe_fill(r->hdf, &column));
    if (i == PATIENT)
        PN_TRY(pn_hdf_text(r->hdf, column.dataset, "instance_dimension", "patient"));
    if (i == COMPARTMENT)
        PN_TRY(pn_lists_compartments(r->hdf, r->study, &column));
    if (i == EVID)
        PN_TRY(write_flags(r->hdf, &column));
    if (i == NUMBER) {
        PN_TRY(pn_hdf_text(r->hdf, column.dataset, "carry",
                           r->study->events->backward ? "nocb" : "locf"));
        PN_TRY(pn_hdf_scale(r->hdf, dimension, column.dataset));
    }
    pack(r, i);
    PN_TRY(pn_column_write(r->hdf, &column, 0, r->n, r->buffer));
out:
    return status;
}

static int write_covariate(struct records *r, size_t i)
{
    const struct pn_events *events = r->study->events;
    const struct pn_variable *variable =
        &r->study->population.variable[events->variable[i]];
    struct pn_dimension *dimension = &r->dimension;
    struct pn_column column;
    double *number = r->buffer;
    char name[160];
    int status;

    snprintf(name, sizeof name, "record.%.150s", variable->name);
    PN_TRY(pn_column_create(r->hdf, name, H5T_NATIVE_DOUBLE, &dimension, 1, 1, &column));
    PN_TRY(
        pn_describe(r->hdf, &column, variable->row->unit, variable->row->sentence, NULL));
    PN_TRY(pn_describe_fill(r->hdf, &column));
    for (size_t k = 0; k < r->n; k++)
        number[k] = events->covariate[(r->first + k) * events->n_covariates + i];
    PN_TRY(pn_column_write(r->hdf, &column, 0, r->n, number));
out:
    return status;
}

int pn_records_write(const struct pn_hdf *hdf, const struct pn_study *study)
{
    const struct pn_events *events = study->events;
    struct records r = {.hdf = hdf, .study = study, .n = pn_records_count(study)};
    int status = PN_OK;

    if (r.n == 0)
        return PN_OK;
    r.first = events->first[0];
    r.event = events->event + r.first;
    r.dimension = (struct pn_dimension){.name = "record", .n = r.n, .scale = -1};
    r.buffer = malloc(r.n * sizeof(double));
    if (!r.buffer)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the records of events");
    for (int i = 0; i < N_COLUMNS; i++)
        if (i != OCC || events->has_occasions)
            PN_TRY(write_column(&r, (enum column)i));
    for (size_t i = 0; i < events->n_covariates; i++)
        PN_TRY(write_covariate(&r, i));
out:
    free(r.buffer);
    return status;
}
