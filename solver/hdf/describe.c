/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes that say what a dataset is: unit, names, missing values, flags. */
#include "solver/hdf/describe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"

int pn_describe(const struct pn_hdf *hdf, const struct pn_column *column,
                const char *unit, const char *long_name, const char *source)
{
    int status;

    PN_TRY(pn_hdf_text(hdf, column->dataset, "units", unit));
    PN_TRY(pn_hdf_text(hdf, column->dataset, "long_name", long_name));
    PN_TRY(pn_hdf_text(hdf, column->dataset, "source", source));
out:
    return status;
}

int pn_describe_fill(const struct pn_hdf *hdf, const struct pn_column *column)
{
    const double fill = (double)NAN;

    return pn_hdf_numbers(hdf, column->dataset, "_FillValue", H5T_NATIVE_DOUBLE, 1,
                          &fill);
}

void pn_flags_add(struct pn_flags *flags, double value, const char *meaning)
{
    size_t used = strlen(flags->meanings);

    for (size_t i = 0; i < flags->n; i++)
        if (flags->value[i] == value)
            return;
    flags->too_many |=
        flags->n == PN_FLAGS_MOST || used + strlen(meaning) + 2 > sizeof flags->meanings;
    if (flags->too_many)
        return;
    flags->value[flags->n++] = value;
    snprintf(flags->meanings + used, sizeof flags->meanings - used, "%s%s",
             used > 0 ? " " : "", meaning);
    for (char *c = flags->meanings + used + (used > 0); *c; c++)
        if (*c == ' ')
            *c = '_'; /* a blank would end the word */
}

int pn_flags_write(const struct pn_hdf *hdf, const struct pn_column *column,
                   const struct pn_flags *flags)
{
    double values[PN_FLAGS_MOST]; /* converted in place */
    int status = PN_OK;

    if (flags->n == 0 || flags->too_many)
        return PN_OK;
    memcpy(values, flags->value, sizeof values);
    if (H5Tconvert(H5T_NATIVE_DOUBLE, column->type, flags->n, values, NULL, H5P_DEFAULT) <
        0)
        return pn_hdf_fail(hdf, "convert the flags of", column->name);
    PN_TRY(pn_hdf_numbers(hdf, column->dataset, "flag_values", column->type, flags->n,
                          values));
    PN_TRY(pn_hdf_text(hdf, column->dataset, "flag_meanings", flags->meanings));
out:
    return status;
}
