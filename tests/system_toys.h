/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Toy components for the tests of wiring: small, and each with one property to show. */
#ifndef PN_TESTS_SYSTEM_TOYS_H
#define PN_TESTS_SYSTEM_TOYS_H

#include <math.h>
#include <string.h>

#include "solver/base/component.h"

#define NEEDED (double)NAN /* a read that somebody must write */
/* clang-format off */
#define ROW(name, unit, value) {name, unit, value, -1e9, 1e9, "toy", "OURS", .scale = 1.0}
#define TABLE(...) (const struct pn_quantity[]){__VA_ARGS__, PN_END_OF_TABLE}
/* clang-format on */

/* --- T3: target-mediated drug, occupancy, a cell chain, muscle: 11 states --- */

enum { A0, A1, A2, R, RC };
enum { CL, V1, KA };

static void pk_write(struct pn_view v, pn_lane *w)
{
    w[0] = pn_all(1000.0) * v.x[A1] / v.p[V1];
}

static void pk_rate(struct pn_view v, pn_lane *dx)
{
    const pn_lane *x = v.x, *p = v.p;
    pn_lane C = x[A1] / p[V1], q = 8.0 * C - x[A2] * 0.1;
    pn_lane bound = 2e4 * C * x[R] - 0.1 * x[RC];

    dx[A0] = -p[KA] * x[A0];
    dx[A1] = p[KA] * x[A0] - p[CL] * C - q - bound * p[V1] / 2000.0;
    dx[A2] = q;
    dx[R] = 2.0 - 0.02 * x[R] - bound;
    dx[RC] = bound - 0.05 * x[RC];
}

static const struct pn_at pk_at[] = {
    {0,      A1},
    {1 + A0, A0},
    {1 + A1, A0},
    {1 + A1, A1},
    {1 + A1, A2},
    {1 + A1, R },
    {1 + A1, RC},
    {1 + A2, A1},
    {1 + A2, A2},
    {1 + R,  A1},
    {1 + R,  R },
    {1 + R,  RC},
    {1 + RC, A1},
    {1 + RC, R },
    {1 + RC, RC},
};

static void pk_slope(struct pn_view v, pn_lane *j)
{
    pn_lane per = 1.0 / v.p[V1], by_c = 2e4 * v.x[R] * per, by_r = 2e4 * v.x[A1] * per;
    pn_lane s = v.p[V1] / 2000.0, zero = {0};
    const pn_lane all[] = {
        1000.0 * per, -v.p[KA],  v.p[KA],      -(v.p[CL] + 8.0) * per - by_c * s,
        zero + 0.1,   -by_r * s, 0.1 * s,      8.0 * per,
        zero - 0.1,   -by_c,     -0.02 - by_r, zero + 0.1,
        by_c,         by_r,      zero - 0.15,
    };

    memcpy(j, all, sizeof all);
}

static const struct pn_route pk_routes[] = {
    {"oral", A0, -1, KA, -1, -1},
    {"iv",   A1, -1, -1, -1, -1},
    {NULL,   0,  0,  0,  -1, -1},
};

static const struct pn_component pk = {
    .name = "pk",
    .parameters = TABLE(ROW("CL", "L/h", 5), ROW("V1", "L", 50), ROW("KA", "1/h", 0.8)),
    .states = TABLE(ROW("A0", "mg", 80), ROW("A1", "mg", 20), ROW("A2", "mg", 12),
                    ROW("R", "nM", 60), ROW("RC", "nM", 35)),
    .writes = TABLE(ROW("C", "ug/L", 0)),
    .routes = pk_routes,
    .write = pk_write,
    .rate = pk_rate,
    .slope = pk_slope,
    .at = pk_at,
    .n_at = 15,
};

static void occupancy_write(struct pn_view v, pn_lane *w)
{
    w[0] = v.r[0] / (v.p[0] + v.r[0]);
}

static void occupancy_slope(struct pn_view v, pn_lane *j)
{
    pn_lane d = v.p[0] + v.r[0];
    j[0] = v.p[0] / (d * d);
}

static const struct pn_at first_at[] = {
    {0, 0}
};

static const struct pn_component occupancy = {
    .name = "occupancy",
    .parameters = TABLE(ROW("IC50", "ug/L", 50)),
    .reads = TABLE(ROW("pk.C", "ug/L", NEEDED)),
    .writes = TABLE(ROW("fraction", "1", 0)),
    .write = occupancy_write,
    .slope = occupancy_slope,
    .at = first_at,
    .n_at = 1,
};

static void cells_write(struct pn_view v, pn_lane *w)
{
    w[0] = v.x[4] * v.p[0] / 10.0;
}

static void cells_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = 10.0 * (1.0 - 0.9 * v.r[0]) - 0.05 * v.x[0];
    for (size_t i = 1; i < 4; i++)
        dx[i] = 0.05 * (v.x[i - 1] - v.x[i]);
    dx[4] = 0.05 * v.x[3] - v.p[0] * v.x[4];
}

static const struct pn_at cells_at[] = {
    {0, 4},
    {1, 0},
    {1, 5},
    {2, 0},
    {2, 1},
    {3, 1},
    {3, 2},
    {4, 2},
    {4, 3},
    {5, 3},
    {5, 4},
};

static void cells_slope(struct pn_view v, pn_lane *j)
{
    pn_lane zero = {0}, k = zero + 0.05;
    const pn_lane all[] = {v.p[0] / 10.0, -k, zero - 9.0, k, -k, k, -k, k, -k, k,
                           -v.p[0]};

    memcpy(j, all, sizeof all);
}

static const struct pn_component cells = {
    .name = "cells",
    .parameters = TABLE(ROW("kout", "1/h", 0.1)),
    .states = TABLE(ROW("T1", "1", 150), ROW("T2", "1", 160), ROW("T3", "1", 170),
                    ROW("T4", "1", 180), ROW("B", "1", 90)),
    .reads = TABLE(ROW("occupancy.fraction", "1", 0)),
    .writes = TABLE(ROW("blood", "1", 0)),
    .write = cells_write,
    .rate = cells_rate,
    .slope = cells_slope,
    .at = cells_at,
    .n_at = 11,
};

static void muscle_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = 1e-4 * v.r[0] - 1e-4 * v.x[0];
}

static void muscle_slope(struct pn_view v, pn_lane *j)
{
    pn_lane zero = {0};

    (void)v;
    j[0] = zero - 1e-4;
    j[1] = zero + 1e-4;
}

static const struct pn_at muscle_at[] = {
    {0, 0},
    {0, 1},
};

static const struct pn_component muscle = {
    .name = "muscle",
    .states = TABLE(ROW("A", "1", 0.97)),
    .reads = TABLE(ROW("cells.blood", "1", NEEDED)),
    .rate = muscle_rate,
    .slope = muscle_slope,
    .at = muscle_at,
    .n_at = 2,
};

static const struct pn_part t3[] = {
    {.component = &pk,        .instance = "pk"       },
    {.component = &occupancy, .instance = "occupancy"},
    {.component = &cells,     .instance = "cells"    },
    {.component = &muscle,    .instance = "muscle"   },
};

/* --- one state that follows what it reads; linear; the same in 1/h and in 1/day --- */

static inline void follow_write(struct pn_view v, pn_lane *w)
{
    w[0] = v.x[0];
}

static inline void follow_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[0] * (v.r[0] - v.x[0]);
}

static inline void follow_initial(struct pn_view v, pn_lane *x)
{
    x[0] = 1.0 + 2.0 * v.r[0];
}

static inline void follow_slope(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[0];
    j[2] = v.p[0];
}

static const struct pn_at follow_at[] = {
    {0, 0},
    {1, 0},
    {1, 1},
};

#define FOLLOW(unit_of_time, k, read, unit, otherwise)                                   \
    {                                                                                    \
        .name = "follow", .time_unit = (unit_of_time),                                   \
        .parameters = TABLE(ROW("k", "1", k)), .states = TABLE(ROW("X", "1", 0)),        \
        .reads = TABLE(ROW(read, unit, otherwise)), .writes = TABLE(ROW("out", "1", 0)), \
        .initial = follow_initial, .write = follow_write, .rate = follow_rate,           \
        .slope = follow_slope, .at = follow_at, .n_at = 3                                \
    }

/* --- no states: half of what is read, at once; counts its calls --- */

static size_t n_half_writes;

static inline void half_write(struct pn_view v, pn_lane *w)
{
    n_half_writes++;
    w[0] = 0.5 * v.r[0];
}

static inline void half_slope(struct pn_view v, pn_lane *j)
{
    (void)v;
    j[0] = pn_all(0.5);
}

#define HALF(read, unit_of_read, otherwise, unit_of_out)                                 \
    {                                                                                    \
        .name = "half", .reads = TABLE(ROW(read, unit_of_read, otherwise)),              \
        .writes = TABLE(ROW("out", unit_of_out, 0)), .write = half_write,                \
        .slope = half_slope, .at = first_at, .n_at = 1                                   \
    }

/* --- a signal of this part flows through another part into a second signal of it --- */

static size_t n_twice_writes;

static void twice_write(struct pn_view v, pn_lane *w)
{
    n_twice_writes++;
    w[0] = v.x[0] * v.x[0];
    w[1] = v.r[0] + v.x[1];
}

static void twice_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.r[0] - v.x[0] * v.r[1];
    dx[1] = -v.x[1] * v.r[1];
}

static const struct pn_at twice_at[] = {
    {0, 0},
    {1, 1},
    {1, 2},
    {2, 0},
    {2, 2},
    {2, 3},
    {3, 1},
    {3, 3},
};

static const struct pn_component twice = {
    .name = "twice",
    .states = TABLE(ROW("X", "1", 3), ROW("Y", "1", 0.25)),
    .reads = TABLE(ROW("between.out", "1", NEEDED), ROW("twice.second", "1", NEEDED)),
    .writes = TABLE(ROW("first", "1", 0), ROW("second", "1", 0)),
    .write = twice_write,
    .rate = twice_rate,
    .at = twice_at,
    .n_at = 8,
};

/* --- a power that is NaN below zero, without slope --- */

static void power_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = -v.x[0] * v.x[0] * pn_sqrt(v.x[0]);
}

static const struct pn_component power = {
    .name = "power",
    .states = TABLE(ROW("X", "1", 0)),
    .rate = power_rate,
};

/* --- two states that feed each other; the first pivot is d - k beside an entry of 1 ---
 */

static void grow_rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[0] * v.x[0] + v.x[1];
    dx[1] = v.x[0] - v.x[1];
}

static const struct pn_at grow_at[] = {
    {0, 0},
    {0, 1},
    {1, 0},
    {1, 1},
};

static void grow_slope(struct pn_view v, pn_lane *j)
{
    j[0] = v.p[0];
    j[1] = pn_all(1.0);
    j[2] = pn_all(1.0);
    j[3] = pn_all(-1.0);
}

static const struct pn_component grow = {
    .name = "grow",
    .parameters = TABLE(ROW("k", "1/h", 1)),
    .states = TABLE(ROW("X", "1", 1), ROW("Y", "1", 1)),
    .rate = grow_rate,
    .slope = grow_slope,
    .at = grow_at,
    .n_at = 4,
};

#endif
