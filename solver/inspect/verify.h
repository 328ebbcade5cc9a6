/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a result whole, and is it the one that the run wrote? */
#ifndef PN_INSPECT_VERIFY_H
#define PN_INSPECT_VERIFY_H

#include "solver/base/units.h"
#include "solver/inspect/checklist.h"
#include "solver/result/field.h"

struct pn_verify_options {
    const char *result;
    int strict; /* a note is a failure, too */
};

/** Lives by status. */
struct pn_verify_lives {
    size_t n, n_ok, n_not_run, n_failed;
};

/** What was found. */
struct pn_verified {
    int good;
    char sha256[65]; /* of the file */
    struct pn_verify_lives lives;
    struct pn_report report;
};

/** Check a result.
 *  @param[out] found  free its report with pn_report_free in any case
 *  @return PN_OK: verified; PN_ERR_DIFFERENT: not; PN_ERR_INPUT, … when it cannot be
 *          read. */
int pn_verify(const struct pn_verify_options *options, struct pn_verified *found);

/** Dimensions, units, patients, statuses; what a failed life must not have; doses.
 *  @return PN_OK whatever is found; PN_ERR_INPUT, … when the file cannot be read. */
int pn_verify_numbers(const struct pn_result *result, const struct pn_fields *fields,
                      struct pn_units *units, struct pn_report *report,
                      struct pn_verify_lives *lives);

/** Statistics of the file, where it has the lives, too: computed again.
 *  @param[in] path  of the result
 *  @return as above */
int pn_verify_statistics(const char *path, const struct pn_result *result,
                         const struct pn_fields *fields, struct pn_report *report);

#endif
