/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small results: arrays over named dimensions, written whole. */
#include "solver/hdf/arrays.h"

#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/hdf/describe.h"
#include "solver/hdf/draft.h"

static int write_scale(const struct pn_hdf *hdf, const struct pn_array_dimension *from,
                       struct pn_dimension *to)
{
    double *count = NULL;
    const double *value = from->value;
    struct pn_column column;
    int status;

    *to = (struct pn_dimension){.n = from->n, .scale = -1};
    snprintf(to->name, sizeof to->name, "%s", from->name);
    PN_TRY(pn_column_create(hdf, from->name, H5T_NATIVE_DOUBLE, &to, 1, 1, &column));
    PN_TRY(pn_describe(hdf, &column, from->unit, from->long_name, NULL));
    if (!value) {
        count = calloc(from->n + 1, sizeof *count);
        if (!count) {
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a dimension");
            goto out;
        }
        for (size_t i = 0; i < from->n; i++)
            count[i] = (double)i;
        value = count;
    }
    PN_TRY(pn_column_write(hdf, &column, 0, from->n, value));
    status = pn_hdf_scale(hdf, to, column.dataset);
out:
    free(count);
    return status;
}

static int write_array(const struct pn_hdf *hdf, const struct pn_array *array,
                       struct pn_dimension *dimensions)
{
    int rank = array->dimension[1] < 0 ? 1 : 2, status;
    struct pn_dimension *over[2] = {&dimensions[array->dimension[0]],
                                    rank > 1 ? &dimensions[array->dimension[1]] : NULL};
    struct pn_column column;

    PN_TRY(pn_column_create(hdf, array->name,
                            array->number ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT, over,
                            rank, 1, &column));
    PN_TRY(pn_describe(hdf, &column, array->unit, array->long_name, NULL));
    if (array->number)
        PN_TRY(pn_describe_fill(hdf, &column));
    PN_TRY(pn_column_write(hdf, &column, 0, over[0]->n,
                           array->number ? (const void *)array->number : array->whole));
    H5Dclose(column.dataset);
out:
    return status;
}

static int write_all(const struct pn_arrays *a, struct pn_hdf *hdf)
{
    struct pn_dimension dimensions[PN_ARRAYS_DIMENSIONS];
    int status;

    PN_TRY(pn_hdf_text(hdf, hdf->file, "Conventions", "CF-1.11"));
    for (size_t i = 0; i < a->n_texts; i++)
        PN_TRY(pn_hdf_text(hdf, hdf->file, a->text[i].name, a->text[i].text));
    for (size_t i = 0; i < a->n_dimensions; i++)
        PN_TRY(write_scale(hdf, &a->dimension[i], &dimensions[i]));
    for (size_t i = 0; i < a->n_arrays; i++)
        PN_TRY(write_array(hdf, &a->array[i], dimensions));
    for (size_t i = 0; i < a->n_dimensions; i++)
        H5Dclose(dimensions[i].scale);
    status = pn_hdf_flush(hdf);
out:
    return status;
}

int pn_arrays_write(const char *path, const struct pn_arrays *arrays)
{
    struct pn_draft draft = {.path = NULL};
    struct pn_hdf_errors errors;
    struct pn_hdf hdf = {.file = -1};
    struct pn_disk disk;
    int status, has_disk = 0;

    pn_hdf_listen(&errors);
    PN_TRY(pn_draft_begin(path, &draft));
    PN_TRY(pn_disk_init(&disk, draft.fd));
    has_disk = 1;
    PN_TRY(pn_hdf_create(path, &disk, &errors, &hdf));
    PN_TRY(write_all(arrays, &hdf));
    PN_TRY(pn_hdf_close(&hdf));
    status = pn_draft_commit(&draft, path, 1);
out:
    if (hdf.file >= 0)
        pn_hdf_close(&hdf);
    if (has_disk)
        pn_disk_free(&disk);
    pn_draft_abandon(&draft);
    pn_hdf_unlisten(&errors);
    return status;
}
