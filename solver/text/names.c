/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of names that users write. */
#include "solver/text/names.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

int pn_names_split(const char *option, const char *text, char ***name, size_t *n)
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

void pn_names_free(char ***name, size_t n)
{
    for (size_t i = 0; *name && i < n; i++)
        free((*name)[i]);
    free(*name);
    *name = NULL;
}
