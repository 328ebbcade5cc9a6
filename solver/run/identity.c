/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Program, study and inputs of a run: made, kept, compared in words. */
#include "solver/run/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/result/field.h"
#include "solver/result/guard.h"

#define FILE_NAME "identity"

enum { HASH = 64, LIMIT = 1 << 28 /* bytes of the file */ };

/* --- the parts --- */

static int take_parts(char *program, char *resolved, char *inputs,
                      struct pn_identity **out)
{
    struct pn_identity *identity = malloc(sizeof *identity);

    *out = identity;
    if (identity)
        *identity = (struct pn_identity){program, resolved, inputs};
    if (identity && program && resolved && inputs)
        return PN_OK;
    if (!identity) {
        free(program);
        free(resolved);
        free(inputs);
    }
    return PN_FAIL(PN_ERR_MEMORY, "out of memory for the identity of a run");
}

static char *print(const char *format, ...)
{
    va_list arguments;
    char *text;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    return n < 0 ? NULL : text;
}

static char *list_inputs(const struct pn_study *study)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    for (size_t i = 0; stream && i < study->n_inputs; i++)
        fprintf(stream, "%s  %s\n", study->input[i].sha256, study->input[i].path);
    if (stream && fclose(stream) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

int pn_identity_make(const struct pn_study *study, const char *resolved,
                     const char *version, const char *revision,
                     struct pn_identity **identity)
{
    return take_parts(print("%s (%s)", version, revision), strdup(resolved),
                      list_inputs(study), identity);
}

void pn_identity_free(struct pn_identity **identity)
{
    if (!*identity)
        return;
    free((*identity)->program);
    free((*identity)->resolved);
    free((*identity)->inputs);
    free(*identity);
    *identity = NULL;
}

/* --- in the run folder: the program, the inputs, an empty line, the study --- */

int pn_identity_write(const char *folder, const struct pn_identity *identity)
{
    char *path = print("%s/" FILE_NAME, folder);
    char *text =
        print("%s\n%s\n%s", identity->program, identity->inputs, identity->resolved);
    struct pn_draft draft = {.path = NULL};
    int status;

    if (!path || !text) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the identity of a run");
        goto out;
    }
    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, strlen(text)) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    pn_draft_abandon(&draft);
    free(path);
    free(text);
    return status;
}

/* malloced; NULL with errno */
static char *read_text(const char *path)
{
    int fd = PN_RETRY(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat about;
    char *text = NULL;
    ssize_t n = -1;

    if (fd < 0)
        return NULL;
    errno = EINVAL;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size < LIMIT)
        text = calloc(1, (size_t)about.st_size + 1);
    if (text)
        n = TEMP_FAILURE_RETRY(read(fd, text, (size_t)about.st_size));
    if (n < 0) {
        free(text);
        text = NULL;
    }
    close(fd);
    return text;
}

int pn_identity_read(const char *folder, struct pn_identity **identity)
{
    char *path = print("%s/" FILE_NAME, folder), *text, *inputs, *resolved;
    int status = PN_OK;

    *identity = NULL;
    if (!path)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    text = read_text(path);
    if (!text && errno != ENOENT)
        status = PN_FAIL(PN_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    inputs = text ? strchr(text, '\n') : NULL;
    resolved = inputs ? strstr(inputs, "\n\n") : NULL;
    if (resolved) {
        *inputs++ = '\0';
        resolved[1] = '\0';
        status = take_parts(strdup(text), strdup(resolved + 2), strdup(inputs), identity);
    }
    free(text);
    free(path);
    return status;
}

/* --- in a result --- */

int pn_identity_of_result(const struct pn_result *result, struct pn_identity **identity)
{
    char *version = pn_result_text(result, "provenance", "version");
    char *revision = pn_result_text(result, "provenance", "git_revision");
    char *resolved = NULL, *inputs = NULL;
    int status;

    *identity = NULL;
    PN_TRY(pn_result_whole_text(result, "provenance/resolved", &resolved));
    PN_TRY(pn_result_whole_text(result, "provenance/inputs", &inputs));
    status =
        take_parts(print("%s (%s)", version ? version : "?", revision ? revision : "?"),
                   resolved, inputs, identity);
    resolved = inputs = NULL;
out:
    free(version);
    free(revision);
    free(resolved);
    free(inputs);
    return status;
}

/* --- what is different --- */

struct words {
    char *text;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *w, const char *format,
                                                      ...)
{
    va_list arguments;
    int n = 0;

    if (w->used > 0 && w->used + 2 < w->size)
        w->used += (size_t)snprintf(w->text + w->used, w->size - w->used, "; ");
    va_start(arguments, format);
    if (w->used < w->size)
        n = vsnprintf(w->text + w->used, w->size - w->used, format, arguments);
    va_end(arguments);
    w->used += n > 0 ? (size_t)n : 0;
}

static int length(const char *line)
{
    return (int)strcspn(line, "\n");
}

/* The line's end, moved behind its newline. */
static const char *next(const char *line)
{
    line += length(line);
    return *line ? line + 1 : line;
}

/* Where two lines part, or a little before in long ones. */
static int parting(const char *was, const char *is)
{
    enum { BEFORE = 40 };
    int at = 0;

    while (was[at] == is[at] && was[at] != '\n' && was[at])
        at++;
    if (at <= BEFORE)
        return 0;
    for (at -= BEFORE; at > 0 && was[at - 1] != ' '; at--)
        continue;
    return at;
}

/* The first line of the resolved study that is different. */
static void compare_studies(struct words *w, const char *was, const char *is)
{
    enum { SHOWN = 70 };
    size_t line = 1;
    int of_was, of_is, part;

    while (*was && length(was) == length(is) &&
           memcmp(was, is, (size_t)length(was)) == 0) {
        was = next(was);
        is = next(is);
        line++;
    }
    part = parting(was, is);
    was += part;
    is += part;
    of_was = length(was) < SHOWN ? length(was) : SHOWN;
    of_is = length(is) < SHOWN ? length(is) : SHOWN;
    if (strncmp(was, "seed:", 5) == 0 && strncmp(is, "seed:", 5) == 0)
        say(w, "the seed: was %.*s, is %.*s", of_was - 6, was + 6, of_is - 6, is + 6);
    else
        say(w, "the study (line %zu of its resolved text): was '%.*s', is '%.*s'", line,
            of_was, was, of_is, is);
}

/* Files by their hashes, in the order in which they were read. */
static void compare_inputs(struct words *w, const char *was, const char *is,
                           int same_study)
{
    for (int first = 1; *was || *is; first = 0) {
        int n_was = length(was), n_is = length(is);

        /* a study that means something else has been told of */
        if (n_was > HASH + 2 && n_is > HASH + 2 && memcmp(was, is, HASH) != 0 &&
            (same_study || !first))
            say(w, "the file %.*s%s", n_is - HASH - 2, is + HASH + 2,
                first ? " (its text, not what it means)" : "");
        else if (n_was <= HASH + 2 || n_is <= HASH + 2)
            say(w, "the number of input files");
        if (n_was <= HASH + 2 || n_is <= HASH + 2)
            return;
        was = next(was);
        is = next(is);
    }
}

int pn_identity_same(const struct pn_identity *was, const struct pn_identity *is,
                     char *text, size_t size)
{
    struct words words = {text, size, 0};
    int same_study = strcmp(was->resolved, is->resolved) == 0;

    text[0] = '\0';
    if (strcmp(was->program, is->program) != 0)
        say(&words, "the program: was %s, is %s", was->program, is->program);
    if (!same_study)
        compare_studies(&words, was->resolved, is->resolved);
    compare_inputs(&words, was->inputs, is->inputs, same_study);
    return words.used == 0;
}
