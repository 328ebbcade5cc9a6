/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `reversibility`: a forced expiration before and after a short-acting beta-2
 * agonist is breathed in.
 *
 * Muscle at rest has a tone: a share of its bridges attached, which narrows the airways
 * that `narrowing`, fitted to the FEV1 before the drug, leaves.  The drug takes away a
 * share of the tone, and what the lung has lost to tone and remodelled wall comes back as
 * far as mechanics lets it. */
#include "models/measures/subject.h"

enum { SPREAD = PN_N_MUSCLE, TONE, DOSE, ED50 };
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
    PN_PERSON_ROWS,
    PN_MUSCLE_ROWS,
    [SPREAD] = PN_ROW_STRENGTH_SPREAD,
    [TONE] = PN_ROW_TONE,
    [DOSE] = {"dose", "ug", 400, 0, 5000, "salbutamol breathed in; 0: nothing",
              .source = "Pellegrino 2005: four puffs of 100 ug"},
    [ED50] = {"ED50", "ug", 83, 1, 5000,
              "dose that binds half of the beta-2 receptors; 23 ug in healthy lungs",
              .source = "Barnes & Pride 1983"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    PN_PERSON_READS,
    PN_MUSCLE_READS,
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

/* Share of bridges attached after a dose of salbutamol [ug].  It competes with the
 * study's drugs for the same receptors: their drives, occupancy / (1 - occupancy), add to
 * dose / ED50. */
static pn_lane tone(struct pn_view v, pn_lane dose)
{
    const pn_lane one = pn_all(1), held = v.r[PN_BETA2];
    const pn_lane drive = dose / v.p[ED50] * (one - held);
    const pn_lane occupied = (held + drive) / (one + drive);
    pn_lane attached;

    pn_subject_tone(v, &v.p[TONE], &occupied, &attached);
    return attached;
}

/* FEV1 at n tones */
static void expire(struct pn_view v, size_t n, const pn_lane *attached, pn_lane *volume)
{
    struct pn_subject subject;
    struct pn_muscle muscle;
    struct pn_lung lung, toned[2];
    struct pn_expiration e;

    pn_subject_init(v, &subject);
    pn_subject_muscle(v, &subject, &v.p[SPREAD], &muscle);
    pn_body_lung(&subject.body, &subject.calibre, &lung);
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
    const struct pn_nhanes3_who who = pn_subject_who(v);
    pn_lane gain, predicted;

    expire(v, 2, attached, &out[OUT_BEFORE]);
    pn_nhanes3_lanes(PN_NHANES3_FEV1, &who, &predicted, NULL);
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

static const struct pn_fit fit = {.adjusted = PN_NARROWING,
                                  .target = PN_FEV1,
                                  .result = OUT_BEFORE,
                                  .measure = baseline};

const struct pn_test pn_test_reversibility = {
    .name = "reversibility",
    .summary = "FEV1 before and after a short-acting bronchodilator",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .run = run,
    .fit = &fit,
};
