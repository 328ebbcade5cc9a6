/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of what is read: taken in blocks, freed at once. */
#include "solver/text/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

enum { BLOCK = 1 << 14, ALIGN = 16 };

struct pn_arena_block {
    struct pn_arena_block *before;
    size_t size, used;
    _Alignas(ALIGN) unsigned char data[];
};

static void *out_of_memory(struct pn_arena *arena)
{
    arena->failed = 1;
    (void)PN_FAIL(PN_ERR_MEMORY, "out of memory");
    return NULL;
}

void *pn_arena_take(struct pn_arena *arena, size_t n, size_t size)
{
    struct pn_arena_block *block = arena->last;
    size_t bytes;
    void *piece;

    if (arena->failed || (size > 0 && n > (SIZE_MAX / 2) / size))
        return out_of_memory(arena);
    bytes = (n * size + ALIGN) / ALIGN * ALIGN; /* at least one: never NULL */
    if (!block || block->size - block->used < bytes) {
        size_t room = bytes > BLOCK ? bytes : BLOCK;
        block = calloc(1, sizeof *block + room);
        if (!block)
            return out_of_memory(arena);
        block->size = room;
        block->before = arena->last;
        arena->last = block;
    }
    piece = block->data + block->used;
    block->used += bytes;
    return piece;
}

char *pn_arena_copy(struct pn_arena *arena, const char *text, size_t n)
{
    char *copy = pn_arena_take(arena, n + 1, 1);

    if (copy && n > 0)
        memcpy(copy, text, n);
    return copy;
}

char *pn_arena_print(struct pn_arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;
    int n;

    va_start(arguments, format);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = n < 0 ? NULL : pn_arena_take(arena, (size_t)n + 1, 1);
    if (!text)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)n + 1, format, arguments);
    va_end(arguments);
    return text;
}

void pn_arena_free(struct pn_arena *arena)
{
    struct pn_arena_block *before;

    for (struct pn_arena_block *block = arena->last; block; block = before) {
        before = block->before;
        free(block);
    }
    *arena = (struct pn_arena){0};
}
