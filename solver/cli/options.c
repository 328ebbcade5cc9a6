/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a command line by the rows of its command. */
#include "solver/cli/options.h"
#include "solver/cli/call_targets.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/complaint.h"

/* --- finding a row --- */

enum { MOST_ROWS = 128 };

struct search {
    const char *name;
    size_t length;
    char letter;
    const struct pn_option *exact, *found; /* found: one that begins so */
    size_t exact_at, found_at;
    size_t n; /* that begin so */
    char list[256];
};

static int compare(const struct pn_option *row, size_t at, void *user)
{
    struct search *s = user;
    size_t used = strlen(s->list);

    if (s->letter ? row->letter == s->letter
                  : strlen(row->name) == s->length &&
                        memcmp(row->name, s->name, s->length) == 0) {
        s->exact = row;
        s->exact_at = at;
        return 1;
    }
    if (s->letter || strncmp(row->name, s->name, s->length) != 0)
        return 0;
    s->found = row;
    s->found_at = at;
    s->n++;
    snprintf(s->list + used, sizeof s->list - used, "%s--%s", used ? ", " : "",
             row->name);
    return 0;
}

struct names {
    const char *name[MOST_ROWS];
    size_t n;
};

static int add_name(const struct pn_option *row, size_t at, void *user)
{
    struct names *names = user;

    (void)at;
    if (names->n < MOST_ROWS)
        names->name[names->n++] = row->name;
    return 0;
}

static int unknown(const struct pn_command *command, const char *word, size_t length)
{
    struct names names = {.n = 0};
    char name[80];
    const char *near;

    pn_options_each(command->options, 0, add_name, &names);
    add_name(pn_help_rows, 0, &names);
    snprintf(name, sizeof name, "%.*s", (int)(length < 79 ? length : 79), word);
    near = strncmp(name, "--", 2) == 0 ? pn_nearest(name + 2, names.name, names.n) : NULL;
    return PN_FAIL(PN_ERR_USAGE, "%s: unknown option%s%s%s (see pneuma %s --help)", name,
                   near ? ", did you mean '--" : "", near ? near : "", near ? "'?" : "",
                   command->name);
}

/* By its long name ("--name" or "--name=value") or, where letter is not 0, by that. */
static int find(const struct pn_command *command, const char *word, char letter,
                const struct pn_option **row, size_t *at)
{
    struct search s = {.letter = letter};

    if (!letter) {
        s.name = word + 2;
        s.length = strcspn(s.name, "=");
    }
    if (!pn_options_each(command->options, 0, compare, &s))
        compare(pn_help_rows, 0, &s);
    *row = s.exact ? s.exact : s.n == 1 ? s.found : NULL;
    *at = s.exact ? s.exact_at : s.found_at;
    if (*row)
        return PN_OK;
    if (s.n > 1)
        return PN_FAIL(PN_ERR_USAGE, "%.60s may be %s (see pneuma %s --help)", word,
                       s.list, command->name);
    return unknown(command, word, letter ? 2 : s.length + 2);
}

/* --- the words --- */

struct reading {
    const struct pn_command *command;
    struct pn_call *call;
    int i;                           /* the next word */
    struct pn_said given[MOST_ROWS]; /* each once, as it was said last */
    size_t n_given;
};

static int take(struct reading *r, const struct pn_option *row, size_t at,
                const char *text)
{
    char *request = r->call->request;
    size_t k = 0;

    if (row == pn_help_rows) {
        r->call->help = 1;
        return PN_OK;
    }
    while (k < r->n_given && r->given[k].option != row)
        k++;
    if (k == r->n_given && k < MOST_ROWS)
        r->n_given++;
    if (k < MOST_ROWS)
        r->given[k] = (struct pn_said){row, text};
    return pn_option_take(row, text, request + at);
}

/* The value of an option that must have one: what is left of its word, or the next. */
static int value_of(struct reading *r, const struct pn_option *row, const char *rest,
                    const char **text)
{
    *text = rest ? rest : row->bare;
    if (*text || !row->value)
        return PN_OK;
    if (r->i == r->call->argc)
        return PN_FAIL(PN_ERR_USAGE,
                       "--%s: its value %s is missing (see pneuma %s --help)", row->name,
                       row->value, r->command->name);
    *text = r->call->argv[r->i++];
    return PN_OK;
}

static int take_long(struct reading *r, const char *word)
{
    const struct pn_option *row;
    const char *equals = strchr(word, '='), *text;
    size_t at;
    int status;

    PN_TRY(find(r->command, word, 0, &row, &at));
    if (equals && !row->value)
        return PN_FAIL(PN_ERR_USAGE, "--%s has no value (see pneuma %s --help)",
                       row->name, r->command->name);
    PN_TRY(value_of(r, row, equals ? equals + 1 : NULL, &text));
    status = take(r, row, at, text);
out:
    return status;
}

/* "-q", "-o FILE", "-oFILE", "-qo FILE" */
static int take_letters(struct reading *r, const char *word)
{
    int status = PN_OK;

    for (const char *c = word + 1; *c && !r->call->help; c++) {
        const struct pn_option *row;
        const char *text;
        char alone[3] = {'-', *c, '\0'};
        size_t at;

        PN_TRY(find(r->command, alone, *c, &row, &at));
        PN_TRY(value_of(r, row, row->value && c[1] ? c + 1 : NULL, &text));
        PN_TRY(take(r, row, at, text));
        if (row->value)
            break;
    }
out:
    return status;
}

static int read_words(struct reading *r)
{
    struct pn_call *call = r->call;
    int only_words = 0, status = PN_OK;

    while (r->i < call->argc && !call->help) {
        const char *word = call->argv[r->i++];

        if (only_words || word[0] != '-' || !word[1])
            call->word[call->n_words++] = word;
        else if (strcmp(word, "--") == 0)
            only_words = 1;
        else
            PN_TRY(word[1] == '-' ? take_long(r, word) : take_letters(r, word));
    }
out:
    return status;
}

static int look_for(const struct pn_option *row, size_t at, void *user)
{
    const struct reading *r = user;

    (void)at;
    if (!row->must)
        return 0;
    for (size_t k = 0; k < r->n_given; k++)
        if (r->given[k].option == row)
            return 0;
    return PN_FAIL(PN_ERR_USAGE, "--%s %s is missing (see pneuma %s --help)", row->name,
                   row->value, r->command->name);
}

static int check(struct reading *r)
{
    const struct pn_command *command = r->command;
    size_t n = r->call->n_words;
    int status = PN_OK;

    if (n > command->most)
        return PN_FAIL(PN_ERR_USAGE, "'%.60s' is not expected: pneuma %s %s",
                       r->call->word[command->most], command->name, command->arguments);
    if (n < command->least)
        return PN_FAIL(PN_ERR_USAGE, "expected pneuma %s %s", command->name,
                       command->arguments);
    PN_TRY(pn_options_each(command->options, 0, look_for, r));
    if (command->check)
        PN_TRY(command->check(r->call));
    status = pn_call_check_targets(r->call, r->given, r->n_given);
out:
    return status;
}

/* malloced; NULL: no memory */
static char *line_of(const struct pn_command *command, int argc, char **argv)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    if (!stream)
        return NULL;
    fprintf(stream, "pneuma %s", command->name);
    for (int i = 1; i < argc; i++)
        fprintf(stream, strpbrk(argv[i], " '\"") ? " '%s'" : " %s", argv[i]);
    return fclose(stream) == 0 ? text : NULL;
}

int pn_call_parse(const struct pn_command *command, int argc, char **argv,
                  struct pn_call *call)
{
    struct reading r = {.command = command, .call = call, .i = 1};
    int status;

    *call = (struct pn_call){.command = command, .argc = argc, .argv = argv};
    call->request = calloc(1, command->size + 1);
    call->word = calloc((size_t)argc + 1, sizeof *call->word);
    call->line = line_of(command, argc, argv);
    if (!call->request || !call->word || !call->line)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    pn_command_begin(command, call->request);
    PN_TRY(read_words(&r));
    if (!call->help)
        status = check(&r);
out:
    return status;
}

void pn_call_free(struct pn_call *call)
{
    free(call->request);
    free(call->word);
    free(call->line);
    *call = (struct pn_call){.command = NULL};
}
