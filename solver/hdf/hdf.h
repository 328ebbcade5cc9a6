/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HDF5 as the result file needs it: text attributes, dimensions with scales, and columns
 * (datasets filled row by row in their own order) that know the checksum of what they
 * were given.  Every function returns PN_OK, PN_ERR_IO (the disk), PN_ERR_INPUT (a file
 * that was opened to read is damaged) or PN_ERR_LIBRARY.
 * Nothing is collective: one process writes a file. */
#ifndef PN_HDF_HDF_H
#define PN_HDF_HDF_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/hdf/disk.h"

/** HDF5's complaints: not printed but kept, for our messages. */
struct pn_hdf_errors {
    H5E_auto2_t handler; /* the caller's, put back at the end */
    void *handler_data;
    char reason[512]; /* of the last failure */
};
/** From now on to pn_hdf_unlisten; the errors live as long. */
void pn_hdf_listen(struct pn_hdf_errors *errors);
void pn_hdf_unlisten(struct pn_hdf_errors *errors);

/** The program's own, before anything else of HDF5: the library does not close itself
 * when the process ends.  We close what we open; what a damaged file keeps open would
 * make it complain of "infinite loop closing library". */
void pn_hdf_let_go(void);

/** An open file.  Closing it closes everything in it. */
struct pn_hdf {
    hid_t file;                         /* -1: none */
    const char *path;                   /* borrowed; for messages */
    const struct pn_hdf_errors *errors; /* borrowed */
    const struct pn_disk *disk;         /* borrowed; NULL: opened to read */
    struct pn_disk own;                 /* of a file that was opened to read: it stays
                                           where it is while the file is open */
};

/** Create in an empty file of ours.
 *  @param[in] path  for messages; it, the disk and the errors are borrowed */
int pn_hdf_create(const char *path, struct pn_disk *disk,
                  const struct pn_hdf_errors *errors, struct pn_hdf *hdf);
/** Open to read, as any other reader would. */
int pn_hdf_open(const char *path, const struct pn_hdf_errors *errors, struct pn_hdf *hdf);
int pn_hdf_flush(struct pn_hdf *hdf);
/** Close it, if it is open.  @return PN_OK, or the first error of all */
int pn_hdf_close(struct pn_hdf *hdf);

/** Fail with HDF5's reason: "cannot DOING NAME in PATH: reason". */
int pn_hdf_fail(const struct pn_hdf *hdf, const char *doing, const char *name);

/** A text attribute of an object (fixed length, UTF-8); NULL writes none.  Over 32 KiB it
 * ends in " …": an attribute may not exceed 64 KiB. */
int pn_hdf_text(const struct pn_hdf *hdf, hid_t object, const char *name,
                const char *text);

/** A numeric attribute, shape [n], of the memory and file type given. */
int pn_hdf_numbers(const struct pn_hdf *hdf, hid_t object, const char *name, hid_t type,
                   size_t n, const void *values);

/** A whole text as a dataset of one string. */
int pn_hdf_text_dataset(const struct pn_hdf *hdf, hid_t where, const char *name,
                        const char *text);

/** A group that tracks the order of what is put in. */
int pn_hdf_group(const struct pn_hdf *hdf, const char *name, hid_t *group);

/** A dimension: its scale is a dataset of the same name. */
struct pn_dimension {
    char name[160];
    size_t n;
    hid_t scale; /* -1: none yet */
};

/** Make a dataset the scale of a dimension. */
int pn_hdf_scale(const struct pn_hdf *hdf, struct pn_dimension *dimension, hid_t dataset);

/** A dimension whose scale is a list of names. */
int pn_hdf_names(const struct pn_hdf *hdf, struct pn_dimension *dimension,
                 const char *const *names, const char *long_name);

/** Texts of any length over dimensions that have their scales.
 *  @param[in] text  row-major, as many as the dimensions' product */
int pn_hdf_texts(const struct pn_hdf *hdf, const char *name,
                 struct pn_dimension *const *dimension, int rank, const char *const *text,
                 const char *long_name);

enum { PN_RANK = 5 };

/** A dataset of 1 to PN_RANK dimensions.  A row is what stands at one place of the first
 * n_leading of them; rows are written in their order, each once. */
struct pn_column {
    char name[160];
    hid_t dataset, type;
    int rank, n_leading;
    hsize_t extent[PN_RANK];
    size_t n_rows, row_bytes;
    uint32_t crc; /* of the rows written */
};

/** Create the dataset, contiguous and not filled, with its scales.
 *  A dimension without a scale yet (the coordinate itself) stays without. */
int pn_column_create(const struct pn_hdf *hdf, const char *name, hid_t type,
                     struct pn_dimension *const *dimension, int rank, int n_leading,
                     struct pn_column *column);

/** Rows that stand side by side: places of the last leading dimension. */
static inline size_t pn_column_within(const struct pn_column *column)
{
    return (size_t)column->extent[column->n_leading - 1];
}

/** Write n rows from row `first` on, of row_bytes each; they stay within one place of all
 * leading dimensions but the last. */
int pn_column_write(const struct pn_hdf *hdf, struct pn_column *column, size_t first,
                    size_t n, const void *data);

/** Read n rows from row `first` on of a column whose dataset is open; rows as for
 * pn_column_write, numbers become the column's type. */
int pn_column_read(const struct pn_hdf *hdf, const struct pn_column *column, size_t first,
                   size_t n, void *data);

#endif
