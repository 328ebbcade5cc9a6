/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A design while it is read: its factors as they are named, then what they change, then
 * their values. */
#ifndef PN_STUDY_DESIGN_FACTORS_H
#define PN_STUDY_DESIGN_FACTORS_H

#include "solver/study/design/design.h"
#include "solver/study/population/population.h"
#include "solver/text/csv.h"

enum {
    PN_MAX_LEVELS = 10000,    /* of a factor of a grid: a resolved study lists them */
    PN_MAX_VALUES = 10000000, /* points x factors */
    PN_MAX_SOBOL = 40,        /* factors of GSL's sequence */
};

extern const struct pn_key_map pn_design_map, pn_levels_map;

/** "linear", "log"; ends with NULL. */
extern const char *const pn_scale_name[];

/** A factor as it was named. */
struct pn_wanted {
    const char *name;
    struct pn_place place;
    const struct pn_yaml *node; /* its levels or distribution; NULL: in a table */
    const char *unit;           /* of its column in a table; "": none */
    double molar_mass;          /* of the drug that it belongs to, when that is known */
    double to_row;              /* factor from the column's unit to that of its row */
};

struct pn_design_notes {
    enum pn_design_method method;
    const struct pn_yaml *node; /* the study's key */
    size_t n_points;            /* as given; 0: as many as levels or rows make */
    int log_scale;
    size_t n;
    struct pn_wanted *wanted; /* shape [n] */
    struct pn_csv csv;        /* behind its header; no file: none */
    size_t n_lines;           /* at most so many records */
};

/** Read the key `design`: its method, and how its factors are named; then, when all else
 * is known and without a mistake, what they change and their values. */
void pn_read_design(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key);
void pn_finish_design(struct pn_study_reader *r);

/** Is there a factor of this name?  The i-th name, or NULL behind the last. */
int pn_design_wants(const struct pn_study_reader *r, const char *name);
const char *pn_design_wanted(const struct pn_study_reader *r, size_t i);

/** "grid", … */
const char *pn_design_method_name(enum pn_design_method method);

/** What a factor changes, and the range of its values.
 *  @return 1; 0: complained. */
int pn_find_factor(struct pn_study_reader *r, struct pn_wanted *wanted,
                   struct pn_factor *factor);

/** Levels of a factor of a grid: a list, or {low, high, n, scale}. */
void pn_read_levels(struct pn_study_reader *r, const struct pn_wanted *wanted,
                    struct pn_factor *factor);

/** Open a table and note the factors that its header names; of a covariance the first
 * column is called `name`.
 *  @return 1; 0: complained. */
int pn_open_design_table(struct pn_study_reader *r, const struct pn_yaml *file,
                         struct pn_design_notes *notes);

/** The records behind it: points, or the lower factor of a covariance. */
void pn_read_points(struct pn_study_reader *r, struct pn_design_notes *notes,
                    struct pn_design *design);
void pn_read_covariance(struct pn_study_reader *r, struct pn_design_notes *notes,
                        struct pn_design *design);

#endif
