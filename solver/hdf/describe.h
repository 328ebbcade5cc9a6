/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tells a reader what a column holds: CF attributes.  Each function returns PN_OK or
 * what pn_hdf_fail does; not collective. */
#ifndef PN_HDF_DESCRIBE_H
#define PN_HDF_DESCRIBE_H

#include "solver/hdf/hdf.h"

/** The attributes units, long_name and source of a column.
 *  @param[in] unit, long_name, source  NULL writes none */
int pn_describe(const struct pn_hdf *hdf, const struct pn_column *column,
                const char *unit, const char *long_name, const char *source);

/** _FillValue NaN of a column of doubles. */
int pn_describe_fill(const struct pn_hdf *hdf, const struct pn_column *column);

/** CF flags: numbers and, in the same order, one word for each. */
enum { PN_FLAGS_MOST = 1024 };
struct pn_flags {
    size_t n;
    int too_many; /* a list cut short would mislead: none is written */
    double value[PN_FLAGS_MOST];
    char meanings[32704]; /* a text attribute has at most 32768 */
};

/** Add a number that is not there yet.
 *  @param[in] meaning  one word: blanks become "_" */
void pn_flags_add(struct pn_flags *flags, double value, const char *meaning);

/** flag_values, in the column's type, and flag_meanings; none of no flags. */
int pn_flags_write(const struct pn_hdf *hdf, const struct pn_column *column,
                   const struct pn_flags *flags);

#endif
