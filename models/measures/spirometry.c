/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `spirometry`: a forced expiration of the patient's own lung and airways.
 *
 * Lung volumes follow from sex, age and height; Lambert's tree is scaled to them; one
 * factor on the calibre of generations 3-16, `narrowing`, is the patient's asthma at
 * baseline and is fitted to the patient's own FEV1.  Everything that changes later acts
 * through airway.calibre, and FEV1 follows from mechanics. */
#include "models/measures/subject.h"

enum { OUT_FEV1, OUT_FVC, OUT_PEF, OUT_RATIO, OUT_PERCENT, OUT_CHOKE, OUT_CURVE };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    PN_PERSON_ROWS,
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    PN_PERSON_READS,
    PN_END_OF_TABLE
};
static const struct pn_quantity results[] = {
    [OUT_FEV1] = {"FEV1", "L", 3, 0, 10, "forced expiratory volume in 1 s",
                  .source = "Lambert 1982, wave-speed limit"},
    [OUT_FVC] = {"FVC", "L", 4, 0, 12, "forced vital capacity: to RV or for 6 s",
                 .source = "Lambert 1982, wave-speed limit"},
    [OUT_PEF] = {"PEF", "L/s", 7, 0, 25, "peak expiratory flow",
                 .source = "Lambert 1982, wave-speed limit"},
    [OUT_RATIO] = {"FEV1_FVC", "1", 0.75, 0, 1, "FEV1 / FVC",
                   .source = "Lambert 1982, wave-speed limit"},
    [OUT_PERCENT] = {"FEV1_percent_predicted", "%", 80, 0, 250,
                     "FEV1 as a share of the predicted value (NHANES III)",
                     .source = "Hankinson 1999"},
    [OUT_CHOKE] = {"choke_generation", "1", 5, -1, 40,
                   "generation where flow is sonic when half of VC is breathed out; on a tree the"
                   " mean over the flow",
                   .source = "Lambert 1982, wave-speed limit"},
    [OUT_CURVE] = {"flow_volume", "L/s", 3, 0, 25,
                   "flow as breathed, effort included, at volumes equidistant from TLC to"
                   " RV; 0 at volumes not reached in 6 s",
                   .source = "Lambert 1982, wave-speed limit",
                   .scale = PN_VOLUME_POINTS},
    PN_END_OF_TABLE
};
/* clang-format on */

static void run(struct pn_view v, pn_lane *out)
{
    const struct pn_nhanes3_who who = pn_subject_who(v);
    struct pn_expiration e;
    pn_lane predicted;

    pn_subject_expire(v, &e, &out[OUT_CHOKE]);
    pn_nhanes3_lanes(PN_NHANES3_FEV1, &who, &predicted, NULL);
    out[OUT_FEV1] = e.FEV1;
    out[OUT_FVC] = e.FVC;
    out[OUT_PEF] = e.PEF;
    out[OUT_RATIO] = e.FEV1 / e.FVC;
    out[OUT_PERCENT] = pn_all(100) * e.FEV1 / predicted;
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++)
        out[OUT_CURVE + i] = e.flow[i];
}

static const struct pn_fit fit = PN_SUBJECT_FIT(pn_subject_own_FEV1);

const struct pn_test pn_test_spirometry = {
    .name = "spirometry",
    .summary = "forced expiration: FEV1, FVC, peak flow, flow-volume curve",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .run = run,
    .fit = &fit,
};
