/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of a CSV (RFC 4180) that is written. */
#ifndef PN_TEXT_CSV_PUT_H
#define PN_TEXT_CSV_PUT_H

#include <stdio.h>

/** The shortest decimal that reads back as the same double, "." for NaN. */
void pn_csv_put_number(FILE *stream, double number);

/** A text, in quotes where CSV needs them. */
void pn_csv_put_text(FILE *stream, const char *text);

#endif
