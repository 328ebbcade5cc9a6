/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libyaml's events only: its documents expand aliases without a limit (a bomb takes
 * gigabytes), and need seconds for deep nesting. */
#include "solver/text/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "solver/base/status.h"

struct builder {
    struct pn_arena *arena;
    struct pn_complaints *list;
    const char *file, *text;
    size_t n;
    struct pn_yaml *root, *open[PN_YAML_DEPTH]; /* maps and lists not yet ended */
    size_t depth;
    struct pn_yaml *key; /* waits for its value, of the innermost map */
    struct pn_yaml *waiting[PN_YAML_DEPTH];
    int n_documents;
};

static struct pn_place place_of(const struct builder *b, yaml_mark_t mark)
{
    return (struct pn_place){b->file, (int)mark.line + 1, (int)mark.column + 1};
}

/* Length of the UTF-8 character at s (libyaml has checked it); 0 when it is a control
 * character or another one that YAML cannot show. */
static size_t printable(const unsigned char *s)
{
    if (s[0] < 0x80)
        return (s[0] >= 0x20 && s[0] != 0x7f) || s[0] == '\n' || s[0] == '\t';
    if (s[0] < 0xe0)
        return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : 2;
    if (s[0] == 0xef &&
        ((s[1] == 0xbf && s[2] >= 0xbe) || (s[1] == 0xbb && s[2] == 0xbf)))
        return 0; /* U+FFFE, U+FFFF, byte order mark */
    if (s[0] == 0xed && s[1] >= 0xa0)
        return 0; /* half of a surrogate pair, by \u escape */
    return s[0] < 0xf0 ? 3 : 4;
}

static int all_printable(const unsigned char *s, size_t n)
{
    size_t step;

    for (size_t i = 0; i < n; i += step) {
        step = printable(s + i);
        if (step == 0)
            return 0;
    }
    return 1;
}

static int by_text_then_place(const void *a, const void *b)
{
    const struct pn_yaml *x = *(struct pn_yaml *const *)a,
                         *y = *(struct pn_yaml *const *)b;
    int order = strcmp(x->text, y->text);

    if (order != 0)
        return order;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    return (x->place.column > y->place.column) - (x->place.column < y->place.column);
}

/* sorted: a map of 100,000 keys must not take their square */
static int check_duplicates(struct builder *b, const struct pn_yaml *map)
{
    struct pn_yaml **sorted = malloc((map->n + 1) * sizeof *sorted);
    size_t n = 0;

    if (!sorted)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (struct pn_yaml *key = map->first; key; key = key->next)
        sorted[n++] = key;
    qsort(sorted, n, sizeof *sorted, by_text_then_place);
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i]->text, sorted[i - 1]->text) == 0)
            pn_complain(b->list, sorted[i]->place,
                        "the key '%s' is there twice, first in line %d", sorted[i]->text,
                        sorted[i - 1]->place.line);
    free(sorted);
    return PN_OK;
}

static void append(struct pn_yaml *parent, struct pn_yaml *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n++;
}

/* Put a node where it belongs: the root, an item of a list, a key or its value. */
static int attach(struct builder *b, struct pn_yaml *node)
{
    struct pn_yaml *parent = b->depth > 0 ? b->open[b->depth - 1] : NULL;

    if (!parent) {
        b->root = node;
    } else if (parent->kind == PN_YAML_LIST) {
        append(parent, node);
    } else if (b->key) {
        b->key->value = node;
        b->key = NULL;
    } else if (node->kind == PN_YAML_TEXT) {
        append(parent, node);
        b->key = node;
    } else {
        return pn_complain(b->list, node->place, "a key must be plain text");
    }
    return PN_OK;
}

static int add(struct builder *b, enum pn_yaml_kind kind, yaml_mark_t mark,
               const char *text, size_t n)
{
    struct pn_yaml *node = pn_arena_take(b->arena, 1, sizeof *node);
    int status;

    if (!node)
        return PN_ERR_MEMORY;
    node->kind = kind;
    node->place = place_of(b, mark);
    if (kind == PN_YAML_TEXT) {
        if (!all_printable((const unsigned char *)text, n))
            return pn_complain(b->list, node->place, "control characters in a text");
        node->text = pn_arena_copy(b->arena, text, n);
        return node->text ? attach(b, node) : PN_ERR_MEMORY;
    }
    status = attach(b, node);
    if (status != PN_OK)
        return status;
    if (b->depth == PN_YAML_DEPTH)
        return pn_complain(b->list, node->place, "nested more than %d deep",
                           PN_YAML_DEPTH);
    b->waiting[b->depth] = b->key;
    b->open[b->depth++] = node;
    b->key = NULL;
    return PN_OK;
}

static int end(struct builder *b)
{
    const struct pn_yaml *node = b->open[--b->depth];

    b->key = b->waiting[b->depth];
    return node->kind == PN_YAML_MAP ? check_duplicates(b, node) : PN_OK;
}

static int refuse_marks(struct builder *b, yaml_mark_t mark, const yaml_char_t *anchor,
                        const yaml_char_t *tag)
{
    if (anchor)
        return pn_complain(b->list, place_of(b, mark), "anchors (&%s) are not allowed",
                           (const char *)anchor);
    if (tag)
        return pn_complain(b->list, place_of(b, mark), "tags (%s) are not allowed",
                           (const char *)tag);
    return PN_OK;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
    yaml_mark_t mark = event->start_mark;
    int status;

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->n_documents++ > 0)
            return pn_complain(b->list, place_of(b, mark),
                               "a second document (---): one file holds one");
        return PN_OK;
    case YAML_ALIAS_EVENT:
        return pn_complain(b->list, place_of(b, mark), "aliases (*%s) are not allowed",
                           (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        status = refuse_marks(b, mark, event->data.scalar.anchor, event->data.scalar.tag);
        return status != PN_OK
                   ? status
                   : add(b, PN_YAML_TEXT, mark, (const char *)event->data.scalar.value,
                         event->data.scalar.length);
    case YAML_SEQUENCE_START_EVENT:
        status = refuse_marks(b, mark, event->data.sequence_start.anchor,
                              event->data.sequence_start.tag);
        return status != PN_OK ? status : add(b, PN_YAML_LIST, mark, NULL, 0);
    case YAML_MAPPING_START_EVENT:
        status = refuse_marks(b, mark, event->data.mapping_start.anchor,
                              event->data.mapping_start.tag);
        return status != PN_OK ? status : add(b, PN_YAML_MAP, mark, NULL, 0);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return end(b);
    default:
        return PN_OK;
    }
}

/* Does the line, from 0, begin with white space that holds a tab? */
static int tab_indents(const char *text, size_t n, size_t line)
{
    const char *p = text, *end = text + n;

    for (; line > 0 && p; line--) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    while (p && p < end && *p == ' ')
        p++;
    return p && p < end && *p == '\t';
}

static int complain_of_syntax(struct builder *b, const yaml_parser_t *parser)
{
    yaml_mark_t mark = parser->problem_mark;
    const char *problem = parser->problem ? parser->problem : "not YAML";

    if (parser->error == YAML_MEMORY_ERROR)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (parser->error == YAML_READER_ERROR)
        return pn_complain(b->list, (struct pn_place){b->file, 0, 0}, "%s at byte %zu",
                           problem, parser->problem_offset);
    if (parser->error == YAML_SCANNER_ERROR && tab_indents(b->text, b->n, mark.line))
        return pn_complain(b->list, place_of(b, mark),
                           "%s: a tab, YAML is indented by spaces", problem);
    if (!parser->context)
        return pn_complain(b->list, place_of(b, mark), "%s", problem);
    return pn_complain(b->list, place_of(b, mark), "%s (%s, which began in line %zu)",
                       problem, parser->context, parser->context_mark.line + 1);
}

static int build(struct builder *b, yaml_parser_t *parser)
{
    for (int done = 0; !done;) {
        yaml_event_t event;
        int status;

        if (!yaml_parser_parse(parser, &event))
            return complain_of_syntax(b, parser);
        done = event.type == YAML_STREAM_END_EVENT;
        status = take_event(b, &event);
        yaml_event_delete(&event);
        if (status != PN_OK)
            return status;
    }
    if (!b->root)
        return pn_complain(b->list, (struct pn_place){b->file, 0, 0},
                           "the file is empty");
    return PN_OK;
}

struct pn_yaml *pn_yaml_parse(const char *text, size_t n, const char *file,
                              struct pn_arena *arena, struct pn_complaints *list)
{
    struct builder b = {.arena = arena, .list = list, .file = file, .text = text, .n = n};
    yaml_parser_t parser;
    int status;

    if (n > PN_YAML_BYTES) {
        pn_complain(list, (struct pn_place){file, 0, 0},
                    "larger than %d bytes, the most that is read", PN_YAML_BYTES);
        return NULL;
    }
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        b.text = text += 3;
        b.n = n -= 3;
    }
    if (!yaml_parser_initialize(&parser)) {
        (void)PN_FAIL(PN_ERR_MEMORY, "out of memory");
        arena->failed = 1;
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    status = build(&b, &parser);
    yaml_parser_delete(&parser);
    if (status == PN_ERR_MEMORY)
        arena->failed = 1;
    return status == PN_OK ? b.root : NULL;
}

const struct pn_yaml *pn_yaml_get(const struct pn_yaml *map, const char *key)
{
    for (const struct pn_yaml *k = map->first; k; k = k->next)
        if (strcmp(k->text, key) == 0)
            return k->value;
    return NULL;
}

const char *pn_yaml_describe(const struct pn_yaml *node, char buffer[64])
{
    if (node->kind == PN_YAML_MAP)
        return "a mapping";
    if (node->kind == PN_YAML_LIST)
        return "a list";
    if (node->text[0] == '\0')
        return "nothing";
    snprintf(buffer, 64, strlen(node->text) > 40 ? "'%.40s…'" : "'%s'", node->text);
    return buffer;
}
