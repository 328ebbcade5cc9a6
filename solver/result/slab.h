/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A box out of a dataset of numbers, wherever it begins. */
#ifndef PN_RESULT_SLAB_H
#define PN_RESULT_SLAB_H

#include "solver/result/field.h"

/** Read a box as doubles.
 *  @param[in]  field  real or integer numbers, one dimension or more
 *  @param[in]  start  shape [field->rank]: its first element
 *  @param[in]  count  shape [field->rank]: its extents; within the field
 *  @param[out] value  the elements, the last dimension fastest
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_IO. */
int pn_field_slab(const struct pn_result *result, const struct pn_field *field,
                  const size_t *start, const size_t *count, double *value);

/** The whole of it, malloced; NULL after a failure. */
int pn_field_whole(const struct pn_result *result, const struct pn_field *field,
                   double **value);

#endif
