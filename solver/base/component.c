/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Size of a table, and a name in it: every table of a component ends with a row without
 * a name. */
#include "solver/base/component.h"

#include <string.h>

size_t pn_table_size(const struct pn_quantity *table)
{
    size_t n = 0;

    if (table)
        while (table[n].name)
            n++;
    return n;
}

int pn_table_find(const struct pn_quantity *table, const char *name)
{
    size_t n = pn_table_size(table);

    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return (int)i;
    return -1;
}
