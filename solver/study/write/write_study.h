/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers of the resolved study share. */
#ifndef PN_STUDY_WRITE_WRITE_STUDY_H
#define PN_STUDY_WRITE_WRITE_STUDY_H

#include <stdio.h>

#include "solver/study/keys.h"

struct pn_writer {
    FILE *out;
    const struct pn_study *study;
};

/** The shortest decimal number that is read back as the same bits. */
void pn_put_number(FILE *out, double x);
void pn_put_quantity(FILE *out, double x, const char *unit);

/** Plain where YAML cannot take it for anything else, else in double quotes. */
void pn_put_text(FILE *out, const char *text);

/** A distribution without its closing brace.
 *  @param as_map  1: also a fixed value is written as a map
 *  @return 1: there is a brace to close. */
int pn_put_distribution(FILE *out, const struct pn_distribution *d, const char *unit,
                        int as_map);

/** "key: text" on a line of its own; nothing for NULL. */
void pn_put_line(FILE *out, int indent, const char *key, const char *text);

/** A node of the study's own file as it stands there, on one line, behind a key; nothing
 * for NULL. */
void pn_put_node(FILE *out, const char *key, const struct pn_yaml *node);

/** A variable: its distribution or cases, its effects, its iov. */
void pn_put_variable(const struct pn_writer *w, const struct pn_variable *v);

/** "PREFIX.NAME: …": what a parameter is given as, or its default. */
void pn_put_parameter(const struct pn_writer *w, int indent, const char *prefix,
                      const char *instance, const struct pn_quantity *row);

/** Every parameter of a table that is in no column. */
void pn_put_parameters(const struct pn_writer *w, int indent, const char *instance,
                       const struct pn_quantity *table);

/** A path as the study would name it: relative to the study's own folder. */
const char *pn_put_path(const struct pn_study *study, const char *path);

/* The study's keys, as writing functions of their rows (keys.h): nothing where the study
 * does not need the key. */
void pn_put_plugins(const struct pn_writer *w, const struct pn_key *key);
void pn_put_own_covariates(const struct pn_writer *w, const struct pn_key *key);
void pn_put_population(const struct pn_writer *w, const struct pn_key *key);
void pn_put_disease(const struct pn_writer *w, const struct pn_key *key);
void pn_put_airway(const struct pn_writer *w, const struct pn_key *key);
void pn_put_drugs(const struct pn_writer *w, const struct pn_key *key);
void pn_put_arms(const struct pn_writer *w, const struct pn_key *key);
void pn_put_events(const struct pn_writer *w, const struct pn_key *key);
void pn_put_occasion(const struct pn_writer *w, const struct pn_key *key);
void pn_put_visits(const struct pn_writer *w, const struct pn_key *key);
void pn_put_output(const struct pn_writer *w, const struct pn_key *key);
void pn_put_endpoints(const struct pn_writer *w, const struct pn_key *key);
void pn_put_keep_lives(const struct pn_writer *w, const struct pn_key *key);
void pn_put_summary(const struct pn_writer *w, const struct pn_key *key);
void pn_put_design(const struct pn_writer *w, const struct pn_key *key);

#endif
