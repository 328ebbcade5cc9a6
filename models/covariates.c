/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a patient before anything is given.  `value` is a typical one; low and
 * high are wide enough for any patient, newborns too, and catch a wrong unit: what a test
 * can take stands in the test's own rows. */
#include <string.h>
#include <strings.h>

#include "models/catalogue.h"

#define NONE "none: a measurement of the patient"

static const struct pn_category sexes[] = {
    {"male",   1.0},
    {"female", 0.0},
    {NULL,     0.0}
};

/* clang-format off */
const struct pn_quantity pn_covariates[] = {
    {"age", "year", 50, 0, 120, "age", .source = NONE},
    {"sex", "1", 0, 0, 1, "sex: male = 1, female = 0",
     .source = "OURS: the code of the categories", .categories = sexes},
    {"height", "cm", 168, 20, 250, "standing height", .source = NONE},
    {"weight", "kg", 80, 0.3, 350, "body weight", .source = NONE},
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

/* how tables of the field call them */
static const struct {
    const char *word, *covariate;
} words[] = {
    {"WT",     "weight"                },
    {"WGT",    "weight"                },
    {"BWT",    "weight"                },
    {"HT",     "height"                },
    {"HGT",    "height"                },
    {"GENDER", "sex"                   },
    {"ALB",    "albumin"               },
    {"CRCL",   "creatinine_clearance"  },
    {"CLCR",   "creatinine_clearance"  },
    {"FEV1PP", "FEV1_percent_predicted"},
};

static const struct {
    const char *word, *category;
    int is_guess;
} categories[] = {
    {"M", "male",   0},
    {"F", "female", 0},
    {"1", "male",   0},
    {"0", "female", 0},
    {"2", "female", 1},
};
#define LENGTH(array) (sizeof(array) / sizeof *(array))

const char *pn_covariate_word(size_t i)
{
    return i < LENGTH(words) ? words[i].word : NULL;
}

const struct pn_quantity *pn_covariate_find(const char *name)
{
    for (size_t i = 0; i < LENGTH(words); i++)
        if (strcasecmp(name, words[i].word) == 0)
            name = words[i].covariate;
    for (const struct pn_quantity *row = pn_covariates; row->name; row++)
        if (strcasecmp(name, row->name) == 0)
            return row;
    return NULL;
}

const struct pn_category *pn_category_find(const struct pn_quantity *row,
                                           const char *name, int *is_guess)
{
    *is_guess = 0;
    for (size_t i = 0; row->categories == sexes && i < LENGTH(categories); i++)
        if (strcasecmp(name, categories[i].word) == 0) {
            name = categories[i].category;
            *is_guess = categories[i].is_guess;
            break;
        }
    for (const struct pn_category *c = row->categories; c && c->name; c++)
        if (strcasecmp(name, c->name) == 0)
            return c;
    return NULL;
}
