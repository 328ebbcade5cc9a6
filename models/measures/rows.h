/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that the lung-function tests share: who the patient is, and what muscle is.
 *
 * A test's table begins with PN_PERSON_ROWS, and with PN_MUSCLE_ROWS behind them where
 * muscle works; its reads begin with the calibre, and go on with those of muscle.  Their
 * indices are then those of the enums below, in every test, and subject.h reads them. */
#ifndef PN_MODELS_MEASURES_ROWS_H
#define PN_MODELS_MEASURES_ROWS_H

#include "models/signals.h"

#include <math.h>

/** Parameters: the person first, then muscle, then a test's own. */
enum {
    PN_AGE,
    PN_SEX,
    PN_HEIGHT,
    PN_FEV1,
    PN_NARROWING,
    PN_N_PERSON,
    PN_WALL = PN_N_PERSON,
    PN_STRENGTH,
    PN_RELAXED,
    PN_RECOIL,
    PN_N_MUSCLE
};

/** Signals read: by every test, then by those in which muscle works. */
enum {
    PN_CALIBRE,
    PN_N_PERSON_READS,
    PN_THICKNESS = PN_N_PERSON_READS,
    PN_MUSCLE_MASS,
    PN_BETA2,
    PN_M3,
    PN_N_MUSCLE_READS
};

/* clang-format off */
#define PN_PERSON_ROWS \
    [PN_AGE] = {"age", "year", 50, 12, 100, "age", \
        .source = "OURS: Quanjer 1993 measured 18-70 years", .covariate = "age"}, \
    [PN_SEX] = {"sex", "1", 0, 0, 1, "sex: male = 1, female = 0", \
        .source = "OURS: the code of the categories", .covariate = "sex"}, \
    [PN_HEIGHT] = {"height", "cm", 168, 130, 220, "standing height", \
        .source = "OURS: Quanjer 1993 measured 145-195 cm", .covariate = "height"}, \
    [PN_FEV1] = {"FEV1", "L", (double)NAN, 0.2, 8, \
        "FEV1 at baseline, to which narrowing is fitted", \
        .source = "none: a measurement of the patient", .covariate = "FEV1"}, \
    [PN_NARROWING] = {"narrowing", "1", 1, 0.15, 1.3, \
        "factor on A_m of generations 3-16 at baseline, muscle relaxed", \
        .source = "OURS: fitted to FEV1"}

#define PN_MUSCLE_ROWS \
    [PN_WALL] = {"wall", "1", 1, 0.2, 5, \
        "area of the inner wall, relative to healthy; takes nothing from the relaxed" \
        " lumen at baseline, which narrowing gives", \
        .source = "OURS: asthma 1.3-2, recalled (low)"}, \
    [PN_STRENGTH] = {"strength", "cmH2O", 4.5, 0, 500, \
        "tension of the muscle over its largest radius, all bridges attached", \
        .source = "OURS: in the challenge a healthy lung falls by less than 20 %"}, \
    [PN_RELAXED] = {"beta2_effect", "1", 0.8, 0, 1, \
        "share of the muscle's activation that full occupancy of beta-2 receptors takes" \
        " away", .source = "OURS: 0.7-0.9, recalled (medium)"}, \
    [PN_RECOIL] = {"recoil", "cmH2O", 5, 1, 30, \
        "transpulmonary pressure at which the muscle works", \
        .source = "OURS: that of functional residual capacity"}

/* of some of the tests in which muscle works: an index of their own */
#define PN_ROW_TONE {"tone", "1", 0.2, 0, 1, "share of bridges attached at rest", \
    .source = "OURS: healthy lungs gain 1.9 % in reversibility"}
#define PN_ROW_STRENGTH_SPREAD {"spread", "1", 0.3, 0, 2, \
    "coefficient of variation of strength among airways of a generation", \
    .source = "OURS"}

#define PN_PERSON_READS [PN_CALIBRE] = PN_READ_CALIBRE
#define PN_MUSCLE_READS \
    [PN_THICKNESS] = PN_READ_WALL, [PN_MUSCLE_MASS] = PN_READ_ASM, \
    [PN_BETA2] = PN_READ_BETA2, [PN_M3] = PN_READ_M3
/* clang-format on */

#endif
