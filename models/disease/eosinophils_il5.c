/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eosinophils whose production needs interleukin 5: a chain of four transits, the marrow,
 * into the blood (the maturation chain of Friberg 2002 without its feedback).
 *
 *   T1' = kin (1 - Imax occ) - ktr T1,   Ti' = ktr (T(i-1) - Ti),   i = 2 ... 4
 *   E'  = ktr T4 - kout E
 *   airway = 1 + follows (E kout/kin - 1)
 *
 * Where kin is not given it is B0 kout: the patient begins with the own blood count.
 *
 * occ: occupancy of IL-5 by drugs.  The airway follows the blood in part and at once:
 * a cell in the airway lives days, a course of treatment months [OURS].  Against
 * `eosinophils`: there DP2 draws cells from the blood into the airway, here drugs act on
 * the marrow. */
#include "solver/base/component.h"

enum { B0, KIN, KTR, KOUT, IMAX, FOLLOWS, N_PARAMETERS };
/* derived: cells/uL/h, uL/cells, 1 */
enum { MADE = N_PARAMETERS, PER_E, APART, N_ALL };
enum { T1, T2, T3, T4, E, N_STATES };
enum { OCCUPANCY };
enum { BLOOD, AIRWAY, N_WRITES };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [B0] = {"B0", "cells/uL", 228, 1, 1e4, "blood eosinophils, untreated",
            .source = "read: Phipatanakul 2017 T1, SARP III severe adults, median",
            .covariate = "blood_eosinophils"},
    [KIN] = {"kin", "cells/uL/h", 0, 0, 1e4,
             "production of cells, untreated; 0: what keeps the blood at B0",
             .source = "OURS: B0 kout"},
    [KTR] = {"ktr", "1/h", 0.8 / 24, 1e-3, 10, "rate of each of four marrow transits",
             .source = "OURS: 5 days in the marrow; form after Wang 2017"},
    [KOUT] = {"kout", "1/h", 1 / 25.2, 1e-3, 10, "rate of leaving the blood",
              .source = "read: Farahi 2012, residence in blood 25.2 h"},
    [IMAX] = {"Imax", "1", 0.9, 0, 1,
              "share of the production that stops at full occupancy of IL-5",
              .source = "recalled (medium): mepolizumab takes 80-90 % of blood "
                        "eosinophils"},
    [FOLLOWS] = {"follows", "1", 0.6, 0, 1, "share of the airway that follows the blood",
                 .source = "OURS: Flood-Page 2003, anti-IL-5 took 55 % of the airway's and "
                           "nearly all of the blood's, recalled (medium)"},
    PN_END_OF_TABLE
};
#define MARROW .source = "kin/ktr untreated", .scale = 200
static const struct pn_quantity states[] = {
    [T1] = {"T1", "cells/uL", 271.5, 0, 1e6, "marrow, first quarter", MARROW},
    [T2] = {"T2", "cells/uL", 271.5, 0, 1e6, "marrow, second quarter", MARROW},
    [T3] = {"T3", "cells/uL", 271.5, 0, 1e6, "marrow, third quarter", MARROW},
    [T4] = {"T4", "cells/uL", 271.5, 0, 1e6, "marrow, last quarter", MARROW},
    [E] = {"E", "cells/uL", 228, 0, 1e6, "eosinophils in blood",
           .source = "kin/kout untreated", .scale = 200},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [OCCUPANCY] = {"il5.occupancy", "1", 0, 0, 1,
                   "share of interleukin 5 that is bound by drugs",
                   .source = "its target"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [BLOOD] = {"blood", "cells/uL", 228, 0, 1e6, "blood eosinophil count",
               .source = "state E"},
    [AIRWAY] = {"airway", "1", 1, 0, 1e3,
                "eosinophils in the airway wall, relative to untreated",
                .source = "1 + follows (E kout/kin - 1)"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[MADE] = pn_select(p[KIN] > pn_all(0.0), p[KIN], p[B0] * p[KOUT]);
    p[PER_E] = p[FOLLOWS] * p[KOUT] / p[MADE];
    p[APART] = 1.0 - p[FOLLOWS];
}

static void initial(struct pn_view v, pn_lane *x)
{
    pn_lane production = v.p[MADE] * (1.0 - v.p[IMAX] * v.r[OCCUPANCY]); /* cells/uL/h */

    for (size_t i = T1; i <= T4; i++)
        x[i] = production / v.p[KTR];
    x[E] = production / v.p[KOUT];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[BLOOD] = v.x[E];
    w[AIRWAY] = pn_fma(v.p[PER_E], v.x[E], v.p[APART]);
}

static void rate(struct pn_view v, pn_lane *dx)
{
    dx[T1] = v.p[MADE] * (1.0 - v.p[IMAX] * v.r[OCCUPANCY]) - v.p[KTR] * v.x[T1];
    dx[T2] = v.p[KTR] * (v.x[T1] - v.x[T2]);
    dx[T3] = v.p[KTR] * (v.x[T2] - v.x[T3]);
    dx[T4] = v.p[KTR] * (v.x[T3] - v.x[T4]);
    dx[E] = v.p[KTR] * v.x[T4] - v.p[KOUT] * v.x[E];
}

static const struct pn_at at[] = {
    {BLOOD,         E                   },
    {AIRWAY,        E                   },
    {N_WRITES + T1, T1                  },
    {N_WRITES + T2, T1                  },
    {N_WRITES + T2, T2                  },
    {N_WRITES + T3, T2                  },
    {N_WRITES + T3, T3                  },
    {N_WRITES + T4, T3                  },
    {N_WRITES + T4, T4                  },
    {N_WRITES + E,  T4                  },
    {N_WRITES + E,  E                   },
    {N_WRITES + T1, N_STATES + OCCUPANCY},
};

static void slope(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = v.p[PER_E];
    j[2] = -v.p[KTR];
    for (size_t i = 3; i < 9; i += 2) {
        j[i] = v.p[KTR];
        j[i + 1] = -v.p[KTR];
    }
    j[9] = v.p[KTR];
    j[10] = -v.p[KOUT];
    j[11] = -v.p[MADE] * v.p[IMAX];
}

const struct pn_component pn_component_eosinophils_il5 = {
    .name = "eosinophils_il5",
    .summary = "eosinophils in marrow and blood; production needs interleukin 5",
    .role = "eosinophils",
    .time_unit = "h",
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
