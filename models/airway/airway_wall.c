/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas and radii of a wall, and the component `airway_wall`: calibre and inner wall that
 * muscle and eosinophils leave. */
#include "models/airway/airway_wall.h"
#include "models/signals.h"

#include <math.h>

#define INNER_OFFSET 0.06 /* mm; sqrt(inner) = INNER_OFFSET + INNER_SLOPE perimeter */
#define INNER_SLOPE  0.1
#define MUSCLE       0.006 /* muscle / perimeter^2: 0.036 mm thick where that is 6 mm */

void pn_wall_healthy(const pn_lane *lumen, struct pn_wall *wall)
{
    pn_lane perimeter = pn_sqrt(pn_all(4 * M_PI) * *lumen);
    pn_lane root = pn_all(INNER_OFFSET) + pn_all(INNER_SLOPE) * perimeter;

    wall->inner = wall->outer = root * root;
    wall->muscle = pn_all(MUSCLE) * perimeter * perimeter;
}

void pn_wall_outer_radius(const struct pn_wall *wall, const pn_lane *radius,
                          pn_lane *outer)
{
    *outer = pn_sqrt(*radius * *radius + (wall->muscle + wall->outer) / pn_all(M_PI));
}

void pn_wall_lumen(const struct pn_wall *wall, const pn_lane *radius, pn_lane *lumen)
{
    *lumen = pn_all(M_PI) * *radius * *radius - wall->inner;
}

/* --- the component: what thicker muscle and oedema take from the lumen --- */

enum { PERIMETER, OEDEMA, FIBROSIS, FLOOR, N_PARAMETERS };
enum { SHARE_INNER = N_PARAMETERS, SHARE_MUSCLE }; /* of the healthy lumen */
enum { ASM, EOSINOPHILS };
enum { CALIBRE, WALL };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [PERIMETER] = {"perimeter", "mm", 6, 0.5, 30,
                   "perimeter of the distended lumen of the airway that stands for all",
                   .source = "OURS: a bronchus of the size that biopsies take"},
    [OEDEMA] = {"k_oedema", "1", 0.1, 0, 2,
                "inner wall gained when airway eosinophils double",
                .source = "OURS: not calibrated"},
    [FIBROSIS] = {"k_fibrosis", "1", 0, 0, 2,
                  "inner wall gained when the muscle doubles: wall that grows with it",
                  .source = "OURS: 0, a wall that does not remodel; James 1989: inner wall"
                            " 1.3-2 where muscle is 2-4, recalled (medium)"},
    [FLOOR] = {"floor", "1", 0.05, 0.01, 1, "least calibre",
               .source = "OURS: cap of the linear rule"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [ASM] = PN_READ_ASM,
    [EOSINOPHILS] = PN_READ_EOSINOPHILS,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [CALIBRE] = {"calibre", "1", 1, 0, 4,
                 "factor on the cross-section A_m of generations 3-16",
                 .source = "James 1989: outer perimeter and areas of the wall stay"},
    [WALL] = {"wall", "1", 1, 0, 200, "area of the inner wall, relative to untreated",
              .source = "OURS: linear in eosinophils and muscle"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    const pn_lane lumen = p[PERIMETER] * p[PERIMETER] / pn_all(4 * M_PI);
    struct pn_wall wall;

    pn_wall_healthy(&lumen, &wall);
    p[SHARE_INNER] = wall.inner / lumen;
    p[SHARE_MUSCLE] = wall.muscle / lumen;
}

static pn_lane inner_wall(struct pn_view v)
{
    return pn_all(1) + v.p[OEDEMA] * (v.r[EOSINOPHILS] - pn_all(1)) +
           v.p[FIBROSIS] * (v.r[ASM] - pn_all(1));
}

/* At a constant outer perimeter the lumen loses what the wall gains. */
static pn_lane what_is_left(struct pn_view v)
{
    return pn_all(1) - v.p[SHARE_INNER] * (inner_wall(v) - pn_all(1)) -
           v.p[SHARE_MUSCLE] * (v.r[ASM] - pn_all(1));
}

/* The floor is a kink, which no integrator meets: only lung-function tests read this. */
static void write(struct pn_view v, pn_lane *w)
{
    pn_lane calibre = what_is_left(v);

    w[CALIBRE] = pn_select(calibre < v.p[FLOOR], v.p[FLOOR], calibre); /* NaN stays */
    w[WALL] = inner_wall(v);
}

static const struct pn_at at[] = {
    {CALIBRE, ASM        },
    {CALIBRE, EOSINOPHILS},
    {WALL,    ASM        },
    {WALL,    EOSINOPHILS},
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_mask floored = what_is_left(v) < v.p[FLOOR];

    j[0] = pn_select(floored, pn_all(0),
                     -v.p[SHARE_INNER] * v.p[FIBROSIS] - v.p[SHARE_MUSCLE]);
    j[1] = pn_select(floored, pn_all(0), -v.p[SHARE_INNER] * v.p[OEDEMA]);
    j[2] = v.p[FIBROSIS];
    j[3] = v.p[OEDEMA];
}

const struct pn_component pn_component_airway_wall = {
    .name = "airway_wall",
    .summary = "calibre and inner wall of a 17-generation airway tree, areas conserved",
    .time_unit = "h",
    .parameters = parameters,
    .reads = reads,
    .writes = writes,
    .n_derived = 2,
    .prepare = prepare,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
