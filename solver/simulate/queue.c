/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits in a course for its time, in order; where a compartment stands. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/simulate/course_internal.h"

static int is_before(const struct pn_pending *a, const struct pn_pending *b)
{
    if (!pn_same_time(a->time, b->time))
        return a->time < b->time;
    if ((a->kind == PN_INFUSION_END) != (b->kind == PN_INFUSION_END))
        return a->kind == PN_INFUSION_END;
    return a->order < b->order;
}

int pn_course_put(struct pn_course *c, struct pn_pending one)
{
    size_t i = c->n_pending;

    if (c->n_pending == c->pending_limit) {
        size_t limit = 2 * c->pending_limit + 16;
        struct pn_pending *grown = realloc(c->pending, limit * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        c->pending = grown;
        c->pending_limit = limit;
    }
    one.order = c->order++;
    for (; i > 0 && is_before(&one, &c->pending[i - 1]); i--)
        c->pending[i] = c->pending[i - 1];
    c->pending[i] = one;
    c->n_pending++;
    return PN_OK;
}

struct pn_pending pn_course_take(struct pn_course *c)
{
    struct pn_pending first = c->pending[0];

    c->n_pending--;
    memmove(c->pending, c->pending + 1, c->n_pending * sizeof *c->pending);
    return first;
}

const struct pn_trial_place *pn_course_place(const struct pn_course *c, int compartment)
{
    return &c->arm->place[compartment];
}

size_t pn_course_drug(const struct pn_course *c, int compartment)
{
    return c->study->compartment[compartment].drug;
}
