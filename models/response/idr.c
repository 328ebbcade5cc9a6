/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four indirect responses (Dayneka 1993): a response that is made and lost, and a
 * drug that inhibits or stimulates one of the two.
 *
 *   idr1  R' = kin (1 - H) - kout R        H = Imax C^h/(IC50^h + C^h)
 *   idr2  R' = kin - kout (1 - H) R
 *   idr3  R' = kin (1 + H) - kout R        H = Emax C^h/(EC50^h + C^h)
 *   idr4  R' = kin - kout (1 + H) R
 *
 * One file for four names: they differ by one line each, and the tests hold them side by
 * side. */
#include <math.h>

#include "solver/base/component.h"

enum { KIN, KOUT, MOST, C50, HILL, N_PARAMETERS };
enum { PER_C50 = N_PARAMETERS, N_ALL }; /* derived: L/mg */
enum { RESPONSE_STATE, N_STATES };
enum { CONCENTRATION };      /* reads */
enum { RESPONSE, N_WRITES }; /* writes */

#define GENERIC "OURS: a generic value, the drug file gives it"

/* clang-format off */
#define PARAMETERS(most, high, at_most, c50, at_c50) { \
    [KIN] = {"kin", "1/h", 0.1, 0, 1e9, "production of the response", \
             .source = GENERIC}, \
    [KOUT] = {"kout", "1/h", 0.1, 1e-6, 1e3, "rate of loss of the response", \
              .source = GENERIC}, \
    [MOST] = {most, "1", 0.8, 0, high, at_most, .source = GENERIC}, \
    [C50] = {c50, "mg/L", 1, 1e-9, 1e5, at_c50, .source = GENERIC}, \
    [HILL] = {"hill", "1", 1, 0.2, 20, "steepness (Hill)", .source = GENERIC}, \
    PN_END_OF_TABLE}

static const struct pn_quantity inhibition[] = PARAMETERS(
    "Imax", 1, "largest inhibition", "IC50", "concentration of half the inhibition");
static const struct pn_quantity stimulation[] = PARAMETERS(
    "Emax", 1e4, "largest stimulation", "EC50", "concentration of half the stimulation");

static const struct pn_quantity states[] = {
    [RESPONSE_STATE] = {"R", "1", 1, 0, 1e12, "response", .source = "kin/kout untreated",
                        .scale = 1},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [CONCENTRATION] = {"drug.C", "mg/L", (double)NAN, 0, 1e6,
                       "concentration of the drug in plasma", .source = "its kinetics"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [RESPONSE] = {"response", "1", 1, 0, 1e12, "response", .source = "state R"},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    p[PER_C50] = 1.0 / p[C50];
}

static void initial(struct pn_view v, pn_lane *x)
{
    x[RESPONSE_STATE] = v.p[KIN] / v.p[KOUT];
}

static void write(struct pn_view v, pn_lane *w)
{
    w[RESPONSE] = v.x[RESPONSE_STATE];
}

/* |u|^(h - 1), exactly 1 where h is 1.  Below 1e-9 of C50 it stands still: with h < 1 the
 * slope at C = 0 is infinite, and no effect that can be seen is there. */
static pn_lane steepness(pn_lane u, pn_lane hill)
{
    pn_lane size = pn_max(pn_abs(u), pn_all(1e-9)), exponent = hill - 1.0, power;
    pn_mask straight = hill == pn_all(1.0);

    if (pn_any(~straight))
        pn_pow(&size, &exponent, &power);
    else
        power = pn_all(1.0);
    return pn_select(straight, pn_all(1.0), power);
}

/* H; a concentration that rounding has put below 0 continues it as an odd function */
static pn_lane effect(struct pn_view v)
{
    pn_lane u = v.r[CONCENTRATION] * v.p[PER_C50];
    pn_lane power = steepness(u, v.p[HILL]);

    return v.p[MOST] * u * power / (1.0 + pn_abs(u) * power);
}

/* dH/dC */
static pn_lane effect_slope(struct pn_view v)
{
    pn_lane u = v.r[CONCENTRATION] * v.p[PER_C50];
    pn_lane power = steepness(u, v.p[HILL]), room = 1.0 + pn_abs(u) * power;

    return v.p[MOST] * v.p[HILL] * power * v.p[PER_C50] / (room * room);
}

static void rate1(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[KIN] * (1.0 - effect(v)) - v.p[KOUT] * v.x[RESPONSE_STATE];
}

static void rate2(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[KIN] - v.p[KOUT] * (1.0 - effect(v)) * v.x[RESPONSE_STATE];
}

static void rate3(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[KIN] * (1.0 + effect(v)) - v.p[KOUT] * v.x[RESPONSE_STATE];
}

static void rate4(struct pn_view v, pn_lane *dx)
{
    dx[0] = v.p[KIN] - v.p[KOUT] * (1.0 + effect(v)) * v.x[RESPONSE_STATE];
}

static const struct pn_at at[] = {
    {RESPONSE,                  RESPONSE_STATE          },
    {N_WRITES + RESPONSE_STATE, RESPONSE_STATE          },
    {N_WRITES + RESPONSE_STATE, N_STATES + CONCENTRATION},
};

static void slope1(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[KOUT];
    j[2] = -v.p[KIN] * effect_slope(v);
}

static void slope2(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[KOUT] * (1.0 - effect(v));
    j[2] = v.p[KOUT] * v.x[RESPONSE_STATE] * effect_slope(v);
}

static void slope3(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[KOUT];
    j[2] = v.p[KIN] * effect_slope(v);
}

static void slope4(struct pn_view v, pn_lane *j)
{
    j[0] = pn_all(1.0);
    j[1] = -v.p[KOUT] * (1.0 + effect(v));
    j[2] = -v.p[KOUT] * v.x[RESPONSE_STATE] * effect_slope(v);
}

#define INDIRECT_RESPONSE(number, words, rows)                                           \
    const struct pn_component pn_component_idr##number = {                               \
        .name = "idr" #number,                                                           \
        .summary = "indirect response: " words,                                          \
        .time_unit = "h",                                                                \
        .parameters = rows,                                                              \
        .states = states,                                                                \
        .reads = reads,                                                                  \
        .writes = writes,                                                                \
        .n_derived = N_ALL - N_PARAMETERS,                                               \
        .prepare = prepare,                                                              \
        .initial = initial,                                                              \
        .write = write,                                                                  \
        .rate = rate##number,                                                            \
        .slope = slope##number,                                                          \
        .at = at,                                                                        \
        .n_at = sizeof at / sizeof *at,                                                  \
    }

INDIRECT_RESPONSE(1, "the drug inhibits production", inhibition);
INDIRECT_RESPONSE(2, "the drug inhibits loss", inhibition);
INDIRECT_RESPONSE(3, "the drug stimulates production", stimulation);
INDIRECT_RESPONSE(4, "the drug stimulates loss", stimulation);
