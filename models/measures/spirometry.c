/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `spirometry`: a forced expiration of the patient's own lung and airways.
 *
 * Lung volumes follow from sex, age and height; Lambert's tree is scaled to them; one
 * factor on the calibre of generations 3-16, `narrowing`, is the patient's asthma at
 * baseline and is fitted to the patient's own FEV1.  Everything that changes later acts
 * through airway.calibre, and FEV1 follows from mechanics. */
#include "models/airway/body.h"
#include "models/airway/reference_values.h"
#include "models/catalogue.h"
#include "models/lung/tree_expiration.h"

#include <math.h>

enum { AGE, SEX, HEIGHT, FEV1, NARROWING, N_PARAMETERS };
enum {
    TLC = N_PARAMETERS,
    RV,
    AREA,
    LENGTH,
    N_ALL
}; /* L, L, factors on Lambert's tree */
enum { CALIBRE };
enum { OUT_FEV1, OUT_FVC, OUT_PEF, OUT_RATIO, OUT_PERCENT, OUT_CHOKE, OUT_CURVE };

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [AGE] = {"age", "year", 50, 12, 100, "age",
             .source = "OURS: Quanjer 1993 measured 18-70 years", .covariate = "age"},
    [SEX] = {"sex", "1", 0, 0, 1, "sex: male = 1, female = 0",
             .source = "OURS: the code of the categories", .covariate = "sex"},
    [HEIGHT] = {"height", "cm", 168, 130, 220, "standing height",
                .source = "OURS: Quanjer 1993 measured 145-195 cm",
                .covariate = "height"},
    [FEV1] = {"FEV1", "L", (double)NAN, 0.2, 8,
              "FEV1 at baseline, to which narrowing is fitted",
              .source = "none: a measurement of the patient", .covariate = "FEV1"},
    [NARROWING] = {"narrowing", "1", 1, 0.15, 1.3,
                   "factor on A_m of generations 3-16 at baseline",
                   .source = "OURS: fitted to FEV1"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [CALIBRE] = {"airway.calibre", "1", 1, 0, 4,
                 "factor on the cross-section A_m of generations 3-16",
                 .source = "the airway"},
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

static void prepare(pn_lane *p)
{
    struct pn_body body;

    pn_body_init(&p[SEX], &p[AGE], &p[HEIGHT], &body);
    p[TLC] = body.TLC;
    p[RV] = body.RV;
    p[AREA] = body.area;
    p[LENGTH] = body.length;
}

static void build(struct pn_view v, struct pn_lung *lung)
{
    const struct pn_body body = {v.p[TLC], v.p[RV], v.p[AREA], v.p[LENGTH]};
    const pn_lane calibre = v.p[NARROWING] * v.r[CALIBRE];

    pn_body_lung(&body, &calibre, lung);
}

/* where flow is sonic at half of VC */
static pn_lane choke_at_half(const struct pn_lung *lung, const struct pn_expiration *e)
{
    enum { HALF = PN_VOLUME_POINTS / 2 };
    pn_lane flow = (e->limit[HALF - 1] + e->limit[HALF]) * pn_all(0.5e-3); /* m3/s */
    pn_lane recoil, choke;

    pn_recoil_of_flow(&lung->bronchi, PN_EXPIRATION_STEPS, &flow, &recoil, &choke);
    return pn_select(pn_finite(recoil), choke, pn_all((double)NAN));
}

static void run(struct pn_view v, pn_lane *out)
{
    struct pn_lung lung;
    struct pn_expiration e;
    pn_lane predicted;

    if (v.lungs) {
        const pn_lane calibre = v.p[NARROWING] * v.r[CALIBRE];
        pn_lungs_expire(v.lungs, &v.p[TLC], &v.p[RV], &calibre, &e, &out[OUT_CHOKE]);
    } else {
        build(v, &lung);
        pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
        out[OUT_CHOKE] = choke_at_half(&lung, &e);
    }
    pn_nhanes3_fev1_lanes(&v.p[SEX], &v.p[AGE], &v.p[HEIGHT], &predicted);
    out[OUT_FEV1] = e.FEV1;
    out[OUT_FVC] = e.FVC;
    out[OUT_PEF] = e.PEF;
    out[OUT_RATIO] = e.FEV1 / e.FVC;
    out[OUT_PERCENT] = pn_all(100) * e.FEV1 / predicted;
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++)
        out[OUT_CURVE + i] = e.flow[i];
}

static const struct pn_fit fit = {
    .adjusted = NARROWING, .target = FEV1, .result = OUT_FEV1};

const struct pn_test pn_test_spirometry = {
    .name = "spirometry",
    .summary = "forced expiration: FEV1, FVC, peak flow, flow-volume curve",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .run = run,
    .fit = &fit,
};
