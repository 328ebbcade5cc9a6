/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `fractional_flows`: how a forced expiration goes on after its first second.
 *
 * FEF25, FEF50 and FEF75 are the flows when these shares of FVC have been breathed out,
 * FEF25-75 is the mean flow over the middle half.  They, the peak and FEV1/FVC are held
 * against what is normal for sex, age and height (NHANES III), as a share of the
 * predicted value and as z-scores, whose lower limit of normal is -1.645. */
#include "models/measures/subject.h"

enum { OUT_FEF25_75, OUT_FEF25, OUT_FEF50, OUT_FEF75, OUT_RATIO, OUT_NORMAL };
enum { MEASURES = 3, OF_PREDICTED = OUT_NORMAL, Z = OF_PREDICTED + MEASURES };

#define MECHANICS "Lambert 1982, wave-speed limit"
#define NORMAL    "Hankinson 1999"
#define Z_SCORE   "OURS: normally distributed, SD from the limit of Hankinson 1999"

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
    [OUT_FEF25_75] = {"FEF25_75", "L/s", 3, 0, 20,
                      "mean forced expiratory flow between 25 and 75 % of FVC",
                      .source = MECHANICS},
    [OUT_FEF25] = {"FEF25", "L/s", 6, 0, 25,
                   "forced expiratory flow when 25 % of FVC is breathed out",
                   .source = MECHANICS},
    [OUT_FEF50] = {"FEF50", "L/s", 3.5, 0, 25,
                   "forced expiratory flow when 50 % of FVC is breathed out",
                   .source = MECHANICS},
    [OUT_FEF75] = {"FEF75", "L/s", 1.5, 0, 25,
                   "forced expiratory flow when 75 % of FVC is breathed out",
                   .source = MECHANICS},
    [OUT_RATIO] = {"FEV1_of_FVC", "1", 0.75, 0, 1, "FEV1 / FVC", .source = MECHANICS},
    [OF_PREDICTED] = {"FEF25_75_percent_predicted", "%", 80, 0, 500,
                      "FEF25-75 as a share of the predicted value (NHANES III)",
                      .source = NORMAL},
    {"PEF_percent_predicted", "%", 90, 0, 400,
     "peak expiratory flow as a share of the predicted value (NHANES III)",
     .source = NORMAL},
    {"FEV1_of_FVC_percent_predicted", "%", 95, 0, 150,
     "FEV1/FVC as a share of the predicted value (NHANES III)", .source = NORMAL},
    [Z] = {"FEF25_75_z", "1", 0, -20, 20,
           "z-score of FEF25-75 (NHANES III); -1.645: lower limit of normal",
           .source = Z_SCORE},
    {"PEF_z", "1", 0, -20, 20,
     "z-score of peak expiratory flow (NHANES III); -1.645: lower limit of normal",
     .source = Z_SCORE},
    {"FEV1_of_FVC_z", "1", 0, -20, 20,
     "z-score of FEV1/FVC (NHANES III); -1.645: lower limit of normal",
     .source = Z_SCORE},
    PN_END_OF_TABLE
};
/* clang-format on */

static void run(struct pn_view v, pn_lane *out)
{
    static const enum pn_nhanes3 measures[MEASURES] = {
        PN_NHANES3_FEF25_75, PN_NHANES3_PEF, PN_NHANES3_FEV1_FVC};
    const struct pn_nhanes3_who who = pn_subject_who(v);
    struct pn_expiration e;
    pn_lane time[3], value[MEASURES];

    pn_subject_expire(v, &e, NULL);
    for (size_t i = 0; i < 3; i++) {
        const pn_lane volume = e.FVC * pn_all(0.25 * (double)(i + 1));
        pn_expiration_at(&e, &volume, &time[i], &out[OUT_FEF25 + i]);
    }
    out[OUT_FEF25_75] = pn_all(0.5) * e.FVC / (time[2] - time[0]);
    out[OUT_RATIO] = e.FEV1 / e.FVC;
    value[0] = out[OUT_FEF25_75];
    value[1] = e.PEF;
    value[2] = out[OUT_RATIO];
    for (size_t i = 0; i < MEASURES; i++) {
        pn_lane predicted;
        pn_nhanes3_lanes(measures[i], &who, &predicted, NULL);
        out[OF_PREDICTED + i] = pn_all(100) * value[i] / predicted;
        pn_nhanes3_z(measures[i], &who, &value[i], &out[Z + i]);
    }
}

static const struct pn_fit fit = PN_SUBJECT_FIT(pn_subject_own_FEV1);

const struct pn_test pn_test_fractional_flows = {
    .name = "fractional_flows",
    .summary = "forced expiration: FEF25-75, FEF25, FEF50, FEF75, FEV1/FVC, z-scores",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .run = run,
    .fit = &fit,
};
