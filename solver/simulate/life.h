/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a life. */
#ifndef PN_SIMULATE_LIFE_H
#define PN_SIMULATE_LIFE_H

#include <stdint.h>

#include "solver/base/api.h"

/** Bytes of a life's message, its end included. */
enum { PN_MESSAGE = 112 };

/** The outcome of one job. */
struct pn_life {
    int64_t job;
    int32_t status;    /* enum pn_status */
    int32_t method;    /* index in pn_ladder_names: the method that ended it */
    int32_t n_tries;   /* methods tried */
    uint32_t n_doses;  /* taken */
    int64_t n_redrawn; /* how often the patient was drawn again (screening) */
    double t_end;      /* h; where it failed, else the end */
    uint64_t n_steps, n_rejected, n_rates, n_factors; /* of all tries */
    char message[PN_MESSAGE]; /* what failed, where; "" when nothing did */
    double *values;           /* shape [n_values]; NaN after a failure */
};

/** Names of the methods by the number in pn_life, ends with NULL: "explicit",
 * "rosenbrock", … */
PN_API extern const char *const pn_ladder_names[];

#endif
