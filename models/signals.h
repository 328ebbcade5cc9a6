/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals that several models read: each row stands here once.  The name is ROLE.SIGNAL
 * of the writer, the value is what is read where nothing writes it
 * (solver/base/component.h). A signal that one model alone reads stands in that model. */
#ifndef PN_MODELS_SIGNALS_H
#define PN_MODELS_SIGNALS_H

#include "solver/base/component.h"

/* clang-format off */
#define PN_READ_EOSINOPHILS {"eosinophils.airway", "1", 1, 0, 100, \
    "airway eosinophils, relative to untreated", .source = "the eosinophils"}
#define PN_READ_ASM {"asm.mass", "1", 1, 0, 100, \
    "mass of airway smooth muscle, relative to untreated", .source = "the muscle"}
#define PN_READ_CALIBRE {"airway.calibre", "1", 1, 0, 4, \
    "factor on the cross-section A_m of generations 3-16", .source = "the airway"}
#define PN_READ_WALL {"airway.wall", "1", 1, 0, 100, \
    "area of the inner wall, relative to untreated", .source = "the airway"}

/* occupancies of the targets of drugs */
#define PN_READ_DP2 {"dp2.occupancy", "1", 0, 0, 1, \
    "share of DP2 that is bound by drugs", .source = "its target"}
#define PN_READ_BETA2 {"beta2.occupancy", "1", 0, 0, 1, \
    "share of beta-2 receptors that is bound by drugs", .source = "its target"}
#define PN_READ_M3 {"m3.occupancy", "1", 0, 0, 1, \
    "share of M3 receptors that is bound by drugs", .source = "its target"}
/* clang-format on */

#endif
