/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which variables a design names, before the population is put together. */
#include <string.h>

#include "solver/study/design/factors.h"

int pn_design_wants(const struct pn_study_reader *r, const char *name)
{
    for (size_t i = 0; r->design && i < r->design->n; i++)
        if (strcmp(r->design->wanted[i].name, name) == 0)
            return 1;
    return 0;
}

const char *pn_design_wanted(const struct pn_study_reader *r, size_t i)
{
    return r->design && i < r->design->n ? r->design->wanted[i].name : NULL;
}
