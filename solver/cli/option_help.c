/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help of a command from its rows: for people, 80 columns wide, and for scripts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/cli/options.h"

enum { WIDTH = 80, COLUMN_MOST = 26 };

/* --- text in lines --- */

/* columns of n bytes of UTF-8 */
static int columns(const char *text, size_t n)
{
    int k = 0;

    for (size_t i = 0; i < n; i++)
        k += ((unsigned char)text[i] & 0xc0) != 0x80;
    return k;
}

/* Words of n bytes from column `at` on; further lines are indented. */
static void put_wrapped(const char *text, size_t n, int at, int indent, FILE *stream)
{
    const char *end = text + n;
    int begins = 1;

    while (text < end) {
        size_t length = 0;
        int width;

        while (text + length < end && text[length] != ' ' && text[length] != '\n')
            length++;
        width = columns(text, length);
        if (!begins && at + 1 + width > WIDTH) {
            fprintf(stream, "\n%*s", indent, "");
            at = indent;
        } else if (!begins) {
            putc(' ', stream);
            at++;
        }
        fwrite(text, 1, length, stream);
        at += width;
        begins = 0;
        text += length;
        while (text < end && (*text == ' ' || *text == '\n'))
            text++;
    }
    putc('\n', stream);
}

/* The next piece of prose: a line that begins with a space, an empty line, or a
 * paragraph.  @return its length without the newline that ends it */
static size_t piece(const char *text)
{
    size_t n = strcspn(text, "\n");

    if (*text == ' ' || n == 0)
        return n;
    while (text[n] && text[n + 1] && text[n + 1] != '\n' && text[n + 1] != ' ')
        n += 1 + strcspn(text + n + 1, "\n");
    return n;
}

static void put_prose(const char *text, FILE *stream)
{
    for (size_t n; text && *text; text += n + (text[n] != '\0')) {
        n = piece(text);
        if (*text == ' ' || n == 0)
            fprintf(stream, "%.*s\n", (int)n, text);
        else
            put_wrapped(text, n, 0, 0, stream);
    }
}

/* --- a row --- */

struct help {
    FILE *stream;
    char *request; /* with the defaults of the command */
    struct pn_units *units;
    int column; /* where sentences begin */
};

static double said_factor(struct help *help, const struct pn_option *row)
{
    double factor = 1.0;

    if (!row->said)
        return 1.0;
    if (!help->units && pn_units_create(&help->units) != PN_OK)
        return 1.0;
    return pn_units_factor(help->units, row->unit, row->said, 0.0, &factor) == PN_OK
               ? factor
               : 1.0;
}

/* "a, b or c" */
static void put_choices(const struct pn_option *row, const char *before, FILE *text)
{
    for (size_t i = 0; row->choices && row->choices[i]; i++)
        fprintf(text, "%s%s",
                i == 0                ? before
                : row->choices[i + 1] ? ", "
                                      : " or ",
                row->choices[i]);
}

/* "default 2.5 cmH2O; 0 to 10 cmH2O" */
static void put_numbers(struct help *help, const struct pn_option *row,
                        const void *member, FILE *text)
{
    const char *unit = row->said ? row->said : row->unit ? row->unit : "";
    const char *space = *unit ? " " : "";
    int has_range = row->low != 0.0 || row->high != 0.0;
    double factor = said_factor(help, row);

    if (row->has_usual && row->kind == PN_AS_WHOLE)
        fprintf(text, "default %lld", (long long)*(const int64_t *)member);
    else if (row->has_usual && row->kind == PN_AS_LIST)
        fprintf(text, "default %s", row->usual_text);
    else if (row->has_usual)
        fprintf(text, "default %.6g%s%s", *(const double *)member * factor, space, unit);
    if (row->has_usual && has_range)
        fputs("; ", text);
    if (has_range && row->high == DBL_MAX)
        fprintf(text, "from %g%s%s", row->low * factor, space, unit);
    else if (has_range)
        fprintf(text,
                row->kind == PN_AS_WHOLE ? "%.15g to %.15g%s%s" : "%.5g to %.5g%s%s",
                row->low * factor, row->high * factor, space, unit);
}

static void put_facts(struct help *help, const struct pn_option *row, const void *member,
                      FILE *text)
{
    if (row->kind == PN_AS_TEXT && row->choices)
        put_choices(row, "", text);
    else if (row->kind == PN_AS_TEXT && row->has_usual)
        fprintf(text, "default %s", *(const char *const *)member);
    else if (row->kind == PN_AS_CHOICE && row->has_usual)
        fprintf(text, "default %s", row->choices[*(const int *)member]);
    else if (row->kind == PN_AS_WHOLE || row->kind == PN_AS_NUMBER ||
             row->kind == PN_AS_LIST)
        put_numbers(help, row, member, text);
}

/* what put_facts says, malloced; NULL: no memory */
static char *facts_of(struct help *help, const struct pn_option *row, size_t at)
{
    char *facts = NULL;
    size_t n;
    FILE *text = open_memstream(&facts, &n);

    if (!text)
        return NULL;
    if (help->request)
        put_facts(help, row, help->request + at, text);
    return fclose(text) == 0 ? facts : NULL;
}

/* The sentence with choices, default and range in brackets at its end; malloced; NULL: no
 * memory. */
static char *sentence_of(struct help *help, const struct pn_option *row, size_t at)
{
    char *facts = facts_of(help, row, at), *sentence = NULL;
    size_t n = strlen(row->sentence);
    int open = n > 0 && row->sentence[n - 1] == ')'; /* the sentence has brackets */
    FILE *text = open_memstream(&sentence, &n);

    if (!text)
        goto out;
    n = strlen(row->sentence);
    open = facts && *facts && open;
    fprintf(text, "%.*s", (int)(n - (size_t)open), row->sentence);
    if (row->kind == PN_AS_CHOICE)
        put_choices(row, ": ", text);
    if (facts && *facts)
        fprintf(text, "%s%s)", open ? "; " : " (", facts);
    fclose(text);
out:
    free(facts);
    return sentence;
}

/* "  -o, --out FILE"; returns its columns */
static int put_name(const struct pn_option *row, char *text, size_t size)
{
    const char *before = row->bare ? "[=" : row->value ? " " : "";
    char letter[8] = "";

    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(text, size, "  %4s--%s%s%s%s", letter, row->name, before,
             row->value ? row->value : "", row->bare ? "]" : "");
    return columns(text, strlen(text));
}

static int measure(const struct pn_option *row, size_t at, void *user)
{
    struct help *help = user;
    char name[160];
    int width;

    (void)at;
    if (row->hide)
        return 0;
    width = put_name(row, name, sizeof name) + 2;
    if (width > help->column && width <= COLUMN_MOST)
        help->column = width;
    return 0;
}

static int put_row(const struct pn_option *row, size_t at, void *user)
{
    struct help *help = user;
    char name[160], *sentence;
    int width;

    if (row->hide)
        return 0;
    sentence = sentence_of(help, row, at);
    width = put_name(row, name, sizeof name);
    fputs(name, help->stream);
    if (width + 2 > help->column)
        fprintf(help->stream, "\n%*s", help->column, "");
    else
        fprintf(help->stream, "%*s", help->column - width, "");
    if (sentence)
        put_wrapped(sentence, strlen(sentence), help->column, help->column, help->stream);
    free(sentence);
    return 0;
}

static void begin_help(struct help *help, const struct pn_command *command, FILE *stream)
{
    *help = (struct help){.stream = stream, .request = calloc(1, command->size + 1)};
    if (help->request)
        pn_command_begin(command, help->request);
}

static void end_help(struct help *help)
{
    pn_units_free(&help->units);
    free(help->request);
}

static void put_options(const struct pn_command *command, FILE *stream)
{
    struct help help;

    begin_help(&help, command, stream);
    pn_options_each(command->options, 0, measure, &help);
    pn_options_each(pn_help_rows, 0, measure, &help);
    pn_options_each(command->options, 0, put_row, &help);
    pn_options_each(pn_help_rows, 0, put_row, &help);
    end_help(&help);
}

static void put_commands(const struct pn_command *const *commands, FILE *stream)
{
    int column = 0;

    for (size_t i = 0; commands[i]; i++) {
        int width = (int)strlen("  pneuma   ") + (int)strlen(commands[i]->name);

        column = width > column ? width : column;
    }
    for (size_t i = 0; commands[i]; i++) {
        const char *summary = commands[i]->summary;

        fprintf(stream, "  pneuma %-*s", column - (int)strlen("  pneuma "),
                commands[i]->name);
        put_wrapped(summary, strlen(summary), column, column, stream);
    }
}

void pn_command_print_help(const struct pn_command *command, FILE *stream)
{
    fprintf(stream, "usage: pneuma %s %s\n\n", command->name, command->arguments);
    if (command->before) {
        put_prose(command->before, stream);
        putc('\n', stream);
    }
    if (command->commands) {
        put_commands(command->commands, stream);
        putc('\n', stream);
    }
    put_options(command, stream);
    if (command->after) {
        putc('\n', stream);
        put_prose(command->after, stream);
    }
}

/* --- for scripts --- */

static int put_row_fields(const struct pn_option *row, size_t at, void *user)
{
    struct help *help = user;
    char *sentence;

    if (row->hide)
        return 0;
    sentence = sentence_of(help, row, at);
    fprintf(help->stream, "option\t%.*s\t%s\t%s%s%s\t%s\t", row->letter != 0,
            &row->letter, row->name, row->bare ? "[=" : "", row->value ? row->value : "",
            row->bare ? "]" : "", sentence ? sentence : row->sentence);
    for (size_t i = 0; row->kind == PN_AS_CHOICE && row->choices[i]; i++)
        fprintf(help->stream, "%s%s", i > 0 ? " " : "", row->choices[i]);
    putc('\n', help->stream);
    free(sentence);
    return 0;
}

static void put_prose_fields(const char *name, const char *text, FILE *stream)
{
    for (size_t n; text && *text; text += n + (text[n] != '\0')) {
        n = piece(text);
        fprintf(stream, "%s\t", name);
        for (size_t i = 0; i < n; i++)
            putc(text[i] == '\n' ? ' ' : text[i], stream);
        putc('\n', stream);
    }
}

void pn_command_print_rows(const struct pn_command *command, FILE *stream)
{
    struct help help;

    begin_help(&help, command, stream);
    fprintf(stream, "command\t%s\t%s\t%s\n", command->name, command->arguments,
            command->summary);
    put_prose_fields("before", command->before, stream);
    pn_options_each(command->options, 0, put_row_fields, &help);
    pn_options_each(pn_help_rows, 0, put_row_fields, &help);
    put_prose_fields("after", command->after, stream);
    end_help(&help);
    for (const struct pn_command *const *sub = command->commands; sub && *sub; sub++)
        pn_command_print_rows(*sub, stream);
}
