/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures of locks.  No clocks are compared: a beat goes on or it does not. */
#include "solver/run/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/hdf/draft.h"

enum { TEXT = 400, BEAT_DIGITS = 20 };

/* [s]: how long a holder elsewhere is watched.  Beats come every half second, and a
 * network file system may show them some seconds late. */
static const double WATCHED = 6.0;

/* --- this process --- */

/* 0: no such process, or no /proc */
static unsigned long long began(long pid)
{
    char path[64], text[1024];
    unsigned long long ticks = 0;
    const char *at;
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    file = fopen(path, "re");
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

/* the kernel's name of this start of the machine */
static void find_boot(char boot[PN_HOLDER_WORD])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    int good = file && fscanf(file, "%63s", boot) == 1;

    if (file)
        fclose(file);
    if (!good)
        snprintf(boot, PN_HOLDER_WORD, "?");
}

void pn_holder_self(struct pn_holder *self)
{
    time_t now = time(NULL);
    struct tm utc;

    *self = (struct pn_holder){.pid = (long)getpid(), .host = "?"};
    gethostname(self->host, sizeof self->host - 1);
    find_boot(self->boot);
    self->began = began(self->pid);
    if (getrandom(&self->random, sizeof self->random, 0) != sizeof self->random)
        self->random = (unsigned long long)now ^ (unsigned long long)self->pid << 40;
    gmtime_r(&now, &utc);
    strftime(self->since, sizeof self->since, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* --- the file: the beat first, so that it stands in one place --- */

int pn_holder_write(int fd, const struct pn_holder *holder)
{
    char text[TEXT];
    int n = snprintf(text, sizeof text, "%0*llu\n%s %s %ld %llu %016llx %s\n",
                     BEAT_DIGITS, holder->beat, holder->host, holder->boot, holder->pid,
                     holder->began, holder->random, holder->since);

    return ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
                   pn_write_all(fd, text, (size_t)n) == 0
               ? 0
               : -1;
}

void pn_holder_write_beat(int fd, unsigned long long beat)
{
    char text[BEAT_DIGITS + 1];

    snprintf(text, sizeof text, "%0*llu", BEAT_DIGITS, beat);
    while (pwrite(fd, text, BEAT_DIGITS, 0) < 0 && errno == EINTR)
        ;
    fdatasync(fd);
}

int pn_holder_read(int fd, struct pn_holder *holder)
{
    char text[TEXT];
    ssize_t n;

    while ((n = pread(fd, text, sizeof text - 1, 0)) < 0 && errno == EINTR)
        ;
    *holder = (struct pn_holder){.host = "?", .boot = "?", .since = "?"};
    text[n > 0 ? n : 0] = '\0';
    return sscanf(text, "%llu %63s %63s %ld %llu %llx %31s", &holder->beat, holder->host,
                  holder->boot, &holder->pid, &holder->began, &holder->random,
                  holder->since) == 7;
}

/* --- is it alive? --- */

int pn_holder_is_here(const struct pn_holder *holder)
{
    char host[PN_HOLDER_WORD] = "?", boot[PN_HOLDER_WORD];

    gethostname(host, sizeof host - 1);
    find_boot(boot);
    return strcmp(host, holder->host) == 0 && strcmp(boot, holder->boot) == 0;
}

int pn_holder_lives_here(const struct pn_holder *holder)
{
    return kill((pid_t)holder->pid, 0) == 0 && began(holder->pid) == holder->began;
}

static int read_path(const char *path, struct pn_holder *holder)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int good = fd >= 0 && pn_holder_read(fd, holder);

    if (fd >= 0)
        close(fd);
    return good;
}

int pn_holder_watch(const char *const *path, int n, struct pn_holder *alive)
{
    struct pn_holder *first = calloc((size_t)n + 1, sizeof *first);
    double end = pn_seconds() + WATCHED;
    int found = -1;

    for (int i = 0; first && i < n; i++)
        read_path(path[i], &first[i]);
    while (first && n > 0 && found < 0 && pn_seconds() < end) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        for (int i = 0; i < n && found < 0; i++)
            if (read_path(path[i], alive) &&
                (alive->random != first[i].random || alive->beat != first[i].beat))
                found = i;
    }
    free(first);
    return found;
}
