/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling of templates: names in a line, conditions at its start. */
#include "solver/text/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/complaint.h"

struct filling {
    const char *file;
    const struct pn_template_value *value;
    size_t n_values;
    FILE *out;
    size_t line; /* from 1 */
};

/* "@NAME@", "@NAME?@" or "@NAME!@" */
struct mark {
    const char *name;
    size_t n_name, n; /* n: of the whole mark */
    char condition;   /* '?', '!'; 0: none */
};

/* 1: a mark begins at `at` */
static int read_mark(const char *at, const char *end, struct mark *mark)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    const char *c = at + 1;

    if (*at != '@')
        return 0;
    while (c < end && strchr(letters, *c))
        c++;
    *mark = (struct mark){.name = at + 1, .n_name = (size_t)(c - at) - 1};
    if (c < end && (*c == '?' || *c == '!'))
        mark->condition = *c++;
    if (mark->n_name == 0 || c >= end || *c != '@')
        return 0;
    mark->n = (size_t)(c + 1 - at);
    return 1;
}

static int unknown(const struct filling *f, const struct mark *mark)
{
    const char *names[64], *near;
    char word[64];
    size_t n = 0;

    for (; n < f->n_values && n < sizeof names / sizeof *names; n++)
        names[n] = f->value[n].name;
    snprintf(word, sizeof word, "%.*s", (int)(mark->n_name < 60 ? mark->n_name : 60),
             mark->name);
    near = pn_nearest(word, names, n);
    return PN_FAIL(PN_ERR_INPUT, "%s:%zu: there is no @%s@ to fill in%s%s%s", f->file,
                   f->line, word, near ? ", did you mean @" : "", near ? near : "",
                   near ? "@?" : "");
}

/* NULL: there is none of this name */
static const struct pn_template_value *find_value(const struct filling *f,
                                                  const struct mark *mark)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (strlen(f->value[i].name) == mark->n_name &&
            memcmp(f->value[i].name, mark->name, mark->n_name) == 0)
            return &f->value[i];
    return NULL;
}

/* How often the line stands: 0 when a value is missing or a condition is not met. */
static int count_lines(const struct filling *f, const char *line, const char *end,
                       size_t *n_times)
{
    const struct pn_template_value *value;
    struct mark mark;

    *n_times = 1;
    for (const char *c = line; c < end;) {
        if (!read_mark(c, end, &mark)) {
            c++;
            continue;
        }
        value = find_value(f, &mark);
        if (!value)
            return unknown(f, &mark);
        if (mark.condition)
            *n_times *= (mark.condition == '?') == (value->n > 0);
        else if (value->n != 1)
            *n_times *= value->n;
        c += mark.n;
    }
    return PN_OK;
}

/* the line as it stands for the k-th time; its marks are known */
static void put_line(const struct filling *f, const char *line, const char *end, size_t k)
{
    const struct pn_template_value *value;
    struct mark mark;

    for (const char *c = line; c < end;) {
        if (!read_mark(c, end, &mark)) {
            putc(*c++, f->out);
            continue;
        }
        c += mark.n;
        value = find_value(f, &mark);
        if (value && !mark.condition)
            fputs(value->text[value->n > 1 ? k : 0], f->out);
    }
    putc('\n', f->out);
}

static int fill_lines(struct filling *f, const char *text)
{
    size_t n_times;
    int status = PN_OK;

    for (const char *line = text; *line;) {
        const char *end = line + strcspn(line, "\n");

        f->line++;
        PN_TRY(count_lines(f, line, end, &n_times));
        for (size_t k = 0; k < n_times; k++)
            put_line(f, line, end, k);
        line = *end ? end + 1 : end;
    }
out:
    return status;
}

int pn_template_fill(const char *file, const char *text,
                     const struct pn_template_value *value, size_t n_values,
                     char **filled, size_t *n_filled)
{
    struct filling f = {.file = file, .value = value, .n_values = n_values};
    int status;

    *filled = NULL;
    f.out = open_memstream(filled, n_filled);
    if (!f.out)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a text");
    status = fill_lines(&f, text);
    if (fclose(f.out) != 0 && status == PN_OK)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a text");
    if (status != PN_OK) {
        free(*filled);
        *filled = NULL;
    }
    return status;
}
