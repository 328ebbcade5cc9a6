/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which records of an event table count: conditions as NONMEM's IGNORE and ACCEPT. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "solver/study/treatment/event_table.h"

enum relation { EQUAL, UNEQUAL, ABOVE, BELOW, AT_LEAST, AT_MOST };

/* longer ones first, where one begins as another does */
static const struct {
    const char *word;
    enum relation relation;
} relations[] = {
    {".EQN.", EQUAL   },
    {".NEN.", UNEQUAL },
    {".EQ.",  EQUAL   },
    {".NE.",  UNEQUAL },
    {".GT.",  ABOVE   },
    {".LT.",  BELOW   },
    {".GE.",  AT_LEAST},
    {".LE.",  AT_MOST },
    {"==",    EQUAL   },
    {"/=",    UNEQUAL },
    {"!=",    UNEQUAL },
    {">=",    AT_LEAST},
    {"<=",    AT_MOST },
    {"=",     EQUAL   },
    {">",     ABOVE   },
    {"<",     BELOW   },
};
enum { N_RELATIONS = sizeof relations / sizeof *relations };

struct pn_event_condition {
    char mark; /* a record that begins with it; 0: a comparison */
    size_t column;
    enum relation relation;
    const char *text;
    double number;
    int is_number;
    struct pn_event_condition *next;
};

static int is_number(const char *text, double *number)
{
    const char *rest = "";

    *number = 0.0;
    if (pn_is_missing(text)) /* 0, as NONMEM has it */
        return 1;
    return pn_number_parse(text, &rest, number) == PN_NUMBER && *rest == '\0';
}

static char *trimmed(char *text)
{
    char *end = text + strlen(text);

    while (end > text && strchr(" \t'\")", end[-1]))
        *--end = '\0';
    return text + strspn(text, " \t'\"(");
}

/* Where the relation of a condition stands: the first one of the text. */
static const char *find_relation(const char *text, size_t *which)
{
    const char *first = NULL;

    for (size_t i = 0; i < N_RELATIONS; i++) {
        const char *at = strcasestr(text, relations[i].word);
        if (at && (!first || at < first)) {
            first = at;
            *which = i;
        }
    }
    return first;
}

/* By the name in the file, or by what the column is. */
static int find_column(struct pn_study_reader *r, const char *name, struct pn_place place,
                       size_t *column)
{
    struct pn_event_table *t = r->table;
    const char *names[PN_CSV_FIELDS];

    for (size_t i = 0; i < t->n_columns; i++)
        if (strcasecmp(names[i] = t->column[i].name, name) == 0) {
            *column = i;
            return 1;
        }
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct pn_event_column *c = &t->column[i];
        if ((c->field < PN_N_FIELDS &&
             strcasecmp(pn_event_columns[c->field].name, name) == 0) ||
            (c->row && strcasecmp(c->row->name, name) == 0)) {
            *column = i;
            return 1;
        }
    }
    pn_unknown(&r->text, place, "column", name, names, t->n_columns);
    return 0;
}

static void read_one(struct pn_study_reader *r, const char *key, char *text,
                     struct pn_place place, struct pn_event_condition **list)
{
    struct pn_event_condition *one = pn_arena_take(r->text.arena, 1, sizeof *one);
    size_t which = 0;
    char *relation;

    if (!one)
        return;
    text = trimmed(text);
    relation = (char *)find_relation(text, &which);
    if (!relation && text[0] && text[1] == '\0') {
        one->mark = text[0];
    } else if (!relation) {
        pn_complain(
            r->text.list, place,
            "%s must be a character that records begin with, or a condition such as "
            "SD.EQ.0, found '%.60s'",
            key, text);
        return;
    } else {
        one->relation = relations[which].relation;
        *relation = '\0';
        one->text = trimmed(relation + strlen(relations[which].word));
        one->is_number = is_number(one->text, &one->number);
        if (!find_column(r, trimmed(text), place, &one->column))
            return;
        if (!one->is_number && one->relation > UNEQUAL) {
            pn_complain(r->text.list, place, "'%.60s' must be a number to be compared",
                        one->text);
            return;
        }
    }
    one->next = *list;
    *list = one;
}

/* "SD.EQ.0,ID.GT.9" are two. */
static void read_text(struct pn_study_reader *r, const struct pn_yaml *node,
                      const char *key, struct pn_event_condition **list)
{
    char *text = pn_read_text(&r->text, node, key), *comma;

    text = text ? pn_arena_copy(r->text.arena, text, strlen(text)) : NULL;
    while (text && (comma = strchr(text, ','))) {
        *comma = '\0';
        read_one(r, key, text, node->place, list);
        text = comma + 1;
    }
    if (text)
        read_one(r, key, text, node->place, list);
}

struct pn_event_condition *pn_read_conditions(struct pn_study_reader *r,
                                              const struct pn_yaml *node, const char *key)
{
    struct pn_event_condition *list = NULL;

    if (node && node->kind == PN_YAML_LIST)
        for (const struct pn_yaml *item = node->first; item; item = item->next)
            read_text(r, item, key, &list);
    else if (node)
        read_text(r, node, key, &list);
    return list;
}

/* '@' of NONMEM: what begins with a letter or @. */
static int has_mark(const struct pn_csv *csv, char mark)
{
    char first = csv->field[0][0];

    return first == mark || (mark == '@' && isalpha((unsigned char)first));
}

static int holds(const struct pn_event_condition *one, const struct pn_csv *csv)
{
    const char *text;
    double number;
    int order;

    if (one->mark)
        return has_mark(csv, one->mark);
    if (one->column >= csv->n_fields)
        return 0;
    text = csv->field[one->column];
    if (!one->is_number || !is_number(text, &number))
        return (strcasecmp(text, one->text) == 0) == (one->relation == EQUAL) &&
               one->relation <= UNEQUAL;
    order = (number > one->number) - (number < one->number);
    switch (one->relation) {
    case EQUAL:
        return order == 0;
    case UNEQUAL:
        return order != 0;
    case ABOVE:
        return order > 0;
    case BELOW:
        return order < 0;
    case AT_LEAST:
        return order >= 0;
    default:
        return order <= 0;
    }
}

static int any_holds(const struct pn_event_condition *list, const struct pn_csv *csv)
{
    while (list && !holds(list, csv))
        list = list->next;
    return list != NULL;
}

int pn_event_counts(const struct pn_event_table *t)
{
    return !any_holds(t->ignore, &t->csv) &&
           (!t->accept || any_holds(t->accept, &t->csv));
}
