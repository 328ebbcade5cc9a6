/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder of methods as a table. */
#include "solver/simulate/ladder.h"

#include <string.h>

#include "solver/base/methods.h"
#include "solver/simulate/life.h"

/* number, name, method, factor on rtol, next rung.  Numbers and names stand in result
 * files: append only. */
#define LADDER(RUNG)                                                                     \
    RUNG(0, PN_METHOD_EXPLICIT, PN_METHOD_EXPLICIT, 1.0, 1)                              \
    RUNG(1, PN_METHOD_ROSENBROCK, PN_METHOD_ROSENBROCK, 1.0, 2)                          \
    RUNG(2, "rosenbrock_tight", PN_METHOD_ROSENBROCK, 0.01, -1)                          \
    RUNG(3, PN_METHOD_CVODE, PN_METHOD_CVODE, 1.0, -1)

const struct pn_rung pn_ladder[] = {
#define RUNG(number, name, method, factor, next) [number] = {method, factor, next},
    LADDER(RUNG)
#undef RUNG
};

const char *const pn_ladder_names[] = {
#define RUNG(number, name, method, factor, next) [number] = name,
    LADDER(RUNG)
#undef RUNG
        NULL,
};

int pn_ladder_first(const char *method)
{
    for (int i = 0; pn_ladder_names[i]; i++)
        if (strcmp(method, pn_ladder_names[i]) == 0)
            return i;
    return 0;
}

int pn_ladder_next(const char *method, int rung)
{
    return strcmp(method, PN_METHOD_AUTO) == 0 ? pn_ladder[rung].next : -1;
}
