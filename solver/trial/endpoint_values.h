/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints of a life, taken from its outputs when it is over. */
#ifndef PN_TRIAL_ENDPOINT_VALUES_H
#define PN_TRIAL_ENDPOINT_VALUES_H

#include "solver/trial/trial.h"

/** Find each endpoint's output and times; trial->endpoint and trial->moment are made
 * here.
 *  @return PN_OK; PN_ERR_INPUT: complaints say which output or time there is not. */
int pn_endpoints_resolve(struct pn_trial *trial, struct pn_complaints *list);

/** Put the endpoints into the values of a life, shape [n_values + n_moments]; those that
 * are followed stand in their places already, without their change. */
void pn_endpoints_take(const struct pn_trial *trial, double *values);

#endif
