/* SPDX-License-Identifier: GPL-3.0-or-later */
/* T1 and T3 (equations in README.md), and the way through one patient's doses. */
#include "problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CL, V1, KA, IC50, KOUT, N_PARAMETERS }; /* L/h, L, 1/h, ng/mL, 1/h */
enum { A0, A1, A2, T1, T2, T3, T4, E, M, N_T1, R = N_T1, RC, N_T3 };

static const double Q = 8, V2 = 80, KIN = 10, KTR = 0.05; /* L/h, L, 1/h, 1/h */
static const double scale[N_T3] = {100, 100, 100, 200, 200, 200, 200, 200, 1, 100, 100};

static void start_t1(const double *p, double *x)
{
    x[A0] = x[A1] = x[A2] = 0;
    x[T1] = x[T2] = x[T3] = x[T4] = KIN / KTR;
    x[E] = KIN / p[KOUT];
    x[M] = 1;
}

static void start_t3(const double *p, double *x)
{
    start_t1(p, x);
    x[R] = 100; /* nM */
    x[RC] = 0;
}

static inline void rate_shared(const double *p, const double *x, double *dx)
{
    double C = x[A1] / p[V1], Cng = 1000 * C, back = Q / V2 * x[A2];

    dx[A0] = -p[KA] * x[A0];
    dx[A1] = p[KA] * x[A0] - p[CL] * C - Q * C + back;
    dx[A2] = Q * C - back;
    dx[T1] = KIN * (1 - 0.9 * Cng / (p[IC50] + Cng)) - KTR * x[T1];
    dx[T2] = KTR * (x[T1] - x[T2]);
    dx[T3] = KTR * (x[T2] - x[T3]);
    dx[T4] = KTR * (x[T3] - x[T4]);
    dx[E] = KTR * x[T4] - p[KOUT] * x[E];
    dx[M] = 1e-4 * x[E] * p[KOUT] / KIN - 1e-4 * x[M];
}

static int rate_t1(double t, const double x[], double dx[], void *user)
{
    (void)t;
    rate_shared(user, x, dx);
    return 0;
}

static int rate_t3(double t, const double x[], double dx[], void *user)
{
    const double *p = user;
    double bind = 10 * (2000 * x[A1] / p[V1]) * x[R] - 0.1 * x[RC]; /* nM/h */

    (void)t;
    rate_shared(p, x, dx);
    dx[A1] -= bind * p[V1] / 2000;
    dx[R] = 2 - 0.02 * x[R] - bind;
    dx[RC] = bind - 0.05 * x[RC];
    return 0;
}

static void give(const double *p, double *x)
{
    (void)p;
    x[A0] += 0.7 * 150; /* mg */
}

static void observe_t1(const double *p, const double *x, double *out)
{
    (void)p;
    memcpy(out, x, N_T1 * sizeof *out);
}

static void observe_t3(const double *p, const double *x, double *out)
{
    (void)p;
    memcpy(out, x, N_T3 * sizeof *out);
}

const struct problem problem_t1 = {
    .name = "t1",
    .n = N_T1,
    .n_parameters = N_PARAMETERS,
    .n_outputs = N_T1,
    .end = 2016,
    .grid = 24,
    .scale = scale,
    .n_regimens = 1,
    .regimen = {{24, give}},
    .start = start_t1,
    .rate = rate_t1,
    .observe = observe_t1,
};

const struct problem problem_t3 = {
    .name = "t3",
    .n = N_T3,
    .n_parameters = N_PARAMETERS,
    .n_outputs = N_T3,
    .end = 2016,
    .grid = 24,
    .scale = scale,
    .n_regimens = 1,
    .regimen = {{24, give}},
    .start = start_t3,
    .rate = rate_t3,
    .observe = observe_t3,
};

const struct problem *problem_find(const char *name)
{
    static const struct problem *const all[] = {&problem_t1, &problem_t3, &problem_full};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

static int read_patient(FILE *in, size_t n, double *p)
{
    char line[8192], *rest = line;

    if (!fgets(line, sizeof line, in))
        return 0;
    strtol(line, &rest, 10); /* ID */
    for (size_t i = 0; i < n; i++) {
        char *next;
        if (*rest != ',')
            return 0;
        p[i] = strtod(rest + 1, &next);
        rest = next;
    }
    return 1;
}

/* All doses due at time t. */
static int give_all(const struct problem *problem, const double *p, double t, double *x,
                    size_t *given)
{
    int any = 0;

    for (size_t k = 0; k < problem->n_regimens && t < problem->end; k++)
        if (t == (double)given[k] * problem->regimen[k].every) {
            problem->regimen[k].give(p, x);
            given[k]++;
            any = 1;
        }
    return any;
}

static int simulate(const struct problem *problem, advance go, void *solver,
                    const double *p, FILE *out)
{
    double x[MOST_STATES], y[MOST_STATES], t = 0;
    size_t given[MOST_REGIMENS] = {0}, n_seen = 0;

    problem->start(p, x);
    for (;;) {
        double next = problem->end;
        int restart;
        if (t == (double)n_seen * problem->grid) {
            problem->observe(p, x, y);
            n_seen++;
            if (fwrite(y, sizeof *y, problem->n_outputs, out) != problem->n_outputs)
                return 74;
        }
        if (t >= problem->end)
            return 0;
        restart = give_all(problem, p, t, x, given) || t == 0;
        next = fmin(next, (double)n_seen * problem->grid);
        for (size_t k = 0; k < problem->n_regimens; k++)
            next = fmin(next, (double)given[k] * problem->regimen[k].every);
        if (go(solver, p, t, next, x, restart) != 0 || !isfinite(x[0] + x[1]))
            return 70; /* GSL's control lets NaN pass */
        t = next;
    }
}

int problem_run(const struct problem *problem, advance go, void *solver, FILE *in,
                FILE *out)
{
    double p[MOST_PARAMETERS];
    char header[8192];
    int status = fgets(header, sizeof header, in) ? 0 : 65;

    while (status == 0 && read_patient(in, problem->n_parameters, p))
        status = simulate(problem, go, solver, p, out);
    return fclose(out) == 0 ? status : 74;
}
