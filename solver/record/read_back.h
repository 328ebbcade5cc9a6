/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A closed result read back, once: found as any reader finds it, every number there by
 * the checksum of its column, the whole by SHA-256. */
#ifndef PN_RECORD_READ_BACK_H
#define PN_RECORD_READ_BACK_H

#include "solver/hdf/hdf.h"

/** HDF5 closes a file on a full disk without an error: only reading it back proves it.
 *  @param[in]  file     to be read; `path` is its name in messages
 *  @param[in]  column   contiguous columns, shape [n]; those without rows or dataset are
 *                       passed over
 *  @param[out] sha256   of the whole file, 64 hexadecimal digits
 *  @return PN_OK, PN_ERR_IO (a column is not what was written), PN_ERR_MEMORY. */
int pn_read_back(const char *file, const char *path, const struct pn_hdf_errors *errors,
                 const struct pn_column *column, size_t n, char sha256[65]);

#endif
