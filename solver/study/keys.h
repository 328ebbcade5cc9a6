/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key of a study, a drug or a population file: one row in the table of its map.
 *
 * The row is the only place where the key's name, form, unit, default, range and sentence
 * are written: reading, complaints, the resolved study, `pneuma help`, pneuma-study(5)
 * and the tables of inputs/README.md come from it.  What the key means is its reading
 * function, or the member of a struct that its value goes into.  The tables stand beside
 * their readers; every map can be reached from pn_key_roots. */
#ifndef PN_STUDY_KEYS_H
#define PN_STUDY_KEYS_H

#include <stddef.h>

#include "solver/study/study_reader.h"

/** What may stand behind a key; several may. */
enum pn_key_form {
    PN_KEY_TEXT = 1,
    PN_KEY_NAME = 2,      /* letters, digits and _, a letter first */
    PN_KEY_FILE = 4,      /* a path, relative to the file that names it */
    PN_KEY_WHOLE = 8,     /* a whole number */
    PN_KEY_QUANTITY = 16, /* a number with a unit */
    PN_KEY_CHOICE = 32,   /* one of `choices` */
    PN_KEY_LIST = 64,     /* of maps like `map`, if it has one */
    PN_KEY_MAP = 128,     /* with the keys of `map` */
    PN_KEY_WORD = 512,    /* one of `choices`, kept as a text */
    PN_KEY_NAMES = 256,   /* NAME: value, each like `map`, if it has one */
};

/** When a key is read: those of a later turn need what the earlier ones give. */
enum pn_turn {
    PN_TURN_FIRST,
    PN_TURN_TREATMENT, /* parts, drugs, arms, tables, visits */
    PN_TURN_END,       /* when it ends: visits and tables are known */
    PN_TURN_RESULT,    /* what is written: the end is known */
    PN_TURN_WHO,       /* the population; all parts have their names */
};

struct pn_writer;
struct pn_key_map;

struct pn_key {
    const char *name;
    unsigned form;
    const char *unit;           /* of a quantity; NULL: of what its sentence says */
    const char *usual;          /* the default as it would be written; NULL: none */
    double low, high;           /* range of a number, most items of a list; 0, 0: any */
    const char *sentence;       /* what it says, and what holds without it */
    const char *const *choices; /* ends with NULL */
    size_t at;     /* where the value goes: offset in the struct that is read into */
    unsigned must; /* kinds of its map in which it must stand; 0: none */
    unsigned in;   /* kinds of its map in which it may stand; 0: all */
    enum pn_turn turn;
    int even_absent; /* 1: `read` is called with NULL where the key is not there */
    const struct pn_key_map *map;
    /* its meaning; NULL: one value of one form, checked and stored at `at`: const char *
     * (text, name, word), uint64_t (whole), double, int (choice), struct (map) */
    void (*read)(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                 const struct pn_key *key);
    /* of the study's own keys: into the resolved study; NULL: the value, if it is one */
    void (*write)(const struct pn_writer *w, const struct pn_key *key);
};

#define PN_KEYS_END                                                                      \
    {                                                                                    \
        .name = NULL                                                                     \
    }
#define PN_KEY_EVERYWHERE (~0u) /* as `must` */

/** The keys of one kind of map. */
struct pn_key_map {
    const char *name;     /* for `pneuma help`: "regimen" */
    const char *what;     /* in complaints: "a regimen" */
    const char *sentence; /* what it is, and where it stands */
    const struct pn_key *keys;
    unsigned kind;            /* a bit; several maps may share a table; 0: all its keys */
    const char *const *kinds; /* names of kinds that `kind` does not tell, by bit; NULL:
                                 those of the first rows */
};

/** A map that is read: called `what` in complaints (NULL: map->what), of a kind (0:
 * map->kind), into a struct. */
struct pn_reading {
    const struct pn_key_map *map;
    const char *what;
    unsigned kind;
    void *into;
};

/** Read a map by its rows: unknown and missing keys, wrong forms, units, ranges and
 * choices are complained of; the keys of the first turn are read in the order of the
 * rows.
 *  @return 1; 0: something was complained of. */
int pn_read_map(struct pn_study_reader *r, const struct pn_yaml *node,
                const struct pn_key_map *map, void *into);
int pn_read_map_of(struct pn_study_reader *r, const struct pn_yaml *node,
                   const struct pn_reading *reading);

/** The keys of one turn of a map whose names were checked; see pn_read_map.
 *  @return 1; 0: something was complained of. */
int pn_read_turn(struct pn_study_reader *r, const struct pn_yaml *node,
                 const struct pn_reading *reading, enum pn_turn turn);

/** As `read` of a row: its node is kept, a `const struct pn_yaml *` at `at`, to be read
 * when its unit or what it names is known. */
void pn_key_later(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                  const struct pn_key *key);

/** As `read` of a row: words for who reads the file. */
void pn_key_ignored(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key);

/** Is a share (cv: 25 %) said as one?  A plain number above 1 is complained of, or warned
 * of where it may be one.
 *  @param[in] name  of a key or parameter; others than shares are not looked at
 *  @return 1; 0: complained. */
int pn_is_said_as_share(struct pn_study_reader *r, const struct pn_yaml *node,
                        const char *what, const char *name);

/** Number of a word among the choices of a key (the case of letters means nothing).
 *  @return -1: complained. */
int pn_read_choice(struct pn_study_reader *r, const struct pn_yaml *node,
                   const char *what, const char *const *choices);

/** Names of the keys that may stand in a kind of map, behind the n that are there.
 *  @return how many there are then, at most `most` */
size_t pn_key_names(const struct pn_key_map *map, unsigned kind, const char **names,
                    size_t n, size_t most);

/** A row by its name, or NULL. */
const struct pn_key *pn_key_find(const struct pn_key_map *map, const char *name);

/** The maps that no other map has in it: a study, a drug file, a population file, an
 * event table; ends with NULL. */
extern const struct pn_key_map *const pn_key_roots[];

#endif
