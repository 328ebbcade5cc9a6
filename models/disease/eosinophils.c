/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The eosinophil's life: four transits through the marrow, blood, airway.
 *
 *   T1' = k_in - ktr T1,   Ti' = ktr (T(i-1) - Ti),   k_in = kBT B0
 *   B'  = ktr T4 - kBT B
 *   E'  = ka ((1 + chi)/(1 + chi0) B/B0 - E),         chi = chi0 (1 - occupancy of DP2)
 *
 * E is relative to the untreated airway.  The share of the cells leaving the blood that
 * the airway receives, and its volume, scale inflow and baseline alike and cancel:
 * neither is a parameter.  DP2 draws cells into the airway: without it, of the inflow
 * 1 + chi0 only 1 remains.  T1 ... T4 are in blood cells/uL: marrow cells spread over the
 * volume of the blood. */
#include "models/signals.h"

enum { B0, SPUTUM0, KTR, KBT, KA, CHI0, N_PARAMETERS };
enum { K_IN = N_PARAMETERS, PER_B0, RECRUITED, N_ALL }; /* derived */
enum { T1, T2, T3, T4, B, E, N_STATES };
enum { OCCUPANCY };
enum { BLOOD, AIRWAY, SPUTUM, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [B0] = {"B0", "cells/uL", 228, 1, 1e4, "blood eosinophils, untreated",
            .source = "read: Phipatanakul 2017 T1, SARP III severe adults, median",
            .covariate = "blood_eosinophils"},
    [SPUTUM0] = {"sputum0", "%", 5, 0, 100, "sputum eosinophils, untreated",
                 .source = "read: Gonem 2016, geometric mean of both arms",
                 .covariate = "sputum_eosinophils"},
    [KTR] = {"ktr", "1/day", 0.8, 0.05, 20, "rate of each of four marrow transits",
             .source = "OURS: 5 days in the marrow; form after Wang 2017"},
    [KBT] = {"kBT", "1/day", 24 / 25.2, 0.05, 20, "rate of leaving the blood",
             .source = "read: Farahi 2012, residence in blood 25.2 h"},
    [KA] = {"ka", "1/day", 0.2, 0.02, 5, "rate of loss from the airway",
            .source = "OURS: 5 days, within 4-14 d in tissue, recalled (medium)"},
    [CHI0] = {"chi0", "1", 3, 0, 20, "recruitment through DP2 over all other recruitment",
              .source =
                  "OURS: fitted, 3.48-fold fall at occupancy 0.95; Gonem 2016: 3.5"},
    PN_END_OF_TABLE
};
#define MARROW .source = "OURS: four transits", .scale = 200
static const struct pn_quantity states[] = {
    [T1] = {"T1", "cells/uL", 228, 0, 1e5, "marrow, first quarter", MARROW},
    [T2] = {"T2", "cells/uL", 228, 0, 1e5, "marrow, second quarter", MARROW},
    [T3] = {"T3", "cells/uL", 228, 0, 1e5, "marrow, third quarter", MARROW},
    [T4] = {"T4", "cells/uL", 228, 0, 1e5, "marrow, last quarter", MARROW},
    [B] = {"B", "cells/uL", 228, 0, 1e5, "eosinophils in blood", .source = "B0 untreated",
           .scale = 200},
    [E] = {"E", "1", 1, 0, 100, "eosinophils in the airway wall, relative to untreated",
           .source = "1 untreated", .scale = 1},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [OCCUPANCY] = PN_READ_DP2,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [BLOOD] = {"blood", "cells/uL", 228, 0, 1e5, "blood eosinophil count",
               .source = "state B"},
    [AIRWAY] = {"airway", "1", 1, 0, 100,
                "eosinophils in the airway wall, relative to untreated",
                .source = "state E"},
    [SPUTUM] = {"sputum", "%", 5, 0, 1e4, "sputum eosinophils",
                .source = "OURS: ln(sputum) = ln(sputum0) + ln(E)"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[K_IN] = p[KBT] * p[B0];                 /* cells/uL/day */
    p[PER_B0] = 1.0 / p[B0];                  /* uL/cells */
    p[RECRUITED] = p[CHI0] / (1.0 + p[CHI0]); /* share of the inflow that DP2 draws */
}

static void initial(struct pn_view v, pn_lane *x)
{
    for (size_t i = T1; i <= T4; i++)
        x[i] = v.p[K_IN] / v.p[KTR];
    x[B] = v.p[B0];
    x[E] = 1.0 - v.p[RECRUITED] * v.r[OCCUPANCY];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[BLOOD] = v.x[B];
    w[AIRWAY] = v.x[E];
    w[SPUTUM] = v.p[SPUTUM0] * v.x[E];
}

static void rate(struct pn_view v, pn_lane *dx)
{
    /* (1 + chi)/(1 + chi0) with chi = chi0 (1 - occupancy) */
    pn_lane inflow = 1.0 - v.p[RECRUITED] * v.r[OCCUPANCY];

    dx[T1] = v.p[K_IN] - v.p[KTR] * v.x[T1];
    dx[T2] = v.p[KTR] * (v.x[T1] - v.x[T2]);
    dx[T3] = v.p[KTR] * (v.x[T2] - v.x[T3]);
    dx[T4] = v.p[KTR] * (v.x[T3] - v.x[T4]);
    dx[B] = v.p[KTR] * v.x[T4] - v.p[KBT] * v.x[B];
    dx[E] = v.p[KA] * (inflow * v.x[B] * v.p[PER_B0] - v.x[E]);
}

enum { OCCUPANCY_COLUMN = N_STATES + OCCUPANCY };
static const struct pn_at at[] = {
    {BLOOD,         B               },
    {AIRWAY,        E               },
    {SPUTUM,        E               },
    {N_WRITES + T1, T1              },
    {N_WRITES + T2, T1              },
    {N_WRITES + T2, T2              },
    {N_WRITES + T3, T2              },
    {N_WRITES + T3, T3              },
    {N_WRITES + T4, T3              },
    {N_WRITES + T4, T4              },
    {N_WRITES + B,  T4              },
    {N_WRITES + B,  B               },
    {N_WRITES + E,  B               },
    {N_WRITES + E,  E               },
    {N_WRITES + E,  OCCUPANCY_COLUMN},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane inflow = 1.0 - v.p[RECRUITED] * v.r[OCCUPANCY];

    j[0] = pn_all(1.0);
    j[1] = pn_all(1.0);
    j[2] = v.p[SPUTUM0];
    j[3] = -v.p[KTR];
    for (size_t i = 4; i < 10; i += 2) {
        j[i] = v.p[KTR];
        j[i + 1] = -v.p[KTR];
    }
    j[10] = v.p[KTR];
    j[11] = -v.p[KBT];
    j[12] = v.p[KA] * inflow * v.p[PER_B0];
    j[13] = -v.p[KA];
    j[14] = -v.p[KA] * v.p[RECRUITED] * v.x[B] * v.p[PER_B0];
}

const struct pn_component pn_component_eosinophils = {
    .name = "eosinophils",
    .summary = "eosinophils in marrow, blood and airway; DP2 draws them into the airway",
    .time_unit = "day",
    .parameters = parameters,
    .states = states,
    .reads = reads,
    .writes = writes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .initial = initial,
    .write = write,
    .rate = rate,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
