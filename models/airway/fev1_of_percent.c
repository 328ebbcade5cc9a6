/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FEV1 from its percentage of the predicted value (NHANES III): what follows for a
 * patient of whom only that is known. */
#include "models/airway/reference_values.h"
#include "models/catalogue.h"

static const char *const from[] = {"FEV1_percent_predicted", "sex", "age", "height",
                                   NULL};

/* %, male = 1, year, cm; @return L */
static double value(const double *x)
{
    return x[0] / 100.0 * pn_nhanes3(PN_NHANES3_FEV1, x[1] == 1.0, x[2], x[3], NULL);
}

const struct pn_follows pn_follows_FEV1 = {
    .name = "FEV1",
    .from = from,
    .value = value,
    .limits = "age",
    .by = "NHANES III",
    .low = PN_NHANES3_YOUNGEST,
    .high = 100, /* of covariates: the formula is extrapolated */
};
