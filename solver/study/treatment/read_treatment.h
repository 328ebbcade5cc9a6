/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what is given to patients: drugs, arms, where doses go, rules that change them,
 * tables of them. */
#ifndef PN_STUDY_TREATMENT_READ_TREATMENT_H
#define PN_STUDY_TREATMENT_READ_TREATMENT_H

#include "solver/study/given.h"

/* Maps, and the reading functions of the study's keys (keys.h): `into` is the study. */
extern const struct pn_key_map pn_drug_map, pn_drug_file_map, pn_arm_map, pn_regimen_map,
    pn_rescue_map, pn_rule_map, pn_dropout_map, pn_events_map, pn_event_table_map,
    pn_event_column_map;

/** The study's own drugs are noted; they are read when an arm gives them. */
void pn_note_drugs(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                   const struct pn_key *key);
void pn_read_arms(struct pn_study_reader *r, const struct pn_yaml *arms, void *into,
                  const struct pn_key *key);

/** The table of events, of the key or of the caller: patients, records, columns of
 * covariates; node may be NULL. */
void pn_read_events(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key);

/** Index the covariates of the table, when the population's variables are known. */
void pn_finish_events(struct pn_study_reader *r);

/** The drug of a regimen: a file, or a name among the study's own `drugs`.
 *  @return its index, or -1. */
int pn_read_drug(struct pn_study_reader *r, const struct pn_yaml *node);

/* --- doses: where they go, rules that change them, tables of them --- */

/** All compartments of the study, when its drugs are known; those of the regimens. */
void pn_number_compartments(struct pn_study_reader *r);

/** Compartment of a route of a drug; of what CMT says (a number from 1, DRUG.STATE, STATE
 * when no other drug has it, each with a minus: off); of a record that does not say it.
 *  @return its index; -1: none (the latter two complain). */
int pn_compartment_of_route(const struct pn_study *study, size_t drug,
                            const struct pn_route *route);
int pn_compartment_find(struct pn_study_reader *r, const char *text,
                        struct pn_place place, int *off);
int pn_compartment_default(struct pn_study_reader *r, struct pn_place place);

/** Warn of a dose into a compartment that no route of its drug enters, once of each. */
void pn_compartment_warn(struct pn_study_reader *r, struct pn_place place,
                         int compartment);

/** Its state's row; a route by its name, or NULL. */
const struct pn_quantity *pn_compartment_state(const struct pn_study *study,
                                               int compartment);
const struct pn_route *pn_route_find(const struct pn_drug *drug, const char *name);

/** One regimen of an arm, into arm->regimen[arm->n_regimens]; room must be there.
 *  @return 1: it was read. */
int pn_read_regimen(struct pn_study_reader *r, const struct pn_yaml *map,
                    struct pn_arm *arm);

/** A rescue dose: drug, dose, route, over or rate; given by a rule only. */
int pn_read_rescue(struct pn_study_reader *r, const struct pn_yaml *map,
                   struct pn_arm *arm);

/** Rules and dropout of an arm; thresholds wait until all signals are known. */
void pn_read_rules(struct pn_study_reader *r, const struct pn_yaml *rules,
                   struct pn_arm *arm);
void pn_read_dropout(struct pn_study_reader *r, const struct pn_yaml *map,
                     struct pn_arm *arm);
void pn_finish_rules(struct pn_study_reader *r);

/** Doses that are measured by covariates, when the population's variables are known. */
void pn_finish_doses(struct pn_study_reader *r);
void pn_finish_bands(struct pn_study_reader *r);

/** Row of a signal, a state or a test's result by its name in outputs.
 *  @return 1, or 0: the study has none. */
int pn_signal_row(const struct pn_study *study, const char *name,
                  const struct pn_quantity **row, double *molar_mass);

/** Names of all of them, at most `most`; those with a dot are in the arena. */
size_t pn_signal_names(const struct pn_study *study, struct pn_arena *arena,
                       const char **names, size_t most);

#endif
