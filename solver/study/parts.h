/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the parts of a study that are no room of their own: disease and airway, visits,
 * its end, output and solver, endpoints and what the result keeps.
 *
 * All are reading functions of rows (keys.h): `into` is the study; node may be NULL where
 * the row says so.  None is collective. */
#ifndef PN_STUDY_PARTS_H
#define PN_STUDY_PARTS_H

#include "solver/study/keys.h"

enum { PN_MAX_ENDPOINTS = 256 };

extern const struct pn_key_map pn_airway_map, pn_tree_map, pn_visit_map, pn_output_map,
    pn_solver_map, pn_endpoint_map, pn_keep_map, pn_summary_map;

/** Load the plug-ins that the list (NULL: none) names into the catalogue, before any
 * component is looked for. */
void pn_read_plugins(struct pn_study_reader *r, const struct pn_yaml *list, void *into,
                     const struct pn_key *key);

/** Disease components (also none), then the airway. */
void pn_read_disease(struct pn_study_reader *r, const struct pn_yaml *list, void *into,
                     const struct pn_key *key);
void pn_read_airway(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                    const struct pn_key *key);

/** The `tree` of an airway. */
void pn_read_tree(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                  const struct pn_key *key);

void pn_read_visits(struct pn_study_reader *r, const struct pn_yaml *visits, void *into,
                    const struct pn_key *key);

/** The end of the study, given or of its last visit or record; regimens then end, too. */
void pn_read_duration(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key);

/** Endpoints, whose arms and outputs must be known. */
void pn_read_endpoints(struct pn_study_reader *r, const struct pn_yaml *map, void *into,
                       const struct pn_key *key);

/** Whose trajectories are kept; their numbers are checked when the population is known;
 * statistics over patients, after the other two. */
void pn_read_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                        const struct pn_key *key);
void pn_finish_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_read_summary(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                     const struct pn_key *key);

/** What an occasion is; finished when population and visits are known. */
void pn_read_occasion(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key);
void pn_finish_occasion(struct pn_study_reader *r);

/** Words of `occasion`, by enum pn_occasion_kind; ends with NULL. */
extern const char *const pn_occasion_name[];

/** Warn of what can be run and is probably not meant, when all is read: a drug whose
 * target nothing reads, kinetics that the drug does not give. */
void pn_warn_of_traps(struct pn_study_reader *r);

/** Words of `tree`: "generated"; ends with NULL. */
extern const char *const pn_tree_word[];

/** Words of `keep`: "all", "summary"; ends with NULL. */
extern const char *const pn_keep_name[];

#endif
