/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large implicit systems by IDA, from output to output and from corner to corner. */
#include "solver/integrate/implicit.h"

#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sundials/sundials_linearsolver.h>

#include "solver/base/status.h"

struct run {
    const struct pn_implicit *problem;
    struct pn_implicit_counts *counts;
    SUNContext context;
    void *ida;
    N_Vector y, dy, out, dout, id;
    SUNLinearSolver linear;
};

static void silent(int code, const char *module, const char *function, char *text,
                   void *data)
{
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

static int residual(realtype t, N_Vector y, N_Vector dy, N_Vector f, void *data)
{
    struct run *r = data;

    r->counts->n_residuals++;
    return r->problem->residual(r->problem->context, t, N_VGetArrayPointer(y),
                                N_VGetArrayPointer(dy), N_VGetArrayPointer(f));
}

/* --- the caller's solution as a SUNLinearSolver that holds its own matrix --- */

static SUNLinearSolver_Type linear_type(SUNLinearSolver s)
{
    (void)s;
    return SUNLINEARSOLVER_MATRIX_EMBEDDED;
}

static int linear_solve(SUNLinearSolver s, SUNMatrix m, N_Vector x, N_Vector b,
                        realtype tolerance)
{
    struct run *r = s->content;
    realtype alpha;

    (void)m;
    (void)tolerance;
    r->counts->n_solves++;
    if (IDAGetCurrentCj(r->ida, &alpha))
        return -1;
    N_VScale(1.0, b, x);
    r->problem->solve(r->problem->context, alpha, N_VGetArrayPointer(x));
    return 0;
}

static int linear_free(SUNLinearSolver s)
{
    SUNLinSolFreeEmpty(s);
    return 0;
}

static int set_up(struct run *r, const struct pn_implicit_options *o, double t)
{
    const struct pn_implicit *p = r->problem;

    r->linear = SUNLinSolNewEmpty(r->context);
    if (!r->linear || !r->y || !r->dy || !r->out || !r->dout || !r->id || !r->ida)
        return -1;
    r->linear->content = r;
    r->linear->ops->gettype = linear_type;
    r->linear->ops->solve = linear_solve;
    r->linear->ops->free = linear_free;
    for (size_t i = 0; i < p->n; i++)
        N_VGetArrayPointer(r->id)[i] = i < p->n - p->n_algebraic ? 1.0 : 0.0;
    return IDASetErrHandlerFn(r->ida, silent, NULL) ||
           IDAInit(r->ida, residual, t, r->y, r->dy) ||
           IDASStolerances(r->ida, o->rtol, o->atol) || IDASetUserData(r->ida, r) ||
           IDASetLinearSolver(r->ida, r->linear, NULL) || IDASetId(r->ida, r->id) ||
           /* a beginning in rest has layers far shorter than IDA's first step */
           IDASetMaxErrTestFails(r->ida, 40) ||
           IDASetSuppressAlg(r->ida, p->n_algebraic > 0);
}

static void tear_down(struct run *r)
{
    N_Vector all[] = {r->y, r->dy, r->out, r->dout, r->id};

    IDAFree(&r->ida);
    if (r->linear)
        SUNLinSolFree(r->linear);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i])
            N_VDestroy(all[i]);
    SUNContext_Free(&r->context);
}

static void count(struct run *r)
{
    long steps = 0, errors = 0, newton = 0;

    IDAGetNumSteps(r->ida, &steps);
    IDAGetNumErrTestFails(r->ida, &errors);
    IDAGetNumNonlinSolvConvFails(r->ida, &newton);
    r->counts->n_steps = (size_t)steps;
    r->counts->n_rejected = (size_t)(errors + newton);
}

/* To `stop`, which no step passes when it is a corner; *now is where it is. */
static int travel(struct run *r, const struct pn_implicit_options *o, double stop,
                  int is_corner, double *now)
{
    while (*now < stop) {
        int flag;

        if (r->counts->n_steps >= o->max_steps)
            return PN_PATIENT_STEPS;
        if (is_corner && IDASetStopTime(r->ida, stop))
            return PN_ERR_LIBRARY;
        flag = IDASolve(r->ida, stop, now, r->y, r->dy, IDA_ONE_STEP);
        count(r);
        if (flag < 0)
            return flag == IDA_REP_RES_ERR || flag == IDA_FIRST_RES_FAIL
                       ? PN_PATIENT_NOT_FINITE
                       : PN_PATIENT_STEP_SIZE;
        if (flag == IDA_TSTOP_RETURN)
            *now = stop;
    }
    return PN_OK;
}

/* From output to output and from corner to corner. */
static int travel_all(struct run *r, const struct pn_implicit_options *o,
                      const struct pn_implicit_outputs *outputs)
{
    const double *t = outputs->t;
    double now = t[0];
    size_t c = 0;
    int status;

    status = outputs->visit(outputs->user, t[0], N_VGetArrayPointer(r->y),
                            N_VGetArrayPointer(r->dy));
    for (size_t k = 1; status == PN_OK && k < outputs->n; k++) {
        for (; c < o->n_corners && o->corner[c] < t[k]; c++)
            if (o->corner[c] > now)
                PN_TRY(travel(r, o, o->corner[c], 1, &now));
        /* the last time is a wall: what lies behind it may not exist */
        PN_TRY(travel(r, o, t[k],
                      k + 1 == outputs->n || (c < o->n_corners && o->corner[c] == t[k]),
                      &now));
        if (IDAGetDky(r->ida, t[k], 0, r->out) || IDAGetDky(r->ida, t[k], 1, r->dout))
            return PN_FAIL(PN_ERR_LIBRARY, "IDA cannot interpolate at %g", t[k]);
        status = outputs->visit(outputs->user, t[k], N_VGetArrayPointer(r->out),
                                N_VGetArrayPointer(r->dout));
    }
out:
    return status;
}

int pn_implicit_run(const struct pn_implicit *problem,
                    const struct pn_implicit_options *options,
                    const struct pn_implicit_outputs *outputs, double *y, double *dy,
                    struct pn_implicit_counts *counts)
{
    struct run r = {.problem = problem, .counts = counts};
    sunindextype n = (sunindextype)problem->n;
    int status;

    *counts = (struct pn_implicit_counts){.n_steps = 0};
    if (SUNContext_Create(NULL, &r.context))
        return PN_FAIL(PN_ERR_MEMORY, "no memory for IDA");
    r.y = N_VMake_Serial(n, y, r.context);
    r.dy = N_VMake_Serial(n, dy, r.context);
    r.out = N_VNew_Serial(n, r.context);
    r.dout = N_VNew_Serial(n, r.context);
    r.id = N_VNew_Serial(n, r.context);
    r.ida = IDACreate(r.context);
    if (set_up(&r, options, outputs->t[0]))
        status =
            PN_FAIL(PN_ERR_LIBRARY, "IDA cannot be set up for %zu unknowns", problem->n);
    else
        status = travel_all(&r, options, outputs);
    tear_down(&r);
    return status;
}
