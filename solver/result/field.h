/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any dataset of a result by its own dimensions, numbers or texts, read in blocks: what
 * compares, checks and copies results without knowing what they are about. */
#ifndef PN_RESULT_FIELD_H
#define PN_RESULT_FIELD_H

#include "solver/result/result_read.h"

enum { PN_FIELD_RANK = 6 };

enum pn_field_kind { PN_FIELD_REAL, PN_FIELD_INTEGER, PN_FIELD_TEXT };

struct pn_field {
    char name[160], unit[64];
    enum pn_field_kind kind;
    int has_unit, is_scale;
    int rank;
    size_t extent[PN_FIELD_RANK], n; /* n: elements in all */
    char over[PN_FIELD_RANK][160];   /* names of the dimensions; "" without a scale */
};

struct pn_fields {
    struct pn_field *field; /* in the order of the file */
    size_t n;
};

/** List all datasets of the root, each behind the guards of read.h.  Free in any case.
 *  @return PN_OK, PN_ERR_INPUT (one that pneuma does not write), PN_ERR_MEMORY. */
int pn_fields_list(const struct pn_result *result, struct pn_fields *fields);
void pn_fields_free(struct pn_fields *fields);

/** By name; NULL: none. */
const struct pn_field *pn_fields_find(const struct pn_fields *fields, const char *name);

/** A name that is not in the result at `path`: with the nearest that is.
 *  @return PN_ERR_USAGE (error record) */
int pn_fields_unknown(const char *path, const struct pn_fields *fields, const char *name);

/** "(arm, patient, time)", for messages. */
void pn_field_dimensions(const struct pn_field *field, char *text, size_t size);

/** The place of an element in words: "arm placebo, patient 7, time 168 h". */
int pn_field_place(const struct pn_result *result, const struct pn_fields *fields,
                   const struct pn_field *field, size_t element, char *text, size_t size);

/** Reads a dataset from its first element to its last, in the order of the file. */
struct pn_field_reader {
    const struct pn_result *result;
    const struct pn_field *field; /* borrowed */
    hid_t dataset, type;
    size_t most;     /* elements that fit in */
    size_t first, n; /* those in the buffer now */
    void *buffer;    /* double, int64_t or char * (never NULL), by the field's kind */
};

/** @param[in] most  elements to be read at once; 0: as many as are quick.
 *  Close in any case. */
int pn_field_open(const struct pn_result *result, const struct pn_field *field,
                  size_t most, struct pn_field_reader *reader);
void pn_field_close(struct pn_field_reader *reader);

/** Read the elements behind those that were read; reader->n is 0 at the end.  Two fields
 * of one kind and shape are read in the same blocks. */
int pn_field_next(struct pn_field_reader *reader);

/** Let the next block begin at an element; of a field with several dimensions at one
 * where a block has begun before. */
void pn_field_seek(struct pn_field_reader *reader, size_t element);

/** The text of a one-element text dataset such as "provenance/resolved"; malloced.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY. */
int pn_result_whole_text(const struct pn_result *result, const char *name, char **text);

#endif
