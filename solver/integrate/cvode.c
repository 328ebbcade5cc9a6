/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CVODE (BDF, dense matrix by differences) behind the same interface: the reference that
 * the lane methods are compared with.  One patient at a time, in lane 0. */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "solver/base/methods.h"
#include "solver/integrate/integrate_internal.h"

#define BROKEN_LIMIT                                                                     \
    20 /* OURS: non-finite rates in a row before CVODE is told to end                    \
        */

struct pn_reference {
    SUNContext context;
    void *cvode;
    N_Vector y, atol, out;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    struct pn_ode ode;
    pn_lane *x, *f;          /* the ode's argument and result, shape [n] */
    double start, end;       /* of the step that was just made */
    size_t n_broken;         /* non-finite rates in a row */
    struct pn_arrival total; /* counts of this patient before the last CVodeReInit */
};

static void silent(int code, const char *module, const char *function, char *text,
                   void *data)
{
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

/* The same state in all lanes: the neighbours' parameters do no harm, only lane 0 is
 * read. */
static int rate(realtype t, N_Vector y, N_Vector dy, void *data)
{
    struct pn_reference *r = data;
    int finite = 1;

    (void)t;
    for (size_t i = 0; i < r->ode.n; i++)
        r->x[i] = pn_all(N_VGetArrayPointer(y)[i]);
    r->ode.rate(r->ode.context, r->x, r->f);
    for (size_t i = 0; i < r->ode.n; i++) {
        N_VGetArrayPointer(dy)[i] = r->f[i][0];
        finite = finite && isfinite(r->f[i][0]);
    }
    r->n_broken = finite ? 0 : r->n_broken + 1;
    return finite ? 0 : r->n_broken < BROKEN_LIMIT ? 1 : -1;
}

static void reference_free(struct pn_integrator *g)
{
    struct pn_reference *r = g->reference;

    if (!r)
        return;
    CVodeFree(&r->cvode);
    if (r->linear)
        SUNLinSolFree(r->linear);
    if (r->matrix)
        SUNMatDestroy(r->matrix);
    N_VDestroy(r->y);
    N_VDestroy(r->atol);
    N_VDestroy(r->out);
    SUNContext_Free(&r->context);
    free(r->x);
    free(r);
    g->reference = NULL;
}

/* BDF's errors add up to some hundred tolerances over weeks of doses: as the reference it
 * works with a third of what is asked [OURS].
 *  @return 0: fine. */
static int configure(struct pn_reference *r, const struct pn_integrate_options *options)
{
    double rtol = options->rtol / 3.0;

    for (size_t i = 0; i < r->ode.n; i++)
        N_VGetArrayPointer(r->atol)[i] = rtol * PN_TOLERANCE_FLOOR * r->ode.scale[i];
    return CVodeSetErrHandlerFn(r->cvode, silent, NULL) ||
           CVodeInit(r->cvode, rate, 0, r->y) ||
           CVodeSVtolerances(r->cvode, rtol, r->atol) || CVodeSetUserData(r->cvode, r) ||
           CVodeSetLinearSolver(r->cvode, r->linear, r->matrix);
}

static int reference_create(struct pn_integrator *g)
{
    struct pn_reference *r = calloc(1, sizeof *r);
    sunindextype n = (sunindextype)g->ode.n;

    g->reference = r;
    if (!r)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for CVODE");
    r->ode = g->ode;
    r->x = pn_lane_array(2 * g->ode.n);
    if (!r->x || SUNContext_Create(NULL, &r->context))
        return PN_FAIL(PN_ERR_MEMORY, "no memory for CVODE");
    r->f = r->x + g->ode.n;
    r->y = N_VNew_Serial(n, r->context);
    r->atol = N_VNew_Serial(n, r->context);
    r->out = N_VNew_Serial(n, r->context);
    r->matrix = SUNDenseMatrix(n, n, r->context);
    r->cvode = CVodeCreate(CV_BDF, r->context);
    if (r->y && r->matrix)
        r->linear = SUNLinSol_Dense(r->y, r->matrix, r->context);
    if (!r->atol || !r->out || !r->cvode || !r->linear || configure(r, &g->options))
        return PN_FAIL(PN_ERR_LIBRARY, "CVODE cannot be set up for %zu states", g->ode.n);
    return PN_OK;
}

/* Counts of this patient: those before the last jump and those since. */
static struct pn_arrival counts(const struct pn_reference *r)
{
    struct pn_arrival a = r->total;
    long steps = 0, error_fails = 0, newton_fails = 0, rates = 0, more = 0, setups = 0;

    CVodeGetNumSteps(r->cvode, &steps);
    CVodeGetNumErrTestFails(r->cvode, &error_fails);
    CVodeGetNumNonlinSolvConvFails(r->cvode, &newton_fails);
    CVodeGetNumRhsEvals(r->cvode, &rates);
    CVodeGetNumLinRhsEvals(r->cvode, &more);
    CVodeGetNumLinSolvSetups(r->cvode, &setups);
    a.n_steps += (size_t)steps;
    a.n_rejected += (size_t)(error_fails + newton_fails);
    a.n_rates += (size_t)(rates + more);
    a.n_factors += (size_t)setups;
    return a;
}

static int patient_status(const struct pn_reference *r, int flag)
{
    switch (flag) {
    case CV_RHSFUNC_FAIL:
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR:
        return PN_PATIENT_NOT_FINITE;
    default:
        return r->n_broken ? PN_PATIENT_NOT_FINITE : PN_PATIENT_STEP_SIZE;
    }
}

static int finite_state(const struct pn_reference *r)
{
    int finite = 1;

    for (size_t i = 0; i < r->ode.n; i++)
        finite = finite && isfinite(N_VGetArrayPointer(r->y)[i]);
    return finite;
}

static void record(struct pn_reference *r, const struct pn_lane_calls *calls, double t,
                   struct pn_leg *leg)
{
    double same = PN_SAME_TIME * fabs(t), latest = t == leg->stop ? t + same : t;

    while (leg->output <= latest) {
        N_Vector y = r->y;

        if (leg->output < t - same && CVodeGetDky(r->cvode, leg->output, 0, r->out) == 0)
            y = r->out;
        calls->record(calls->user, 0, leg->output, N_VGetArrayPointer(y), &leg->output);
    }
}

/* The state in the step that was just made, the same in all lanes. */
static void look(void *of, const pn_lane *theta, pn_lane *x)
{
    struct pn_reference *r = of;
    double a = (*theta)[0], t = r->start + a * (r->end - r->start);
    N_Vector y = r->y;

    if (a < 1.0 && CVodeGetDky(r->cvode, t, 0, r->out) == 0)
        y = r->out;
    for (size_t i = 0; i < r->ode.n; i++)
        x[i] = pn_all(N_VGetArrayPointer(y)[i]);
}

static void show(struct pn_reference *r, const struct pn_lane_calls *calls)
{
    const struct pn_path path = {.made = {-1},
                                 .start = pn_all(r->start),
                                 .end = pn_all(r->end),
                                 .of = r,
                                 .at = look};
    pn_mask looked;

    if (calls->follow)
        calls->follow(calls->user, &path, &looked);
}

/* From leg->start to leg->stop, or as far as it goes: then y is the last good state. */
static int travel(struct pn_integrator *g, const struct pn_lane_calls *calls,
                  struct pn_leg *leg, double *t)
{
    struct pn_reference *r = g->reference;

    *t = leg->start;
    if (!finite_state(r))
        return PN_PATIENT_NOT_FINITE;
    CVodeSetStopTime(r->cvode, leg->stop);
    for (;;) {
        struct pn_arrival now = counts(r);
        double reached = *t;
        int flag;

        if (now.n_steps + now.n_rejected >= g->options.max_steps)
            return PN_PATIENT_STEPS;
        if (calls->halt && calls->halt(calls->user))
            return PN_ERR_STOPPED;
        N_VScale(1.0, r->y, r->out);
        flag = CVode(r->cvode, leg->stop, r->y, &reached, CV_ONE_STEP);
        if (flag < 0) {
            N_VScale(1.0, r->out, r->y);
            return patient_status(r, flag);
        }
        r->start = *t;
        *t = r->end = flag == CV_TSTOP_RETURN ? leg->stop : reached;
        if (calls->step) {
            double h = 0.0;

            CVodeGetLastStep(r->cvode, &h);
            calls->step(calls->user, 0, *t, h, 1, N_VGetArrayPointer(r->y));
        }
        show(r, calls);
        record(r, calls, *t, leg);
        if (flag == CV_TSTOP_RETURN)
            return PN_OK;
    }
}

/* Begin a leg at the state that stands in lane 0. */
static int begin(struct pn_reference *r, const struct pn_leg *leg)
{
    if (leg->kind == PN_LEG_CONTINUE)
        return PN_OK;
    r->total = leg->kind == PN_LEG_NEW ? (struct pn_arrival){0} : counts(r);
    r->n_broken = 0;
    for (size_t i = 0; i < r->ode.n; i++)
        N_VGetArrayPointer(r->y)[i] = r->x[i][0];
    if (CVodeReInit(r->cvode, leg->start, r->y))
        return PN_FAIL(PN_ERR_LIBRARY, "CVODE cannot be started again at %g h",
                       leg->start);
    return PN_OK;
}

static int reference_run(struct pn_integrator *g, const struct pn_lane_calls *calls)
{
    struct pn_reference *r = g->reference;
    struct pn_leg leg = {.kind = PN_LEG_IDLE, .output = (double)INFINITY};
    int status = calls->arrive(calls->user, 0, NULL, r->x, &leg);

    while (status >= 0 && leg.kind != PN_LEG_IDLE) {
        struct pn_arrival a;
        double t;
        int outcome;

        status = begin(r, &leg);
        if (status < 0)
            return status;
        outcome = travel(g, calls, &leg, &t);
        if (outcome < 0)
            return outcome;
        a = counts(r);
        a.status = outcome;
        a.t = t;
        for (size_t i = 0; i < r->ode.n; i++)
            r->x[i] = pn_all(N_VGetArrayPointer(r->y)[i]);
        leg = (struct pn_leg){.kind = PN_LEG_IDLE, .output = (double)INFINITY};
        status = calls->arrive(calls->user, 0, &a, r->x, &leg);
    }
    return status < 0 ? status : PN_OK;
}

static double reference_lane_use(const struct pn_integrator *g)
{
    (void)g;
    return 1.0 / PN_LANES;
}

const struct pn_method pn_method_cvode = {
    PN_METHOD_CVODE, NULL,           reference_create,
    reference_run,   reference_free, reference_lane_use,
};
