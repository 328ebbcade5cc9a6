/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The printed tables of diameters and lengths. */
#include "models/airway/weibel.h"

const double pn_weibel_diameter[PN_WEIBEL_GENERATIONS] = {
    1.80,  1.22,  0.83,  0.56,  0.45,  0.35,  0.28,  0.23,  0.186, 0.154, 0.130, 0.109,
    0.095, 0.082, 0.074, 0.066, 0.060, 0.054, 0.050, 0.047, 0.045, 0.043, 0.041, 0.041,
};
/* Lambert's tree has 0.47 cm in generation 10 (models/airway/lambert.c) */
const double pn_weibel_length[PN_WEIBEL_GENERATIONS] = {
    12.0, 4.76, 1.90, 0.76, 1.27,  1.07,  0.90,  0.76,  0.64,  0.54,  0.46,  0.39,
    0.33, 0.27, 0.23, 0.20, 0.165, 0.141, 0.117, 0.099, 0.083, 0.070, 0.059, 0.050,
};
