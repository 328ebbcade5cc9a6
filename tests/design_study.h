/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The study that the tests of designs change. */
#ifndef PN_TESTS_DESIGN_STUDY_H
#define PN_TESTS_DESIGN_STUDY_H

#include "study_files.h"

/* A study for designs; the first half, then `design: …`. */
#define STUDY                                                                            \
    "name: design\nseed: 17\n"                                                           \
    "population:\n  size: 20\n  covariates:\n"                                           \
    "    sex: {categories: {male: 0.5, female: 0.5}}\n"                                  \
    "    weight: {mean: 70 kg, sd: 10 kg}\n"                                             \
    "    height: {by: sex, male: 176 cm, female: 162 cm}\n"                              \
    "    blood_eosinophils: {median: 300 cells/uL, cv: 0.3}\n"                           \
    "disease: [eosinophils]\n"                                                           \
    "drugs:\n  abc:\n    molar_mass: 500 g/mol\n    route: oral\n"                       \
    "    kinetics:\n      model: pk2\n      parameters:\n"                               \
    "        CL: {median: 10 L/h, omega: 0.3, iov: {omega: 0.1}, effects: [{of: weight," \
    " form: power, reference: 70 kg, coefficient: 0.75}]}\n"                             \
    "        V1: 50 L\n        Q: 4 L/h\n"                                               \
    "arms:\n  placebo: []\n"                                                             \
    "  low: [{drug: abc, dose: 100 mg, every: 12 h}]\n"                                  \
    "  high: [{drug: abc, dose: 200 mg, every: 12 h, for: 24 h}]\n"                      \
    "duration: 100 h\n"

static inline struct pn_points *points_of(const struct pn_study *study)
{
    struct pn_points *points;

    assert_int_equal(pn_points_create(study, &list, &points), PN_OK);
    assert_int_equal(points->n, study->design ? study->design->n_points : 1);
    return points;
}

#endif
