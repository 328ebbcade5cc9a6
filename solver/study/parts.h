/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the parts of a study that are no room of their own: disease and airway, visits,
 * output and solver, endpoints and what the result keeps. */
#ifndef PN_STUDY_PARTS_H
#define PN_STUDY_PARTS_H

#include "solver/study/study_reader.h"

/** Load what the list names into the catalogue; NULL: nothing.  Before any component is
 * looked for. */
void pn_read_plugins(struct pn_study_reader *r, const struct pn_yaml *node);

void pn_read_disease(struct pn_study_reader *r, const struct pn_yaml *disease,
                     const struct pn_yaml *airway);

void pn_read_visits(struct pn_study_reader *r, const struct pn_yaml *visits);

/** What the result holds, and how it is computed; node may be NULL. */
void pn_read_output(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_read_solver(struct pn_study_reader *r, const struct pn_yaml *solver);

/** The `tree` of an airway. */
void pn_read_tree(struct pn_study_reader *r, const struct pn_yaml *node);
/** Endpoints, whose arms and outputs must be known; whose trajectories are kept (their
 * numbers are checked when the population is known); statistics over patients (node may
 * be NULL, after the other two). */
void pn_read_endpoints(struct pn_study_reader *r, const struct pn_yaml *map);
void pn_read_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_finish_keep_lives(struct pn_study_reader *r, const struct pn_yaml *node);
void pn_read_summary(struct pn_study_reader *r, const struct pn_yaml *node);

#endif
