/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The baseline: what a careful user of SUNDIALS writes.
 *
 * One patient at a time, a scalar right-hand side, CVODE BDF with its dense matrix and the Jacobian by
 * difference quotients, memory created once, CVodeReInit at each dose, CVodeSetStopTime at the next
 * one.  The slow system of slow-system.yaml: oral two-compartment kinetics, DP2 occupancy, eosinophils
 * through four transits into blood and airway, smooth muscle.  Time in h, constants as in models/.
 *
 *   plain_cvode PARAMETERS.csv RTOL OUT    ID,CL,V1,Q,V2,KA,B0,ka[1/day] -> doubles [patient][19][10] */
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

enum { A0, A1, A2, T1, T2, T3, T4, B, E, A, N };
enum { N_WEEKS = 18, N_DOSES = 168 };

struct patient {
    double CL, V1, Q, V2, KA, B0, ka; /* L/h, L, 1/h, cells/uL, 1/h */
};

static const double dose = 225.0, every = 12.0, week = 168.0; /* mg, h, h */
/* as in inputs/drugs/fevipiprant.yaml and the defaults of models/ */
static const double Kd = 1.1, fu = 0.12, molar_mass = 426.4; /* nmol/L, 1, g/mol */
static const double ktr = 0.8 / 24, kBT = 24 / 25.2 / 24, chi0 = 3.0;
static const double dA = 0.01 / 24, P = 0.4, ap = 0.8, ar = 0.8, IR = 0.5;

static int rate(realtype t, N_Vector state, N_Vector out, void *user)
{
    const struct patient *p = user;
    const double *x = N_VGetArrayPointer(state);
    double *dx = N_VGetArrayPointer(out);
    double C = x[A1] / p->V1, exchanged = p->Q * (C - x[A2] / p->V2);
    double drive = fu * C * 1e6 / molar_mass / Kd, occupancy = drive / (1 + drive);
    double inflow = (1 + chi0 * (1 - occupancy)) / (1 + chi0);

    (void)t;
    dx[A0] = -p->KA * x[A0];
    dx[A1] = p->KA * x[A0] - p->CL * C - exchanged;
    dx[A2] = exchanged;
    dx[T1] = kBT * p->B0 - ktr * x[T1];
    dx[T2] = ktr * (x[T1] - x[T2]);
    dx[T3] = ktr * (x[T2] - x[T3]);
    dx[T4] = ktr * (x[T3] - x[T4]);
    dx[B] = ktr * x[T4] - kBT * x[B];
    dx[E] = p->ka * (inflow * x[B] / p->B0 - x[E]);
    dx[A] = dA * (P * (ap + (1 - ap) * x[E]) * x[A] +
                  (1 - P) * (1 - IR * occupancy) * (ar + (1 - ar) * x[E]) - x[A]);
    return 0;
}

static void start(const struct patient *p, double *x)
{
    for (int i = 0; i < N; i++)
        x[i] = 0.0;
    for (int i = T1; i <= T4; i++)
        x[i] = kBT * p->B0 / ktr;
    x[B] = p->B0;
    x[E] = x[A] = 1.0;
}

static void keep(const double *x, FILE *out)
{
    if (fwrite(x, sizeof *x, N, out) != N)
        exit(74);
}

/* weekly outputs: the trough, before the dose at that time */
static void simulate(void *cvode, N_Vector state, const struct patient *p, FILE *out)
{
    double *x = N_VGetArrayPointer(state);
    realtype t = 0.0;

    start(p, x);
    keep(x, out);
    CVodeSetUserData(cvode, (void *)p);
    for (int i_dose = 0, i_week = 1; i_week <= N_WEEKS;) {
        double stop = i_dose + 1 < N_DOSES ? (i_dose + 1) * every : N_WEEKS * week;
        if (i_dose < N_DOSES)
            x[A0] += dose;
        i_dose++;
        if (CVodeReInit(cvode, t, state) != CV_SUCCESS || CVodeSetStopTime(cvode, stop) != 0)
            exit(70);
        while (t < stop) {
            double next = i_week * week < stop ? i_week * week : stop;
            if (CVode(cvode, next, state, &t, CV_NORMAL) < 0)
                exit(70);
            if (t == i_week * week) {
                keep(x, out);
                i_week++;
            }
        }
    }
}

static int read_patient(FILE *in, struct patient *p)
{
    char line[1024];
    long id;

    if (!fgets(line, sizeof line, in) ||
        sscanf(line, "%ld,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &id, &p->CL, &p->V1, &p->Q, &p->V2,
               &p->KA, &p->B0, &p->ka) != 8)
        return 0;
    p->ka /= 24;
    return 1;
}

int main(int argc, char **argv)
{
    FILE *in = argc == 4 ? fopen(argv[1], "r") : NULL;
    FILE *out = argc == 4 ? fopen(argv[3], "wb") : NULL;
    double rtol = argc == 4 ? atof(argv[2]) : 0.0;
    static const double scale[N] = {100, 100, 100, 200, 200, 200, 200, 200, 1, 1};
    struct patient p = {1, 1, 1, 1, 1, 1, 1};
    char header[1024];
    SUNContext context;
    N_Vector state, atol;
    SUNMatrix matrix;
    SUNLinearSolver solver;
    void *cvode;

    if (!in || !out || !(rtol > 0.0) || !fgets(header, sizeof header, in)) {
        fprintf(stderr, "usage: plain_cvode PARAMETERS.csv RTOL OUT\n");
        return 2;
    }
    SUNContext_Create(NULL, &context);
    state = N_VNew_Serial(N, context);
    atol = N_VNew_Serial(N, context);
    matrix = SUNDenseMatrix(N, N, context);
    solver = SUNLinSol_Dense(state, matrix, context);
    cvode = CVodeCreate(CV_BDF, context);
    start(&p, N_VGetArrayPointer(state));
    for (int i = 0; i < N; i++)
        N_VGetArrayPointer(atol)[i] = rtol * scale[i] * 1e-3;
    CVodeInit(cvode, rate, 0.0, state);
    CVodeSVtolerances(cvode, rtol, atol);
    CVodeSetLinearSolver(cvode, solver, matrix);
    CVodeSetMaxNumSteps(cvode, 1000000);
    while (read_patient(in, &p))
        simulate(cvode, state, &p, out);
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    SUNMatDestroy(matrix);
    N_VDestroy(atol);
    N_VDestroy(state);
    SUNContext_Free(&context);
    fclose(in);
    return fclose(out) == 0 ? 0 : 74;
}
