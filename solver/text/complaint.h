/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in the user's files, and what in them may be one: collected up to a limit,
 * each with its place. */
#ifndef PN_TEXT_COMPLAINT_H
#define PN_TEXT_COMPLAINT_H

#include <stddef.h>

#include "solver/base/api.h"

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
    int strict; /* 1: what would be a warning is a mistake */
    size_t n_warnings;
    struct pn_complaint warning[PN_COMPLAINTS_KEPT]; /* "FILE:LINE:COLUMN: warning: …" */
};

/** Add one (printf form).  Always returns PN_ERR_INPUT. */
PN_API int pn_complain(struct pn_complaints *list, struct pn_place place,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Tell what can be run, but is probably not meant (printf form): a warning; where the
 * list is strict, a complaint.  What was said before in the same words is not said again:
 * who warns of many records names the first. */
PN_API void pn_warn(struct pn_complaints *list, struct pn_place place, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

/** All warnings that are kept, one a line, without the folders of the files: equal
 * studies have equal texts.
 *  @return malloced, "" where there are none; NULL: no memory */
PN_API char *pn_warnings_text(const struct pn_complaints *list);

/** The one of n names that a word probably stands for, or NULL: the name in another case;
 * another word for the same thing (WT of weight); a name with more parts (DRUG.Kd of
 * DRUG.TARGET.Kd) or that begins with it (asm of asm_mass); the nearest by edit distance
 * (at most a third of the word's length, or 2; of three letters 1). */
PN_API const char *pn_nearest(const char *word, const char *const *names, size_t n);

/** What else helps who has written a word that is not known, or NULL. */
PN_API const char *pn_hint(const char *word);

#endif
