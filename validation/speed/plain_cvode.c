/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baseline (a): what a careful user of SUNDIALS writes.  One patient at a time, a scalar
 * right-hand side, CVODE's BDF with its dense matrix and the Jacobian by difference
 * quotients, serial vectors, memory created once, CVodeReInit at each dose.
 *
 *   plain_cvode PROBLEM PATIENTS.csv RTOL OUT [scaled]
 *
 * The absolute tolerance is RTOL x 1e-3 in the unit of the state for all of them (1e-6
 * and 1e-9, say); with "scaled" it is RTOL x 1e-3 x the size of each state, which takes a
 * user who knows them. */
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "problem.h"

struct solver {
    const struct problem *problem;
    const double *p;
    void *cvode;
    N_Vector x;
};

static int rate(realtype t, N_Vector x, N_Vector dx, void *user)
{
    struct solver *s = user;

    return s->problem->rate(t, NV_DATA_S(x), NV_DATA_S(dx), (void *)s->p);
}

static int go(void *solver, const double *p, double t, double t_next, double *x,
              int restart)
{
    struct solver *s = solver;
    realtype reached;

    s->p = p;
    if (restart) {
        memcpy(NV_DATA_S(s->x), x, s->problem->n * sizeof *x);
        if (CVodeReInit(s->cvode, t, s->x) != CV_SUCCESS)
            return 1;
    }
    if (CVodeSetStopTime(s->cvode, t_next) != CV_SUCCESS)
        return 1;
    if (CVode(s->cvode, t_next, s->x, &reached, CV_NORMAL) < 0)
        return 1;
    memcpy(x, NV_DATA_S(s->x), s->problem->n * sizeof *x);
    return 0;
}

static int run(const struct problem *problem, double rtol, int scaled, FILE *in,
               FILE *out)
{
    SUNContext context;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    N_Vector atol;
    struct solver s = {.problem = problem};
    int status;

    SUNContext_Create(NULL, &context);
    s.x = N_VNew_Serial((sunindextype)problem->n, context);
    atol = N_VNew_Serial((sunindextype)problem->n, context);
    matrix = SUNDenseMatrix((sunindextype)problem->n, (sunindextype)problem->n, context);
    linear = SUNLinSol_Dense(s.x, matrix, context);
    s.cvode = CVodeCreate(CV_BDF, context);
    N_VConst(0.0, s.x);
    for (size_t i = 0; i < problem->n; i++)
        NV_Ith_S(atol, i) = rtol * (scaled ? problem->scale[i] : 1.0) * 1e-3;
    CVodeInit(s.cvode, rate, 0.0, s.x);
    CVodeSetUserData(s.cvode, &s);
    CVodeSVtolerances(s.cvode, rtol, atol);
    CVodeSetLinearSolver(s.cvode, linear, matrix);
    CVodeSetMaxNumSteps(s.cvode, 1000000);
    status = problem_run(problem, go, &s, in, out);
    CVodeFree(&s.cvode);
    SUNLinSolFree(linear);
    SUNMatDestroy(matrix);
    N_VDestroy(atol);
    N_VDestroy(s.x);
    SUNContext_Free(&context);
    return status;
}

int main(int argc, char **argv)
{
    int scaled = argc == 6 && strcmp(argv[5], "scaled") == 0,
        usage = argc != 5 && !scaled;
    const struct problem *problem = usage ? NULL : problem_find(argv[1]);
    FILE *in = usage ? NULL : fopen(argv[2], "r");
    double rtol = usage ? 0 : atof(argv[3]);
    FILE *out = usage ? NULL : fopen(argv[4], "wb");

    if (!problem || !in || !out || !(rtol > 0)) {
        fprintf(stderr, "usage: plain_cvode PROBLEM PATIENTS.csv RTOL OUT [scaled]\n");
        return 2;
    }
    return run(problem, rtol, scaled, in, out);
}
