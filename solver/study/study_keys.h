/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a study as a whole. */
#ifndef PN_STUDY_STUDY_KEYS_H
#define PN_STUDY_STUDY_KEYS_H

#include "solver/study/keys.h"

/** Read into a struct pn_study. */
extern const struct pn_key_map pn_study_map;

#endif
