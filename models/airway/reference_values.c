/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/airway/reference_values.h"

#include <math.h>

/* predicted = c + a age + a2 age^2 + h2 height^2, L, years, cm: Hankinson 1999 */
struct polynomial {
    double c, a, a2, h2;
};

/* [man][adult] */
static const struct polynomial FEV1[2][2] = {
    {{-0.8710, 0.06537, 0, 1.1496e-4},         {0.4333, -0.00361, -1.94e-4, 1.1496e-4}},
    {{-0.7453, -0.04106, 0.004477, 1.4098e-4}, {0.5536, -0.01303, -1.72e-4, 1.4098e-4}},
};
static const struct polynomial FVC[2][2] = {
    {{-1.2082, 0.05916, 0, 1.4815e-4},         {-0.3560, 0.01870, -3.82e-4, 1.4815e-4}},
    {{-0.2584, -0.20415, 0.010133, 1.8642e-4}, {-0.1933, 0.00064, -2.69e-4, 1.8642e-4}},
};
static const double ADULT_AGE[2] = {18, 20}; /* years */
static const double LOWEST_AGE = 8;          /* years, the youngest who were measured */

static double predicted(const struct polynomial table[2][2], int male, double age,
                        double height_cm)
{
    const struct polynomial *f = &table[male != 0][age >= ADULT_AGE[male != 0]];

    if (!(age >= LOWEST_AGE))
        return (double)NAN;
    return f->c + f->a * age + f->a2 * (age * age) + f->h2 * (height_cm * height_cm);
}

double pn_nhanes3_fev1(int male, double age, double height_cm)
{
    return predicted(FEV1, male, age, height_cm);
}

double pn_nhanes3_fvc(int male, double age, double height_cm)
{
    return predicted(FVC, male, age, height_cm);
}

void pn_nhanes3_fev1_lanes(const pn_lane *sex, const pn_lane *age,
                           const pn_lane *height_cm, pn_lane *fev1)
{
    for (size_t l = 0; l < PN_LANES; l++)
        (*fev1)[l] = pn_nhanes3_fev1((*sex)[l] > 0.5, (*age)[l], (*height_cm)[l]);
}
