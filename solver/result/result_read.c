/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a result: what it is, its dimensions, its columns. */
#include "solver/result/guard.h"
#include "solver/text/complaint.h"

#include <errno.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/status.h"

enum {
    NAMES_LIMIT = 1 << 24,  /* bytes of all names of arms */
    COLUMNS_LIMIT = 1 << 16 /* datasets */
};

/* --- shapes --- */

/* 1 for integers and floating-point numbers of at most 8 bytes */
static int has_numbers(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    int good = (class == H5T_FLOAT || class == H5T_INTEGER) && H5Tget_size(type) <= 8;

    H5Tclose(type);
    return good;
}

static herr_t name_scale(hid_t dataset, unsigned dimension, hid_t scale, void *name)
{
    (void)dataset;
    (void)dimension;
    return H5Iget_name(scale, name, 32) > 0 ? 1 : -1; /* the first one; then stop */
}

/* "/arm/patient/time": names of the dimensions; "" when one has none */
static void name_dimensions(hid_t dataset, int rank, char *names, size_t size)
{
    names[0] = '\0';
    if (H5DSis_scale(dataset) > 0) {
        H5Iget_name(dataset, names, size);
        return;
    }
    for (int i = 0; i < rank; i++) {
        char name[32] = "";

        if (H5DSiterate_scales(dataset, (unsigned)i, NULL, name_scale, name) <= 0) {
            names[0] = '\0';
            return;
        }
        snprintf(names + strlen(names), size - strlen(names), "%s", name);
    }
}

static enum pn_shape shape_of(hid_t dataset, int rank, int *by_point)
{
    static const char *const shapes[] = {
        [PN_SHAPE_POINT] = "/point",
        [PN_SHAPE_ARM] = "/arm",
        [PN_SHAPE_PATIENT] = "/patient",
        [PN_SHAPE_TIME] = "/time",
        [PN_SHAPE_VISIT] = "/visit",
        [PN_SHAPE_OBS] = "/obs",
        [PN_SHAPE_DOSE] = "/dose",
        [PN_SHAPE_RECORD] = "/record",
        [PN_SHAPE_LIFE] = "/arm/patient",
        [PN_SHAPE_TIMES] = "/arm/patient/time",
        [PN_SHAPE_VISITS] = "/arm/patient/visit",
        [PN_SHAPE_ARM_OBS] = "/arm/obs",
    };
    char names[160];

    name_dimensions(dataset, rank, names, sizeof names);
    *by_point = strncmp(names, "/point/", 7) == 0;
    for (int i = 1; i < (int)(sizeof shapes / sizeof *shapes); i++)
        if (strcmp(names + (*by_point ? 6 : 0), shapes[i]) == 0)
            return (enum pn_shape)i;
    return PN_SHAPE_OTHER;
}

/* a shape's dimensions are as long as the coordinates say */
static int fits(const struct pn_result *r, enum pn_shape shape, const hsize_t *extent)
{
    switch (shape) {
    case PN_SHAPE_LIFE:
        return extent[0] == r->n_arms && extent[1] == r->n_patients;
    case PN_SHAPE_TIMES:
        return extent[0] == r->n_arms && extent[1] == r->n_patients &&
               extent[2] == r->n_times;
    case PN_SHAPE_VISITS:
        return extent[0] == r->n_arms && extent[1] == r->n_patients &&
               extent[2] == r->n_visits;
    case PN_SHAPE_ARM_OBS:
        return extent[0] == r->n_arms && extent[1] == r->n_observations;
    case PN_SHAPE_POINT:
        return extent[0] == r->n_points;
    case PN_SHAPE_ARM:
        return extent[0] == r->n_arms;
    case PN_SHAPE_PATIENT:
        return extent[0] == r->n_patients;
    case PN_SHAPE_TIME:
        return extent[0] == r->n_times;
    case PN_SHAPE_VISIT:
        return extent[0] == r->n_visits;
    case PN_SHAPE_OBS:
        return extent[0] == r->n_observations;
    case PN_SHAPE_DOSE:
        return extent[0] == r->n_doses;
    case PN_SHAPE_RECORD:
        return extent[0] == r->n_records;
    default:
        return 1;
    }
}

/* words of a text, parted by one character; malloced, as is each */
static int split(const char *text, char between, char ***words, size_t *n)
{
    *n = 0;
    *words = calloc(strlen(text) + 1, sizeof **words);
    for (const char *at = text; *words && *at;) {
        const char *end = strchrnul(at, between);

        (*words)[*n] = strndup(at, (size_t)(end - at));
        if (!(*words)[*n])
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
        ++*n;
        at = *end ? end + 1 : end;
    }
    return *words ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
}

/* --- what stands in the file --- */

/* length of a dimension: that of its scale; 0: there is none */
static int read_length(const struct pn_result *result, const char *name, size_t *n)
{
    hid_t dataset;
    hsize_t extent[PN_RESULT_RANK];
    int status;

    *n = 0;
    if (H5Lexists(result->hdf.file, name, H5P_DEFAULT) <= 0)
        return PN_OK;
    PN_TRY(pn_result_dataset(result, name, &dataset));
    if (pn_result_extents(dataset, extent) != 1)
        status = pn_result_refuse(result, name, "has not one dimension");
    else
        *n = (size_t)extent[0];
    H5Dclose(dataset);
out:
    return status;
}

static int read_arms(struct pn_result *result)
{
    hid_t dataset = -1, space = -1, memory = H5Tcopy(H5T_C_S1), type = -1;
    hsize_t n_bytes = 0;
    char **name = calloc(result->n_arms + 1, sizeof *name);
    int status;

    result->arm = calloc(result->n_arms + 1, sizeof *result->arm);
    if (!name || !result->arm) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of arms");
        goto out;
    }
    PN_TRY(pn_result_dataset(result, "arm", &dataset));
    type = H5Dget_type(dataset);
    space = H5Dget_space(dataset);
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5T_CSET_UTF8);
    if (H5Tis_variable_str(type) <= 0 ||
        H5Dvlen_get_buf_size(dataset, memory, space, &n_bytes) < 0 ||
        n_bytes > NAMES_LIMIT ||
        H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, name) < 0) {
        status = pn_result_refuse(result, "arm", "has no names that can be read");
        goto out;
    }
    for (size_t i = 0; i < result->n_arms; i++) {
        result->arm[i] = strdup(name[i] ? name[i] : "");
        if (!result->arm[i])
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of arms");
    }
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, name);
out:
    free(name);
    H5Tclose(type);
    H5Tclose(memory);
    H5Sclose(space);
    H5Dclose(dataset);
    return status;
}

static int read_seed(struct pn_result *result)
{
    char *text = pn_result_text(result, "provenance", "seed"), *end = text;
    int status = PN_OK;

    errno = 0;
    if (text)
        result->seed = strtoull(text, &end, 10);
    if (!text || end == text || *end || errno)
        status = pn_result_refuse(result, "provenance", "has no seed");
    free(text);
    return status;
}

static int read_drugs(struct pn_result *result)
{
    static const char *const names[] = {"error_proportional", "error_additive",
                                        "error_lognormal"};
    char *text = pn_result_text(result, "provenance", "drugs"), **name = NULL;
    size_t n = 0;
    double *number = NULL;
    int status = PN_OK;

    if (!text)
        return PN_OK;
    PN_TRY(split(text, '\n', &name, &n));
    result->drug = calloc(n + 1, sizeof *result->drug);
    number = calloc(3 * n + 1, sizeof *number);
    if (!result->drug || !number) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the drugs");
        goto out;
    }
    for (size_t i = 0; i < 3; i++)
        if (!pn_result_numbers(result, "provenance", names[i], H5T_FLOAT,
                               H5T_NATIVE_DOUBLE, n, number + i * n)) {
            status =
                pn_result_refuse(result, names[i], "has not one number for each drug");
            goto out;
        }
    for (; result->n_drugs < n; result->n_drugs++) {
        struct pn_result_drug *drug = &result->drug[result->n_drugs];

        drug->name = name[result->n_drugs];
        name[result->n_drugs] = NULL; /* taken */
        drug->error = (struct pn_residual_error){number[result->n_drugs],
                                                 number[n + result->n_drugs],
                                                 number[2 * n + result->n_drugs]};
    }
out:
    for (size_t i = 0; name && i < n; i++)
        free(name[i]);
    free(name);
    free(number);
    free(text);
    return status;
}

static int read_compartments(struct pn_result *result)
{
    const char *object = pn_result_find(result, "dose_compartment")
                             ? "dose_compartment"
                             : "record_compartment";
    char *text;
    int status = PN_OK;

    if (!pn_result_find(result, object) ||
        !(text = pn_result_text(result, object, "flag_meanings")))
        return PN_OK;
    PN_TRY(split(text, ' ', &result->compartment, &result->n_compartments));
    result->cmt = calloc(result->n_compartments + 1, sizeof *result->cmt);
    if (!result->cmt)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the compartments");
    else if (!pn_result_numbers(result, object, "compartment_CMT", H5T_INTEGER,
                                H5T_NATIVE_INT, result->n_compartments, result->cmt))
        status = pn_result_refuse(result, object, "has not one CMT for each compartment");
out:
    free(text);
    return status;
}

/* --- columns --- */

static int add_column(struct pn_result *result, const char *name)
{
    struct pn_result_column *column = &result->column[result->n_columns];
    hid_t dataset;
    hsize_t extent[PN_RESULT_RANK];
    int is_number;
    char *unit;
    int rank, status;

    PN_TRY(pn_result_dataset(result, name, &dataset));
    is_number = has_numbers(dataset);
    rank = pn_result_extents(dataset, extent);
    *column = (struct pn_result_column){.shape = PN_SHAPE_OTHER};
    if (rank > 0 && strlen(name) < sizeof column->name && is_number)
        column->shape = shape_of(dataset, rank, &column->by_point);
    H5Dclose(dataset);
    if (column->shape == PN_SHAPE_OTHER)
        return PN_OK;
    if ((column->by_point && extent[0] != result->n_points) ||
        !fits(result, column->shape, extent + column->by_point))
        return pn_result_refuse(result, name, "has another shape than its dimensions");
    snprintf(column->name, sizeof column->name, "%s", name);
    unit = pn_result_text(result, name, "units");
    snprintf(column->unit, sizeof column->unit, "%s", unit ? unit : "1");
    free(unit);
    result->n_columns++;
out:
    return status;
}

struct visit {
    struct pn_result *result;
    size_t n_limit;
    int status;
};

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *link,
                         void *data)
{
    struct visit *visit = data;
    hid_t object = -1;

    if (link->type != H5L_TYPE_HARD)
        visit->status = pn_result_refuse(visit->result, name, "is a link to elsewhere");
    else if ((object = H5Oopen(group, name, H5P_DEFAULT)) < 0)
        visit->status = pn_result_refuse(visit->result, name, "cannot be read");
    else if (H5Iget_type(object) != H5I_DATASET)
        visit->status = PN_OK; /* the group of provenance */
    else if (visit->result->n_columns >= visit->n_limit)
        visit->status = pn_result_refuse(visit->result, name, "is one dataset too many");
    else
        visit->status = add_column(visit->result, name);
    if (object >= 0)
        H5Oclose(object);
    return visit->status == PN_OK ? 0 : -1;
}

static int read_columns(struct pn_result *result)
{
    H5G_info_t group;
    struct visit visit = {.result = result};

    if (H5Gget_info(result->hdf.file, &group) < 0 || group.nlinks > COLUMNS_LIMIT)
        return pn_result_refuse(result, "/", "has too many entries");
    visit.n_limit = (size_t)group.nlinks;
    result->column = calloc(visit.n_limit + 1, sizeof *result->column);
    if (!result->column)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the columns of a result");
    /* in the order of creation; a copy by another program may have lost it */
    if (H5Literate(result->hdf.file, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, visit_link,
                   &visit) < 0 &&
        visit.status == PN_OK) {
        result->n_columns = 0;
        if (H5Literate(result->hdf.file, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link,
                       &visit) < 0 &&
            visit.status == PN_OK)
            return pn_hdf_fail(&result->hdf, "list", "the columns");
    }
    return visit.status;
}

/* --- the whole --- */

static int check_schema(struct pn_result *result)
{
    char *schema = pn_result_text(result, "/", "schema");
    int is_trial = schema && strcmp(schema, "pneuma-trial") == 0;
    H5L_info_t link;

    free(schema);
    if (!is_trial || H5Lget_info(result->hdf.file, "provenance", &link, H5P_DEFAULT) < 0)
        return PN_FAIL(PN_ERR_INPUT, "%s is not a result of pneuma run",
                       result->hdf.path);
    if (link.type != H5L_TYPE_HARD)
        return pn_result_refuse(result, "provenance", "is a link to elsewhere");
    return PN_OK;
}

static int read_all(struct pn_result *result)
{
    int status;

    PN_TRY(check_schema(result));
    PN_TRY(read_length(result, "point", &result->n_points));
    PN_TRY(read_length(result, "arm", &result->n_arms));
    PN_TRY(read_length(result, "patient", &result->n_patients));
    PN_TRY(read_length(result, "time", &result->n_times));
    PN_TRY(read_length(result, "visit", &result->n_visits));
    PN_TRY(read_length(result, "obs", &result->n_observations));
    PN_TRY(read_length(result, "dose", &result->n_doses));
    PN_TRY(read_length(result, "record", &result->n_records));
    PN_TRY(read_arms(result));
    PN_TRY(read_columns(result));
    PN_TRY(read_seed(result));
    PN_TRY(read_drugs(result));
    PN_TRY(read_compartments(result));
out:
    return status;
}

int pn_result_open_unguarded(const char *path, struct pn_result **out)
{
    struct pn_result *result = calloc(1, sizeof *result);
    struct stat about;
    int status;

    *out = result;
    if (!result)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a result");
    result->hdf.file = -1;
    pn_hdf_listen(&result->errors);
    if (stat(path, &about) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode)) /* a pipe would hang */
        return PN_FAIL(PN_ERR_INPUT, "%s is not a file", path);
    result->n_bytes = (uint64_t)about.st_size;
    H5PLset_loading_state(0); /* a file must not choose code to be loaded */
    status = pn_hdf_open(path, &result->errors, &result->hdf);
    if (status == PN_ERR_INPUT)
        return PN_FAIL(PN_ERR_INPUT, "%s is not a result: %s", path,
                       result->errors.reason);
    return status == PN_OK ? read_all(result) : status;
}

void pn_result_close(struct pn_result **out)
{
    struct pn_result *result = *out;

    if (!result)
        return;
    for (size_t i = 0; result->arm && i < result->n_arms; i++)
        free(result->arm[i]);
    for (size_t i = 0; i < result->n_drugs; i++)
        free(result->drug[i].name);
    for (size_t i = 0; i < result->n_compartments; i++)
        free(result->compartment[i]);
    free(result->arm);
    free(result->drug);
    free(result->compartment);
    free(result->cmt);
    free(result->column);
    (void)pn_hdf_close(&result->hdf); /* it was only read */
    pn_hdf_unlisten(&result->errors);
    free(result);
    *out = NULL;
}

const struct pn_result_column *pn_result_find(const struct pn_result *result,
                                              const char *name)
{
    for (size_t i = 0; i < result->n_columns; i++)
        if (strcmp(result->column[i].name, name) == 0)
            return &result->column[i];
    return NULL;
}

int pn_result_unknown(const struct pn_result *result, const char *name)
{
    const char **known = calloc(result->n_columns + 1, sizeof *known), *nearest = NULL;

    for (size_t i = 0; known && i < result->n_columns; i++)
        known[i] = result->column[i].name;
    if (known)
        nearest = pn_nearest(name, known, result->n_columns);
    free(known);
    if (pn_result_find(result, name))
        return PN_FAIL(PN_ERR_USAGE, "'%s' of %s has no number for each row here", name,
                       result->hdf.path);
    return PN_FAIL(PN_ERR_USAGE, "%s has no numbers '%s'%s%s%s", result->hdf.path, name,
                   nearest ? ": did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}
