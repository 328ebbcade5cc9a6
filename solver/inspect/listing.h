/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of a result in the form of NONMEM, or long: a row for each number. */
#ifndef PN_INSPECT_LISTING_H
#define PN_INSPECT_LISTING_H

#include <stdio.h>

#include "solver/result/result_read.h"

struct pn_listing_options {
    const char *result, *out; /* out NULL: the stream given */
    const char *ipred;        /* NULL: concentration of the first drug */
    const char *lloq;         /* "NUMBER [UNIT]"; NULL: none */
    const char *signals;      /* names parted by commas; NULL: none (csv), all (long) */
    int lengthy, must_err;    /* the long form; refuse a DV without residual error */
};

/** Write the table that is asked for to its place, whole or not at all.
 *  @param[in] stream  its place when options->out is NULL
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_IO, … */
int pn_listing(const struct pn_listing_options *options, FILE *stream);

/** Observations and delivered doses, a row each (CSV), to a stream.
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_LIBRARY, … */
int pn_listing_write(const struct pn_result *result,
                     const struct pn_listing_options *options, FILE *stream);

/** Every number over time, visits and observations, a row each (CSV). */
int pn_listing_write_long(const struct pn_result *result,
                          const struct pn_listing_options *options, FILE *stream);

#endif
