/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma diff: the half that compares what describes the numbers. */
#ifndef PN_INSPECT_DIFF_H
#define PN_INSPECT_DIFF_H

#include "solver/result/field.h"

/** Attributes of the root, of the datasets that both have, and of the provenance, and
 * its texts: a line for each that differs.
 *  @param[in,out] n_different  one more for each
 *  @return PN_OK, PN_ERR_INPUT, … */
int pn_diff_attributes(const struct pn_result *a, const struct pn_result *b,
                       const struct pn_fields *in_a, const struct pn_fields *in_b,
                       size_t *n_different);

#endif
