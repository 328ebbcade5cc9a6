/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and numbers of tables, and lists of names that users write. */
#include "solver/inspect/table_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/complaint.h"

int pn_table_names(const char *option, const char *text, char ***name, size_t *n)
{
    size_t most = 1;

    *n = 0;
    for (const char *c = text ? text : ""; *c; c++)
        most += *c == ',';
    *name = calloc(most, sizeof **name);
    if (!*name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
    for (const char *at = text; at;) {
        const char *end = strchrnul(at, ',');

        if (end == at)
            return PN_FAIL(PN_ERR_USAGE, "%s %s: a name is empty", option, text);
        (*name)[*n] = strndup(at, (size_t)(end - at));
        if (!(*name)[*n])
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
        ++*n;
        at = *end ? end + 1 : NULL;
    }
    return PN_OK;
}

void pn_table_free_names(char ***name, size_t n)
{
    for (size_t i = 0; *name && i < n; i++)
        free((*name)[i]);
    free(*name);
    *name = NULL;
}

int pn_table_unknown(const struct pn_result *result, const char *name)
{
    const char **known = calloc(result->n_columns + 1, sizeof *known), *nearest = NULL;

    for (size_t i = 0; known && i < result->n_columns; i++)
        known[i] = result->column[i].name;
    if (known)
        nearest = pn_nearest(name, known, result->n_columns);
    free(known);
    if (pn_result_find(result, name))
        return PN_FAIL(PN_ERR_USAGE, "'%s' of %s has no number for each row here", name,
                       result->hdf.path);
    return PN_FAIL(PN_ERR_USAGE, "%s has no numbers '%s'%s%s%s", result->hdf.path, name,
                   nearest ? ": did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}

void pn_table_number(FILE *stream, double number)
{
    char text[32];

    if (isnan(number)) {
        putc('.', stream);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, stream);
}

void pn_table_text(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    putc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}
