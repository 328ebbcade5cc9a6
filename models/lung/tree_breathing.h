/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breathing: units with elastic recoil behind an airway tree, pulled by the pleura.
 *
 * For each unit: pressure at the inlet - what is lost on the way (tree_flow.h) = recoil
 * of its volume + pleural pressure around it, and its volume grows by what flows in.  The
 * unknowns are the volumes alone; IDA integrates them to a tolerance, and its linear
 * systems are solved by elimination on the tree, where recoil over alpha is a resistance
 * behind each leaf. */
#ifndef PN_MODELS_LUNG_TREE_BREATHING_H
#define PN_MODELS_LUNG_TREE_BREATHING_H

#include "models/lung/acinus.h"
#include "models/lung/tree_flow.h"

/** A course in time [s]: mean + amplitude sin(2 pi frequency (t - begin)); or, with n >
 * 0, straight lines between n points, constant before and behind. */
struct pn_time_course {
    double mean, amplitude, frequency, begin;
    size_t n;
    const double *t, *value; /* shape [n], t increasing; borrowed */
};

struct pn_breathing {
    struct pn_acinus acinus;
    struct pn_time_course pleura; /* Pa, at the mean height of the units */
    struct pn_time_course mouth;  /* Pa; or the flow into the lung, m3/s */
    int mouth_is_flow;
    double gradient,
        down[3];  /* of pleural pressure downwards, Pa/m, along a unit vector */
    double start; /* recoil [Pa] of all units at the first time; NaN: each is in
                     equilibrium with its pleural pressure */
    double rtol;  /* of volumes */
    size_t max_steps;
    struct pn_tree_flow_options flow;
};

/** Linear units, nothing moves, from equilibrium, rtol 1e-6, 100000 steps.
 *  @param[out] breathing  all of it is set */
void pn_breathing_defaults(struct pn_breathing *breathing);

/** How it stands at a time; borrowed for the time of the call. */
struct pn_breath {
    double t, volume, pleura; /* s, m3 of all units, Pa */
    const double *unit;       /* volumes [m3] of one unit each, shape [n_terminals] */
    const double *rate;       /* their change, m3/s */
    const struct pn_tree_flow *flow;
};

struct pn_breathing_counts {
    size_t n_steps, n_rejected, n_residuals, n_solves;
};

/** Breathe from t[0] to t[n_t - 1] and visit each of these times; nonzero ends it.
 *  @return PN_OK, the visitor's status; PN_ERR_VALUE: a number out of range, gravity
 *  without coordinates, no equilibrium to begin with; PN_PATIENT_*: it could not be
 *  followed; PN_ERR_MEMORY, PN_ERR_LIBRARY */
int pn_tree_breathe(const struct pn_tree *tree, const struct pn_breathing *breathing,
                    const double *t, size_t n_t,
                    int (*visit)(void *user, const struct pn_breath *breath), void *user,
                    struct pn_breathing_counts *counts);

/** How far unit k lies down the direction of gravity, from the mean of all units [m].
 *  @param[in]  down   a unit vector, shape [3]
 *  @param[out] depth  [m], shape [n_terminals] */
void pn_tree_depths(const struct pn_tree *tree, const double *down, double *depth);

#endif
