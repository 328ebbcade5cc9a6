/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One life beside what a result has of it, bit for bit. */
#ifndef PN_INSPECT_SAME_LIFE_H
#define PN_INSPECT_SAME_LIFE_H

#include "solver/result/result_read.h"
#include "solver/simulate/life.h"
#include "solver/trial/trial.h"

/** A number that is not the same. */
struct pn_difference {
    char name[160]; /* of the dataset */
    size_t index;   /* among the life's numbers in it */
    double was, is;
};

struct pn_differences {
    size_t n, n_compared; /* numbers */
    struct pn_difference first[10];
};

/** Compare all that the result keeps of a life: outcomes, outputs, observations, doses.
 * NaN is NaN.  @return PN_OK, PN_ERR_INPUT: the result has another form; PN_ERR_IO, … */
int pn_life_compare(const struct pn_result *result, const struct pn_trial *trial,
                    const struct pn_life *life, struct pn_differences *differences);

#endif
