/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of a study: taken in small pieces, given back all at once. */
#ifndef PN_TEXT_ARENA_H
#define PN_TEXT_ARENA_H

#include <stddef.h>

struct pn_arena_block;

struct pn_arena {
    struct pn_arena_block *last;
    int failed; /* 1 after memory ran out: every later request fails, too */
};

/** n objects of a size, zeroed; lives until pn_arena_free.  @return NULL: no memory (also
 * in the error record). */
void *pn_arena_take(struct pn_arena *arena, size_t n, size_t size);

/** Copy of n characters, and a 0. */
char *pn_arena_copy(struct pn_arena *arena, const char *text, size_t n);

/** printf into the arena. */
char *pn_arena_print(struct pn_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void pn_arena_free(struct pn_arena *arena);

#endif
