/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seven equations for the moments of bound bridges, and their integration by CVODE. */
#include "models/airway/crossbridge_moments.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "solver/base/status.h"

/* The first bridges: as f lets them on, mean 2/3 and variance 1/18. */
#define FIRST 1e-9

/* a narrower distribution counts as this wide */
#define NARROWEST 1e-4

void pn_gaussian_moments(double p, double q, double to, double *moment)
{
    double z = (to - p) / q; /* once */
    double below = 0.5 * erfc(-z / sqrt(2)), density = exp(-z * z / 2) / sqrt(2 * M_PI);
    /* of z^l: below, -density, below - z density, -(z^2 + 2) density */
    double second = below - z * density, third = -(z * z + 2) * density;

    moment[0] = below;
    moment[1] = p * below - q * density;
    moment[2] = p * p * below - 2 * p * q * density + q * q * second;
    moment[3] = p * p * p * below - 3 * p * p * q * density + 3 * p * q * q * second +
                q * q * q * third;
}

/* Moments of a population below 0, in (0, 1] and beyond. */
struct pieces {
    double left[4], inside[4], right[4];
};

static void cut(const double *M, struct pieces *s)
{
    double p = M[1] / M[0], variance = M[2] / M[0] - p * p;
    double q = sqrt(fmax(variance, NARROWEST * NARROWEST)), upto1[4];
    const double whole[4] = {1, p, p * p + q * q, p * p * p + 3 * p * q * q};

    pn_gaussian_moments(p, q, 0, s->left);
    pn_gaussian_moments(p, q, 1, upto1);
    for (int l = 0; l < 4; l++) {
        s->inside[l] = M[0] * (upto1[l] - s->left[l]);
        s->right[l] = M[0] * (whole[l] - upto1[l]);
        s->left[l] *= M[0];
    }
}

/* Rates of change [1/s] of the moments y at k1 [1/s] and a rate of strain [1/s]. */
static void moments_rate(const struct pn_crossbridge_rates *k, double k1, double velocity,
                         const double *y, double *dy)
{
    const double *P = y + PN_MOMENTS_P, *A = y + PN_MOMENTS_A;
    const double C = y[PN_MOMENTS_C];
    struct pieces p, a;

    cut(P, &p);
    cut(A, &a);
    for (int l = 0; l < 3; l++) {
        double unbound = 1.0 / (l + 2) - p.inside[l + 1] - a.inside[l + 1];
        double on = k->fp1 * (1 - C) * unbound, latch = k->k5 * P[l] - k1 * A[l];
        double off_P = k->gp2 * p.left[l] + k->gp1 * p.inside[l + 1] +
                       (k->gp1 + k->gp3) * p.right[l + 1];
        double off_A = k->g2 * a.left[l] + k->g1 * a.inside[l + 1] +
                       (k->g1 + k->g3) * a.right[l + 1];
        dy[PN_MOMENTS_P + l] = on - off_P - latch + (l ? l * velocity * P[l - 1] : 0);
        dy[PN_MOMENTS_A + l] = latch - off_A + (l ? l * velocity * A[l - 1] : 0);
    }
    dy[PN_MOMENTS_C] = k->k2 * (1 - C) - k1 * C;
}

/* --- in time --- */

struct motion {
    const struct pn_crossbridge_rates *rates;
    const struct pn_protocol *protocol;
    double k1; /* until the next stop */
};

static int rate(realtype t, N_Vector y, N_Vector dy, void *data)
{
    const struct motion *m = data;

    moments_rate(m->rates, m->k1, pn_protocol_rate(m->protocol, t), N_VGetArrayPointer(y),
                 N_VGetArrayPointer(dy));
    for (int i = 0; i < PN_MOMENTS; i++)
        if (!isfinite(N_VGetArrayPointer(dy)[i]))
            return 1;
    return 0;
}

static void silent(int code, const char *module, const char *function, char *text,
                   void *data)
{
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

/* A sudden strain d carries x to x + d. */
static void shift(double *M, double d)
{
    M[2] += d * (2 * M[1] + d * M[0]);
    M[1] += d * M[0];
}

static void first_bridges(double *y)
{
    for (int i = 0; i < 2; i++) {
        y[3 * i] = FIRST;
        y[3 * i + 1] = FIRST * 2 / 3;
        y[3 * i + 2] = FIRST / 2; /* 4/9 + 1/18 */
    }
    y[PN_MOMENTS_C] = 1;
}

static void measure(const double *y, struct pn_bridges *sums)
{
    sums->force_p = y[PN_MOMENTS_P + 1];
    sums->force = sums->force_p + y[PN_MOMENTS_A + 1];
    sums->stiffness = y[PN_MOMENTS_P] + y[PN_MOMENTS_A];
    sums->least = fmin(y[PN_MOMENTS_P], y[PN_MOMENTS_A]);
}

/* From one output to the next, with a new start at every jump of the protocol. */
static int travel(void *cvode, N_Vector y, struct motion *m, double *t, double to)
{
    while (*t < to) {
        double stop = pn_protocol_next(m->protocol, *t, to), reached;
        m->k1 = pn_protocol_k1(m->protocol, *t);
        CVodeSetStopTime(cvode, stop);
        if (CVode(cvode, stop, y, &reached, CV_NORMAL) < 0)
            return PN_PATIENT_STEP_SIZE;
        *t = stop;
        if (stop != m->protocol->start && stop != m->protocol->change)
            continue;
        if (stop == m->protocol->start && m->protocol->step != 0) {
            shift(N_VGetArrayPointer(y) + PN_MOMENTS_P, m->protocol->step);
            shift(N_VGetArrayPointer(y) + PN_MOMENTS_A, m->protocol->step);
        }
        if (CVodeReInit(cvode, stop, y))
            return PN_FAIL(PN_ERR_LIBRARY, "CVODE cannot be started again at %g s", stop);
    }
    return PN_OK;
}

int pn_moments_run(const struct pn_crossbridge_rates *rates,
                   const struct pn_protocol *protocol, size_t n, const double *t,
                   struct pn_bridges *sums)
{
    struct motion motion = {.rates = rates, .protocol = protocol};
    SUNContext context = NULL;
    N_Vector y = NULL;
    SUNMatrix matrix = NULL;
    SUNLinearSolver linear = NULL;
    void *cvode = NULL;
    double now = 0;
    int status = PN_OK;

    if (SUNContext_Create(NULL, &context))
        return PN_FAIL(PN_ERR_MEMORY, "no memory for CVODE");
    y = N_VNew_Serial(PN_MOMENTS, context);
    matrix = SUNDenseMatrix(PN_MOMENTS, PN_MOMENTS, context);
    cvode = CVodeCreate(CV_BDF, context);
    if (y && matrix)
        linear = SUNLinSol_Dense(y, matrix, context);
    if (!linear || !cvode) {
        status = PN_FAIL(PN_ERR_MEMORY, "no memory for CVODE");
        goto out;
    }
    first_bridges(N_VGetArrayPointer(y));
    if (CVodeSetErrHandlerFn(cvode, silent, NULL) || CVodeInit(cvode, rate, 0, y) ||
        CVodeSStolerances(cvode, 1e-8, 1e-11) || CVodeSetUserData(cvode, &motion) ||
        CVodeSetMaxNumSteps(cvode, 1000000) ||
        CVodeSetLinearSolver(cvode, linear, matrix)) {
        status = PN_FAIL(PN_ERR_LIBRARY, "CVODE cannot be set up for moments");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        PN_TRY(travel(cvode, y, &motion, &now, t[i]));
        measure(N_VGetArrayPointer(y), &sums[i]);
    }
out:
    CVodeFree(&cvode);
    if (linear)
        SUNLinSolFree(linear);
    if (matrix)
        SUNMatDestroy(matrix);
    if (y)
        N_VDestroy(y);
    SUNContext_Free(&context);
    return status;
}
