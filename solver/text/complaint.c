/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complaints with their places, and the nearest of some names. */
#include "solver/text/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

/* "FILE:LINE:COLUMN: KIND: " and the message behind it. */
static void fill(struct pn_complaint *c, struct pn_place place, const char *kind,
                 const char *format, va_list arguments)
{
    size_t size = sizeof c->text;
    int used;

    if (place.line > 0 && place.column > 0)
        used = snprintf(c->text, size, "%s:%d:%d: %s: ", place.file, place.line,
                        place.column, kind);
    else if (place.line > 0)
        used = snprintf(c->text, size, "%s:%d: %s: ", place.file, place.line, kind);
    else
        used = snprintf(c->text, size, "%s: %s: ", place.file, kind);
    if (used < 0 || (size_t)used >= size)
        return;
    vsnprintf(c->text + used, size - (size_t)used, format, arguments);
    /* control characters of a hostile file must not reach a terminal */
    for (char *p = c->text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

int pn_complain(struct pn_complaints *list, struct pn_place place, const char *format,
                ...)
{
    size_t i = list->n++;
    va_list arguments;

    if (i >= PN_COMPLAINTS_KEPT)
        return PN_ERR_INPUT;
    va_start(arguments, format);
    fill(&list->kept[i], place, "error", format, arguments);
    va_end(arguments);
    return PN_ERR_INPUT;
}

/* --- warnings --- */

static int was_said(const struct pn_complaint *kept, size_t n,
                    const struct pn_complaint *one)
{
    for (size_t i = 0; i < n && i < PN_COMPLAINTS_KEPT; i++)
        if (strcmp(kept[i].text, one->text) == 0)
            return 1;
    return 0;
}

void pn_warn(struct pn_complaints *list, struct pn_place place, const char *format, ...)
{
    struct pn_complaint *kept = list->strict ? list->kept : list->warning, one;
    size_t *n = list->strict ? &list->n : &list->n_warnings;
    va_list arguments;

    va_start(arguments, format);
    fill(&one, place, list->strict ? "error" : "warning", format, arguments);
    va_end(arguments);
    if (was_said(kept, *n, &one))
        return;
    if (*n < PN_COMPLAINTS_KEPT)
        kept[*n] = one;
    ++*n;
}

char *pn_warnings_text(const struct pn_complaints *list)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    for (size_t i = 0; i < list->n_warnings && i < PN_COMPLAINTS_KEPT; i++) {
        const char *line = list->warning[i].text, *end = strstr(line, ": warning: ");
        for (const char *p = line; p < end; p++)
            if (*p == '/')
                line = p + 1;
        fprintf(stream, "%s\n", line);
    }
    if (list->n_warnings > PN_COMPLAINTS_KEPT)
        fprintf(stream, "and %zu more\n", list->n_warnings - PN_COMPLAINTS_KEPT);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* --- the nearest name --- */

enum { WORD_MAX = 64 };

/* Edit distance with swaps of neighbours (optimal string alignment). */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[3][WORD_MAX + 1]; /* rows i-2, i-1, i */

    for (size_t j = 0; j <= m; j++)
        row[1][j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[2][0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = row[1][j - 1] + (a[i - 1] != b[j - 1]);
            if (row[1][j] + 1 < best)
                best = row[1][j] + 1;
            if (row[2][j - 1] + 1 < best)
                best = row[2][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                row[0][j - 2] + 1 < best)
                best = row[0][j - 2] + 1;
            row[2][j] = best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][m];
}

const char *pn_nearest(const char *word, const char *const *names, size_t n)
{
    size_t length = strlen(word), limit = length / 3 > 2 ? length / 3 : 2;
    const char *best = NULL;

    if (length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t m = strlen(names[i]), d;
        if (m > WORD_MAX)
            continue;
        d = distance(word, length, names[i], m);
        if (d <= limit && d < (length > m ? length : m)) {
            best = names[i];
            if (d == 0)
                break;
            limit = d - 1;
        }
    }
    return best;
}
