/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The study full.yaml by hand: eight drugs, eosinophils, smooth muscle, 39 states.
 * Occupancies that nothing reads are not computed.  Constants are those of inputs/drugs
 * and models/. */
#include "problem.h"

#include <string.h>

/* the columns, in the order in which `run` writes them */
/* clang-format off */
enum {
    BUD_FLUNG, BUD_KA, BUD_CL, BUD_V1,
    SAL_FLUNG, SAL_CL,
    TIO_FLUNG, TIO_CL,
    FEV_CL, FEV_V1, FEV_KA,
    MEP_CL, MEP_V1,
    BEN_CL, BEN_V1, BEN_Q, BEN_V2, BEN_KA, BEN_F,
    TEZ_CL, TEZ_V1, TEZ_KA,
    DUP_KE, DUP_V1, DUP_VMAX, DUP_KA, DUP_F,
    B0, KA_DAY,
    N_PARAMETERS
};

/* states: amounts (inhaled: ug, others: mg), cells/uL, relative */
enum {
    BUD_UC, BUD_UP, BUD_DC, BUD_DP, BUD_G, BUD_1, BUD_2,
    SAL_L, SAL_G, SAL_1, SAL_2,
    TIO_FAST, TIO_MID, TIO_SLOW, TIO_G, TIO_1, TIO_2,
    FEV_0, FEV_1, FEV_2,
    MEP_0, MEP_1, MEP_2,
    BEN_0, BEN_1, BEN_2,
    TEZ_0, TEZ_1, TEZ_2,
    DUP_0, DUP_1, DUP_2,
    T1, T2, T3, T4, B, E,
    A,
    N
};
/* clang-format on */

/* what is compared with Pneuma: concentrations in drug order, then these */
enum { N_DRUGS = 8, BLOOD = N_DRUGS, AIRWAY, MASS, N_OUTPUTS };

static const double scale[N] = {
    100, 100, 100, 100, 100, 100, 100, /* budesonide */
    100, 100, 100, 100,                /* salbutamol */
    1,   1,   1,   1,   1,   1,        /* tiotropium */
    100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,
    100, 100, 100, 100, 200, 200, 200, 200, 200, 1, /* eosinophils */
    1,
};

/* two compartments behind a depot */
static inline void pk2(double KA, double CL, double V1, double Q, double V2,
                       const double *x, double *dx)
{
    double exchanged = Q * (x[1] / V1 - x[2] / V2);

    dx[0] = -KA * x[0];
    dx[1] = KA * x[0] - CL * x[1] / V1 - exchanged;
    dx[2] = exchanged;
}

static inline void budesonide(const double *p, const double *x, double *dx)
{
    const double kmuc = 0.938, kdiss = 17.8, kpulC = 10, kpulP = 20, F_BA = 0.11;
    double exchanged = 20.01 * x[BUD_1] - 11.06 * x[BUD_2];

    dx[BUD_UC] = -(kdiss + kmuc) * x[BUD_UC];
    dx[BUD_UP] = -kdiss * x[BUD_UP];
    dx[BUD_DC] = kdiss * x[BUD_UC] - kpulC * x[BUD_DC];
    dx[BUD_DP] = kdiss * x[BUD_UP] - kpulP * x[BUD_DP];
    dx[BUD_G] = kmuc * x[BUD_UC] - p[BUD_KA] * x[BUD_G];
    dx[BUD_1] = kpulC * x[BUD_DC] + kpulP * x[BUD_DP] + F_BA * p[BUD_KA] * x[BUD_G] -
                p[BUD_CL] / p[BUD_V1] * x[BUD_1] - exchanged;
    dx[BUD_2] = exchanged;
}

static inline void salbutamol(const double *p, const double *x, double *dx)
{
    const double KL = 8, F_gut = 0.44, KA = 0.7, V1 = 45, Q = 60, V2 = 100;
    double exchanged = Q * (x[SAL_1] / V1 - x[SAL_2] / V2);

    dx[SAL_L] = -KL * x[SAL_L];
    dx[SAL_G] = -KA * x[SAL_G];
    dx[SAL_1] =
        KL * x[SAL_L] + F_gut * KA * x[SAL_G] - p[SAL_CL] * x[SAL_1] / V1 - exchanged;
    dx[SAL_2] = exchanged;
}

static inline void tiotropium(const double *p, const double *x, double *dx)
{
    const double kfast = 30, kmid = 0.3, kslow = 0.01059858, F_gut = 0.02, KA = 0.5;
    const double V1 = 15, Q = 15, V2 = 2225;
    double exchanged = Q * (x[TIO_1] / V1 - x[TIO_2] / V2);

    dx[TIO_FAST] = -kfast * x[TIO_FAST];
    dx[TIO_MID] = -kmid * x[TIO_MID];
    dx[TIO_SLOW] = -kslow * x[TIO_SLOW];
    dx[TIO_G] = -KA * x[TIO_G];
    dx[TIO_1] = kfast * x[TIO_FAST] + kmid * x[TIO_MID] + kslow * x[TIO_SLOW] +
                F_gut * KA * x[TIO_G] - p[TIO_CL] * x[TIO_1] / V1 - exchanged;
    dx[TIO_2] = exchanged;
}

static inline void dupilumab(const double *p, const double *x, double *dx)
{
    const double K12 = 0.0952 / 24, K21 = 0.163 / 24, KM = 2.08;
    double exchanged = K12 * x[DUP_1] - K21 * x[DUP_2];

    dx[DUP_0] = -p[DUP_KA] * x[DUP_0];
    dx[DUP_1] = p[DUP_KA] * x[DUP_0] - p[DUP_KE] * x[DUP_1] -
                p[DUP_VMAX] * x[DUP_1] / (KM + x[DUP_1] / p[DUP_V1]) - exchanged;
    dx[DUP_2] = exchanged;
}

static inline void disease(const double *p, const double *x, double *dx)
{
    const double ktr = 0.8 / 24, kBT = 1 / 25.2, chi0 = 3, dA = 0.01 / 24;
    const double P = 0.4, ap = 0.8, ar = 0.8, IR = 0.5;
    double drive = 0.12 * x[FEV_1] / p[FEV_V1] * 1e6 / 426.4 / 1.1; /* Kd 1.1 nM */
    double occupancy = drive / (1 + drive);
    double inflow = (1 + chi0 * (1 - occupancy)) / (1 + chi0);

    dx[T1] = kBT * p[B0] - ktr * x[T1];
    dx[T2] = ktr * (x[T1] - x[T2]);
    dx[T3] = ktr * (x[T2] - x[T3]);
    dx[T4] = ktr * (x[T3] - x[T4]);
    dx[B] = ktr * x[T4] - kBT * x[B];
    dx[E] = p[KA_DAY] / 24 * (inflow * x[B] / p[B0] - x[E]);
    dx[A] = dA * (P * (ap + (1 - ap) * x[E]) * x[A] +
                  (1 - P) * (1 - IR * occupancy) * (ar + (1 - ar) * x[E]) - x[A]);
}

static int rate(double t, const double x[], double dx[], void *user)
{
    const double *p = user;

    (void)t;
    budesonide(p, x, dx);
    salbutamol(p, x, dx);
    tiotropium(p, x, dx);
    pk2(p[FEV_KA], p[FEV_CL], p[FEV_V1], 5.3, 130, &x[FEV_0], &dx[FEV_0]);
    pk2(0.2 / 24, p[MEP_CL], p[MEP_V1], 0.5 / 24, 2.6, &x[MEP_0], &dx[MEP_0]);
    pk2(p[BEN_KA], p[BEN_CL], p[BEN_V1], p[BEN_Q], p[BEN_V2], &x[BEN_0], &dx[BEN_0]);
    pk2(p[TEZ_KA], p[TEZ_CL], p[TEZ_V1], 0.515 / 24, 2.2, &x[TEZ_0], &dx[TEZ_0]);
    dupilumab(p, x, dx);
    disease(p, x, dx);
    return 0;
}

static void start(const double *p, double *x)
{
    memset(x, 0, N * sizeof *x);
    x[T1] = x[T2] = x[T3] = x[T4] = p[B0] / 25.2 / (0.8 / 24);
    x[B] = p[B0];
    x[E] = x[A] = 1;
}

static void give_budesonide(const double *p, double *x)
{
    double dose = 400; /* ug */

    x[BUD_UC] += dose * p[BUD_FLUNG] * 0.5;
    x[BUD_UP] += dose * p[BUD_FLUNG] * 0.5;
    x[BUD_G] += dose * (1 - p[BUD_FLUNG]);
}

static void give_salbutamol(const double *p, double *x)
{
    x[SAL_L] += 200 * p[SAL_FLUNG]; /* ug */
    x[SAL_G] += 200 * (1 - p[SAL_FLUNG]);
}

static void give_tiotropium(const double *p, double *x)
{
    double dose = 5, lung = dose * p[TIO_FLUNG]; /* ug */

    x[TIO_FAST] += lung * 0.0369;
    x[TIO_MID] += lung * (1 - 0.0369 - 0.864);
    x[TIO_SLOW] += lung * 0.864;
    x[TIO_G] += dose - lung;
}

static void give_fevipiprant(const double *p, double *x)
{
    (void)p;
    x[FEV_0] += 225; /* mg, and below */
}

static void give_mepolizumab(const double *p, double *x)
{
    (void)p;
    x[MEP_0] += 0.8 * 100;
}

static void give_benralizumab(const double *p, double *x)
{
    x[BEN_0] += p[BEN_F] * 30;
}

static void give_tezepelumab(const double *p, double *x)
{
    (void)p;
    x[TEZ_0] += 0.77 * 210;
}

static void give_dupilumab(const double *p, double *x)
{
    x[DUP_0] += p[DUP_F] * 300;
}

static void observe(const double *p, const double *x, double *out)
{
    const double C[N_DRUGS] = {
        x[BUD_1] / p[BUD_V1], x[SAL_1] / 45,        x[TIO_1] / 15,
        x[FEV_1] / p[FEV_V1], x[MEP_1] / p[MEP_V1], x[BEN_1] / p[BEN_V1],
        x[TEZ_1] / p[TEZ_V1], x[DUP_1] / p[DUP_V1],
    };

    memcpy(out, C, sizeof C);
    out[BLOOD] = x[B];
    out[AIRWAY] = x[E];
    out[MASS] = x[A];
}

const struct problem problem_full = {
    .name = "full",
    .n = N,
    .n_parameters = N_PARAMETERS,
    .n_outputs = N_OUTPUTS,
    .end = 24 * 168,
    .grid = 4 * 168,
    .scale = scale,
    .n_regimens = N_DRUGS,
    .regimen = {{12, give_budesonide},
                {12, give_salbutamol},
                {24, give_tiotropium},
                {12, give_fevipiprant},
                {4 * 168, give_mepolizumab},
                {4 * 168, give_benralizumab},
                {4 * 168, give_tezepelumab},
                {2 * 168, give_dupilumab}},
    .start = start,
    .rate = rate,
    .observe = observe,
};
