/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SAS transport files: their headers are checked here, their records read by readstat. */
#include "solver/text/xpt.h"

#include <ctype.h>
#include <readstat.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    CARD = 80,           /* all stands in lines of 80 bytes */
    NAMESTR = 140,       /* a column's entry */
    BEFORE_COLUMNS = 8,  /* lines before the entries: 3 of the library, 5 of the table */
    MAX_CELLS = 1 << 26, /* far beyond use */
};

static const char library[] =
    "HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!0000000000000000000000000000";
static const char later[] = "HEADER RECORD*******LIBV8";
static const char member[] = "HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!";
static const char description[] = "HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!";
static const char namestr[] = "HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!";
static const char observations[] = "HEADER RECORD*******OBS     HEADER RECORD!!!!!!!";

int pn_xpt_is(const char *text, size_t n)
{
    return (n >= strlen(library) && memcmp(text, library, 40) == 0) ||
           (n >= strlen(later) && memcmp(text, later, strlen(later)) == 0);
}

/* --- headers --- */

static int begins(const struct pn_source *s, size_t at, const char *word)
{
    return at + CARD <= s->n && memcmp(s->text + at, word, strlen(word)) == 0;
}

/* A header ends with 30 digits and 2 blanks. */
static int is_header(const struct pn_source *s, size_t at, const char *word)
{
    enum { DIGITS = 48, BLANKS = 78 };
    size_t i = DIGITS;

    if (!begins(s, at, word))
        return 0;
    while (i < BLANKS && isdigit((unsigned char)s->text[at + i]))
        i++;
    return i == BLANKS && memcmp(s->text + at + BLANKS, "  ", 2) == 0;
}

/* A name of letters, digits and _, blanks behind it. */
static int is_name(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && (isalnum((unsigned char)text[i]) || text[i] == '_'))
        i++;
    for (size_t k = i; k < n; k++)
        if (text[k] != ' ')
            return 0;
    return i > 0;
}

static unsigned two(const char *text)
{
    return (unsigned)(unsigned char)text[0] << 8 | (unsigned char)text[1];
}

/* Why the headers are none that readstat should see; NULL: they are good. */
static const char *mistake(const struct pn_source *s)
{
    size_t columns = (size_t)BEFORE_COLUMNS * CARD, n = 0, width = 0, at;

    if (begins(s, 0, later))
        return "of version 8 of the SAS transport form: only version 5 is read";
    if (!is_header(s, 0, library) || !is_header(s, 3 * CARD, member) ||
        !is_header(s, 4 * CARD, description) || !is_header(s, columns - CARD, namestr))
        return "a damaged SAS transport file: its headers are broken";
    if (memcmp(s->text + 3 * CARD + 48, "000000000000000001600000000140", 30) != 0)
        return "a SAS transport file of an old machine: entries of 140 bytes are read";
    for (size_t i = 53; i < 58; i++)
        n = n * 10 + (size_t)(s->text[columns - CARD + i] - '0');
    if (n == 0 || n > PN_XPT_COLUMNS)
        return "a SAS transport file without columns, or with over 1000";
    at = columns + (n * NAMESTR + CARD - 1) / CARD * CARD;
    if (!is_header(s, at, observations))
        return "a damaged SAS transport file: its columns are broken off";
    for (size_t i = 0; i < n; i++) {
        const char *entry = s->text + columns + i * NAMESTR;
        unsigned type = two(entry), length = two(entry + 4);
        if ((type != 1 && type != 2) || length == 0 || length > (type == 1 ? 8U : 200U) ||
            (type == 1 && length < 3) || !is_name(entry + 8, 8) ||
            ((size_t)two(entry + 84) << 16 | two(entry + 86)) != width)
            return "a damaged SAS transport file: a column has no possible name or place";
        width += length;
    }
    for (size_t k = at + CARD; k + CARD <= s->n; k += CARD)
        if (begins(s, k, member))
            return "a SAS transport file of several tables: give each its own file";
    return NULL;
}

/* Dates of the file mean nothing here, and readstat looks at broken ones. */
static void settle_dates(const struct pn_source *s)
{
    static const size_t at[] = {CARD + 64, 2 * CARD, 5 * CARD + 64, 6 * CARD};

    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        memcpy(s->text + at[i], "01JAN60:00:00:00", 16);
}

/* --- what readstat reads from: the bytes in memory --- */

struct bytes {
    const char *text;
    size_t n, at;
};

static int open_bytes(const char *path, void *context)
{
    struct bytes *b = context;

    (void)path;
    b->at = 0;
    return 0;
}

static int close_bytes(void *context)
{
    (void)context;
    return 0;
}

static readstat_off_t seek_bytes(readstat_off_t offset, readstat_io_flags_t whence,
                                 void *context)
{
    struct bytes *b = context;
    readstat_off_t from = whence == READSTAT_SEEK_SET   ? 0
                          : whence == READSTAT_SEEK_CUR ? (readstat_off_t)b->at
                                                        : (readstat_off_t)b->n;

    if (offset < -from || offset > (readstat_off_t)b->n - from)
        return -1;
    b->at = (size_t)(from + offset);
    return (readstat_off_t)b->at;
}

static ssize_t read_bytes(void *buffer, size_t n, void *context)
{
    struct bytes *b = context;
    size_t left = b->n - b->at;

    n = n < left ? n : left;
    memcpy(buffer, b->text + b->at, n);
    b->at += n;
    return (ssize_t)n;
}

static readstat_error_t no_progress(long size, readstat_progress_handler handler,
                                    void *user, void *context)
{
    (void)size;
    (void)handler;
    (void)user;
    (void)context;
    return READSTAT_OK;
}

/* --- what it finds --- */

struct reading {
    struct pn_reader *r;
    struct pn_xpt *table;
    size_t most; /* rows there is room for */
};

static char *without_end(struct pn_arena *arena, const char *text)
{
    size_t n = strlen(text);

    while (n > 0 && text[n - 1] == ' ')
        n--;
    return pn_arena_copy(arena, text, n);
}

static int take_variable(int index, readstat_variable_t *variable, const char *labels,
                         void *context)
{
    struct reading *it = context;
    struct pn_xpt *t = it->table;
    const char *label = readstat_variable_get_label(variable);
    struct pn_xpt_column *c = &t->column[index];

    (void)labels;
    if (index < 0 || (size_t)index >= PN_XPT_COLUMNS)
        return READSTAT_HANDLER_ABORT;
    c->name = without_end(it->r->arena, readstat_variable_get_name(variable));
    c->label = without_end(it->r->arena, label ? label : "");
    c->is_text = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING;
    if (t->n_columns < (size_t)index + 1)
        t->n_columns = (size_t)index + 1;
    return c->name && c->label ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

/* IBM's numbers have at least 53 bits: 15 digits are what was meant. */
static char *cell_of(struct pn_arena *arena, readstat_variable_t *variable,
                     readstat_value_t value)
{
    const char *text;

    if (readstat_value_is_missing(value, variable))
        return NULL;
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_NUMERIC)
        return pn_arena_print(arena, "%.15g", readstat_double_value(value));
    text = readstat_string_value(value);
    return text && text[strspn(text, " ")] ? without_end(arena, text) : NULL;
}

static int grow(struct reading *it, size_t row)
{
    struct pn_xpt *t = it->table;
    size_t most = it->most ? it->most * 2 : 64;
    char **cell;

    if (row < it->most)
        return 1;
    if (most > MAX_CELLS / t->n_columns)
        return 0;
    cell = pn_arena_take(it->r->arena, most * t->n_columns, sizeof *cell);
    if (!cell)
        return 0;
    if (it->most)
        memcpy(cell, t->cell, it->most * t->n_columns * sizeof *cell);
    t->cell = cell;
    it->most = most;
    return 1;
}

static int take_value(int row, readstat_variable_t *variable, readstat_value_t value,
                      void *context)
{
    struct reading *it = context;
    struct pn_xpt *t = it->table;
    size_t k = (size_t)readstat_variable_get_index(variable);

    if (row < 0 || k >= t->n_columns || !grow(it, (size_t)row))
        return READSTAT_HANDLER_ABORT;
    t->cell[(size_t)row * t->n_columns + k] = cell_of(it->r->arena, variable, value);
    if (t->n_rows < (size_t)row + 1)
        t->n_rows = (size_t)row + 1;
    return it->r->arena->failed ? READSTAT_HANDLER_ABORT : READSTAT_HANDLER_OK;
}

static readstat_error_t parse(const struct pn_source *source, struct reading *it)
{
    struct bytes bytes = {source->text, source->n, 0};
    readstat_parser_t *parser = readstat_parser_init();
    readstat_error_t error;

    if (!parser)
        return READSTAT_ERROR_MALLOC;
    readstat_set_open_handler(parser, open_bytes);
    readstat_set_close_handler(parser, close_bytes);
    readstat_set_seek_handler(parser, seek_bytes);
    readstat_set_read_handler(parser, read_bytes);
    readstat_set_update_handler(parser, no_progress);
    readstat_set_io_ctx(parser, &bytes);
    readstat_set_variable_handler(parser, take_variable);
    readstat_set_value_handler(parser, take_value);
    readstat_set_file_character_encoding(parser, "ISO-8859-1"); /* has all bytes */
    error = readstat_parse_xport(parser, source->path, it);
    readstat_parser_free(parser);
    return error;
}

struct pn_xpt *pn_xpt_read(struct pn_reader *r, const struct pn_source *source)
{
    struct pn_place place = {source->path, 0, 0};
    struct pn_xpt *table = pn_arena_take(r->arena, 1, sizeof *table);
    const char *wrong = mistake(source);
    struct reading it = {r, table, 0};
    readstat_error_t error;

    if (!table || wrong) {
        pn_complain(r->list, place, "the file is %s", wrong ? wrong : "too large");
        return NULL;
    }
    table->file = source->path;
    table->column = pn_arena_take(r->arena, PN_XPT_COLUMNS, sizeof *table->column);
    if (!table->column)
        return NULL;
    settle_dates(source);
    error = parse(source, &it);
    if (error == READSTAT_OK && table->n_rows > 0)
        return table;
    if (!r->arena->failed)
        pn_complain(r->list, place, "the SAS transport file cannot be read: %s",
                    error == READSTAT_OK ? "it has no records"
                                         : readstat_error_message(error));
    return NULL;
}

int pn_xpt_find(const struct pn_xpt *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcasecmp(table->column[i].name, name) == 0)
            return (int)i;
    return -1;
}
