/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of this folder share: files, keys, numbers with units, names.
 *
 * Every function complains by itself and goes on, so that one run shows many mistakes;
 * what it returns only says whether the thing is there.  Memory that runs out is seen in
 * arena.failed at the end. */
#ifndef PN_STUDY_READER_H
#define PN_STUDY_READER_H

#include "solver/study/study.h"
#include "solver/text/yaml.h"

/* What one study may hold: far beyond use, but a hostile file must end soon. */
enum {
    PN_MAX_ARMS = 1000,
    PN_MAX_DRUGS = 64,
    PN_MAX_KEPT = 1000,
    PN_MAX_CATEGORIES = 100,
    PN_MAX_TIMES = 1000000, /* of outputs, of doses of a regimen */
    PN_MAX_PATIENTS = 100000000,
    PN_MAX_RULES = 1000, /* of an arm; also steps of a regimen */
    PN_CSV_LINE = 1 << 16,
    PN_CSV_FIELDS = 1000,
    PN_CSV_BYTES = 1 << 28,
};

/** A file that was read. */
struct pn_source {
    char *path, *real; /* as found; without links, to compare */
    char *text;        /* NULL: only hashed */
    size_t n;
    char sha256[65];
    struct pn_source *next;
};

/** Everything while a study is read; part of the study's own memory. */
struct pn_reader {
    struct pn_arena *arena;
    struct pn_units *units;
    struct pn_complaints *list;
    struct pn_study *study;
    struct pn_source *sources, *last_source;
    struct pn_instance *instances, *last_instance;
    struct pn_given *covariates, *last_covariate; /* in the order of the files */
    struct pn_given *parameters, *last_parameter;
    struct pn_given_pair *pairs, *last_pair;
    const struct pn_yaml *rows; /* what selects rows of the patients CSV; NULL: no CSV */
    size_t first_row, n_rows;   /* n_rows 0: to the last */
    struct pn_design_notes *design; /* its factors as they are named; NULL: none */
    int has_events;                 /* doses may come from a table of events */
    int drugs_broken;               /* a drug or regimen could not be read */
    struct pn_event_table *table;   /* that table, while it is read */
    size_t n_states;                /* compartments that have a number */
    struct pn_late_rule *late_rules, *last_late_rule;
    /* the last key that was nearly right, and its map */
    const struct pn_yaml *misspelt_in;
    const char *misspelt;
    /* drugs by the text that names them in a regimen; drug -1: it could not be read */
    struct pn_named_drug {
        const char *text;
        int drug;
    } named[PN_MAX_DRUGS];
    size_t n_named;
    const char *drug_real[PN_MAX_DRUGS]; /* path without links of each drug's file */
};

/* --- files --- */

enum { PN_ONLY_HASHED = 0 }; /* as limit: a file that is read elsewhere */

/** The path of a file that is named at a place of a file: relative to that file.
 *  @return NULL: no memory. */
char *pn_source_path(struct pn_reader *r, struct pn_place place, const char *name);

/** Read a file of at most n bytes, named at a place of a file (relative to that file).
 *  @return NULL: a complaint was made. */
struct pn_source *pn_read_source(struct pn_reader *r, struct pn_place place,
                                 const char *name, size_t limit);

/** The same as a YAML tree whose root is a map. */
const struct pn_yaml *pn_read_yaml(struct pn_reader *r, struct pn_place place,
                                   const char *name);

/** Register and load; used by the two above and for the study itself.
 *  @return PN_OK; PN_ERR_IO; PN_ERR_INPUT: too large; the reason is in the error record,
 * nothing is complained. */
int pn_source_load(struct pn_reader *r, const char *path, size_t limit,
                   struct pn_source **source);

/** A text that stands in no file, as if it were that of `path`. */
int pn_source_hold(struct pn_reader *r, const char *path, const char *text,
                   struct pn_source **source);

/* --- nodes --- */

/** Is the node of this kind?  `what` names it in the complaint. */
int pn_is(struct pn_reader *r, const struct pn_yaml *node, enum pn_yaml_kind kind,
          const char *what);

/** A map with no other keys than these (n names). */
int pn_is_map_of(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                 const char *const *keys, size_t n);

/** The value of a key that must be there. */
const struct pn_yaml *pn_need(struct pn_reader *r, const struct pn_yaml *map,
                              const char *what, const char *key);

/** Complain of more than `most` things.  @return 1: not too many. */
int pn_is_few(struct pn_reader *r, const struct pn_yaml *node, const char *what,
              size_t most);

/** Text that is not empty. */
char *pn_read_text(struct pn_reader *r, const struct pn_yaml *node, const char *what);

/** Letters, digits and _, a letter first, at most 64. */
char *pn_read_name(struct pn_reader *r, const struct pn_yaml *node, const char *what);

/** Complain of an unknown name: "unknown WHAT 'NAME', did you mean 'NEAREST'?". */
int pn_unknown(struct pn_reader *r, struct pn_place place, const char *what,
               const char *name, const char *const *names, size_t n);

/* --- numbers --- */

enum pn_number { PN_NUMBER, PN_NOT_A_NUMBER, PN_NOT_FINITE };

/** A decimal number at the beginning of a text; *rest is behind it and behind spaces. */
enum pn_number pn_number_parse(const char *text, const char **rest, double *value);

/** "NUMBER UNIT", converted to `unit`; a bare number only when unit is "1".  *value is
 * set only when all is well, here and in what follows. */
int pn_read_quantity(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                     const char *unit, double molar_mass, double *value);

/** The same, in [low, high]. */
int pn_read_between(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                    const char *unit, double low, double high, double *value);

/** Complain when a value in the unit of the row is out of its range; a low of DBL_MIN
 * means above 0. */
int pn_in_range(struct pn_reader *r, struct pn_place place, const char *what,
                const struct pn_quantity *row, double value);

/** A whole number in [low, high], without a unit. */
int pn_read_whole(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                  uint64_t low, uint64_t high, uint64_t *value);

/** factor between two units, 1 for equal texts; complains as `what`. */
int pn_read_factor(struct pn_reader *r, struct pn_place place, const char *what,
                   const char *from, const char *to, double molar_mass, double *factor);

#endif
