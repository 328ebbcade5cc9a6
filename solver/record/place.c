/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/record/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"

enum { PARTS = 1000 };

int pn_write_all(int fd, const void *data, size_t n)
{
    const char *at = data;

    while (n > 0) {
        ssize_t written = write(fd, at, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        at += written;
        n -= (size_t)written;
    }
    return 0;
}

static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int failed;

    if (fd < 0)
        return PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    /* some network file systems cannot sync a folder: EINVAL is no loss of data */
    failed = fsync(fd) != 0 && errno != EINVAL;
    if (failed)
        pn_error_set(PN_ERR_IO, __FILE__, __LINE__, "cannot write %s to the disk: %s",
                     path, strerror(errno));
    close(fd);
    return failed ? PN_ERR_IO : PN_OK;
}

int pn_sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    int status;

    if (!slash)
        return sync_path(".", O_RDONLY | O_DIRECTORY);
    folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!folder)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    status = sync_path(folder, O_RDONLY | O_DIRECTORY);
    free(folder);
    return status;
}

int pn_place_begin(const char *path, char **part)
{
    for (int i = 1; i < PARTS; i++) {
        int fd, why;

        if (asprintf(part, "%s.part%d", path, i) < 0) {
            *part = NULL;
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
        }
        fd = open(*part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            return PN_OK;
        }
        why = errno;
        if (why != EEXIST)
            pn_error_set(PN_ERR_IO, __FILE__, __LINE__, "cannot create %s: %s", *part,
                         strerror(why));
        free(*part);
        *part = NULL;
        if (why != EEXIST)
            return PN_ERR_IO;
    }
    return PN_FAIL(PN_ERR_IO, "%s.part1 … %d are all there: remove them", path,
                   PARTS - 1);
}

/* rename that never replaces; where the file system cannot, look first */
static int rename_new(const char *part, const char *path)
{
    if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (access(path, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(part, path);
}

int pn_place_commit(const char *part, const char *path, int replace)
{
    int status;

    PN_TRY(sync_path(part, O_RDONLY));
    if ((replace ? rename(part, path) : rename_new(part, path)) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot rename %s to %s: %s", part, path,
                       strerror(errno));
    PN_TRY(pn_sync_folder_of(path));
out:
    return status;
}
