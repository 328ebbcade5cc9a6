/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as JSON. */
#ifndef PN_TEXT_JSON_H
#define PN_TEXT_JSON_H

#include <stddef.h>
#include <stdio.h>

/** A text of n bytes in quotes.  Bytes that are no UTF-8 become U+FFFD. */
void pn_json_text(FILE *stream, const char *text, size_t n);

#endif
