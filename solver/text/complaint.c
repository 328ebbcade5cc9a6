/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/text/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"

int pn_complain(struct pn_complaints *list, struct pn_place place, const char *format,
                ...)
{
    size_t i = list->n++;
    struct pn_complaint *complaint;
    va_list arguments;
    int used;

    if (i >= PN_COMPLAINTS_KEPT)
        return PN_ERR_INPUT;
    complaint = &list->kept[i];
    if (place.line > 0 && place.column > 0)
        used = snprintf(complaint->text, sizeof complaint->text,
                        "%s:%d:%d: error: ", place.file, place.line, place.column);
    else if (place.line > 0)
        used = snprintf(complaint->text, sizeof complaint->text,
                        "%s:%d: error: ", place.file, place.line);
    else
        used =
            snprintf(complaint->text, sizeof complaint->text, "%s: error: ", place.file);
    if (used < 0 || (size_t)used >= sizeof complaint->text)
        return PN_ERR_INPUT;
    va_start(arguments, format);
    vsnprintf(complaint->text + used, sizeof complaint->text - (size_t)used, format,
              arguments);
    va_end(arguments);
    /* control characters of a hostile file must not reach a terminal */
    for (char *c = complaint->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return PN_ERR_INPUT;
}

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
