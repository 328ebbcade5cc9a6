/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of a study share: its text part, the study, and notes of what waits.
 */
#ifndef PN_STUDY_STUDY_READER_H
#define PN_STUDY_STUDY_READER_H

#include "solver/study/study.h"
#include "solver/text/reader.h"

/* What one study may hold: far beyond use, but a hostile file must end soon. */
enum {
    PN_MAX_ARMS = 1000,
    PN_MAX_DRUGS = 64,
    PN_MAX_KEPT = 1000,
    PN_MAX_CATEGORIES = 100,
    PN_MAX_TIMES = 1000000, /* of outputs, of doses of a regimen */
    PN_MAX_PATIENTS = 100000000,
    PN_MAX_RULES = 1000, /* of an arm; also steps of a regimen */
};

/** Everything while a study is read; part of the study's own memory. */
struct pn_study_reader {
    struct pn_reader text;
    struct pn_study *study;
    struct pn_instance *instances, *last_instance;
    struct pn_given *covariates, *last_covariate; /* in the order of the files */
    struct pn_given *parameters, *last_parameter;
    struct pn_given_pair *pairs, *last_pair;
    const struct pn_yaml *population_file; /* NULL: none, or it could not be read */
    const struct pn_yaml *rows; /* what selects rows of the patients CSV; NULL: no CSV */
    size_t first_row, n_rows;   /* n_rows 0: to the last */
    struct pn_design_notes *design; /* its factors as they are named; NULL: none */
    const struct pn_yaml *root;     /* of the study's file */
    const char
        *events_path; /* a table that the caller gave in place of the study's own */
    const struct pn_yaml *own_drugs; /* the study's key `drugs`, or NULL */
    const struct pn_yaml *drug_node; /* that names the drug which is read */
    int has_events;                  /* doses may come from a table of events */
    int told_guess;                  /* that a code of a category may mean another one */
    int is_dropped;                  /* another file wins over what is read now */
    int drugs_broken;                /* a drug or regimen could not be read */
    struct pn_event_table *table;    /* that table, while it is read */
    size_t n_states;                 /* compartments that have a number */
    struct pn_late_rule *late_rules, *last_late_rule;
    struct pn_late_bands *late_bands; /* of regimens */
    /* drugs by the text that names them in a regimen; drug -1: it could not be read */
    struct pn_named_drug {
        const char *text;
        int drug;
    } named[PN_MAX_DRUGS];
    size_t n_named;
    const char *drug_real[PN_MAX_DRUGS]; /* path without links of each drug's file */
};

#endif
