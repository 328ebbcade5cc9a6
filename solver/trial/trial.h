/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study made ready to run: a wired system for each arm, and the list of what is
 * recorded. */
#ifndef PN_TRIAL_TRIAL_H
#define PN_TRIAL_TRIAL_H

#include "solver/cohort/points.h"
#include "solver/system/system.h"
#include "solver/trial/output.h"

/** A compartment of the study in an arm's system. */
struct pn_trial_place {
    int present; /* 0: its drug is not given in this arm */
    size_t state;
    int F, ALAG, R, D; /* parameters of the system; -1: none */
};

/** A drug alone, for steady states: its own system and where that lies in the arm's. */
struct pn_trial_drug {
    struct pn_system *system; /* NULL: not given in this arm */
    size_t n_states, n_parameters;
    size_t *state, *parameter; /* of the arm's system, for each of its own */
    size_t *state_of;          /* its own state for each of the arm's */
};

struct pn_trial_arm {
    struct pn_system *system;
    int *column;  /* variable of the population for each parameter of the system; -1:
                     default */
    int *present; /* for each output over time: 0 where it is absent in this arm (zero) …
                   */
    struct pn_symbol *symbol;     /* … else its symbol in this system */
    struct pn_trial_place *place; /* of each compartment of the study */
    struct pn_trial_drug *drug;   /* of each drug of the study */
    int *drug_of_state;           /* of each state; -1: of the disease */
    int *test_read;      /* signal of each read of each test, in order; -1: default */
    int has_inputs;      /* infusions or switches are possible */
    size_t most_records; /* of a patient, at any point of the design */
};

/** A test that is done at some visit. */
struct pn_trial_test {
    const struct pn_test *test;
    size_t n_parameters, n_reads, n_points; /* points of all its results */
    int *column;   /* variable of the population for each parameter; -1: default */
    int *at_visit; /* [n_visits]: done there */
};

/** Where an endpoint takes its values; `output` is its own.  Of an output over visits:
 * visits first to last, and the baseline's.  Of one over time: a value at a time is that
 * of the grid (first, baseline) or of a moment of its own; what is of a span is followed
 * along the solution from `from` to `to`, whatever the grid. */
struct pn_trial_endpoint {
    size_t of, first, last, baseline, output;
    int moment, baseline_moment; /* -1: on the grid */
    int followed;                /* its number among those that are followed; -1: not */
    double from, to;             /* h */
};

/** A time that an endpoint asks for and the grid has not. */
struct pn_trial_moment {
    double time;
    size_t output; /* over time */
};

/** Immutable after creation; shared by everything that runs. */
struct pn_trial {
    const struct pn_study *study; /* borrowed */
    struct pn_tree *tree;         /* that all patients share; NULL: none */
    struct pn_points *points;     /* of its design */
    struct pn_trial_arm *arm;     /* shape [study->n_arms] */
    size_t n_outputs, n_values;
    struct pn_output *output;
    const struct pn_output *dose_output[PN_DOSE_OUTPUTS]; /* NULL: not there */
    size_t most_doses;        /* delivered doses, of any patient in any arm; 0: not listed
                               */
    size_t most_observations; /* of any patient of study->events; 0: no event table */
    size_t n_tests;           /* distinct tests of all visits */
    struct pn_trial_test *test;
    struct pn_trial_endpoint *endpoint; /* shape [study->n_endpoints] */
    size_t n_followed, n_moments;       /* n_followed: of the endpoints */
    struct pn_trial_moment *moment;     /* increasing; values behind n_values */
};

/** Wire every arm and lay out the outputs.
 *  @return PN_OK; PN_ERR_INPUT (complaints say why: an unknown name in keep, a missing
 * signal, …). */
int pn_trial_create(const struct pn_study *study, struct pn_units *units,
                    struct pn_complaints *list, struct pn_trial **trial);
void pn_trial_free(struct pn_trial **trial);

/** Parameters of an arm's system for a row of the population. */
void pn_trial_parameters(const struct pn_trial_arm *arm, const double *row,
                         double *parameters);

/** One patient in one arm at one point of the design. */
struct pn_job {
    size_t arm, point, patient;
};

/** Jobs are numbered (arm x n_points + point) x n_patients + patient: those of one arm
 * share a wired system and stand together. */
size_t pn_trial_n_jobs(const struct pn_trial *trial);
struct pn_job pn_trial_job(const struct pn_trial *trial, int64_t job);
int64_t pn_trial_job_number(const struct pn_trial *trial, struct pn_job job);

#endif
