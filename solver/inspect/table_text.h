/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and numbers of tables, and lists of names. */
#ifndef PN_INSPECT_TABLE_TEXT_H
#define PN_INSPECT_TABLE_TEXT_H

#include <stdio.h>

#include "solver/result/result_read.h"

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
