/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are compared as the system knows them, by device and number, so that no link and
 * no spelling deceives; what one is, its first bytes say. */
#include "solver/hdf/write_target.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/status.h"

enum { HEAD = 1 << 16 /* bytes of a file that are looked at */ };

static const char hdf[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};

static int ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), n_ending = strlen(ending);

    return n >= n_ending && strcmp(text + n - n_ending, ending) == 0;
}

static int refuse(const char *what, const char *path, const char *why, const char *name)
{
    return PN_FAIL(PN_ERR_USAGE, "%s %s %s%s: choose another name", what, path, why,
                   name);
}

/* --- where it lies --- */

/* 1: the folder is one of a run, or in one; 0: no, or there is no such folder */
static int is_run_folder(const char *path)
{
    char *copy = pn_format("%s", path);
    char *real = copy ? realpath(dirname(copy), NULL) : NULL, *at = real;
    int is = 0;

    while (at && !is) {
        char *end = strchrnul(at, '/');

        is = end - at > 4 && strncmp(end - 4, ".run", 4) == 0;
        at = *end ? end + 1 : NULL;
    }
    free(copy);
    free(real);
    return is;
}

/* --- what it is --- */

static size_t read_head(const char *path, char *head)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, head, HEAD) : -1;

    if (fd >= 0)
        close(fd);
    return n > 0 ? (size_t)n : 0;
}

static int begins_with(const char *head, size_t n, const char *mark, size_t n_mark)
{
    return n >= n_mark && memcmp(head, mark, n_mark) == 0;
}

static int has_result(const char *head, size_t n)
{
    return memmem(head, n, "pneuma-trial", 12) != NULL;
}

/* "is a result of a run" and the like; NULL: it may go */
static const char *find_worth(const char *path, const char *real,
                              enum pn_target_kind kind)
{
    static const char journal[] = "PNJN", note[] = "PNDH";
    char *head = malloc(HEAD);
    size_t n = head ? read_head(path, head) : 0;
    const char *worth = NULL;

    if (begins_with(head, n, journal, 4) || begins_with(head, n, note, 4))
        worth = "is the journal of a run";
    else if (ends_with(real, ".yaml") || ends_with(real, ".yml"))
        worth = "is a study, or a part of one";
    else if (kind == PN_TARGET_FILE && has_result(head, n))
        worth = "is the result of a run";
    else if (kind == PN_TARGET_RESULT && n > 0 &&
             !begins_with(head, n, hdf, sizeof hdf) && !ends_with(real, ".h5") &&
             !ends_with(real, ".hdf5") && !ends_with(real, ".nc"))
        worth = "is there and is no result";
    free(head);
    return worth;
}

int pn_target_was_result(const char *path)
{
    char *head = malloc(HEAD);
    size_t n = head ? read_head(path, head) : 0;
    int was = begins_with(head, n, hdf, sizeof hdf) || (n > 0 && has_result(head, n));

    free(head);
    return was;
}

/* --- all --- */

static int is_same(const char *path, const struct stat *there)
{
    struct stat about;

    return stat(path, &about) == 0 && about.st_dev == there->st_dev &&
           about.st_ino == there->st_ino;
}

int pn_target_check(const char *what, const char *path, enum pn_target_kind kind,
                    const char *const *read, size_t n_read)
{
    struct stat there;
    const char *worth;
    char *real;

    if (is_run_folder(path))
        return refuse(what, path, "lies in the folder of a run", "");
    if (stat(path, &there) != 0)
        return PN_OK; /* whoever writes says what is wrong with the place */
    for (size_t i = 0; i < n_read; i++)
        if (read[i] && is_same(read[i], &there))
            return refuse(what, path, "would overwrite what is read, ", read[i]);
    if (S_ISDIR(there.st_mode))
        return PN_OK;
    if (!S_ISREG(there.st_mode))
        return refuse(what, path, "is no file but a device or a pipe", "");
    real = realpath(path, NULL);
    if (!real)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    worth = find_worth(path, real, kind);
    free(real);
    return worth ? refuse(what, path, worth, "") : PN_OK;
}
