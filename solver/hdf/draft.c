/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draft, fsync, rename, fsync of the folder: a file is there whole or not at all. */
#include "solver/hdf/draft.h"

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

int pn_remove(const char *path)
{
    enum { TRIES = 3 };
    int failed = 0;

    /* what fails once may be a moment's trouble of a network */
    for (int i = 0; i < TRIES && (i == 0 || failed); i++)
        failed = unlink(path) != 0 && errno != ENOENT;
    return failed ? -1 : 0;
}

static int sync_file(int fd, const char *path)
{
    /* some network file systems cannot sync a folder: EINVAL is no loss of data */
    if (PN_RETRY(fsync(fd)) == 0 || errno == EINVAL)
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s to the disk: %s", path, strerror(errno));
}

int pn_sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = n > 0 ? strndup(path, n) : strdup(".");
    int fd, status;

    if (!folder)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    fd = PN_RETRY(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        status = PN_FAIL(PN_ERR_IO, "cannot open %s: %s", folder, strerror(errno));
    else
        status = sync_file(fd, folder);
    if (fd >= 0)
        close(fd);
    free(folder);
    return status;
}

int pn_draft_begin(const char *path, struct pn_draft *draft)
{
    for (int i = 1; i < PARTS; i++) {
        int status;

        if (asprintf(&draft->path, "%s.part%d", path, i) < 0) {
            draft->path = NULL;
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
        }
        draft->fd =
            PN_RETRY(open(draft->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (draft->fd >= 0)
            return PN_OK;
        status = errno == EEXIST ? PN_OK
                                 : PN_FAIL(PN_ERR_IO, "cannot create %s: %s", draft->path,
                                           strerror(errno));
        free(draft->path);
        draft->path = NULL;
        if (status != PN_OK)
            return status;
    }
    return PN_FAIL(PN_ERR_IO, "%s.part1 … %d are all there: remove them", path,
                   PARTS - 1);
}

/* rename that never replaces; where the file system cannot, look first */
static int rename_new(const char *draft, const char *path)
{
    if (PN_RETRY(renameat2(AT_FDCWD, draft, AT_FDCWD, path, RENAME_NOREPLACE)) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (access(path, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return PN_RETRY(rename(draft, path));
}

static void release(struct pn_draft *draft)
{
    close(draft->fd);
    free(draft->path);
    draft->path = NULL;
}

int pn_draft_commit(struct pn_draft *draft, const char *path, int replace)
{
    int status;

    PN_TRY(sync_file(draft->fd, draft->path));
    if ((replace ? PN_RETRY(rename(draft->path, path)) : rename_new(draft->path, path)) !=
        0)
        return PN_FAIL(PN_ERR_IO, "cannot rename %s to %s: %s", draft->path, path,
                       strerror(errno));
    release(draft);
    PN_TRY(pn_sync_folder_of(path));
out:
    return status;
}

void pn_draft_abandon(struct pn_draft *draft)
{
    if (!draft->path)
        return;
    pn_remove(draft->path);
    release(draft);
}

int pn_draft_write(const char *path, const void *data, size_t n)
{
    struct pn_draft draft = {.path = NULL};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, data, n) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    pn_draft_abandon(&draft);
    return status;
}
