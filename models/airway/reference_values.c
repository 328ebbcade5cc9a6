/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal spirometry by the published polynomials of age and height. */
#include "models/airway/reference_values.h"

#include <math.h>

/* predicted = c + a age + a2 age^2 + h2 height^2, years, cm; the lower limit of normal
 * has its own h2, or where height does not count its own c: Hankinson 1999 */
struct polynomial {
    double c, a, a2, h2, lower;
};

/* clang-format off */
static const struct polynomial table[][2][2] = { /* [measure][man][adult] */
    [PN_NHANES3_FEV1] = {
        {{-0.8710,  0.06537,  0,        1.1496e-4, 9.283e-5},
         { 0.4333, -0.00361, -1.94e-4,  1.1496e-4, 9.283e-5}},
        {{-0.7453, -0.04106,  0.004477, 1.4098e-4, 1.1607e-4},
         { 0.5536, -0.01303, -1.72e-4,  1.4098e-4, 1.1607e-4}}},
    [PN_NHANES3_FVC] = {
        {{-1.2082,  0.05916,  0,        1.4815e-4, 1.2198e-4},
         {-0.3560,  0.01870, -3.82e-4,  1.4815e-4, 1.2198e-4}},
        {{-0.2584, -0.20415,  0.010133, 1.8642e-4, 1.5695e-4},
         {-0.1933,  0.00064, -2.69e-4,  1.8642e-4, 1.5695e-4}}},
    [PN_NHANES3_PEF] = {
        {{-3.6181,  0.60644, -0.016846, 1.8623e-4, 1.2148e-4},
         { 0.9267,  0.06929, -0.001031, 1.8623e-4, 1.2148e-4}},
        {{-0.5962, -0.12357,  0.013135, 2.4962e-4, 1.7635e-4},
         { 1.0523,  0.08272, -0.001301, 2.4962e-4, 1.7635e-4}}},
    [PN_NHANES3_FEF25_75] = {
        {{-2.5284,  0.52490, -0.015309, 6.982e-5,  2.302e-5},
         { 2.3670, -0.01904, -2.00e-4,  6.982e-5,  2.302e-5}},
        {{-1.0863,  0.13939,  0,        1.0345e-4, 5.294e-5},
         { 2.7006, -0.04995,  0,        1.0345e-4, 5.294e-5}}},
    [PN_NHANES3_FEV1_FVC] = { /* in percent */
        {{90.809,  -0.2125,   0,        0,         81.015},
         {90.809,  -0.2125,   0,        0,         81.015}},
        {{88.066,  -0.2066,   0,        0,         78.388},
         {88.066,  -0.2066,   0,        0,         78.388}}},
};
/* clang-format on */
static const double ADULT_AGE[2] = {18, 20}; /* years */

double pn_nhanes3(enum pn_nhanes3 what, int male, double age, double height_cm,
                  double *lower)
{
    const struct polynomial *f = &table[what][male != 0][age >= ADULT_AGE[male != 0]];
    const double by_age = f->a * age, by_square = f->a2 * (age * age);
    const double square = height_cm * height_cm;
    const int is_percent = what == PN_NHANES3_FEV1_FVC;

    if (!(age >= PN_NHANES3_YOUNGEST)) {
        if (lower)
            *lower = (double)NAN;
        return (double)NAN;
    }
    if (is_percent) {
        if (lower)
            *lower = (f->lower + by_age) / 100;
        return (f->c + by_age) / 100;
    }
    if (lower)
        *lower = f->c + by_age + by_square + f->lower * square;
    return f->c + by_age + by_square + f->h2 * square;
}

void pn_nhanes3_lanes(enum pn_nhanes3 what, const struct pn_nhanes3_who *who,
                      pn_lane *predicted, pn_lane *lower)
{
    for (size_t l = 0; l < PN_LANES; l++) {
        double limit;
        (*predicted)[l] = pn_nhanes3(what, (*who->sex)[l] > 0.5, (*who->age)[l],
                                     (*who->height_cm)[l], &limit);
        if (lower)
            (*lower)[l] = limit;
    }
}

void pn_nhanes3_z(enum pn_nhanes3 what, const struct pn_nhanes3_who *who,
                  const pn_lane *value, pn_lane *z)
{
    const double quantile = 1.645; /* of the 95th percentile, as printed */
    pn_lane predicted, lower;

    pn_nhanes3_lanes(what, who, &predicted, &lower);
    *z = pn_all(quantile) * (*value - predicted) / (predicted - lower);
}
