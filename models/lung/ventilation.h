/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How evenly a lung is ventilated: what each unit takes in, over what it holds. */
#ifndef PN_MODELS_LUNG_VENTILATION_H
#define PN_MODELS_LUNG_VENTILATION_H

#include "models/lung/tree.h"

enum { PN_VENTILATION_BINS = 40 };

/** Units count with the gas that they hold when it is least, so that the mean is what the
 * lung takes in over what it then holds. */
struct pn_ventilation {
    double tidal;    /* m3: sum over units of largest less least volume */
    double specific; /* mean of (largest - least) / least */
    double cv;       /* standard deviation over mean of it */
    double log_sd;   /* standard deviation of its natural logarithm */
    double slope; /* change per metre of depth, over the mean, by least squares; NaN: all
                     units at one height */
    double histogram[PN_VENTILATION_BINS]; /* part of the gas in units whose specific
                                              ventilation is k/10 to (k+1)/10 of the mean;
                                              the last bin holds all above */
};

/** @param[in] least, most  volumes of one unit over a breath [m3], shape [n_terminals]
 *  @param[in] depth        m downwards, shape [n_terminals]
 *  @param[out] specific    of each unit, shape [n_terminals]
 *  All but tidal is NaN where a unit is ever empty. */
void pn_ventilation_of(const struct pn_tree *tree, const double *least,
                       const double *most, const double *depth, double *specific,
                       struct pn_ventilation *ventilation);

#endif
