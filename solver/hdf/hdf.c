/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of libhdf5 that results need, each checked, with its reason kept. */
#include "solver/hdf/hdf.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/crc.h"

enum { TEXT_LIMIT = 32768 };

/* --- errors --- */

static herr_t innermost(unsigned n, const H5E_error2_t *error, void *reason)
{
    if (n == 0)
        snprintf(reason, sizeof((struct pn_hdf_errors *)0)->reason, "%s",
                 error->desc ? error->desc : "");
    return 0;
}

/* called when a call fails: later calls, even H5Sclose, clear HDF5's own record */
static herr_t keep_reason(hid_t stack, void *errors)
{
    return H5Ewalk2(stack, H5E_WALK_UPWARD, innermost,
                    ((struct pn_hdf_errors *)errors)->reason);
}

void pn_hdf_listen(struct pn_hdf_errors *errors)
{
    errors->reason[0] = '\0';
    H5Eget_auto2(H5E_DEFAULT, &errors->handler, &errors->handler_data);
    H5Eset_auto2(H5E_DEFAULT, keep_reason, errors);
}

void pn_hdf_unlisten(struct pn_hdf_errors *errors)
{
    H5Eset_auto2(H5E_DEFAULT, errors->handler, errors->handler_data);
}

void pn_hdf_let_go(void)
{
    H5dont_atexit();
}

int pn_hdf_fail(const struct pn_hdf *hdf, const char *doing, const char *name)
{
    static const char before[] = "error message = '";
    const char *reason;

    if (hdf->disk && hdf->disk->error != 0)
        return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", hdf->path,
                       strerror(hdf->disk->error));
    if (hdf->own.error != 0)
        return PN_FAIL(PN_ERR_IO, "cannot read %s: %s", hdf->path,
                       strerror(hdf->own.error));
    reason = strstr(hdf->errors->reason, before);
    if (!reason && !hdf->disk)
        return PN_FAIL(PN_ERR_INPUT, "%s is damaged: cannot %s %s: %s", hdf->path, doing,
                       name, hdf->errors->reason);
    if (!reason)
        return PN_FAIL(PN_ERR_LIBRARY, "cannot %s %s in %s: %s", doing, name, hdf->path,
                       hdf->errors->reason);
    /* a failed system call: keep the system's words, drop the time and the addresses */
    reason += strlen(before);
    return PN_FAIL(PN_ERR_IO, "cannot %s %s in %s: %.*s", doing, name, hdf->path,
                   (int)strcspn(reason, "'"), reason);
}

/* HDF5 believes in a disk that never fails (see disk.h): ask the disk */
static int disk_status(const struct pn_hdf *hdf)
{
    return hdf->disk && hdf->disk->error != 0 ? pn_hdf_fail(hdf, "write", "") : PN_OK;
}

/* --- files --- */

int pn_hdf_create(const char *path, struct pn_disk *disk,
                  const struct pn_hdf_errors *errors, struct pn_hdf *hdf)
{
    hid_t how = pn_disk_access(disk), what = H5Pcreate(H5P_FILE_CREATE);

    *hdf = (struct pn_hdf){.file = -1, .path = path, .errors = errors, .disk = disk};
    if (how >= 0 && what >= 0 && H5Pset_obj_track_times(what, 0) >= 0 &&
        H5Pset_link_creation_order(what, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >=
            0)
        hdf->file = H5Fcreate(path, H5F_ACC_TRUNC, what, how);
    H5Pclose(how);
    H5Pclose(what);
    return hdf->file >= 0 ? PN_OK : pn_hdf_fail(hdf, "create", "the file");
}

int pn_hdf_open(const char *path, const struct pn_hdf_errors *errors, struct pn_hdf *hdf)
{
    hid_t how = -1;
    int fd;

    *hdf = (struct pn_hdf){.file = -1, .path = path, .errors = errors};
    hdf->own = (struct pn_disk){.fd = -1, .driver = -1};
    do
        fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    if (pn_disk_init(&hdf->own, fd) == PN_OK) {
        hdf->own.is_read = 1;
        how = pn_disk_access(&hdf->own);
    }
    if (how >= 0 && H5Pset_fclose_degree(how, H5F_CLOSE_STRONG) >= 0)
        hdf->file = H5Fopen(path, H5F_ACC_RDONLY, how);
    H5Pclose(how);
    return hdf->file >= 0 ? PN_OK : pn_hdf_fail(hdf, "open", "the file");
}

int pn_hdf_flush(struct pn_hdf *hdf)
{
    if (H5Fflush(hdf->file, H5F_SCOPE_GLOBAL) < 0)
        return pn_hdf_fail(hdf, "write", "the description of the data");
    return disk_status(hdf);
}

int pn_hdf_close(struct pn_hdf *hdf)
{
    herr_t failed = hdf->file >= 0 ? H5Fclose(hdf->file) : 0;

    hdf->file = -1;
    if (hdf->own.driver > 0) { /* of one that was only read nothing can be lost */
        pn_disk_free(&hdf->own);
        close(hdf->own.fd);
    }
    return failed < 0 ? pn_hdf_fail(hdf, "close", "the file") : disk_status(hdf);
}

/* --- attributes, groups, texts --- */

static int write_attribute(const struct pn_hdf *hdf, hid_t object, const char *name,
                           hid_t type, hid_t space, const void *values)
{
    hid_t attribute = -1;
    int good = 0;

    if (space >= 0 && type >= 0)
        attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0) {
        good = H5Awrite(attribute, type, values) >= 0;
        good = H5Aclose(attribute) >= 0 && good;
    }
    return good ? PN_OK : pn_hdf_fail(hdf, "write attribute", name);
}

int pn_hdf_text(const struct pn_hdf *hdf, hid_t object, const char *name,
                const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    char *copy = NULL;
    int status;

    if (!text) {
        status = PN_OK;
        goto out;
    }
    copy = strdup(text);
    if (!copy) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for an attribute");
        goto out;
    }
    if (strlen(copy) > TEXT_LIMIT)
        memcpy(copy + TEXT_LIMIT - 5, " …", sizeof " …");
    H5Tset_size(type, strlen(copy) + 1);
    H5Tset_strpad(type, H5T_STR_NULLTERM);
    H5Tset_cset(type, H5T_CSET_UTF8);
    status = write_attribute(hdf, object, name, type, space, copy);
out:
    free(copy);
    H5Sclose(space);
    H5Tclose(type);
    return status;
}

int pn_hdf_numbers(const struct pn_hdf *hdf, hid_t object, const char *name, hid_t type,
                   size_t n, const void *values)
{
    hsize_t extent = n;
    hid_t space = H5Screate_simple(1, &extent, NULL);
    int status = write_attribute(hdf, object, name, type, space, values);

    H5Sclose(space);
    return status;
}

/* of datasets: no time stamps, attributes in the order in which they are written, space
 * reserved at once and not filled (every number is written) */
static hid_t dataset_list(void)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);

    if (list < 0)
        return list;
    H5Pset_obj_track_times(list, 0);
    H5Pset_attr_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    return list;
}

/* strings of any length: what every reader calls a string */
static int write_strings(const struct pn_hdf *hdf, hid_t where, const char *name,
                         hid_t space, const char *const *text, hid_t *dataset)
{
    hid_t type = H5Tcopy(H5T_C_S1), list = dataset_list();
    int good;

    *dataset = -1;
    good = type >= 0 && list >= 0 && space >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 &&
           H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    /* the places of the strings are not known yet: these must be filled */
    good = good && H5Pset_fill_time(list, H5D_FILL_TIME_IFSET) >= 0;
    if (good)
        *dataset = H5Dcreate2(where, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    good = *dataset >= 0 &&
           H5Dwrite(*dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    H5Pclose(list);
    H5Tclose(type);
    return good ? PN_OK : pn_hdf_fail(hdf, "write", name);
}

int pn_hdf_text_dataset(const struct pn_hdf *hdf, hid_t where, const char *name,
                        const char *text)
{
    hid_t space = H5Screate(H5S_SCALAR), dataset;
    int status = write_strings(hdf, where, name, space, &text, &dataset);

    if (dataset >= 0)
        H5Dclose(dataset);
    H5Sclose(space);
    return status;
}

int pn_hdf_group(const struct pn_hdf *hdf, const char *name, hid_t *group)
{
    hid_t list = H5Pcreate(H5P_GROUP_CREATE);

    *group = -1;
    if (list >= 0 && H5Pset_obj_track_times(list, 0) >= 0 &&
        H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >=
            0 &&
        H5Pset_attr_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >=
            0)
        *group = H5Gcreate2(hdf->file, name, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Pclose(list);
    return *group >= 0 ? PN_OK : pn_hdf_fail(hdf, "create group", name);
}

/* --- dimensions --- */

int pn_hdf_scale(const struct pn_hdf *hdf, struct pn_dimension *dimension, hid_t dataset)
{
    if (H5DSset_scale(dataset, dimension->name) < 0)
        return pn_hdf_fail(hdf, "make a scale of", dimension->name);
    dimension->scale = dataset;
    return PN_OK;
}

int pn_hdf_names(const struct pn_hdf *hdf, struct pn_dimension *dimension,
                 const char *const *names, const char *long_name)
{
    hsize_t extent = dimension->n;
    hid_t space = H5Screate_simple(1, &extent, NULL), dataset;
    int status;

    PN_TRY(write_strings(hdf, hdf->file, dimension->name, space, names, &dataset));
    PN_TRY(pn_hdf_text(hdf, dataset, "long_name", long_name));
    PN_TRY(pn_hdf_scale(hdf, dimension, dataset));
out:
    H5Sclose(space);
    return status;
}

int pn_hdf_texts(const struct pn_hdf *hdf, const char *name,
                 struct pn_dimension *const *dimension, int rank, const char *const *text,
                 const char *long_name)
{
    hsize_t extent[PN_RANK];
    hid_t space, dataset = -1;
    int status;

    for (int i = 0; i < rank; i++)
        extent[i] = dimension[i]->n;
    space = H5Screate_simple(rank, extent, NULL);
    PN_TRY(write_strings(hdf, hdf->file, name, space, text, &dataset));
    PN_TRY(pn_hdf_text(hdf, dataset, "long_name", long_name));
    for (int i = 0; i < rank; i++)
        if (H5DSattach_scale(dataset, dimension[i]->scale, (unsigned)i) < 0) {
            status = pn_hdf_fail(hdf, "attach the dimensions of", name);
            goto out;
        }
out:
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Sclose(space);
    return status;
}

/* --- columns --- */

static int attach_scales(const struct pn_hdf *hdf, const struct pn_column *column,
                         struct pn_dimension *const *dimension)
{
    for (int i = 0; i < column->rank; i++)
        if (dimension[i]->scale >= 0 &&
            H5DSattach_scale(column->dataset, dimension[i]->scale, (unsigned)i) < 0)
            return pn_hdf_fail(hdf, "attach the dimensions of", column->name);
    return PN_OK;
}

int pn_column_create(const struct pn_hdf *hdf, const char *name, hid_t type,
                     struct pn_dimension *const *dimension, int rank, int n_leading,
                     struct pn_column *column)
{
    hid_t list = dataset_list(), space;

    *column = (struct pn_column){.dataset = -1,
                                 .type = type,
                                 .rank = rank,
                                 .n_leading = n_leading,
                                 .n_rows = 1,
                                 .row_bytes = H5Tget_size(type)};
    snprintf(column->name, sizeof column->name, "%s", name);
    for (int i = 0; i < rank; i++) {
        column->extent[i] = dimension[i]->n;
        if (i < n_leading)
            column->n_rows *= dimension[i]->n;
        else
            column->row_bytes *= dimension[i]->n;
    }
    space = H5Screate_simple(rank, column->extent, NULL);
    if (list >= 0 && space >= 0)
        column->dataset =
            H5Dcreate2(hdf->file, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(list);
    if (column->dataset < 0)
        return pn_hdf_fail(hdf, "create", name);
    return attach_scales(hdf, column, dimension);
}

/* the place of n rows in the file; -1 on failure */
static hid_t select_rows(const struct pn_column *column, size_t first, size_t n)
{
    hid_t space = H5Screate_simple(column->rank, column->extent, NULL);
    hsize_t start[PN_RANK] = {0}, count[PN_RANK];

    if (space < 0)
        return space;
    memcpy(count, column->extent, sizeof count);
    for (int i = column->n_leading - 1; i >= 0; i--) {
        start[i] = first % column->extent[i];
        first /= column->extent[i];
        count[i] = i == column->n_leading - 1 ? n : 1;
    }
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0)
        return space;
    H5Sclose(space);
    return -1;
}

/* read when `to` is given, else write */
static int transfer(hid_t dataset, const struct pn_column *column, size_t first, size_t n,
                    const void *from, void *to)
{
    hsize_t n_elements = n * (column->row_bytes / H5Tget_size(column->type));
    hid_t file_space = select_rows(column, first, n);
    hid_t memory_space = H5Screate_simple(1, &n_elements, NULL);
    herr_t failed = -1;

    if (file_space >= 0 && memory_space >= 0)
        failed =
            to ? H5Dread(dataset, column->type, memory_space, file_space, H5P_DEFAULT, to)
               : H5Dwrite(dataset, column->type, memory_space, file_space, H5P_DEFAULT,
                          from);
    H5Sclose(memory_space);
    H5Sclose(file_space);
    return failed < 0 ? -1 : 0;
}

int pn_column_write(const struct pn_hdf *hdf, struct pn_column *column, size_t first,
                    size_t n, const void *data)
{
    if (n == 0)
        return PN_OK;
    column->crc = pn_crc(column->crc, data, n * column->row_bytes);
    if (transfer(column->dataset, column, first, n, data, NULL) != 0)
        return pn_hdf_fail(hdf, "write", column->name);
    return disk_status(hdf);
}

int pn_column_read(const struct pn_hdf *hdf, const struct pn_column *column, size_t first,
                   size_t n, void *data)
{
    if (transfer(column->dataset, column, first, n, NULL, data) != 0)
        return pn_hdf_fail(hdf, "read", column->name);
    return PN_OK;
}
