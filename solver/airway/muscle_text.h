/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pneuma airway equilibrium and crossbridge share: options that are numbers, and a
 * text that is printed or written whole. */
#ifndef PN_AIRWAY_MUSCLE_TEXT_H
#define PN_AIRWAY_MUSCLE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/** A number of the command line: "NUMBER UNIT", or a bare number where the unit is 1.
 *  @return PN_OK, PN_ERR_USAGE (error record) */
int pn_airway_number(const char *option, const char *text, const char *unit, double low,
                     double high, double *value);

/** Text in the making; print into `stream`. */
struct pn_airway_text {
    FILE *stream;
    char *text;
    size_t n;
};
int pn_airway_text_begin(struct pn_airway_text *text);
/** To the file, whole or not at all, or to stdout where out is NULL; frees the text. */
int pn_airway_text_end(struct pn_airway_text *text, const char *out);
/** NULL, or a name that ends with .csv or .h5?  @return PN_OK, PN_ERR_USAGE */
int pn_airway_table_name(const char *out);
/** The same for a table of numbers, columns "name [unit]" or "name", which may become
 * HDF5; there "closes" is 1, "reopens" -1, nothing 0. */
int pn_airway_text_table(struct pn_airway_text *text, const char *out, const char *title,
                         const char *command);
void pn_airway_text_free(struct pn_airway_text *text);

#endif
