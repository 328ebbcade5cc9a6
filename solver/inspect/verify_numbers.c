/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a result: is every life accounted for, is a failed one missing? */
#include "solver/inspect/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

struct numbers {
    const struct pn_result *result;
    const struct pn_fields *fields;
    struct pn_report *report;
    signed char *failed; /* [n_lives]: status is not ok */
    int64_t *n_doses; /* [n_lives]: as counted by the engine; then less what is there */
    size_t n_lives;
};

/* --- form --- */

static void check_dimensions(const struct numbers *n)
{
    size_t bad = 0;
    char over[512];

    for (size_t i = 0; i < n->fields->n; i++) {
        const struct pn_field *field = &n->fields->field[i];

        for (int k = 0; k < field->rank; k++) {
            const struct pn_field *scale = pn_fields_find(n->fields, field->over[k]);

            if (scale && scale->rank == 1 && scale->n == field->extent[k])
                continue;
            pn_field_dimensions(field, over, sizeof over);
            pn_report_add(n->report, PN_FAILED, "dimensions",
                          "%s %s: dimension %d has no scale of its length", field->name,
                          over, k + 1);
            bad++;
        }
    }
    if (bad == 0)
        pn_report_add(n->report, PN_PASS, "dimensions",
                      "%zu datasets over %zu arms, %zu patients, %zu times, %zu visits",
                      n->fields->n, n->result->n_arms, n->result->n_patients,
                      n->result->n_times, n->result->n_visits);
}

static int is_plain(const struct pn_field *field)
{
    /* names, numbers of things, indices */
    return field->kind == PN_FIELD_TEXT ||
           (field->kind == PN_FIELD_INTEGER && !field->has_unit);
}

static void check_units(const struct numbers *n, struct pn_units *units)
{
    size_t bad = 0, good = 0;
    double factor;

    for (size_t i = 0; i < n->fields->n; i++) {
        const struct pn_field *field = &n->fields->field[i];

        if (is_plain(field))
            continue;
        if (field->has_unit &&
            pn_units_factor(units, field->unit, field->unit, 0.0, &factor) == PN_OK) {
            good++;
            continue;
        }
        pn_report_add(n->report, PN_FAILED, "units", "%s: %s%s", field->name,
                      field->has_unit ? "unknown unit " : "no unit", field->unit);
        bad++;
    }
    if (bad == 0)
        pn_report_add(n->report, PN_PASS, "units", "%zu quantities, each with a unit",
                      good);
}

/* --- patients --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int check_patients(const struct numbers *n)
{
    const struct pn_field *field = pn_fields_find(n->fields, "patient");
    struct pn_field_reader reader = {.field = NULL};
    int64_t *id;
    int status;

    if (!field || field->kind != PN_FIELD_INTEGER || field->rank != 1 || field->n == 0) {
        pn_report_add(n->report, PN_FAILED, "patients", "there are none");
        return PN_OK;
    }
    PN_TRY(pn_field_open(n->result, field, field->n, &reader));
    PN_TRY(pn_field_next(&reader));
    id = reader.buffer;
    qsort(id, reader.n, sizeof *id, by_number);
    for (size_t i = 1; i < reader.n; i++)
        if (id[i] == id[i - 1]) {
            pn_report_add(n->report, PN_FAILED, "patients", "number %lld is there twice",
                          (long long)id[i]);
            goto out;
        }
    pn_report_add(n->report, PN_PASS, "patients", "%zu, each number once", reader.n);
out:
    pn_field_close(&reader);
    return status;
}

/* --- lives --- */

static int read_statuses(struct numbers *n, struct pn_verify_lives *lives)
{
    const struct pn_field *field = pn_fields_find(n->fields, "status");
    struct pn_field_reader reader = {.field = NULL};
    size_t n_unknown = 0;
    int status = PN_OK;

    *lives = (struct pn_verify_lives){.n = 0};
    if (!field || field->kind != PN_FIELD_INTEGER || field->rank < 2 || field->n == 0) {
        pn_report_add(n->report, PN_FAILED, "lives",
                      "no status of each patient in each arm");
        return PN_OK;
    }
    n->n_lives = lives->n = field->n;
    n->failed = calloc(n->n_lives, 1);
    if (!n->failed)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for statuses");
    PN_TRY(pn_field_open(n->result, field, 0, &reader));
    while ((status = pn_field_next(&reader)) == PN_OK && reader.n > 0) {
        for (size_t i = 0; i < reader.n; i++) {
            int64_t code = ((const int64_t *)reader.buffer)[i];

            n->failed[reader.first + i] = code != PN_OK;
            lives->n_ok += code == PN_OK;
            lives->n_not_run += code == PN_PATIENT_NOT_RUN;
            n_unknown += code < 0 || code > 127 ||
                         strcmp(pn_status_name((int)code), "unknown") == 0;
        }
    }
    lives->n_failed = lives->n - lives->n_ok - lives->n_not_run;
    if (n_unknown > 0)
        pn_report_add(n->report, PN_FAILED, "lives", "%zu statuses are unknown",
                      n_unknown);
    pn_report_add(n->report, lives->n_not_run > 0 ? PN_FAILED : PN_PASS, "complete",
                  "%zu lives: %zu fine, %zu failed, %zu not simulated", lives->n,
                  lives->n_ok, lives->n_failed, lives->n_not_run);
out:
    pn_field_close(&reader);
    return status;
}

/* 1 for outputs of lives: the dimensions of status, and perhaps more */
static int is_output(const struct numbers *n, const struct pn_field *field)
{
    const struct pn_field *status = pn_fields_find(n->fields, "status");

    if (field->kind != PN_FIELD_REAL || !status || field->rank < status->rank ||
        strcmp(field->name, "t_end") == 0)
        return 0;
    for (int i = 0; i < status->rank; i++)
        if (strcmp(field->over[i], status->over[i]) != 0 ||
            field->extent[i] != status->extent[i])
            return 0;
    return field->n > 0;
}

/* a failed life is missing, never a number; a good one has no infinity */
static int check_output(const struct numbers *n, const struct pn_field *field,
                        size_t *n_bad, size_t *first)
{
    struct pn_field_reader reader = {.field = NULL};
    size_t each = field->n / n->n_lives;
    int status;

    PN_TRY(pn_field_open(n->result, field, 0, &reader));
    while ((status = pn_field_next(&reader)) == PN_OK && reader.n > 0) {
        for (size_t i = 0; i < reader.n; i++) {
            double x = ((const double *)reader.buffer)[i];
            size_t at = reader.first + i;

            if (n->failed[at / each] ? isnan(x) : !isinf(x))
                continue;
            if ((*n_bad)++ == 0)
                *first = at;
        }
    }
out:
    pn_field_close(&reader);
    return status;
}

static int check_outputs(const struct numbers *n)
{
    size_t n_outputs = 0, n_bad_outputs = 0;
    int status = PN_OK;

    for (size_t i = 0; i < n->fields->n && n->n_lives > 0; i++) {
        const struct pn_field *field = &n->fields->field[i];
        size_t n_bad = 0, first = 0;
        char place[512];

        if (!is_output(n, field))
            continue;
        n_outputs++;
        PN_TRY(check_output(n, field, &n_bad, &first));
        if (n_bad == 0)
            continue;
        n_bad_outputs++;
        PN_TRY(pn_field_place(n->result, n->fields, field, first, place, sizeof place));
        pn_report_add(n->report, PN_FAILED, "outputs",
                      "%s: %zu numbers of failed patients, or infinite, first at %s",
                      field->name, n_bad, place);
    }
    if (n_bad_outputs == 0)
        pn_report_add(n->report, PN_PASS, "outputs",
                      "%zu outputs: failed lives are missing, no number is infinite",
                      n_outputs);
out:
    return status;
}

/* --- doses --- */

static int read_counts(struct numbers *n)
{
    const struct pn_field *field = pn_fields_find(n->fields, "n_doses");
    struct pn_field_reader reader = {.field = NULL};
    int status;

    if (!field || field->n != n->n_lives || field->kind != PN_FIELD_INTEGER)
        return PN_OK;
    n->n_doses = calloc(n->n_lives + 1, sizeof *n->n_doses);
    if (!n->n_doses)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to count doses");
    PN_TRY(pn_field_open(n->result, field, 0, &reader));
    while ((status = pn_field_next(&reader)) == PN_OK && reader.n > 0) {
        for (size_t i = 0; i < reader.n; i++)
            if (!n->failed[reader.first + i])
                n->n_doses[reader.first + i] = ((const int64_t *)reader.buffer)[i];
    }
out:
    pn_field_close(&reader);
    return status;
}

/* whose each dose is: by point, arm and patient, as far as there are such columns */
static int count_doses(struct numbers *n, size_t *n_foreign)
{
    static const char *const names[] = {"dose_point", "dose_arm", "dose_patient"};
    const struct pn_field *lives = pn_fields_find(n->fields, "status");
    struct pn_field_reader reader[3] = {{.field = NULL}};
    size_t first = lives->rank >= 3 ? 0 : 1, n_rows = n->result->n_doses;
    int status = PN_OK;

    for (size_t k = first; k < 3; k++) {
        const struct pn_field *field = pn_fields_find(n->fields, names[k]);

        if (!field || field->kind != PN_FIELD_INTEGER || field->n != n_rows) {
            *n_foreign = n_rows;
            goto out;
        }
        PN_TRY(pn_field_open(n->result, field, 0, &reader[k]));
    }
    for (size_t row = 0; row < n_rows; row++) {
        uint64_t life = 0;
        int good = 1;

        for (size_t k = first; k < 3; k++) {
            uint64_t of = lives->extent[k - first];
            int64_t index;

            if (row >= reader[k].first + reader[k].n)
                PN_TRY(pn_field_next(&reader[k]));
            index = ((const int64_t *)reader[k].buffer)[row - reader[k].first];
            good = good && index >= 0 && (uint64_t)index < of;
            life = life * of + (uint64_t)index;
        }
        if (!good)
            ++*n_foreign;
        else
            n->n_doses[life]--;
    }
out:
    for (size_t k = 0; k < 3; k++)
        pn_field_close(&reader[k]);
    return status;
}

static int check_doses(struct numbers *n)
{
    size_t n_wrong = 0, n_foreign = 0;
    int status = PN_OK;

    if (n->result->n_doses == 0 || n->n_lives == 0)
        return PN_OK;
    PN_TRY(read_counts(n));
    if (!n->n_doses)
        return PN_OK;
    PN_TRY(count_doses(n, &n_foreign));
    for (size_t i = 0; i < n->n_lives; i++)
        n_wrong += n->n_doses[i] != 0;
    if (n_wrong + n_foreign > 0)
        pn_report_add(n->report, PN_FAILED, "doses",
                      "%zu lives have not the doses that were counted, %zu doses are of "
                      "no life",
                      n_wrong, n_foreign);
    else
        pn_report_add(n->report, PN_PASS, "doses",
                      "%zu, as many for each life as were counted", n->result->n_doses);
out:
    return status;
}

int pn_verify_numbers(const struct pn_result *result, const struct pn_fields *fields,
                      struct pn_units *units, struct pn_report *report,
                      struct pn_verify_lives *lives)
{
    struct numbers n = {.result = result, .fields = fields, .report = report};
    int status;

    check_dimensions(&n);
    check_units(&n, units);
    PN_TRY(check_patients(&n));
    PN_TRY(read_statuses(&n, lives));
    PN_TRY(check_outputs(&n));
    PN_TRY(check_doses(&n));
out:
    free(n.failed);
    free(n.n_doses);
    return status;
}
