/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON by jansson: a document that is written member by member, and one that is read.
 * Who includes this may use jansson's json_t; nobody prints JSON by hand. */
#ifndef PN_TEXT_JSON_H
#define PN_TEXT_JSON_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "solver/text/complaint.h"

/* --- writing --- */

enum { PN_JSON_OPEN = 16 }; /* objects and lists within each other */

/** A document that is being made; members keep the order in which they were put.  What
 * fails on the way is told when it is written. */
struct pn_json {
    json_t *open[PN_JSON_OPEN]; /* objects and lists not yet closed; the first owns all */
    size_t depth;
    int failed;
};

/** Begin an object: the document.  pn_json_free in any case. */
void pn_json_begin(struct pn_json *json);

/** An object, a list, within the one that is open; pn_json_close ends it.
 *  @param[in] key  its name; within a list NULL, here and below */
void pn_json_open_object(struct pn_json *json, const char *key);
void pn_json_open_list(struct pn_json *json, const char *key);
void pn_json_close(struct pn_json *json);

/** A text; bytes that are no UTF-8 become U+FFFD; NULL is written as null. */
void pn_json_put_text(struct pn_json *json, const char *key, const char *text);
void pn_json_put_bytes(struct pn_json *json, const char *key, const char *text, size_t n);

/** A printf as a text. */
void pn_json_put_print(struct pn_json *json, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A number by %.17g, so that it is read as the same; NaN and infinity are written as
 * null. */
void pn_json_put_real(struct pn_json *json, const char *key, double value);
void pn_json_put_whole(struct pn_json *json, const char *key, int64_t value);
void pn_json_put_count(struct pn_json *json, const char *key, size_t value);
void pn_json_put_truth(struct pn_json *json, const char *key, int value);
void pn_json_put_null(struct pn_json *json, const char *key);

enum pn_json_form { PN_JSON_LINE, PN_JSON_PAGE }; /* all in a line; a member a line */

/** The document, a newline behind it.  Members may still be put afterwards.
 *  @param[out] text  malloc'ed, n bytes and a 0; NULL after a failure
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_json_make(const struct pn_json *json, enum pn_json_form form, char **text,
                 size_t *n);

/** The same to a stream.  @return PN_OK, PN_ERR_MEMORY, PN_ERR_IO. */
int pn_json_write(const struct pn_json *json, enum pn_json_form form, FILE *stream);

/** Accepts {0}, and may be called twice. */
void pn_json_free(struct pn_json *json);

/* --- reading --- */

enum { PN_JSON_BYTES = 1 << 28, PN_JSON_DEPTH = 64 };

/** Parse an object of at most PN_JSON_BYTES, nested at most PN_JSON_DEPTH deep, without
 * duplicate keys, in UTF-8.
 *  @param[in]  file   name for the complaint
 *  @param[in]  list   complaints are added to; NULL: nobody is told
 *  @param[out] value  json_decref by the caller; NULL after a failure
 *  @return PN_OK; PN_ERR_INPUT: a complaint with line and column.  Not collective. */
int pn_json_parse(const char *text, size_t n, const char *file,
                  struct pn_complaints *list, json_t **value);

/** Text of a member, borrowed; "" when there is none, or it is no text, or object is
 * NULL. */
const char *pn_json_text_of(const json_t *object, const char *key);

/** A whole number of a member.  @return 1; 0: there is none, *value stays. */
int pn_json_whole_of(const json_t *object, const char *key, int64_t *value);

#endif
