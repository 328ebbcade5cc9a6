/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the patients are: each row of the table [patient x variable] is a pure function of
 * the seed. */
#ifndef PN_COHORT_COHORT_H
#define PN_COHORT_COHORT_H

#include "solver/study/study.h"

/** Draw patient i (0-based) of a population.
 *  @param[out] row  shape [n_variables], in the units of the variables' rows
 *  @param[out] bad  index of the first variable out of its row's range, or -1
 *  @return PN_OK, or PN_PATIENT_OUT_OF_RANGE (row is complete all the same). */
int pn_cohort_draw(const struct pn_population *population, uint64_t seed, size_t i,
                   double *row, int *bad);

/** The same when the patient is drawn again, because what was drawn cannot be: from the
 * same stream, n times behind the first (n = 0: pn_cohort_draw). */
int pn_cohort_redraw(const struct pn_population *population, uint64_t seed, size_t i,
                     uint64_t n, double *row, int *bad);

/** Are the patients drawn, from nothing but distributions?  Those of a table are who they
 * are. */
int pn_cohort_is_drawn(const struct pn_population *population);

/** Parameters as they are when the covariates are those in `row` and the occasion is
 * `occasion` (0: none): every variable with effects or iov is computed anew in place; the
 * draws are those of pn_cohort_redraw.  For a patient whose covariates or occasion change
 * in time. */
int pn_cohort_update(const struct pn_population *population, uint64_t seed, size_t i,
                     uint64_t n, int occasion, double *row, int *bad);

/** Number of patient i, from 1 or as in the patients CSV. */
int64_t pn_cohort_id(const struct pn_population *population, size_t i);

/** Value of a distribution at normal score z and uniform u = Phi(z) (the score decides,
 * truncation maps u into [F(low), F(high)]; a categorical variable takes the first
 * category whose cumulated probability exceeds u). */
double pn_distribution_value(const struct pn_distribution *distribution, double u);

#endif
