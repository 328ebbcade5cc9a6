/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files into memory, by zlib, which passes over what is not packed. */
#include "solver/text/gz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "solver/base/status.h"

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
