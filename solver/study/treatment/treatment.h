/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is given to patients: drugs, regimens, and the rules that change them. */
#ifndef PN_STUDY_TREATMENT_TREATMENT_H
#define PN_STUDY_TREATMENT_TREATMENT_H

#include "solver/study/treatment/events.h"

/** Residual error of a drug's concentration: DV = IPRED (1 + proportional e1) + additive
 * e2, or DV = IPRED exp(lognormal e1), e standard normal; all 0: none. */
struct pn_residual_error {
    double proportional, additive, lognormal; /* additive in the unit of the signal C */
};

/** A component behind a drug's kinetics: an effect compartment, an indirect response. */
struct pn_drug_effect {
    char *instance; /* "DRUG.MODEL" */
    const struct pn_component *component;
};

/** A drug file: its kinetics, the potency at each of its targets, what follows from it.
 */
struct pn_drug_target {
    char *target;                       /* "dp2" */
    const struct pn_component *potency; /* instance "DRUG.TARGET" */
};
struct pn_drug {
    char *name, *file, *route; /* route: the default of this drug */
    int has_no_depot;  /* only iv: its states are numbered from the central one on */
    double molar_mass; /* g/mol, 0: not given */
    const struct pn_component *kinetics; /* instance: name */
    size_t n_targets, n_effects;
    struct pn_drug_target *target;
    struct pn_drug_effect *effect;
    struct pn_residual_error error;
};

/** What the amounts of a regimen are multiplied by, as the patient is at each dose. */
enum pn_dose_by {
    PN_DOSE_FLAT,        /* nothing */
    PN_DOSE_PER_WEIGHT,  /* kg: amounts are per kg */
    PN_DOSE_PER_SURFACE, /* m2 */
    PN_DOSE_BY_BANDS,    /* the amount of the band; the regimen's own is 1 */
};

/** Who is in it gets its amount: each covariate in [low, high], both ends included. */
struct pn_dose_band {
    double *low, *high; /* [n_covariates], in the units of their rows */
    double amount;
    int every; /* of the regimen's doses every so manieth is given */
};
struct pn_dose_measure {
    enum pn_dose_by by;
    int formula;        /* index in pn_body_surfaces */
    int weight, height; /* variables of the population; -1: not looked at */
    size_t n_covariates, n_bands;
    int *covariate;            /* [n_covariates]: variables of the population */
    struct pn_dose_band *band; /* the first one that a patient is in holds */
    double otherwise;          /* amount of who is in none; NaN: the patient fails */
};

/** From the k-th scheduled dose on (k = 0: the loading dose's successor is k = 1) another
 * amount: loading doses and titration by a plan. */
struct pn_dose_step {
    double time;   /* h after the start of the regimen: from then on … */
    double amount; /* … this much */
};

/** What is given to every patient of an arm; every 0: one dose. */
struct pn_regimen {
    size_t drug;     /* index in the study's drugs */
    char *route;     /* "oral" */
    int compartment; /* index in the study's compartments */
    enum pn_input input;
    double amount; /* in the unit of the state it goes into, per measure */
    struct pn_dose_measure measure;
    double rate, over;             /* of an infusion: per h, or h */
    int rate_is_measured;          /* the rate is per measure as the amounts are */
    double start, every, duration; /* h; at start + k every, k every < duration */
    int steady_state; /* 1: the first dose finds the steady state of this regimen */
    size_t n_steps;
    struct pn_dose_step *step;    /* increasing times */
    double adherence;             /* probability that a dose is taken, 0 … 1 */
    double late_sd;               /* SD [h] of a delay (its absolute value); 0: in time */
    double holiday_rate, holiday; /* holidays per h, and their length [h]; 0: none */
    int by_events;                /* the drug is there, doses come from the event table */
    struct pn_place place;
};

/** What a rule does when its signal crosses its threshold at a visit. */
enum pn_rule_kind {
    PN_RULE_RESCUE,  /* one dose of another drug */
    PN_RULE_TITRATE, /* the regimen's amount is multiplied by `factor`, within [low, high]
                      */
    PN_RULE_STOP,    /* the regimen ends */
    PN_RULE_DROPOUT, /* the patient leaves: what follows is missing */
};
struct pn_rule {
    enum pn_rule_kind kind;
    char *signal;     /* signal, state or result of a test at that visit */
    double threshold; /* in the unit of the signal */
    int above;        /* 1: acts when above, 0: when below */
    int regimen;      /* of the arm, -1: none (dropout); rescue: the dose to give */
    double factor, low, high;
    int times; /* acts at most this often; 0: no limit */
    struct pn_place place;
};

/** Dropout as a hazard: rate x exp(coefficient x signal at the last visit), per h. */
struct pn_dropout {
    double rate, coefficient;
    char *signal; /* NULL: constant */
    double most;  /* bound of the rate for thinning; a higher rate is a status */
};

struct pn_arm {
    char *name;
    size_t n_regimens, n_rules;
    struct pn_regimen *regimen;
    struct pn_rule *rule;
    struct pn_dropout dropout; /* rate 0: none */
};

#endif
