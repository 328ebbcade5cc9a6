/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock is a signed and locked file.  It gets its name by a link, which one of many
 * succeeds in on every file system, and a dead one loses it by a rename. */
#include "solver/run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/run/beat.h"
#include "solver/run/holder.h"

struct pn_lock {
    int fd;
    struct pn_holder self;
    struct pn_beat *beat;
    char path[]; /* of the file */
};

static int in_use(const char *path, const struct pn_holder *holder)
{
    return PN_FAIL(PN_ERR_FOREIGN_RUN,
                   "%s: in use by process %ld on %s since %s: wait for it, or choose "
                   "another --out",
                   path, holder->pid, holder->host, holder->since);
}

static int fail(const char *doing, const char *path)
{
    return PN_FAIL(PN_ERR_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

static int is_unsupported(int error)
{
    return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL;
}

/* fcntl until no signal comes between */
static int ask_kernel(int fd, int command, struct flock *lock)
{
    int failed;

    do
        *lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while ((failed = fcntl(fd, command, lock)) != 0 && errno == EINTR);
    return failed;
}

static int is_same(int fd, const char *path)
{
    struct stat opened, there;

    return fstat(fd, &opened) == 0 && stat(path, &there) == 0 &&
           opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

/* --- one that is there --- */

enum verdict { DEAD = 1, UNSURE = 2 }; /* beside statuses */

/* What this kernel and the signature say.  @return DEAD, UNSURE: only its beat can tell;
 * PN_ERR_FOREIGN_RUN, PN_ERR_IO */
static int judge(const char *path, int fd, int command)
{
    struct pn_holder holder;
    struct flock lock;
    int is_signed = pn_holder_read(fd, &holder), has_locks = 1;

    if (ask_kernel(fd, command, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES)
            return in_use(path, &holder);
        if (!is_unsupported(errno))
            return fail("lock", path);
        has_locks = 0;
    } else if (command == F_OFD_GETLK && lock.l_type != F_UNLCK) {
        return in_use(path, &holder);
    }
    if (!is_signed)
        return DEAD; /* its writer died at once: a file is signed before it is named */
    if (!pn_holder_is_here(&holder))
        return UNSURE;
    return !has_locks && pn_holder_lives_here(&holder) ? in_use(path, &holder) : DEAD;
}

/* The dead one loses its name; another that has come meanwhile gets it back.
 *  @return 1: try again; PN_ERR_* */
static int remove_dead(const char *path, int fd)
{
    struct pn_holder self, other;
    char *gone;
    int status = 1;

    pn_holder_self(&self);
    gone = pn_format("%s.gone-%016llx", path, self.random);
    if (!gone)
        return PN_ERR_MEMORY;
    if (rename(path, gone) != 0) {
        status = errno == ENOENT || errno == EINTR ? 1 : fail("rename", path);
    } else if (!is_same(fd, gone)) {
        int back = open(gone, O_RDONLY | O_CLOEXEC);

        if (back >= 0)
            pn_holder_read(back, &other);
        if (link(gone, path) == 0 || errno == EEXIST)
            unlink(gone);
        if (back >= 0) {
            status = in_use(path, &other);
            close(back);
        }
    } else {
        pn_remove(gone);
    }
    free(gone);
    return status;
}

/* @return 1: it is gone, try again; PN_ERR_FOREIGN_RUN, PN_ERR_IO, PN_ERR_MEMORY */
static int judge_there(const char *path)
{
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC), status;
    struct pn_holder alive;

    if (fd < 0)
        return errno == ENOENT || errno == EINTR ? 1 : fail("open", path);
    status = judge(path, fd, F_OFD_SETLK);
    if (status == UNSURE && pn_holder_watch(&path, 1, &alive) >= 0)
        status = in_use(path, &alive);
    if (status > 0)
        status = remove_dead(path, fd);
    close(fd);
    return status;
}

/* --- ours --- */

/* Signed, locked, without its name yet.  @return PN_OK, PN_ERR_IO */
static int make(struct pn_lock *lock, const char *draft)
{
    struct flock all;

    do
        lock->fd = open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    while (lock->fd < 0 && errno == EINTR);
    if (lock->fd < 0)
        return fail("create", lock->path);
    if (pn_holder_write(lock->fd, &lock->self) != 0)
        return fail("write", lock->path);
    if (ask_kernel(lock->fd, F_OFD_SETLK, &all) != 0 && !is_unsupported(errno))
        return fail("lock", lock->path);
    return PN_OK;
}

/* Give it its name.  @return PN_OK; 1: somebody has it; PN_ERR_IO */
static int name(const struct pn_lock *lock, const char *draft)
{
    struct stat about;

    if (link(draft, lock->path) == 0)
        return PN_OK;
    if (errno == EEXIST || errno == EINTR)
        /* a server may have done it and lost its answer */
        return fstat(lock->fd, &about) == 0 && about.st_nlink == 2 ? PN_OK : 1;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
        return fail("create", lock->path);
    /* no links here: one name, if it is free */
    if (renameat2(AT_FDCWD, draft, AT_FDCWD, lock->path, RENAME_NOREPLACE) == 0)
        return PN_OK;
    return errno == EEXIST || errno == EINTR ? 1 : fail("create", lock->path);
}

static int take(struct pn_lock *lock, const char *draft)
{
    enum { TRIES = 100 };
    int status;

    PN_TRY(make(lock, draft));
    for (int i = 0; i < TRIES; i++) {
        status = name(lock, draft);
        if (status == 1)
            status = judge_there(lock->path);
        if (status != 1)
            break;
    }
    if (status == 1)
        status =
            PN_FAIL(PN_ERR_FOREIGN_RUN, "%s: others take it all the time", lock->path);
out:
    return status;
}

int pn_lock_take(const char *path, struct pn_lock **out)
{
    struct pn_lock *lock = calloc(1, sizeof *lock + strlen(path) + 1);
    char *draft = NULL;
    int status;

    *out = NULL;
    if (!lock)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a lock");
    lock->fd = -1;
    strcpy(lock->path, path);
    pn_holder_self(&lock->self);
    draft = pn_format("%s.part%llu", path, lock->self.random);
    status = draft ? take(lock, draft) : PN_ERR_MEMORY;
    if (draft && lock->fd >= 0)
        pn_remove(draft);
    free(draft);
    if (status == PN_OK) {
        lock->beat = pn_beat_start(lock->fd);
        *out = lock;
        return PN_OK;
    }
    if (lock->fd >= 0)
        close(lock->fd);
    free(lock);
    return status;
}

/* --- those of others --- */

int pn_lock_look(const char *const *path, int n)
{
    const char **unsure = calloc((size_t)n + 1, sizeof *unsure);
    struct pn_holder alive;
    int n_unsure = 0, status = unsure ? PN_OK : PN_ERR_MEMORY, which;

    for (int i = 0; i < n && status == PN_OK; i++) {
        int fd = open(path[i], O_RDWR | O_NOFOLLOW | O_CLOEXEC), is;

        if (fd < 0) {
            status = errno == ENOENT ? PN_OK : fail("open", path[i]);
            continue;
        }
        is = judge(path[i], fd, F_OFD_GETLK);
        close(fd);
        if (is == UNSURE)
            unsure[n_unsure++] = path[i];
        status = is > 0 ? PN_OK : is;
    }
    which = status == PN_OK ? pn_holder_watch(unsure, n_unsure, &alive) : -1;
    if (which >= 0)
        status = in_use(unsure[which], &alive);
    free(unsure);
    return status;
}

/* --- still ours --- */

/* @return 1: it is; 0: it is another's, or gone; -1: that cannot be read, with errno */
static int look_at_own(const struct pn_lock *lock)
{
    struct pn_holder holder;
    int fd = PN_RETRY(open(lock->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)), is;

    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    is = pn_holder_read(fd, &holder) ? holder.random == lock->self.random : -1;
    close(fd);
    return is;
}

int pn_lock_check(const struct pn_lock *lock)
{
    enum { TRIES = 3 };
    int is = -1;

    for (int i = 0; i < TRIES && is < 0; i++)
        is = look_at_own(lock);
    if (is < 0)
        return fail("read", lock->path);
    if (is)
        return PN_OK;
    return PN_FAIL(
        PN_ERR_FOREIGN_RUN,
        "%s is not ours any more: another run has taken this one for dead, and "
        "goes on with what it has done",
        lock->path);
}

void pn_lock_release(struct pn_lock **lock)
{
    if (!*lock)
        return;
    pn_beat_stop(&(*lock)->beat);
    if (pn_lock_check(*lock) == PN_OK)
        pn_remove((*lock)->path); /* before the lock goes: nobody else can have it yet */
    close((*lock)->fd);
    free(*lock);
    *lock = NULL;
}
