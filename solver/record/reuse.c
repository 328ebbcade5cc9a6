/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a sweep that an earlier result has: found by their keys, copied. */
#include "solver/record/reuse.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/result/field.h"
#include "solver/result/guard.h"
#include "solver/text/digest.h"

enum { HEX = 64, MESSAGES_LIMIT = 1 << 28 };

/* --- what a point is --- */

static void add_text(struct pn_sha256 *hash, const char *text)
{
    uint64_t n = strlen(text);

    pn_sha256_add(hash, &n, sizeof n);
    pn_sha256_add(hash, text, n);
}

/* A file whose whole content is in the resolved study or in the points. */
static int is_spoken_for(const struct pn_study *study, const struct pn_input_file *input)
{
    const struct pn_design *design = study->design;

    if (input == study->input)
        return 1;
    return (design->method == PN_DESIGN_LIST || design->method == PN_DESIGN_COVARIANCE) &&
           strcmp(input->path, design->factor[0].place.file) == 0;
}

/* What all points share: program, study without its design, inputs. */
static int hash_base(const struct pn_trial *trial, const char *program,
                     struct pn_sha256 *hash)
{
    const struct pn_study *study = trial->study;
    struct pn_study base = *study;
    char *resolved = NULL;
    int status;

    base.design = NULL;
    status = pn_study_write(&base, &resolved);
    if (status != PN_OK)
        return status;
    pn_sha256_init(hash);
    add_text(hash, program);
    add_text(hash, resolved);
    for (size_t i = 0; i < study->n_inputs; i++)
        if (!is_spoken_for(study, &study->input[i]))
            add_text(hash, study->input[i].sha256);
    for (size_t k = 0; k < study->design->n_factors; k++)
        add_text(hash, study->design->factor[k].name);
    free(resolved);
    return PN_OK;
}

int pn_point_keys(const struct pn_trial *trial, const char *program, char **keys)
{
    const struct pn_points *points = trial->points;
    struct pn_sha256 base = {NULL}, hash = {NULL};
    int status;

    *keys = NULL;
    PN_TRY(hash_base(trial, program, &base));
    *keys = calloc(points->n, HEX + 1);
    if (!*keys) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the points");
        goto out;
    }
    for (size_t i = 0; i < points->n; i++) {
        char *at = *keys + i * (HEX + 1);
        pn_sha256_copy(&hash, &base);
        pn_sha256_add(&hash, pn_point(points, i), points->n_factors * sizeof(double));
        PN_TRY(pn_sha256_hex(&hash, at));
        at[HEX] = i + 1 < points->n ? '\n' : '\0';
    }
out:
    pn_sha256_free(&hash);
    pn_sha256_free(&base);
    return status;
}

/* --- which points there are --- */

struct place {
    const char *key;
    size_t point;
};

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->key, ((const struct place *)b)->key, HEX);
}

static int match(struct pn_reuse *reuse, const char *old, const char *new)
{
    size_t n_old = reuse->result->n_points;
    struct place *place = calloc(n_old + 1, sizeof *place);

    reuse->from = malloc((reuse->n_points + 1) * sizeof *reuse->from);
    if (!place || !reuse->from) {
        free(place);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the points");
    }
    for (size_t i = 0; i < n_old; i++)
        place[i] = (struct place){old + i * (HEX + 1), i};
    qsort(place, n_old, sizeof *place, by_key);
    for (size_t i = 0; i < reuse->n_points; i++) {
        const struct place wanted = {new + i *(HEX + 1), 0};
        const struct place *found = bsearch(&wanted, place, n_old, sizeof *place, by_key);
        reuse->from[i] = found ? found->point : PN_NO_POINT;
        reuse->n_reused += found != NULL;
    }
    free(place);
    return PN_OK;
}

/* Doses stand cell by cell. */
static int count_doses(struct pn_reuse *reuse)
{
    const struct pn_result *result = reuse->result;
    size_t n_cells = pn_result_n_cells(result), cell = 0;
    struct pn_cursor point = {.result = NULL}, arm = {.result = NULL};
    int status = PN_OK;

    reuse->first_dose = calloc(n_cells + 1, sizeof *reuse->first_dose);
    if (!reuse->first_dose)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the doses");
    if (result->n_doses == 0)
        return PN_OK;
    PN_TRY(pn_cursor_open(result, "dose_point", 1, &point));
    PN_TRY(pn_cursor_open(result, "dose_arm", 1, &arm));
    for (size_t i = 0; i < result->n_doses; i++) {
        const void *p, *a;
        size_t own;
        PN_TRY(pn_cursor_row(&point, i, &p));
        PN_TRY(pn_cursor_row(&arm, i, &a));
        own =
            (size_t)(*(const int64_t *)p * (int64_t)result->n_arms + *(const int64_t *)a);
        if (own < cell || own >= n_cells) {
            status = pn_result_refuse(result, "dose_point", "is not in order");
            goto out;
        }
        while (cell < own)
            reuse->first_dose[++cell] = i;
    }
    while (cell < n_cells)
        reuse->first_dose[++cell] = result->n_doses;
    for (size_t i = 0; i < reuse->n_points; i++)
        if (pn_is_reused(reuse, i))
            reuse->n_doses += reuse->first_dose[(reuse->from[i] + 1) * result->n_arms] -
                              reuse->first_dose[reuse->from[i] * result->n_arms];
out:
    pn_cursor_close(&point);
    pn_cursor_close(&arm);
    return status;
}

int pn_reuse_open(const char *path, const struct pn_trial *trial, const char *program,
                  struct pn_reuse **out)
{
    struct pn_reuse *reuse = calloc(1, sizeof *reuse);
    char *old = NULL, *new = NULL;
    int status = PN_OK;

    *out = reuse;
    if (!reuse)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for an earlier result");
    reuse->n_points = trial->points->n;
    reuse->n_arms = trial->study->n_arms;
    if (!trial->study->design)
        return PN_FAIL(PN_ERR_INPUT,
                       "the study has no design whose points could be "
                       "those of %s",
                       path);
    PN_TRY(pn_result_open(path, &reuse->result));
    if (pn_result_whole_text(reuse->result, "provenance/points", &old) != PN_OK || !old ||
        strlen(old) + 1 != reuse->result->n_points * (HEX + 1)) {
        status = PN_FAIL(PN_ERR_INPUT, "%s is not the result of a sweep", path);
        goto out;
    }
    PN_TRY(pn_point_keys(trial, program, &new));
    PN_TRY(match(reuse, old, new));
    if (reuse->n_reused == 0) {
        status = PN_FAIL(PN_ERR_INPUT,
                         "%s has none of these points: its study, inputs or program are "
                         "others, or its numbers are",
                         path);
        goto out;
    }
    PN_TRY(count_doses(reuse));
out:
    free(old);
    free(new);
    return status;
}

/* lives of a point that failed */
static int has_failed(struct pn_cursor *cursor, size_t point, size_t n_lives, int *failed)
{
    const void *at;
    int status = PN_OK;

    *failed = 0;
    for (size_t i = point * n_lives; i < (point + 1) * n_lives && !*failed; i++) {
        PN_TRY(pn_cursor_row(cursor, i, &at));
        *failed = *(const int64_t *)at != PN_OK;
    }
out:
    return status;
}

int pn_reuse_drop_failed(struct pn_reuse *reuse)
{
    const struct pn_result *result = reuse->result;
    struct pn_cursor cursor = {.result = NULL};
    int status, failed;

    PN_TRY(pn_cursor_open(result, "status", 1, &cursor));
    for (size_t i = 0; i < reuse->n_points; i++) {
        size_t from = reuse->from[i];

        if (from == PN_NO_POINT)
            continue;
        PN_TRY(has_failed(&cursor, from, result->n_arms * result->n_patients, &failed));
        if (!failed)
            continue;
        reuse->from[i] = PN_NO_POINT;
        reuse->n_reused--;
        reuse->n_doses -= reuse->first_dose[(from + 1) * result->n_arms] -
                          reuse->first_dose[from * result->n_arms];
    }
out:
    pn_cursor_close(&cursor);
    return status;
}

void pn_reuse_close(struct pn_reuse **reuse)
{
    if (!*reuse)
        return;
    pn_result_close(&(*reuse)->result);
    free((*reuse)->from);
    free((*reuse)->first_dose);
    free(*reuse);
    *reuse = NULL;
}

/* --- copying --- */

static int fits(hid_t dataset, const struct pn_column *to, hsize_t *extent)
{
    hid_t type = H5Dget_type(dataset);
    int good = H5Tget_class(type) == H5Tget_class(to->type) &&
               H5Tget_size(type) == H5Tget_size(to->type) &&
               pn_result_extents(dataset, extent) == to->rank;

    H5Tclose(type);
    for (int i = 1; i < to->rank && good; i++)
        good = extent[i] == to->extent[i];
    return good;
}

int pn_reuse_copy(const struct pn_reuse *reuse, const struct pn_hdf *hdf,
                  struct pn_column *to, size_t first_from, size_t first_to, size_t n,
                  void *buffer, size_t n_bytes)
{
    const struct pn_result *result = reuse->result;
    struct pn_column from = *to;
    size_t most = n_bytes / to->row_bytes;
    int status;

    PN_TRY(pn_result_dataset(result, to->name, &from.dataset));
    if (!fits(from.dataset, to, from.extent) ||
        first_from + n > from.extent[0] * (to->n_rows / to->extent[0])) {
        status = pn_result_refuse(result, to->name, "is laid out in another way");
        goto out;
    }
    for (size_t i = 0, k; i < n; i += k) {
        k = n - i < most ? n - i : most;
        status = pn_column_read(&result->hdf, &from, first_from + i, k, buffer);
        if (status == PN_OK)
            status = pn_column_write(hdf, to, first_to + i, k, buffer);
        if (status != PN_OK)
            break;
    }
out:
    if (from.dataset >= 0)
        H5Dclose(from.dataset);
    return status;
}

/* Places in the last dimension: messages are read within one arm at one point. */
static hid_t select_messages(hid_t dataset, size_t first, size_t n)
{
    hsize_t extent[PN_RANK], start[PN_RANK], count[PN_RANK] = {1, 1, 1, 1, 1};
    hid_t space = H5Dget_space(dataset);
    int rank = pn_result_extents(dataset, extent);

    for (int i = rank - 1; i >= 0; i--) {
        start[i] = first % extent[i];
        first /= extent[i];
    }
    if (rank == 3 && first == 0 && start[2] + n <= extent[2]) {
        count[2] = n;
        if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0)
            return space;
    }
    H5Sclose(space);
    return -1;
}

int pn_reuse_messages(const struct pn_reuse *reuse, size_t first, size_t n,
                      char **message)
{
    const struct pn_result *result = reuse->result;
    hid_t dataset, type, memory, file_space = -1, space = -1;
    hsize_t n_texts = n, n_bytes = 0;
    char **text = calloc(n + 1, sizeof *text);
    int status, good;

    if (!text)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for messages");
    PN_TRY(pn_result_dataset(result, "message", &dataset));
    type = H5Dget_type(dataset);
    memory = H5Tcopy(H5T_C_S1);
    file_space = select_messages(dataset, first, n);
    space = H5Screate_simple(1, &n_texts, NULL);
    good = file_space >= 0 && H5Tis_variable_str(type) > 0 &&
           H5Tset_size(memory, H5T_VARIABLE) >= 0 &&
           H5Tset_cset(memory, H5T_CSET_UTF8) >= 0 &&
           H5Dvlen_get_buf_size(dataset, memory, file_space, &n_bytes) >= 0 &&
           n_bytes <= MESSAGES_LIMIT &&
           H5Dread(dataset, memory, space, file_space, H5P_DEFAULT, text) >= 0;
    for (size_t i = 0; i < n && good; i++)
        if (text[i] && text[i][0] && !(message[i] = strdup(text[i])))
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory for messages");
    if (good)
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, text);
    else
        status = pn_result_refuse(result, "message", "cannot be read");
    H5Sclose(space);
    if (file_space >= 0)
        H5Sclose(file_space);
    H5Tclose(memory);
    H5Tclose(type);
    H5Dclose(dataset);
out:
    free(text);
    return status;
}
