/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `reversibility`: a forced expiration before and after a short-acting beta-2
 * agonist is breathed in.
 *
 * Muscle at rest has a tone: a share of its bridges attached, which narrows the airways
 * that `narrowing`, fitted to the FEV1 before the drug, leaves.  The drug takes away a
 * share of the tone, and what the lung has lost to tone and remodelled wall comes back as
 * far as mechanics lets it. */
#include "models/airway/narrowing.h"
#include "models/airway/reference_values.h"
#include "models/catalogue.h"

#include <math.h>

enum {
    AGE,
    SEX,
    HEIGHT,
    FEV1,
    NARROWING,
    WALL,
    STRENGTH,
    SPREAD,
    TONE,
    RELAXED,
    DOSE,
    ED50,
    RECOIL,
    N_PARAMETERS
};
enum { TLC = N_PARAMETERS, RV, AREA, LENGTH, SIGMA, N_ALL };
enum { CALIBRE, THICKNESS, MUSCLE, BETA2, M3 };
enum {
    OUT_BEFORE,
    OUT_AFTER,
    OUT_GAIN,
    OUT_OF_BASELINE,
    OUT_OF_PREDICTED,
    OUT_REVERSIBLE_2005,
    OUT_REVERSIBLE_2021
};

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
              "FEV1 at baseline, before the drug, to which narrowing is fitted",
              .source = "none: a measurement of the patient", .covariate = "FEV1"},
    [NARROWING] = {"narrowing", "1", 1, 0.15, 1.3,
                   "factor on A_m of generations 3-16 at baseline, without tone",
                   .source = "OURS: fitted to FEV1"},
    [WALL] = {"wall", "1", 1, 0.2, 5,
              "area of the inner wall, relative to healthy; takes nothing from the"
              " relaxed lumen at baseline, which narrowing gives",
              .source = "OURS: asthma 1.3-2, recalled (low)"},
    [STRENGTH] = {"strength", "cmH2O", 4.5, 0, 500,
                  "tension of the muscle over its largest radius, all bridges attached",
                  .source = "OURS: that of the challenge"},
    [SPREAD] = {"spread", "1", 0.3, 0, 2,
                "coefficient of variation of strength among airways of a generation",
                .source = "OURS: that of the challenge"},
    [TONE] = {"tone", "1", 0.2, 0, 1, "share of bridges attached at rest",
              .source = "OURS: that of oscillometry; a healthy gain of 1.9 %"},
    [RELAXED] = {"beta2_effect", "1", 0.8, 0, 1,
                 "share of the tone that full occupancy of beta-2 receptors takes away",
                 .source = "OURS: 0.7-0.9, recalled (medium)"},
    [DOSE] = {"dose", "ug", 400, 0, 5000, "salbutamol breathed in; 0: nothing",
              .source = "Pellegrino 2005: four puffs of 100 ug"},
    [ED50] = {"ED50", "ug", 83, 1, 5000,
              "dose that binds half of the beta-2 receptors; 23 ug in healthy lungs",
              .source = "Barnes & Pride 1983"},
    [RECOIL] = {"recoil", "cmH2O", 5, 1, 30,
                "transpulmonary pressure at which the muscle works",
                .source = "OURS: that of functional residual capacity"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [CALIBRE] = {"airway.calibre", "1", 1, 0, 4,
                 "factor on the cross-section A_m of generations 3-16",
                 .source = "the airway"},
    [THICKNESS] = {"airway.wall", "1", 1, 0, 100,
                   "area of the inner wall, relative to untreated",
                   .source = "the airway"},
    [MUSCLE] = {"asm.mass", "1", 1, 0, 100,
                "mass of airway smooth muscle, relative to untreated",
                .source = "the muscle"},
    [BETA2] = {"beta2.occupancy", "1", 0, 0, 1,
               "share of beta-2 receptors that is bound by drugs", .source = "its target"},
    [M3] = {"m3.occupancy", "1", 0, 0, 1,
            "share of M3 receptors that is bound by drugs", .source = "its target"},
    PN_END_OF_TABLE
};
static const struct pn_quantity results[] = {
    [OUT_BEFORE] = {"FEV1_before", "L", 3, 0, 10, "FEV1 before the bronchodilator",
                    .source = "Lambert 1982, wave-speed limit"},
    [OUT_AFTER] = {"FEV1_after", "L", 3, 0, 10, "FEV1 after the bronchodilator",
                   .source = "Lambert 1982, wave-speed limit"},
    [OUT_GAIN] = {"reversibility", "L", 0.1, -1, 5, "gain of FEV1",
                  .source = "Lambert 1982, wave-speed limit"},
    [OUT_OF_BASELINE] = {"reversibility_percent", "%", 5, -50, 500,
                         "gain of FEV1 as a share of FEV1 before",
                         .source = "Lambert 1982, wave-speed limit"},
    [OUT_OF_PREDICTED] = {"reversibility_percent_predicted", "%", 5, -50, 200,
                          "gain of FEV1 as a share of the predicted value (NHANES III)",
                          .source = "Hankinson 1999"},
    [OUT_REVERSIBLE_2005] = {"reversible_2005", "1", 0, 0, 1,
                             "1: gain of at least 12 % of FEV1 before and of 200 mL",
                             .source = "Pellegrino 2005"},
    [OUT_REVERSIBLE_2021] = {"reversible_2021", "1", 0, 0, 1,
                             "1: gain of more than 10 % of the predicted FEV1",
                             .source = "Stanojevic 2022"},
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
    p[SIGMA] = pn_muscle_sigma(p[SPREAD]);
}

/* Share of bridges attached after a dose of salbutamol [ug].  It competes with the
 * study's drugs for the same receptors: their drives, occupancy / (1 - occupancy), add to
 * dose / ED50. */
static pn_lane tone(struct pn_view v, pn_lane dose)
{
    const pn_lane one = pn_all(1), held = v.r[BETA2];
    const pn_lane drive = dose / v.p[ED50] * (one - held);
    const pn_lane occupied = (held + drive) / (one + drive);

    return v.p[TONE] * (one - v.r[M3]) * (one - v.p[RELAXED] * occupied);
}

/* FEV1 at n tones */
static void expire(struct pn_view v, size_t n, const pn_lane *attached, pn_lane *volume)
{
    const struct pn_body body = {v.p[TLC], v.p[RV], v.p[AREA], v.p[LENGTH]};
    const struct pn_muscle muscle = {
        {v.p[WALL] * v.r[THICKNESS], v.r[MUSCLE], v.p[RECOIL]},
        v.p[AREA],
        v.p[STRENGTH],
        v.p[SIGMA]
    };
    const pn_lane calibre = v.p[NARROWING] * v.r[CALIBRE];
    struct pn_lung lung, toned[2];
    struct pn_expiration e;

    pn_body_lung(&body, &calibre, &lung);
    pn_lung_narrow(&lung, &muscle, n, attached, toned);
    for (size_t i = 0; i < n; i++) {
        pn_forced_expiration(&toned[i], PN_EXPIRATION_STEPS, &e);
        volume[i] = e.FEV1;
    }
}

/* 1 or 0; NaN where the gain is */
static pn_lane flag(pn_mask yes, pn_lane gain)
{
    return pn_select(yes, pn_all(1), pn_all(0)) + pn_all(0) * gain;
}

static void run(struct pn_view v, pn_lane *out)
{
    const pn_lane attached[2] = {tone(v, pn_all(0)), tone(v, v.p[DOSE])};
    pn_lane gain, predicted;

    expire(v, 2, attached, &out[OUT_BEFORE]);
    pn_nhanes3_fev1_lanes(&v.p[SEX], &v.p[AGE], &v.p[HEIGHT], &predicted);
    gain = out[OUT_AFTER] - out[OUT_BEFORE];
    out[OUT_GAIN] = gain;
    out[OUT_OF_BASELINE] = pn_all(100) * gain / out[OUT_BEFORE];
    out[OUT_OF_PREDICTED] = pn_all(100) * gain / predicted;
    out[OUT_REVERSIBLE_2005] =
        flag((out[OUT_OF_BASELINE] >= pn_all(12)) & (gain >= pn_all(0.2)), gain);
    out[OUT_REVERSIBLE_2021] = flag(out[OUT_OF_PREDICTED] > pn_all(10), gain);
}

static void baseline(struct pn_view v, pn_lane *value)
{
    const pn_lane attached = tone(v, pn_all(0));

    expire(v, 1, &attached, value);
}

static const struct pn_fit fit = {
    .adjusted = NARROWING, .target = FEV1, .result = OUT_BEFORE, .measure = baseline};

const struct pn_test pn_test_reversibility = {
    .name = "reversibility",
    .summary = "FEV1 before and after a short-acting bronchodilator",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .run = run,
    .fit = &fit,
};
