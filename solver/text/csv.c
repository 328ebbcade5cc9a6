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

static char separator_of(const struct pn_csv *csv)
{
    return csv->separator ? csv->separator : ',';
}

static int is_separator(const struct pn_csv *csv, char c)
{
    return c == separator_of(csv) || (csv->separator == ' ' && c == '\t');
}

/* One field.  @return at its separator ('\r', '\n' or the end count as one), or NULL. */
static char *read_field(struct pn_csv *csv, struct cursor *c, char *p,
                        struct pn_complaints *list)
{
    size_t i = csv->n_fields++;
    char *end;

    csv->place[i] = place_at(csv, c, p);
    if (*p == '"') {
        csv->field[i] = p + 1;
        end = unquote(csv, c, p + 1, list);
        if (end && *end && !strchr("\r\n", *end) && !is_separator(csv, *end)) {
            pn_complain(list, place_at(csv, c, end), "text behind the closing quote");
            return NULL;
        }
        return end;
    }
    end = p;
    while (*end && !strchr("\r\n\"", *end) && !is_separator(csv, *end))
        end++;
    if (*end == '"') {
        pn_complain(list, place_at(csv, c, end),
                    "a quote inside a field that does not begin with one");
        return NULL;
    }
    csv->field[i] = p; /* ended by the caller, when its separator is known */
    return end;
}

/* "1,5e-3" is 1.5e-3: digits and one comma, where it separates nothing. */
static void set_point(char *field)
{
    char *comma = strchr(field, ','), *c;
    size_t digits;

    if (!comma || strchr(comma + 1, ','))
        return;
    c = field + strspn(field, "+-");
    digits = strspn(c, "0123456789");
    if (c + digits != comma)
        return;
    c = comma + 1 + strspn(comma + 1, "0123456789");
    digits += (size_t)(c - comma) - 1;
    if (*c == 'e' || *c == 'E')
        c += 1 + strspn(c + 1, "+-0123456789");
    if (digits > 0 && *c == '\0')
        *comma = '.';
}

/* Blanks around fields mean nothing where they separate.  @return 1: the line is over. */
static int skip_blanks(struct pn_csv *csv, char **p)
{
    if (csv->separator != ' ')
        return 0;
    *p += strspn(*p, " \t");
    return csv->n_fields > 0 && (**p == '\0' || strchr("\r\n", **p));
}

/* One field, ended.  @return 1: another one follows; 0: none; -1 after a complaint. */
static int take_field(struct pn_csv *csv, struct cursor *c, char **at, char *ended_by,
                      struct pn_complaints *list)
{
    char *start = *at, *end;

    if (csv->n_fields == PN_CSV_FIELDS) {
        pn_complain(list, place_at(csv, c, start), "more than %d fields", PN_CSV_FIELDS);
        return -1;
    }
    end = read_field(csv, c, start, list);
    if (!end)
        return -1;
    *ended_by = *end;
    *at = end + (*end != '\0');
    if (*start != '"') {
        csv->field[csv->n_fields - 1] = trim(start, end);
        if (separator_of(csv) != ',')
            set_point(csv->field[csv->n_fields - 1]);
    }
    return is_separator(csv, *ended_by);
}

static int read_record(struct pn_csv *csv, struct pn_complaints *list)
{
    struct cursor c = {csv->text + csv->at, csv->line};
    char *p = c.start_of_line, ended_by = '\0';
    int more = 1;

    csv->n_fields = 0;
    if (!line_is_short(csv, &c, list))
        return -1;
    while (more > 0) {
        if (skip_blanks(csv, &p)) {
            ended_by = *p;
            p += *p != '\0';
            break;
        }
        more = take_field(csv, &c, &p, &ended_by, list);
    }
    if (more < 0)
        return -1;
    if (ended_by == '\r' && *p == '\n')
        p++;
    csv->at = (size_t)(p - csv->text);
    csv->line = c.line + 1;
    return 1;
}

char pn_csv_guess(const struct pn_csv *csv)
{
    size_t of[4] = {0};
    static const char separators[] = ";,\t ";
    int quoted = 0;

    for (const char *p = csv->text + csv->at; *p && *p != '\r' && *p != '\n'; p++) {
        const char *which = strchr(separators, *p);
        quoted ^= *p == '"';
        if (which && !quoted)
            of[which - separators]++;
    }
    return of[0] > of[1] ? ';' : of[1] ? ',' : of[2] ? '\t' : of[3] ? ' ' : ',';
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
