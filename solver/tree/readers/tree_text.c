/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/tree/readers/tree_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "solver/base/status.h"
#include "solver/text/reader.h"

/* --- files --- */

static int grow(struct pn_text *text, size_t *room)
{
    size_t more = *room == 0 ? 1 << 16 : *room * 2;
    char *larger = realloc(text->text, more + 1);

    if (!larger)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for '%s'", text->path);
    text->text = larger;
    *room = more;
    return PN_OK;
}

static int inflate_all(gzFile file, struct pn_complaints *list, struct pn_text *text)
{
    struct pn_place place = {text->path, 0, 0};
    size_t room = 0;
    int got = 1, status = PN_OK;

    while (status == PN_OK && got > 0) {
        if (text->n == room)
            PN_TRY(grow(text, &room));
        got = gzread(file, text->text + text->n, (unsigned)(room - text->n));
        if (got > 0)
            text->n += (size_t)got;
        if (text->n > PN_TEXT_BYTES)
            return pn_complain(list, place, "larger than %d bytes, the most that is read",
                               PN_TEXT_BYTES);
    }
    if (got < 0 || !gzeof(file))
        return pn_complain(list, place,
                           "cannot be unpacked: the file is damaged or truncated");
    text->text[text->n] = '\0';
out:
    return status;
}

int pn_text_load(const char *path, struct pn_complaints *list, struct pn_text *text)
{
    struct stat about;
    gzFile file = NULL;
    int status = PN_OK, closed;

    *text = (struct pn_text){.path = strdup(path)};
    if (!text->path)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (stat(path, &about) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return PN_FAIL(PN_ERR_IO, "cannot read '%s': not a plain file", path);
    file = gzopen(path, "rb");
    if (!file)
        return PN_FAIL(PN_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    gzbuffer(file, 1 << 17);
    status = inflate_all(file, list, text);
    closed = gzclose_r(file);
    if (status == PN_OK && closed != Z_OK) /* Z_BUF_ERROR: the stream breaks off */
        status = pn_complain(list, (struct pn_place){text->path, 0, 0},
                             "cannot be unpacked: the file is truncated");
    return status;
}

void pn_text_free(struct pn_text *text)
{
    free(text->path);
    free(text->text);
    *text = (struct pn_text){0};
}

/* length of the path without .gz */
static size_t bare_length(const char *path)
{
    size_t n = strlen(path);

    return n > 3 && strcmp(path + n - 3, ".gz") == 0 ? n - 3 : n;
}

int pn_text_ends(const char *path, const char *ending)
{
    size_t n = bare_length(path), m = strlen(ending);

    return n > m && memcmp(path + n - m, ending, m) == 0;
}

char *pn_text_sibling(const char *path, const char *ending, const char *other)
{
    size_t stem = bare_length(path) - strlen(ending);
    char *sibling = malloc(stem + strlen(other) + 4);

    if (!sibling)
        return NULL;
    memcpy(sibling, path, stem);
    strcpy(sibling + stem, other);
    if (access(sibling, F_OK) != 0) {
        strcat(sibling, ".gz");
        if (access(sibling, F_OK) != 0)
            sibling[stem + strlen(other)] = '\0';
    }
    return sibling;
}

/* --- lines --- */

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
