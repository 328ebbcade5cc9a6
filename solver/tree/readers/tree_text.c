/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a text that are cut into fields, and fields as numbers. */
#include "solver/tree/readers/tree_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/reader.h"

void pn_scan_begin(struct pn_scan *scan, struct pn_text *text, struct pn_complaints *list)
{
    *scan = (struct pn_scan){.file = text->path, .list = list};
    scan->at = scan->start = text->text;
    scan->end = text->text + text->n;
    if (text->n >= 3 && memcmp(text->text, "\xef\xbb\xbf", 3) == 0)
        scan->at += 3; /* byte order mark */
}

struct pn_place pn_scan_place(const struct pn_scan *scan, size_t field)
{
    if (field >= scan->n_fields)
        return (struct pn_place){scan->file, scan->line, 0};
    return (struct pn_place){scan->file, scan->line,
                             (int)(scan->field[field] - scan->start) + 1};
}

static int add_field(struct pn_scan *scan, char *field)
{
    if (scan->n_fields == PN_TEXT_FIELDS) {
        pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                    "more than %d fields in a line", PN_TEXT_FIELDS);
        return 0;
    }
    scan->field[scan->n_fields++] = field;
    return 1;
}

/* Cut the line [start, stop) into fields; *stop can be written to. */
static int cut_line(struct pn_scan *scan, char *stop)
{
    static char colon[] = ":";
    char *p = scan->at;

    while (p < stop) {
        p += strspn(p, " \t\r,");
        if (p >= stop)
            break;
        if (*p == ':') { /* its own text: the byte may end the field before */
            if (!add_field(scan, colon))
                return -1;
            *p++ = '\0';
            continue;
        }
        if (!add_field(scan, p))
            return -1;
        p += strcspn(p, " \t\r,:");
        if (p < stop && *p != ':')
            *p++ = '\0';
    }
    return 1;
}

int pn_scan_line(struct pn_scan *scan)
{
    while (scan->at < scan->end) {
        size_t left = (size_t)(scan->end - scan->at);
        char *newline = memchr(scan->at, '\n', left), *stop, *comment;

        scan->line++;
        scan->start = scan->at;
        scan->n_fields = 0;
        stop = newline ? newline : scan->end;
        if (memchr(scan->at, '\0', (size_t)(stop - scan->at))) {
            pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                        "a byte of value 0: this is not a text");
            return -1;
        }
        comment = memchr(scan->at, '#', (size_t)(stop - scan->at));
        if (comment)
            stop = comment;
        *stop = '\0';
        if (cut_line(scan, stop) < 0)
            return -1;
        scan->at = newline ? newline + 1 : scan->end;
        if (scan->n_fields > 0)
            return 1;
    }
    scan->n_fields = 0;
    return 0;
}

static int missing(struct pn_scan *scan, const char *what)
{
    return pn_complain(scan->list, (struct pn_place){scan->file, scan->line, 0},
                       "expected %s, found the end of the line", what);
}

int pn_scan_number(struct pn_scan *scan, size_t field, const char *what, double *value)
{
    const char *rest;
    enum pn_number kind;

    if (field >= scan->n_fields)
        return missing(scan, what);
    kind = pn_number_parse(scan->field[field], &rest, value);
    if (kind == PN_NUMBER && *rest == '\0')
        return PN_OK;
    return pn_complain(scan->list, pn_scan_place(scan, field),
                       "expected %s, found '%.40s'%s", what, scan->field[field],
                       kind == PN_NOT_FINITE ? ": not a finite number" : "");
}

int pn_scan_whole(struct pn_scan *scan, size_t field, const char *what, int64_t low,
                  int64_t high, int64_t *value)
{
    char *end;
    long long got;

    if (field >= scan->n_fields)
        return missing(scan, what);
    errno = 0;
    got = strtoll(scan->field[field], &end, 10);
    if (errno || end == scan->field[field] || *end)
        return pn_complain(scan->list, pn_scan_place(scan, field),
                           "expected %s (a whole number), found '%.40s'", what,
                           scan->field[field]);
    if (got < low || got > high)
        return pn_complain(scan->list, pn_scan_place(scan, field),
                           "expected %s from %lld to %lld, found %lld", what,
                           (long long)low, (long long)high, got);
    *value = got;
    return PN_OK;
}
