/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of text files share: files, keys, numbers with units, names.
 *
 * Every function complains by itself and goes on, so that one run shows many mistakes;
 * what it returns only says whether the thing is there.  Memory that runs out is seen in
 * arena.failed at the end. */
#ifndef PN_TEXT_READER_H
#define PN_TEXT_READER_H

#include <stdint.h>

#include "solver/base/component.h"
#include "solver/base/units.h"
#include "solver/text/arena.h"
#include "solver/text/complaint.h"
#include "solver/text/yaml.h"

/** A file that was read. */
struct pn_source {
    char *path, *real; /* as found; without links, to compare */
    char *text;        /* NULL: only hashed */
    size_t n;
    char sha256[65];
    struct pn_source *next;
};

/** Where what is read is kept, what it is measured in, and what was complained of. */
struct pn_reader {
    struct pn_arena *arena;
    struct pn_units *units;
    struct pn_complaints *list;
    struct pn_source *sources, *last_source;
    /* the last key that was nearly right, and its map */
    const struct pn_yaml *misspelt_in;
    const char *misspelt;
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
