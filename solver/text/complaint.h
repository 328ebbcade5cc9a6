/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in the user's files: collected up to a limit, each with its place. */
#ifndef PN_TEXT_COMPLAINT_H
#define PN_TEXT_COMPLAINT_H

#include <stddef.h>

#define PN_COMPLAINTS_KEPT 20

/** Where something stands; line and column from 1, 0 when they mean nothing. */
struct pn_place {
    const char *file; /* borrowed; lives as long as the study */
    int line, column;
};

struct pn_complaint {
    char text[512]; /* "FILE:LINE:COLUMN: error: …", without a newline */
};

struct pn_complaints {
    size_t n; /* all that were made; the first PN_COMPLAINTS_KEPT are kept */
    struct pn_complaint kept[PN_COMPLAINTS_KEPT];
};

/** Add one (printf form).  Always returns PN_ERR_INPUT. */
int pn_complain(struct pn_complaints *list, struct pn_place place, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

/** The nearest of n names to a word by edit distance, or NULL when none is near (distance
 * over a third of the word's length, at least 2). */
const char *pn_nearest(const char *word, const char *const *names, size_t n);

#endif
