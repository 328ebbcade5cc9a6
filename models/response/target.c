/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets of drugs, and the component that turns all drives at a target into its
 * occupancy. */
#include "models/catalogue.h"

#define ROW(name, sentence)                                                              \
    {                                                                                    \
        name, "1", 0, 0, 1, sentence, .source = "OURS: the name"                         \
    }

/* clang-format off */
const struct pn_quantity pn_targets[] = {
    ROW("dp2", "prostaglandin D2 receptor 2 (CRTH2)"),
    ROW("il5", "interleukin 5"),
    ROW("il5r", "interleukin 5 receptor, alpha chain"),
    ROW("il4ra", "interleukin 4 receptor, alpha chain"),
    ROW("tslp", "thymic stromal lymphopoietin"),
    ROW("il13", "interleukin 13"),
    ROW("ige", "immunoglobulin E"),
    ROW("glucocorticoid", "glucocorticoid receptor"),
    ROW("beta2", "beta-2 adrenoceptor"),
    ROW("m3", "muscarinic receptor M3"),
    PN_END_OF_TABLE
};
/* clang-format on */

enum { DRIVE };     /* reads */
enum { OCCUPANCY }; /* writes */

/* clang-format off */
static const struct pn_quantity reads[] = {
    [DRIVE] = {"drugs.drive", "1", 0, 0, 1e9,
               "free concentrations over dissociation constants, summed over the drugs",
               .source = "competition at one site"},
    PN_END_OF_TABLE
};
static const struct pn_quantity writes[] = {
    [OCCUPANCY] = {"occupancy", "1", 0, 0, 1,
                   "share of the target that is bound by drugs",
                   .source = "law of mass action"},
    PN_END_OF_TABLE
};
/* clang-format on */

/* Competing drugs at one site: bound share s/(1 + s), s = sum of C_i/Kd_i. */
static void write(struct pn_view v, pn_lane *w)
{
    w[OCCUPANCY] = v.r[DRIVE] / (1.0 + pn_abs(v.r[DRIVE]));
}

static const struct pn_at at[] = {
    {OCCUPANCY, DRIVE}
};

static void slope(struct pn_view v, pn_lane *j)
{
    pn_lane free_share = 1.0 / (1.0 + pn_abs(v.r[DRIVE]));
    j[0] = free_share * free_share;
}

const struct pn_component pn_component_target = {
    .name = "target",
    .summary = "occupancy of a target by all drugs aimed at it",
    .time_unit = "h",
    .reads = reads,
    .writes = writes,
    .write = write,
    .slope = slope,
    .at = at,
    .n_at = sizeof at / sizeof *at,
};
