/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands and their options as rows: parsing, help, manual pages and completion are made
 * from them, so that an option is written once. */
#ifndef PN_CLI_OPTIONS_H
#define PN_CLI_OPTIONS_H

#include <float.h>
#include <stddef.h>
#include <stdio.h>

/** What a value is, and the type of the member that it goes to. */
enum pn_option_kind {
    PN_AS_FLAG,   /* int: 1 when given; the option has no value */
    PN_AS_TEXT,   /* const char *: the word itself */
    PN_AS_WHOLE,  /* int64_t, uint64_t or size_t within low … high */
    PN_AS_NUMBER, /* double within low … high: "NUMBER UNIT"; bare where unit is NULL */
    PN_AS_LIST,   /* struct pn_numbers, each bare and within low … high: "1,2,5" */
    PN_AS_CHOICE, /* int: index in choices */
    PN_AS_TAKEN,  /* anything: `take` reads it */
    PN_AS_ROWS /* no option: the rows of `rows` stand here, their members in one at `at`
                */
};

struct pn_numbers {
    size_t n;
    double value[1000];
};

/** Where the default of a row is. */
enum pn_usual {
    PN_NO_USUAL,
    PN_USUAL_HERE, /* `usual`, or `usual_text` */
    PN_USUAL_BEGUN /* the command's `begin` puts it: help shows that */
};

struct pn_option {
    const char *name;  /* long name without dashes; NULL ends the rows */
    char letter;       /* short name; 0: none */
    const char *value; /* what help calls the value, such as "FILE"; NULL: none */
    enum pn_option_kind kind;
    size_t at;            /* offset of the member in the command's request */
    const char *sentence; /* for help, without default, range and choices */

    const char *unit; /* of the member; NULL: a bare number */
    const char *said; /* unit in which help speaks; NULL: that of the member */
    double low, high; /* in `unit`; both 0: any */
    int rises;        /* the numbers of a list increase */
    enum pn_usual has_usual;
    double usual;               /* in `unit`; of a choice its index */
    const char *usual_text;     /* of a text or a list */
    int must, hide;             /* must be given; is not in help */
    int is_target;              /* a file that the command writes, no result of a run */
    const char *bare;           /* value when none is given ("--watch"); NULL: must be */
    const char *const *choices; /* NULL-ended; of a text: how it must end */
    int (*take)(const struct pn_option *option, const char *text, void *member);
    const struct pn_option *rows;
};

/* In a row: a range, a default. */
#define PN_RANGE(least, most) .low = (least), .high = (most)
#define PN_FROM(least)        .low = (least), .high = DBL_MAX
#define PN_USUAL(number)      .has_usual = PN_USUAL_HERE, .usual = (number)
#define PN_USUAL_TEXT(text)   .has_usual = PN_USUAL_HERE, .usual_text = (text)
#define PN_BEGUN              .has_usual = PN_USUAL_BEGUN

/* --help, which every command has. */
extern const struct pn_option pn_help_rows[];

struct pn_call;

struct pn_command {
    const char *name;      /* "run"; of a sub-command with its parent's: "airway flow" */
    const char *arguments; /* for the usage line: "STUDY [options]" */
    const char *summary;   /* one line, no full stop */
    const struct pn_option *options;
    /* prose of help, above and below the options: paragraphs are wrapped, lines that
     * begin with a space are not; NULL: none */
    const char *before, *after;
    size_t least, most;           /* words that are no options */
    size_t target;                /* the word, from 1, that is written; 0: none */
    size_t size;                  /* of the request: zeroed, then defaults are put */
    void (*begin)(void *request); /* defaults that no row says; may be NULL */
    int (*check)(const struct pn_call *call); /* options that do not go together */
    int (*run)(struct pn_call *call); /* @return a status; its error is printed unless
                                         call->told */
    const struct pn_command *const *commands; /* sub-commands, NULL-ended; NULL: none */
};

/** A command line that was read. */
struct pn_call {
    const struct pn_command *command;
    int argc; /* as they were given; argv[0] is the command's (last) name */
    char **argv;
    const char **word; /* what is no option, NULL-ended */
    size_t n_words;
    void *request; /* command->size bytes */
    char *line;    /* the command line as one text */
    int help;      /* only that was asked for */
    int told;      /* the error has been printed */
};

/** Read a command line by the rows, as GNU programs do: --name value, --name=value,
 * unique beginnings of names, letters (-o FILE, -oFILE, -qo FILE), options anywhere, "--"
 * ends them.  argv is borrowed and not sorted.  Free with pn_call_free in any case.
 *  @return PN_OK; PN_ERR_USAGE (error record); PN_ERR_MEMORY */
int pn_call_parse(const struct pn_command *command, int argc, char **argv,
                  struct pn_call *call);
void pn_call_free(struct pn_call *call);

/** Take a value as a row says.  @param[out] member  of the request
 *  @return PN_OK; PN_ERR_USAGE (error record) */
int pn_option_take(const struct pn_option *option, const char *text, void *member);

/** Put all defaults into a zeroed request. */
void pn_command_begin(const struct pn_command *command, void *request);

/** "NUMBER UNIT" in `unit`.  @return PN_OK; PN_ERR_USAGE (error record) */
int pn_take_quantity(const struct pn_option *option, const char *text, const char *unit,
                     double *value);

/** Go through rows, those that are included with them.
 *  @param visit  called with each and the offset of its member; not 0 ends it
 *  @return what visit returned last; 0: all were visited */
int pn_options_each(const struct pn_option *rows, size_t at,
                    int (*visit)(const struct pn_option *option, size_t at, void *user),
                    void *user);

/** Help of a command, at most 80 columns wide. */
void pn_command_print_help(const struct pn_command *command, FILE *stream);

/** The same for scripts: lines of fields that tabs part,
 *    command NAME ARGUMENTS SUMMARY · before TEXT · option LETTER NAME VALUE SENTENCE
 *    CHOICES · after TEXT
 * TEXT is a paragraph, or one line that begins with a space. */
void pn_command_print_rows(const struct pn_command *command, FILE *stream);

#endif
