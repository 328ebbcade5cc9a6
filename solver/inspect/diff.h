/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two results compared, dataset by dataset. */
#ifndef PN_INSPECT_DIFF_H
#define PN_INSPECT_DIFF_H

#include <stdio.h>

#include "solver/result/field.h"

/** What to compare, and how. */
struct pn_diff_options {
    const char *a, *b;
    const char *only;  /* names parted by commas; NULL: all */
    double rtol, atol; /* both NaN: bits */
    int attributes, quiet;
};

/** Compare, and write what was found: a line for each dataset, then how many.
 *  @return PN_OK: the same; PN_ERR_DIFFERENT; PN_ERR_USAGE, PN_ERR_INPUT, … */
int pn_diff(const struct pn_diff_options *options, FILE *stream);

/** Attributes of the root, of the datasets that both have, and of the provenance, and
 * its texts: a line for each that differs.
 *  @param[in,out] n_different  one more for each
 *  @return PN_OK, PN_ERR_INPUT, … */
int pn_diff_attributes(const struct pn_result *a, const struct pn_result *b,
                       const struct pn_fields *in_a, const struct pn_fields *in_b,
                       FILE *stream, size_t *n_different);

#endif
