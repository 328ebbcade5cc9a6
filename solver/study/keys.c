/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a map by the rows of its keys. */
#include "solver/study/keys.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAMES = 128 };

static int stands_in(const struct pn_key *key, unsigned kind)
{
    return key->in == 0 || (key->in & kind) != 0;
}

static unsigned kind_of(const struct pn_reading *reading)
{
    return reading->kind        ? reading->kind
           : reading->map->kind ? reading->map->kind
                                : PN_KEY_EVERYWHERE;
}

size_t pn_key_names(const struct pn_key_map *map, unsigned kind, const char **names,
                    size_t n, size_t most)
{
    for (const struct pn_key *key = map->keys; key->name && n < most; key++)
        if (stands_in(key, kind))
            names[n++] = key->name;
    return n;
}

const struct pn_key *pn_key_find(const struct pn_key_map *map, const char *name)
{
    for (const struct pn_key *key = map->keys; key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

int pn_read_choice(struct pn_study_reader *r, const struct pn_yaml *node,
                   const char *what, const char *const *choices)
{
    const char *text = pn_read_text(&r->text, node, what);
    size_t n = 0;

    if (!text)
        return -1;
    for (; choices[n]; n++)
        if (strcasecmp(choices[n], text) == 0)
            return (int)n;
    pn_unknown(&r->text, node->place, what, text, choices, n);
    return -1;
}

void pn_key_later(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                  const struct pn_key *key)
{
    (void)r;
    memcpy((char *)into + key->at, &node, sizeof node);
}

void pn_key_ignored(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    (void)r;
    (void)node;
    (void)into;
    (void)key;
}

/* --- one value of one form --- */

static uint64_t whole(double x)
{
    return x >= 0x1p64 ? UINT64_MAX : (uint64_t)x;
}

static void store_whole(struct pn_study_reader *r, const struct pn_yaml *node,
                        const struct pn_key *key, void *at)
{
    uint64_t number;

    static_assert(sizeof(size_t) == sizeof number,
                  "whole numbers are also read to sizes");
    if (pn_read_whole(&r->text, node, key->name, whole(key->low), whole(key->high),
                      &number))
        memcpy(at, &number, sizeof number);
}

static void store_quantity(struct pn_study_reader *r, const struct pn_yaml *node,
                           const struct pn_key *key, void *at)
{
    int any = key->low == 0.0 && key->high == 0.0;
    double value;

    if (pn_is_said_as_share(r, node, key->name, key->name) &&
        pn_read_between(&r->text, node, key->name, key->unit, any ? -HUGE_VAL : key->low,
                        any ? HUGE_VAL : key->high, &value))
        memcpy(at, &value, sizeof value);
}

static void store_choice(struct pn_study_reader *r, const struct pn_yaml *node,
                         const struct pn_key *key, void *at)
{
    int choice = pn_read_choice(r, node, key->name, key->choices);

    if (choice >= 0)
        memcpy(at, &choice, sizeof choice);
}

static void store_word(struct pn_study_reader *r, const struct pn_yaml *node,
                       const struct pn_key *key, void *at)
{
    int choice = pn_read_choice(r, node, key->name, key->choices);

    if (choice >= 0)
        memcpy(at, &key->choices[choice], sizeof key->choices[choice]);
}

static void store_text(char *text, void *at)
{
    if (text)
        memcpy(at, &text, sizeof text);
}

static void store(struct pn_study_reader *r, const struct pn_yaml *node,
                  const struct pn_key *key, void *into)
{
    void *at = (char *)into + key->at;

    switch (key->form) {
    case PN_KEY_TEXT:
        store_text(pn_read_text(&r->text, node, key->name), at);
        break;
    case PN_KEY_NAME:
        store_text(pn_read_name(&r->text, node, key->name), at);
        break;
    case PN_KEY_WHOLE:
        store_whole(r, node, key, at);
        break;
    case PN_KEY_QUANTITY:
        store_quantity(r, node, key, at);
        break;
    case PN_KEY_CHOICE:
        store_choice(r, node, key, at);
        break;
    case PN_KEY_WORD:
        store_word(r, node, key, at);
        break;
    case PN_KEY_MAP:
        pn_read_map(r, node, key->map, at);
        break;
    default:
        assert(0 &&
               "a key of several forms, a list, names: they have a reading function");
    }
}

/* --- maps --- */

/* A list that is not too long, or a map, where it can be nothing else; what is told of
 * other values says more. */
static int has_form(struct pn_study_reader *r, const struct pn_yaml *node,
                    const struct pn_key *key)
{
    if (key->form == PN_KEY_LIST && !pn_is(&r->text, node, PN_YAML_LIST, key->name))
        return 0;
    if ((key->form & ~(unsigned)(PN_KEY_MAP | PN_KEY_NAMES)) == 0 &&
        !pn_is(&r->text, node, PN_YAML_MAP, key->name))
        return 0;
    return (key->form & (PN_KEY_LIST | PN_KEY_NAMES)) == 0 || key->high == 0.0 ||
           pn_is_few(&r->text, node, key->name, (size_t)key->high);
}

/* What a key says that is not there; NULL: nothing.  A map without a reading function has
 * defaults of its own. */
static const struct pn_yaml *usual_value(struct pn_study_reader *r,
                                         const struct pn_yaml *map,
                                         const struct pn_key *key)
{
    int is_map = key->form == PN_KEY_MAP && !key->read;
    struct pn_yaml *node;

    if (!key->usual && !is_map)
        return NULL;
    if (key->usual && (key->form & PN_KEY_LIST))
        return pn_yaml_parse(key->usual, strlen(key->usual), map->place.file,
                             r->text.arena, r->text.list);
    node = pn_arena_take(r->text.arena, 1, sizeof *node);
    if (!node)
        return NULL;
    *node = (struct pn_yaml){.kind = is_map ? PN_YAML_MAP : PN_YAML_TEXT,
                             .place = map->place};
    if (!is_map)
        node->text = pn_arena_copy(r->text.arena, key->usual, strlen(key->usual));
    return is_map || node->text ? node : NULL;
}

static void read_key(struct pn_study_reader *r, const struct pn_yaml *map,
                     const struct pn_reading *reading, const struct pn_key *key)
{
    const struct pn_yaml *node = pn_yaml_get(map, key->name);

    if (!node && (key->must & kind_of(reading)) != 0)
        pn_need(&r->text, map, reading->what ? reading->what : reading->map->what,
                key->name);
    if (!node)
        node = usual_value(r, map, key);
    if (node && !has_form(r, node, key)) {
        if (!key->even_absent)
            return;
        node = NULL;
    }
    if (key->read && (node || key->even_absent))
        key->read(r, node, reading->into, key);
    else if (node && !key->read)
        store(r, node, key, reading->into);
}

int pn_read_turn(struct pn_study_reader *r, const struct pn_yaml *node,
                 const struct pn_reading *reading, enum pn_turn turn)
{
    size_t before = r->text.list->n;
    int complete = 1;

    for (const struct pn_key *key = reading->map->keys;
         key->name && !r->text.arena->failed; key++)
        if (key->turn == turn && stands_in(key, kind_of(reading))) {
            read_key(r, node, reading, key);
            complete &=
                (key->must & kind_of(reading)) == 0 || pn_yaml_get(node, key->name);
        }
    return complete && r->text.list->n == before && !r->text.arena->failed;
}

int pn_read_map_of(struct pn_study_reader *r, const struct pn_yaml *node,
                   const struct pn_reading *reading)
{
    const char *names[MAX_NAMES];
    size_t before = r->text.list->n,
           n = pn_key_names(reading->map, kind_of(reading), names, 0, MAX_NAMES);

    return pn_is_map_of(&r->text, node,
                        reading->what ? reading->what : reading->map->what, names, n) &&
           pn_read_turn(r, node, reading, PN_TURN_FIRST) && r->text.list->n == before;
}

int pn_read_map(struct pn_study_reader *r, const struct pn_yaml *node,
                const struct pn_key_map *map, void *into)
{
    return pn_read_map_of(r, node, &(struct pn_reading){.map = map, .into = into});
}
