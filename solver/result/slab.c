/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes of a dataset by a hyperslab of HDF5: what has to look at all patients at one time
 * reads them so. */
#include "solver/result/slab.h"

#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/result/guard.h"

int pn_field_slab(const struct pn_result *result, const struct pn_field *field,
                  const size_t *start, const size_t *count, double *value)
{
    hsize_t from[PN_FIELD_RANK], n[PN_FIELD_RANK], n_all = 1;
    hid_t dataset = -1, file = -1, memory = -1;
    int status;

    for (int i = 0; i < field->rank; i++) {
        from[i] = start[i];
        n[i] = count[i];
        n_all *= n[i];
    }
    if (n_all == 0)
        return PN_OK;
    PN_TRY(pn_result_dataset(result, field->name, &dataset));
    file = H5Dget_space(dataset);
    memory = H5Screate_simple(1, &n_all, NULL);
    if (H5Sselect_hyperslab(file, H5S_SELECT_SET, from, NULL, n, NULL) < 0 ||
        H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, value) < 0)
        status = pn_hdf_fail(&result->hdf, "read", field->name);
out:
    if (memory >= 0)
        H5Sclose(memory);
    if (file >= 0)
        H5Sclose(file);
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

int pn_field_whole(const struct pn_result *result, const struct pn_field *field,
                   double **value)
{
    const size_t start[PN_FIELD_RANK] = {0};
    int status;

    *value = malloc((field->n + 1) * sizeof **value);
    if (!*value)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s", field->name);
    status = pn_field_slab(result, field, start, field->extent, *value);
    if (status != PN_OK) {
        free(*value);
        *value = NULL;
    }
    return status;
}
