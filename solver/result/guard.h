/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be read from a result file of unknown origin: datasets whose numbers stand in
 * the file itself, attributes of the expected form. */
#ifndef PN_RESULT_GUARD_H
#define PN_RESULT_GUARD_H

#include "solver/result/result_read.h"

enum { PN_RESULT_RANK = PN_RANK };

/** "PATH: NAME WHY" to the error record.  @return PN_ERR_INPUT */
int pn_result_refuse(const struct pn_result *result, const char *name, const char *why);

/** Open a dataset of the root: a hard link, contiguous, in the file, as large as its
 * shape says.  The caller closes it.  @return PN_OK, PN_ERR_INPUT with *dataset -1. */
int pn_result_dataset(const struct pn_result *result, const char *name, hid_t *dataset);

/** Extents of a dataset.  @return its rank, 0 … PN_RESULT_RANK, or -1. */
int pn_result_extents(hid_t dataset, hsize_t extent[PN_RESULT_RANK]);

/** A text attribute of fixed length; malloced.  NULL: none, or of another form. */
char *pn_result_text(const struct pn_result *result, const char *object,
                     const char *name);

/** An attribute of exactly n numbers of a class.  @return 1 when they are there. */
int pn_result_numbers(const struct pn_result *result, const char *object,
                      const char *name, H5T_class_t type_class, hid_t memory, size_t n,
                      void *numbers);

#endif
