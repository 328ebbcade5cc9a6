/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be read from a file of unknown origin. */
#include "solver/result/guard.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

enum { TEXT_LIMIT = 1 << 16 };

int pn_result_refuse(const struct pn_result *result, const char *name, const char *why)
{
    return PN_FAIL(PN_ERR_INPUT, "%s: %s %s", result->hdf.path, name, why);
}

/* --- datasets: numbers in the file itself, or nothing --- */

/* storage: contiguous, in this file, inside it, as large as its shape says */
static int check_storage(const struct pn_result *result, hid_t dataset, const char *name)
{
    hid_t list = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    size_t size = H5Tget_size(type);
    haddr_t offset = H5Dget_offset(dataset);
    hsize_t stored = H5Dget_storage_size(dataset);
    const char *why = NULL;

    if (list < 0 || H5Pget_layout(list) != H5D_CONTIGUOUS)
        why = "is not stored contiguously, as pneuma writes it";
    else if (H5Pget_external_count(list) != 0)
        why = "is stored in another file";
    else if (H5Pget_nfilters(list) != 0)
        why = "has a filter";
    else if (n < 0 || size == 0 || (uint64_t)n > result->n_bytes / size)
        why = "is larger than the file";
    else if (n > 0 &&
             (offset == HADDR_UNDEF || offset > result->n_bytes ||
              stored > result->n_bytes - offset ||
              /* texts of any length are places in a heap, of another size there */
              (H5Tis_variable_str(type) > 0 ? stored < (hsize_t)n
                                            : stored != (hsize_t)n * size)))
        why = "does not stand in the file";
    H5Sclose(space);
    H5Tclose(type);
    H5Pclose(list);
    return why ? pn_result_refuse(result, name, why) : PN_OK;
}

/* exists as an object of the file itself */
static int is_dataset(const struct pn_result *result, const char *name)
{
    hid_t object = H5Oopen(result->hdf.file, name, H5P_DEFAULT);
    int good = object >= 0 && H5Iget_type(object) == H5I_DATASET;

    if (object >= 0)
        H5Oclose(object);
    return good;
}

int pn_result_dataset(const struct pn_result *result, const char *name, hid_t *dataset)
{
    H5L_info_t link;
    int status = PN_OK;

    *dataset = -1;
    if (H5Lget_info(result->hdf.file, name, &link, H5P_DEFAULT) < 0)
        return pn_result_refuse(result, name, "is missing");
    if (link.type != H5L_TYPE_HARD)
        return pn_result_refuse(result, name, "is a link to elsewhere");
    if (!is_dataset(result, name))
        return pn_result_refuse(result, name, "is not a dataset");
    *dataset = H5Dopen2(result->hdf.file, name, H5P_DEFAULT);
    if (*dataset < 0)
        return pn_result_refuse(result, name, "cannot be opened");
    status = check_storage(result, *dataset, name);
    if (status != PN_OK) {
        H5Dclose(*dataset);
        *dataset = -1;
    }
    return status;
}

int pn_result_extents(hid_t dataset, hsize_t extent[PN_RESULT_RANK])
{
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);

    if (rank > PN_RESULT_RANK)
        rank = -1;
    if (rank > 0 && H5Sget_simple_extent_dims(space, extent, NULL) != rank)
        rank = -1;
    H5Sclose(space);
    return rank;
}

/* --- attributes --- */

char *pn_result_text(const struct pn_result *result, const char *object, const char *name)
{
    hid_t attribute, type, memory = H5Tcopy(H5T_C_S1);
    size_t size;
    char *text = NULL;

    if (H5Aexists_by_name(result->hdf.file, object, name, H5P_DEFAULT) <= 0) {
        H5Tclose(memory);
        return NULL;
    }
    attribute = H5Aopen_by_name(result->hdf.file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    type = H5Aget_type(attribute);
    size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && size > 0 &&
        size <= TEXT_LIMIT && H5Aget_storage_size(attribute) == size &&
        H5Tset_size(memory, size + 1) >= 0 && H5Tset_cset(memory, H5Tget_cset(type)) >= 0)
        text = calloc(1, size + 1);
    if (text && H5Aread(attribute, memory, text) < 0) {
        free(text);
        text = NULL;
    }
    H5Tclose(type);
    H5Tclose(memory);
    H5Aclose(attribute);
    return text;
}

int pn_result_numbers(const struct pn_result *result, const char *object,
                      const char *name, H5T_class_t class, hid_t memory, size_t n,
                      void *numbers)
{
    hid_t attribute, type, space;
    int good;

    if (H5Aexists_by_name(result->hdf.file, object, name, H5P_DEFAULT) <= 0)
        return 0;
    attribute = H5Aopen_by_name(result->hdf.file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    type = H5Aget_type(attribute);
    space = H5Aget_space(attribute);
    good = H5Tget_class(type) == class &&
           H5Sget_simple_extent_npoints(space) == (hssize_t)n &&
           H5Aread(attribute, memory, numbers) >= 0;
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return good;
}
