/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public way to the numbers of a result, by what reads any dataset (field.h). */
#include <stdio.h>
#include <string.h>

#include "solver/result/field.h"

const char *pn_result_arm(const struct pn_result *result, size_t arm)
{
    return arm < result->n_arms ? result->arm[arm] : NULL;
}

/* The dataset of this name, with numbers in it. */
static int find(const struct pn_fields *fields, const char *name,
                const struct pn_field **found)
{
    *found = pn_fields_find(fields, name);
    if (!*found)
        return pn_fields_unknown("the result", fields, name);
    if ((*found)->kind == PN_FIELD_TEXT)
        return PN_FAIL(PN_ERR_USAGE, "%s: texts, not numbers", name);
    return PN_OK;
}

int pn_result_variable(const struct pn_result *result, const char *name,
                       struct pn_result_variable *variable)
{
    struct pn_fields fields = {NULL, 0};
    const struct pn_field *field;
    int status;

    memset(variable, 0, sizeof *variable);
    PN_TRY(pn_fields_list(result, &fields));
    PN_TRY(find(&fields, name, &field));
    snprintf(variable->name, sizeof variable->name, "%s", field->name);
    snprintf(variable->unit, sizeof variable->unit, "%s", field->unit);
    variable->rank = (size_t)field->rank;
    variable->n = field->n;
    for (size_t i = 0; i < variable->rank; i++) {
        variable->extent[i] = field->extent[i];
        snprintf(variable->over[i], sizeof variable->over[i], "%s", field->over[i]);
    }
out:
    pn_fields_free(&fields);
    return status;
}

static void copy(const struct pn_field_reader *reader, double *values)
{
    for (size_t i = 0; i < reader->n; i++)
        values[i] = reader->field->kind == PN_FIELD_REAL
                        ? ((const double *)reader->buffer)[i]
                        : (double)((const int64_t *)reader->buffer)[i];
}

int pn_result_read(const struct pn_result *result,
                   const struct pn_result_variable *variable, double *values)
{
    struct pn_fields fields = {NULL, 0};
    struct pn_field_reader reader = {.dataset = -1, .type = -1};
    const struct pn_field *field;
    int status;

    PN_TRY(pn_fields_list(result, &fields));
    PN_TRY(find(&fields, variable->name, &field));
    if (field->n != variable->n) {
        status = PN_FAIL(PN_ERR_USAGE, "%s: %zu numbers, not %zu", variable->name,
                         field->n, variable->n);
        goto out;
    }
    PN_TRY(pn_field_open(result, field, 0, &reader));
    do {
        PN_TRY(pn_field_next(&reader));
        copy(&reader, values + reader.first);
    } while (reader.n > 0);
out:
    pn_field_close(&reader);
    pn_fields_free(&fields);
    return status;
}
