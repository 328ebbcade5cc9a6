/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML as a small tree that knows where everything stood. */
#ifndef PN_TEXT_YAML_H
#define PN_TEXT_YAML_H

#include "solver/text/arena.h"
#include "solver/text/complaint.h"

enum { PN_YAML_BYTES = 1 << 20, PN_YAML_DEPTH = 64 };

enum pn_yaml_kind { PN_YAML_TEXT, PN_YAML_LIST, PN_YAML_MAP };

struct pn_yaml {
    enum pn_yaml_kind kind;
    struct pn_place place;
    char *text;                   /* of a text or key; UTF-8 without control characters */
    size_t n;                     /* items of a list, keys of a map */
    struct pn_yaml *first, *last; /* items or keys, in the order of the file */
    struct pn_yaml *next;         /* the next item or key */
    struct pn_yaml *value;        /* of a key */
};

/** Parse one document of at most PN_YAML_BYTES, nested at most PN_YAML_DEPTH deep,
 * without aliases, anchors, tags or duplicate keys.
 *  @param[in] file   name for the places, lives as long as the tree
 *  @return the tree, in the arena; NULL: a complaint was made, or memory ran out. */
struct pn_yaml *pn_yaml_parse(const char *text, size_t n, const char *file,
                              struct pn_arena *arena, struct pn_complaints *list);

/** Value of a key in a map, or NULL. */
const struct pn_yaml *pn_yaml_get(const struct pn_yaml *map, const char *key);

/** "a mapping", "a list", "'TEXT'": for messages; buffer of 64 characters. */
const char *pn_yaml_describe(const struct pn_yaml *node, char buffer[64]);

#endif
