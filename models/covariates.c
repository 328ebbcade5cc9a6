/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a patient before anything is given.  `value` is a typical one; low and
 * high are wide enough for any patient of 5 to 100 years and catch a wrong unit. */
#include "models/catalogue.h"

#define NONE "none: a measurement of the patient"

static const struct pn_category sexes[] = {
    {"male",   1.0},
    {"female", 0.0},
    {NULL,     0.0}
};

/* clang-format off */
const struct pn_quantity pn_covariates[] = {
    {"age", "year", 50, 5, 100, "age", .source = NONE},
    {"sex", "1", 0, 0, 1, "sex: male = 1, female = 0",
     .source = "OURS: the code of the categories", .categories = sexes},
    {"height", "cm", 168, 90, 230, "standing height", .source = NONE},
    {"weight", "kg", 80, 15, 300, "body weight", .source = NONE},
    {"FEV1", "L", 2.2, 0.2, 8, "forced expiratory volume in 1 s, before bronchodilator",
     .source = NONE},
    {"FEV1_percent_predicted", "%", 70, 10, 160,
     "FEV1 as a share of the predicted value (NHANES III)", .source = NONE},
    {"blood_eosinophils", "cells/uL", 228, 1, 1e4, "blood eosinophil count",
     .source = NONE},
    {"sputum_eosinophils", "%", 5, 0, 100,
     "eosinophils as a share of the cells of induced sputum", .source = NONE},
    {"albumin", "g/L", 44, 10, 70, "albumin in serum", .source = NONE},
    {"creatinine_clearance", "mL/min", 111, 5, 400,
     "creatinine clearance, not per body surface", .source = NONE},
    {"ADA", "1", 0, 0, 1, "antibodies against the drug: present = 1, absent = 0",
     .source = "OURS: the code of the categories"},
    {"FeNO", "ppb", 21, 1, 500, "nitric oxide in exhaled air at 50 mL/s", .source = NONE},
    PN_END_OF_TABLE
};
/* clang-format on */
