/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of an object of a result, as words. */
#ifndef PN_RESULT_FIELD_ATTRIBUTES_H
#define PN_RESULT_FIELD_ATTRIBUTES_H

#include "solver/result/result_read.h"

struct pn_attribute {
    char *name, *text; /* numbers as %.17g, parted by blanks */
};

struct pn_attributes {
    struct pn_attribute *item; /* by name */
    size_t n;
};

/** Those of the object ("/", a dataset, "provenance") that are texts of fixed length or
 * numbers: places of dimensions in the file are not.  Free in any case.
 *  @return PN_OK, PN_ERR_INPUT (no such object, or attributes too large), PN_ERR_MEMORY
 */
int pn_attributes_list(const struct pn_result *result, const char *object,
                       struct pn_attributes *attributes);
void pn_attributes_free(struct pn_attributes *attributes);

/** Text of an attribute; NULL: none. */
const char *pn_attributes_find(const struct pn_attributes *attributes, const char *name);

#endif
