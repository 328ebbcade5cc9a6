/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complaints with their places. */
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
