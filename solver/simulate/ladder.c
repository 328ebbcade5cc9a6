/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/simulate/ladder.h"

#include <string.h>

#include "solver/simulate/trial.h"

/* The numbers stand in result files: append only. */
enum { EXPLICIT, ROSENBROCK, ROSENBROCK_TIGHT, CVODE };

const struct pn_rung pn_ladder[] = {
    [EXPLICIT] = {"explicit",         "explicit",   1.0,  ROSENBROCK      },
    [ROSENBROCK] = {"rosenbrock",       "rosenbrock", 1.0,  ROSENBROCK_TIGHT},
    [ROSENBROCK_TIGHT] = {"rosenbrock_tight", "rosenbrock", 0.01, -1              },
    [CVODE] = {"cvode",            "cvode",      1.0,  -1              },
};

const char *const pn_ladder_names[] = {"explicit", "rosenbrock", "rosenbrock_tight",
                                       "cvode", NULL};

int pn_ladder_first(const char *method)
{
    if (strcmp(method, "rosenbrock") == 0)
        return ROSENBROCK;
    if (strcmp(method, "cvode") == 0)
        return CVODE;
    return EXPLICIT;
}

int pn_ladder_stiff(void)
{
    return ROSENBROCK;
}

int pn_ladder_next(const char *method, int rung)
{
    /* a study that names one method gets that method and no other */
    if (strcmp(method, "auto") != 0)
        return -1;
    return pn_ladder[rung].next;
}
