/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/cohort/points.h"

#include <stdlib.h>

#include "solver/base/status.h"

int pn_points_create(const struct pn_study *study, struct pn_complaints *list,
                     struct pn_points **out)
{
    struct pn_points *points = calloc(1, sizeof *points);

    (void)study;
    (void)list;
    *out = points;
    if (!points)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    points->n = 1;
    return PN_OK;
}

void pn_points_free(struct pn_points **points)
{
    if (!*points)
        return;
    free((*points)->value);
    free(*points);
    *points = NULL;
}
