/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of a result in the field's form: pneuma table. */
#ifndef PN_CLI_COMMAND_TABLE_H
#define PN_CLI_COMMAND_TABLE_H

#include <stdio.h>

#include "solver/result/result_read.h"

struct pn_table_options {
    const char *result, *out; /* out NULL: stdout */
    const char *ipred;        /* NULL: concentration of the first drug */
    const char *lloq;         /* "NUMBER [UNIT]"; NULL: none */
    const char *signals;      /* names parted by commas; NULL: none (csv), all (long) */
    int lengthy, must_err, help;
};

/** Observations and delivered doses, a row each (CSV), to a stream.
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_LIBRARY, … */
int pn_table_write(const struct pn_result *result, const struct pn_table_options *options,
                   FILE *stream);

/** Every number over time, visits and observations, a row each (CSV). */
int pn_table_write_long(const struct pn_result *result,
                        const struct pn_table_options *options, FILE *stream);

/** Split the names of an option such as --signals, parted by commas; malloced, as is
 * each; NULL has none; an empty name is a usage error. */
int pn_table_names(const char *option, const char *text, char ***name, size_t *n);
void pn_table_free_names(char ***name, size_t n);

/** A name that is not in the result: with the nearest that is. */
int pn_table_unknown(const struct pn_result *result, const char *name);

/** The shortest decimal that reads back as the same double, "." for NaN. */
void pn_table_number(FILE *stream, double number);

/** A text, in quotes where CSV needs them. */
void pn_table_text(FILE *stream, const char *text);

#endif
