/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV in place: records and fields with the line and column of each. */
#include "solver/text/csv.h"

#include <string.h>

/* where in a record the reading stands */
struct cursor {
    char *start_of_line;
    int line;
};

static struct pn_place place_at(const struct pn_csv *csv, const struct cursor *c,
                                const char *p)
{
    return (struct pn_place){csv->file, c->line, (int)(p - c->start_of_line) + 1};
}

/* A line ends at \n or \r\n; looked for before anything in it is read. */
static int line_is_short(const struct pn_csv *csv, const struct cursor *c,
                         struct pn_complaints *list)
{
    size_t left = (size_t)(csv->text + csv->n - c->start_of_line);
    size_t look = left < PN_CSV_LINE ? left : PN_CSV_LINE;
    const char *end = memchr(c->start_of_line, '\n', look);
    size_t length = end ? (size_t)(end - c->start_of_line) : look;

    if (memchr(c->start_of_line, '\0', length)) {
        pn_complain(list, (struct pn_place){csv->file, c->line, 1},
                    "a byte of value 0: this is not a text");
        return 0;
    }
    if (end || left < PN_CSV_LINE)
        return 1;
    pn_complain(list, (struct pn_place){csv->file, c->line, 1},
                "the line is longer than %d bytes", PN_CSV_LINE);
    return 0;
}

/* A field in quotes, `p` behind the first one; the text without them goes to the same
 * place.  @return behind the last quote, or NULL. */
static char *unquote(struct pn_csv *csv, struct cursor *c, char *p,
                     struct pn_complaints *list)
{
    struct pn_place opened = place_at(csv, c, p - 1);
    char *out = p;

    for (; p < csv->text + csv->n; p++) {
        if (*p == '"' && p[1] != '"') {
            *out = '\0';
            return p + 1;
        }
        if (*p == '"')
            p++; /* two stand for one */
        if (*p == '\n') {
            c->line++;
            c->start_of_line = p + 1;
            if (!line_is_short(csv, c, list))
                return NULL;
        }
        *out++ = *p;
    }
    pn_complain(list, opened, "the quote is never closed");
    return NULL;
}

static char *trim(char *field, char *end)
{
    while (end > field && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return field + strspn(field, " \t");
}

/* One field.  @return at its separator (',', '\r', '\n' or the end), or NULL. */
static char *read_field(struct pn_csv *csv, struct cursor *c, char *p,
                        struct pn_complaints *list)
{
    size_t i = csv->n_fields++;
    char *end;

    csv->place[i] = place_at(csv, c, p);
    if (*p == '"') {
        csv->field[i] = p + 1;
        end = unquote(csv, c, p + 1, list);
        if (end && *end && !strchr(",\r\n", *end)) {
            pn_complain(list, place_at(csv, c, end), "text behind the closing quote");
            return NULL;
        }
        return end;
    }
    end = p + strcspn(p, ",\r\n\"");
    if (*end == '"') {
        pn_complain(list, place_at(csv, c, end),
                    "a quote inside a field that does not begin with one");
        return NULL;
    }
    csv->field[i] = p; /* ended by the caller, when its separator is known */
    return end;
}

static int read_record(struct pn_csv *csv, struct pn_complaints *list)
{
    struct cursor c = {csv->text + csv->at, csv->line};
    char *p = c.start_of_line, separator = ',';

    csv->n_fields = 0;
    if (!line_is_short(csv, &c, list))
        return -1;
    while (separator == ',') {
        char *start = p;
        int quoted = *p == '"';
        if (csv->n_fields == PN_CSV_FIELDS) {
            pn_complain(list, place_at(csv, &c, p), "more than %d fields", PN_CSV_FIELDS);
            return -1;
        }
        p = read_field(csv, &c, p, list);
        if (!p)
            return -1;
        separator = *p;
        if (!quoted) {
            char *end = p;
            csv->field[csv->n_fields - 1] = trim(start, end);
        }
        if (separator)
            p++;
    }
    if (separator == '\r' && *p == '\n')
        p++;
    csv->at = (size_t)(p - csv->text);
    csv->line = c.line + 1;
    return 1;
}

int pn_csv_next(struct pn_csv *csv, struct pn_complaints *list)
{
    int found = 1;

    if (csv->at == 0 && csv->n >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0)
        csv->at = 3; /* byte order mark */
    while (csv->at < csv->n) {
        found = read_record(csv, list);
        if (found < 0 || csv->n_fields > 1 || csv->field[0][0])
            return found;
    }
    return 0;
}

char *pn_split_unit(char *header, char *none)
{
    char *open = strchr(header, '['), *close = open ? strchr(open, ']') : NULL;
    char *end = open;

    if (!open)
        return none;
    if (!close || close[1] || close == open + 1)
        return NULL;
    *close = '\0';
    while (end > header && end[-1] == ' ')
        end--;
    *end = '\0';
    return open + 1;
}

size_t pn_count_lines(const struct pn_source *source)
{
    size_t n = 1;

    for (size_t i = 1; i < source->n; i++)
        n += strchr("\r\n", source->text[i]) && !strchr("\r\n", source->text[i - 1]);
    return n;
}
