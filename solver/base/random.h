/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counter-based draws: pure functions of (seed, patient, purpose, index), the same on any
 * rank. */
#ifndef PN_BASE_RANDOM_H
#define PN_BASE_RANDOM_H

#include <stdint.h>

/* numbered by the compiler; append only: the number is part of the key */
enum pn_purpose {
    PN_DRAW_COHORT = 1, /* index: pn_name_hash("fevipiprant.CL"), "age", … */
    PN_DRAW_ADHERENCE,  /* index: pn_name_hash(drug), n: number of the scheduled dose */
    PN_DRAW_OCCASION,   /* index: as COHORT, n: occasion */
    PN_DRAW_RESIDUAL,   /* index: pn_name_hash(drug), n: 2 x number of the observation +
                           term */
    PN_DRAW_DELAY,      /* as ADHERENCE: how late a dose is */
    PN_DRAW_HOLIDAY,    /* as ADHERENCE, n: candidate number */
    PN_DRAW_DROPOUT,    /* index: 0 candidate time, 1 acceptance; n: candidate */
    PN_DRAW_DESIGN,     /* index: pn_name_hash(factor), n: point from 1; patient 0; 1:
                           place in the share of a Latin hypercube */
    PN_DRAW_TREE, /* index: what of a generated tree (solver/tree/makers/grow.c); n: which
                     point, branching or airway */
    PN_DRAW_REGION, /* calibre of a region of a tree; n: row of its first airway */
    PN_DRAW_WALL,   /* index: 0; n: airway whose wall is thicker or thinner */
    PN_DRAW_PURPOSES
};

/** Uniform on (0, 1), never 0 or 1: ((w >> 11) + 0.5) / 2^53 with w the first word of
 * Philox4x64-10, key (seed, 0x504e45554d41), counter (patient, purpose, index, n).
 * scripts/redraw.py does the same. */
double pn_uniform(uint64_t seed, int64_t patient, enum pn_purpose purpose, uint64_t index,
                  uint64_t n);

/** Standard normal by the inverse distribution function (gsl_cdf_ugaussian_Pinv) of
 * pn_uniform. */
double pn_normal(uint64_t seed, int64_t patient, enum pn_purpose purpose, uint64_t index,
                 uint64_t n);

/** FNV-1a, 64 bit, of a name: an index that does not move when other names come or go. */
uint64_t pn_name_hash(const char *name);

#endif
