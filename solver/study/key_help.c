/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows of keys say, for people and for scripts. */
#include "solver/study/key_help.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

enum { MAX_MAPS = 64, MAX_NAMES = 512, WIDTH = 80 };

/* --- the maps --- */

/* Add a map and, behind it, those inside it; one that is there already stays. */
static size_t add_map(const struct pn_key_map *map, const struct pn_key_map **maps,
                      size_t n, size_t most)
{
    for (size_t i = 0; i < n; i++)
        if (maps[i] == map)
            return n;
    if (n == most)
        return n;
    maps[n++] = map;
    for (const struct pn_key *key = map->keys; key->name; key++)
        if (key->map && (key->in == 0 || map->kind == 0 || (key->in & map->kind) != 0))
            n = add_map(key->map, maps, n, most);
    return n;
}

size_t pn_key_maps(const struct pn_key_map **maps, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; pn_key_roots[i]; i++)
        n = add_map(pn_key_roots[i], maps, n, most);
    return n;
}

static int stands_in(const struct pn_key *key, const struct pn_key_map *map)
{
    return key->in == 0 || map->kind == 0 || (key->in & map->kind) != 0;
}

/* --- a row in words --- */

/* Texts of a row, malloced. */
struct words {
    char *form, *range;
};

static void put_list(FILE *out, const char *const *choices)
{
    if (choices[0] && choices[1])
        fputs("one of ", out);
    for (size_t i = 0; choices[i]; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", choices[i]);
}

static void put_form(FILE *out, const struct pn_key *key)
{
    static const struct {
        unsigned form;
        const char *word;
    } words[] = {
        {PN_KEY_TEXT,     "text"        },
        {PN_KEY_NAME,     "name"        },
        {PN_KEY_FILE,     "path"        },
        {PN_KEY_WHOLE,    "whole number"},
        {PN_KEY_QUANTITY, "number"      },
        {PN_KEY_WORD,     ""            },
        {PN_KEY_CHOICE,   ""            },
        {PN_KEY_LIST,     "list"        },
        {PN_KEY_MAP,      "map"         },
        {PN_KEY_NAMES,    "map of names"},
    };
    int n = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!(key->form & words[i].form))
            continue;
        fprintf(out, "%s%s", n++ > 0 ? " or " : "", words[i].word);
        if (words[i].form == PN_KEY_QUANTITY && key->unit && strcmp(key->unit, "1") != 0)
            fprintf(out, " in %s", key->unit);
        if (!*words[i].word && key->choices)
            put_list(out, key->choices);
        else if (!*words[i].word)
            fputs("category", out);
    }
    if (key->map)
        fprintf(out, " of `%s`", key->map->name);
}

/* What a kind is called: by the map, or by the row of the same number. */
static const char *kind_name(const struct pn_key_map *map, unsigned bit)
{
    size_t n = 0;

    if (map->kinds)
        return map->kinds[bit];
    while (map->keys[n].name)
        n++;
    return bit < n ? map->keys[bit].name : NULL;
}

/* Only with these kinds of its map. */
static int put_kinds(FILE *out, const struct pn_key_map *map, const struct pn_key *key)
{
    int n = 0;

    if (map->kind != 0 || key->in == 0)
        return 0;
    for (unsigned bit = 0; bit < 32 && kind_name(map, bit); bit++)
        if (key->in & 1U << bit && strcmp(kind_name(map, bit), key->name) != 0)
            fprintf(out, "%s%s", n++ > 0 ? ", " : "with ", kind_name(map, bit));
    return n;
}

static void put_range(FILE *out, const struct pn_key_map *map, const struct pn_key *key)
{
    unsigned kind = map->kind ? map->kind : PN_KEY_EVERYWHERE;
    int n = put_kinds(out, map, key),
        is_list = (key->form & (PN_KEY_LIST | PN_KEY_NAMES)) != 0;

    if (map->kind == 0 && key->in != 0 ? key->must == key->in : (key->must & kind) != 0)
        fprintf(out, "%srequired", n++ > 0 ? ", " : "");
    if (key->low == 0.0 && key->high == 0.0)
        return;
    fputs(n > 0 ? ", " : "", out);
    if (is_list)
        fprintf(out, "at most %.0f", key->high);
    else if (key->high >= 0x1p63 && key->low == DBL_MIN)
        fputs("above 0", out);
    else if (key->high >= 0x1p63)
        fprintf(out, "at least %.15g", key->low);
    else
        fprintf(out, "%.15g to %.15g", key->low, key->high);
}

/* A text made by one of the two; the caller frees.  NULL: no memory. */
static char *text_of(const struct pn_key_map *map, const struct pn_key *key)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    if (map)
        put_range(out, map, key);
    else
        put_form(out, key);
    fclose(out);
    return text;
}

static int words_of(const struct pn_key_map *map, const struct pn_key *key,
                    struct words *words)
{
    words->form = text_of(NULL, key);
    words->range = text_of(map, key);
    if (words->form && words->range)
        return 1;
    free(words->form);
    free(words->range);
    return 0;
}

static void words_free(struct words *words)
{
    free(words->form);
    free(words->range);
}

/* --- for people --- */

/* A text at an indent, wrapped between words. */
static void put_wrapped(FILE *out, int indent, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");
        if (column == 0 || column + 1 + n > WIDTH) {
            fprintf(out, "%s%*s", column > 0 ? "\n" : "", indent, "");
            column = (size_t)indent;
        } else {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)n, text);
        column += n;
        text += n + (text[n] == ' ');
    }
    fputc('\n', out);
}

static void put_key(FILE *out, const struct pn_key_map *map, const struct pn_key *key)
{
    struct words words;
    char *text = NULL;
    size_t size;
    FILE *head = open_memstream(&text, &size);

    if (!head || !words_of(map, key, &words)) {
        if (head)
            fclose(head);
        free(text);
        return;
    }
    fprintf(head, "%s: %s%s%s%s%s", key->name, words.form, *words.range ? "; " : "",
            words.range, key->usual ? "; default " : "", key->usual ? key->usual : "");
    words_free(&words);
    if (fclose(head) == 0)
        put_wrapped(out, 2, text);
    free(text);
    put_wrapped(out, 6, key->sentence);
}

static void put_sentence(FILE *out, const struct pn_key_map *map)
{
    fprintf(out, "%s: %s\n", map->name, map->sentence);
}

static void put_map(FILE *out, const struct pn_key_map *map)
{
    put_sentence(out, map);
    for (const struct pn_key *key = map->keys; key->name; key++)
        if (stands_in(key, map))
            put_key(out, map, key);
}

void pn_key_help_maps(FILE *out)
{
    const struct pn_key_map *maps[MAX_MAPS];
    size_t n = pn_key_maps(maps, MAX_MAPS);

    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-16s %s\n", maps[i]->name, maps[i]->sentence);
}

/* The key of a map that is called KEY or MAP.KEY, or NULL. */
static const struct pn_key *key_called(const struct pn_key_map *map, const char *name)
{
    size_t n = strlen(map->name);
    int of_map = strncmp(name, map->name, n) == 0 && name[n] == '.';
    const struct pn_key *key = pn_key_find(map, of_map ? name + n + 1 : name);

    return key && stands_in(key, map) ? key : NULL;
}

int pn_key_is(const char *name)
{
    const struct pn_key_map *maps[MAX_MAPS];
    size_t n = pn_key_maps(maps, MAX_MAPS);

    for (size_t i = 0; i < n; i++)
        if (strcmp(maps[i]->name, name) == 0 || key_called(maps[i], name))
            return 1;
    return 0;
}

static int put_if_called(FILE *out, const struct pn_key_map *map, const char *name)
{
    const struct pn_key *key = key_called(map, name);

    if (strcmp(map->name, name) == 0) {
        put_map(out, map);
        return 1;
    }
    if (!key)
        return 0;
    put_sentence(out, map);
    put_key(out, map, key);
    return 1;
}

static int unknown(const char *name, const struct pn_key_map *const *maps, size_t n_maps)
{
    const char *names[MAX_NAMES], *nearest;
    size_t n = 0;

    for (size_t i = 0; i < n_maps && n < MAX_NAMES; i++)
        names[n++] = maps[i]->name;
    for (size_t i = 0; i < n_maps; i++)
        n = pn_key_names(maps[i], PN_KEY_EVERYWHERE, names, n, MAX_NAMES);
    nearest = pn_nearest(name, names, n);
    return PN_FAIL(
        PN_ERR_USAGE, "no key '%.60s'%s%s%s (`pneuma help keys` lists the maps)", name,
        nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

int pn_key_help(FILE *out, const char *name)
{
    const struct pn_key_map *maps[MAX_MAPS];
    size_t n = pn_key_maps(maps, MAX_MAPS);
    int found = 0;

    for (size_t i = 0; i < n; i++)
        found += put_if_called(out, maps[i], name);
    return found > 0 ? PN_OK : unknown(name, maps, n);
}

/* --- for scripts --- */

static void put_row(FILE *out, const struct pn_key_map *map, const struct pn_key *key)
{
    struct words words;

    if (!words_of(map, key, &words))
        return;
    fprintf(out, "key\t%s\t%s\t%s\t%s\t%s\n", key->name, words.form, words.range,
            key->usual ? key->usual : "", key->sentence);
    words_free(&words);
}

void pn_key_rows(FILE *out)
{
    const struct pn_key_map *maps[MAX_MAPS];
    size_t n = pn_key_maps(maps, MAX_MAPS);

    for (size_t i = 0; i < n; i++) {
        fprintf(out, "map\t%s\t%s\n", maps[i]->name, maps[i]->sentence);
        for (const struct pn_key *key = maps[i]->keys; key->name; key++)
            if (stands_in(key, maps[i]))
                put_row(out, maps[i], key);
    }
}
