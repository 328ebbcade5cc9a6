/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock is a locked file with a signature: who, where, since when. */
#include "solver/run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"

struct pn_lock {
    int fd;
    char path[]; /* of the file */
};

/* "host 123 4567 2026-01-31T12:00:00Z": who has the lock.  The third word is the moment
 * the process began, in ticks since the machine did: numbers of processes come again. */
struct holder {
    char host[64], since[32];
    long pid;
    unsigned long long began;
};

enum { TEXT = 160 };

/* 0: no such process, or no /proc */
static unsigned long long began(long pid)
{
    char path[64], text[1024];
    unsigned long long ticks = 0;
    const char *at;
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    at = strrchr(text, ')'); /* the name before it may hold anything */
    for (int i = 0; at && i < 20; i++)
        at = strchr(at + 1, ' ');
    if (at)
        ticks = strtoull(at + 1, NULL, 10); /* field 22 */
    return ticks;
}

static void write_holder(char text[TEXT])
{
    char host[64] = "?", since[32];
    time_t now = time(NULL);
    struct tm utc;

    gethostname(host, sizeof host - 1);
    gmtime_r(&now, &utc);
    strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &utc);
    snprintf(text, TEXT, "%s %ld %llu %s\n", host, (long)getpid(), began((long)getpid()),
             since);
}

static int read_holder(int fd, struct holder *holder)
{
    char text[TEXT];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    *holder = (struct holder){.host = "?", .since = "?"};
    text[n > 0 ? n : 0] = '\0';
    return sscanf(text, "%63s %ld %llu %31s", holder->host, &holder->pid, &holder->began,
                  holder->since) == 4;
}

static int in_use(const char *path, const struct holder *holder, const char *advice)
{
    return PN_FAIL(
        PN_ERR_FOREIGN_RUN,
        "%s: in use by process %ld on %s since %s: %s, or choose another --out", path,
        holder->pid, holder->host, holder->since, advice);
}

/* Where the file system has no locks, what the file says must do. */
static int judge_holder(const char *path, int fd)
{
    struct holder holder;
    char host[64] = "?";

    if (!read_holder(fd, &holder))
        return PN_OK; /* nobody has signed: it is new, or its writer died at once */
    gethostname(host, sizeof host - 1);
    if (strcmp(host, holder.host) != 0)
        return in_use(path, &holder,
                      "this file system has no locks; if that run is dead, remove the "
                      "file");
    if (kill((pid_t)holder.pid, 0) == 0 && began(holder.pid) == holder.began)
        return in_use(path, &holder, "wait for it");
    return PN_OK;
}

static int is_unsupported(int error)
{
    return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL;
}

/* Lock what is open.  @return 0; 1: the file was replaced meanwhile; negative: status */
static int lock_file(const char *path, int fd)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat opened, there;
    struct holder holder;

    if (fcntl(fd, F_OFD_SETLK, &all) != 0) {
        if (errno == EAGAIN || errno == EACCES) {
            read_holder(fd, &holder);
            return in_use(path, &holder, "wait for it");
        }
        if (!is_unsupported(errno))
            return PN_FAIL(PN_ERR_IO, "cannot lock %s: %s", path, strerror(errno));
        return judge_holder(path, fd);
    }
    /* who had it before may have removed it between our open and our lock */
    return fstat(fd, &opened) != 0 || stat(path, &there) != 0 ||
           opened.st_ino != there.st_ino || opened.st_dev != there.st_dev;
}

static int sign(const char *path, int fd)
{
    char text[TEXT];

    write_holder(text);
    if (ftruncate(fd, 0) == 0 && pn_write_all(fd, text, strlen(text)) == 0)
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
}

int pn_lock_take(const char *path, struct pn_lock **out)
{
    struct pn_lock *lock = malloc(sizeof *lock + strlen(path) + 1);
    int status = 1;

    *out = NULL;
    if (!lock)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a lock");
    strcpy(lock->path, path);
    while (status == 1) {
        lock->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (lock->fd < 0) {
            status = PN_FAIL(PN_ERR_IO, "cannot create %s: %s", path, strerror(errno));
            break;
        }
        status = lock_file(path, lock->fd);
        if (status == PN_OK)
            status = sign(path, lock->fd);
        if (status != PN_OK)
            close(lock->fd);
    }
    if (status == PN_OK)
        *out = lock;
    else
        free(lock);
    return status;
}

int pn_lock_look(const char *path)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC), status = PN_OK;
    struct holder holder;

    if (fd < 0)
        return errno == ENOENT
                   ? PN_OK
                   : PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    if (fcntl(fd, F_OFD_GETLK, &all) != 0) {
        status = is_unsupported(errno)
                     ? judge_holder(path, fd)
                     : PN_FAIL(PN_ERR_IO, "cannot ask for %s: %s", path, strerror(errno));
    } else if (all.l_type != F_UNLCK) {
        read_holder(fd, &holder);
        status = in_use(path, &holder, "wait for it");
    }
    close(fd);
    return status;
}

void pn_lock_release(struct pn_lock **lock)
{
    if (!*lock)
        return;
    unlink((*lock)->path); /* before the lock goes: nobody else can have it yet */
    close((*lock)->fd);
    free(*lock);
    *lock = NULL;
}
