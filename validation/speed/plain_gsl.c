/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baseline (b): GSL's Runge-Kutta-Prince-Dormand 8(9) with its driver, scalar, one
 * patient at a time, memory created once; the step goes on over a dose.  At a tight
 * tolerance it is also the second method behind the reference.
 *
 *   plain_gsl PROBLEM PATIENTS.csv RTOL OUT [scaled]      (as in plain_cvode) */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <stdlib.h>
#include <string.h>

#include "problem.h"

struct solver {
    gsl_odeiv2_system system;
    gsl_odeiv2_driver *driver;
};

static int go(void *solver, const double *p, double t, double t_next, double *x,
              int restart)
{
    struct solver *s = solver;

    s->system.params = (void *)p;
    if (restart && t == 0)
        gsl_odeiv2_driver_reset_hstart(s->driver, 1e-4); /* h */
    else if (restart)
        gsl_odeiv2_driver_reset(s->driver);
    return gsl_odeiv2_driver_apply(s->driver, &t, t_next, x) == GSL_SUCCESS ? 0 : 1;
}

int main(int argc, char **argv)
{
    int scaled = argc == 6 && strcmp(argv[5], "scaled") == 0;
    int usage = argc != 5 && !scaled;
    const struct problem *problem = usage ? NULL : problem_find(argv[1]);
    FILE *in = usage ? NULL : fopen(argv[2], "r");
    double rtol = usage ? 0 : atof(argv[3]);
    FILE *out = usage ? NULL : fopen(argv[4], "wb");
    double size[MOST_STATES];
    struct solver s;
    int status;

    if (!problem || !in || !out || !(rtol > 0)) {
        fprintf(stderr, "usage: plain_gsl PROBLEM PATIENTS.csv RTOL OUT [scaled]\n");
        return 2;
    }
    for (size_t i = 0; i < problem->n; i++)
        size[i] = scaled ? problem->scale[i] : 1;
    s.system = (gsl_odeiv2_system){problem->rate, NULL, problem->n, NULL};
    s.driver = gsl_odeiv2_driver_alloc_scaled_new(&s.system, gsl_odeiv2_step_rk8pd, 1e-4,
                                                  rtol * 1e-3, rtol, 1, 0, size);
    status = problem_run(problem, go, &s, in, out);
    gsl_odeiv2_driver_free(s.driver);
    return status;
}
