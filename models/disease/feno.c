/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exhaled nitric oxide: the two-compartment model of Tsoukias & George 1998.
 *
 * Air leaves the alveoli with C_A and takes up NO from the airway wall, whose
 * concentration is C_w, on its way out at flow Q:
 *
 *   FeNO = C_w + (C_A - C_w) exp(-D_aw/Q)
 *
 * The patient's own FeNO gives the untreated C_w0.  Until interleukin 13 is a component,
 * a share s_E of C_w follows the airway eosinophils: C_w = C_w0 (1 + s_E (E - 1)). */
#include <math.h>

#include "models/signals.h"

enum { D_aw, C_A, FLOW, FENO0, s_E, N_PARAMETERS };
enum { KEPT = N_PARAMETERS, C_W0, N_ALL }; /* derived: exp(-D_aw/Q) [1], C_w0 [ppb] */
enum { EOSINOPHILS };                      /* reads */
enum { FENO };                             /* writes */

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [D_aw] = {"D_aw", "mL/s", 6.8, 0.5, 100,
              "diffusing capacity of NO from the airway wall (pL/s/ppb is mL/s)",
              .source = "read: example values of a published calculator"},
    [C_A] = {"C_A", "ppb", 5, 0, 50, "alveolar concentration of NO",
             .source = "read: example values of a published calculator"},
    [FLOW] = {"flow", "mL/s", 50, 5, 500, "flow at which NO is measured",
              .source = "recalled (high): ATS/ERS 2005, standard flow"},
    /* no analyser in use reads below 5 ppb, and the wall would have to take up NO */
    [FENO0] = {"FeNO", "ppb", 21, 5, 500, "FeNO at this flow, untreated",
               .source = "read: Phipatanakul 2017 T1, SARP III severe adults, median",
               .covariate = "FeNO"},
    [s_E] = {"s_E", "1", 0.2, 0, 1, "share of the wall's NO that follows eosinophils",
             .source = "OURS: small, for anti-IL-5 drugs hardly change FeNO"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [EOSINOPHILS] = PN_READ_EOSINOPHILS,
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [FENO] = {"FeNO", "ppb", 21, 0, 1e4, "nitric oxide in exhaled air",
              .source = "Tsoukias & George 1998"},
    PN_END_OF_TABLE
};
/* clang-format on */

/* A wall below zero is no wall: NaN tells it, a clip would hide it. */
static void prepare(pn_lane *p)
{
    pn_lane exponent = -p[D_aw] / p[FLOW], wall;

    pn_exp(&exponent, &p[KEPT]);
    wall = (p[FENO0] - p[C_A] * p[KEPT]) / (1.0 - p[KEPT]);
    p[C_W0] = pn_select(wall >= pn_all(0.0), wall, pn_all((double)NAN));
}

static void write(struct pn_view v, pn_lane *w)
{
    pn_lane wall = v.p[C_W0] * (1.0 + v.p[s_E] * (v.r[EOSINOPHILS] - 1.0)); /* ppb */

    w[FENO] = wall + (v.p[C_A] - wall) * v.p[KEPT];
}

static const struct pn_at at[] = {
    {FENO, EOSINOPHILS}
};

static void slope(struct pn_view v, pn_lane *j)
{
    j[0] = v.p[C_W0] * v.p[s_E] * (1.0 - v.p[KEPT]);
}

const struct pn_component pn_component_feno = {
    .name = "feno",
    .summary = "exhaled nitric oxide, two-compartment model",
    .time_unit = "h",
    .parameters = parameters,
    .reads = reads,
    .writes = writes,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
