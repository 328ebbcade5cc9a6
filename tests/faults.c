/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults for tests of the whole program, preloaded (LD_PRELOAD) in front of libpneuma:
 * the program itself has no code for them.  PN_FAULT says which, parted by
 * commas:
 *
 * - segv:N abort:N stack:N kill:N: the life of patient N (from 0) kills the program when
 * it begins, by a signal of its own, or by SIGKILL
 * - step:N: the same a step later, when N shares the step with others
 * - clock: the time of day jumps to and fro by years
 * - nolock: the file system has no locks
 * - quota:N: the user may write N bytes more below RESULT.run, then EDQUOT
 * - nounlink: no file goes away
 * - memory:N: there is no memory for anything of N bytes or more
 * - memory_once:N: there is none when libpneuma asks for it the Nth time, from 1
 * - disk_once:N: the Nth call of libpneuma that may fail for reasons of the disk fails
 * (EIO, or what errno-NAME says)
 * - locallock: locks hold on this machine alone, and this process is on another one
 * - die_named: the process is killed when a file of the ending .h5 has got its name
 * - die_untidy: the process is killed before it removes RESULT.run/identity
 * - host:N: the machine calls itself node-N, and has another start
 * - mpi_init: MPI_Init never returns
 */
/* A fortified header would make a macro of asprintf, which this file defines. */
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct pn_course;
struct pn_flight;
struct pn_study;

void pn_course_start(struct pn_course *course, const struct pn_study *study,
                     size_t patient);
void pn_control_choose(struct pn_flight *flight);
int MPI_Init(int *n_arguments, char ***arguments);

static int is_armed;

/* @return 1: this fault is asked for; *number is what stands behind the colon */
static int asked(const char *kind, unsigned long long *number)
{
    const char *fault = getenv("PN_FAULT");
    size_t n = strlen(kind);

    for (; fault; fault = strchr(fault, ',')) {
        fault += *fault == ',';
        if (strncmp(fault, kind, n) != 0 || (fault[n] && !strchr(":,", fault[n])))
            continue;
        *number = fault[n] == ':' ? strtoull(fault + n + 1, NULL, 10) : 0;
        return 1;
    }
    return 0;
}

static int is_disk_bad(const void *caller);

static void *original(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static int is_patient(const char *kind, size_t patient)
{
    unsigned long long number;

    return asked(kind, &number) && number == patient;
}

/* to the end of the stack */
static int descend(volatile char *above)
{
    volatile char here[4096];

    here[0] = above[0];
    return descend(here) + here[0];
}

void pn_course_start(struct pn_course *course, const struct pn_study *study,
                     size_t patient)
{
    void (*go_on)(struct pn_course *, const struct pn_study *, size_t);
    void *symbol = original(__func__);
    volatile char top = 0;

    if (is_patient("segv", patient))
        *(volatile int *)(uintptr_t)(top + 8) = 1;
    if (is_patient("abort", patient))
        abort();
    if (is_patient("stack", patient))
        descend(&top);
    if (is_patient("kill", patient))
        raise(SIGKILL);
    is_armed |= is_patient("step", patient);
    memcpy(&go_on, &symbol, sizeof go_on);
    go_on(course, study, patient);
}

void pn_control_choose(struct pn_flight *flight)
{
    void (*go_on)(struct pn_flight *);
    void *symbol = original(__func__);

    if (is_armed)
        raise(SIGFPE);
    memcpy(&go_on, &symbol, sizeof go_on);
    go_on(flight);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static unsigned n_asked;
    int (*go_on)(clockid_t, struct timespec *);
    void *symbol = original(__func__);
    unsigned long long none;
    int status;

    memcpy(&go_on, &symbol, sizeof go_on);
    status = go_on(clock, now);
    if (clock == CLOCK_REALTIME && asked("clock", &none))
        now->tv_sec += (++n_asked % 3 - 1L) * 100000000;
    return status;
}

time_t time(time_t *place)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_REALTIME, &now);
    if (place)
        *place = now.tv_sec;
    return now.tv_sec;
}

int fcntl(int fd, int command, ...)
{
    int (*go_on)(int, int, void *);
    void *symbol = original(__func__), *argument;
    const void *caller = __builtin_return_address(0);
    unsigned long long none;
    va_list arguments;

    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (command == F_OFD_SETLK && asked("nolock", &none)) {
        errno = ENOLCK;
        return -1;
    }
    if ((command == F_OFD_SETLK || command == F_OFD_GETLK) && asked("locallock", &none)) {
        ((struct flock *)argument)->l_type = F_UNLCK;
        return 0;
    }
    if ((command == F_OFD_SETLK || command == F_OFD_GETLK) && is_disk_bad(caller))
        return -1;
    memcpy(&go_on, &symbol, sizeof go_on);
    return go_on(fd, command, argument);
}

static unsigned long long *n_turns; /* a child's calls count, too */

__attribute__((constructor)) static void begin_turns(void)
{
    n_turns = mmap(NULL, sizeof *n_turns, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (n_turns == MAP_FAILED)
        abort();
}

__attribute__((destructor)) static void tell_turns(void)
{
    const char *path = getenv("PN_FAULT_COUNT");
    int fd = path ? creat(path, 0600) : -1;

    if (fd >= 0) {
        dprintf(fd, "%llu", *n_turns);
        close(fd);
    }
}

/* @return 1: `caller` is in libpneuma, and this is the call that is to fail */
static int is_turn(const char *kind, const void *caller)
{
    unsigned long long which;
    Dl_info place;

    if (!asked(kind, &which) || !dladdr(caller, &place) ||
        (!strstr(place.dli_fname, "libpneuma") &&
         (strcmp(kind, "disk_once") != 0 || !strstr(place.dli_fname, "libhdf5"))))
        return 0; /* libhdf5 without memory is beyond us */
    return n_turns && ++*n_turns == which;
}

/* One number for all these calls, so that a walk meets each of them. */
static int is_disk_bad(const void *caller)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {
        {"errno-ENOSPC", ENOSPC},
        {"errno-EINTR",  EINTR },
        {"errno-EAGAIN", EAGAIN},
        {"errno-EINVAL", EINVAL},
    };
    unsigned long long none;

    if (!is_turn("disk_once", caller))
        return 0;
    errno = EIO;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (asked(known[i].name, &none))
            errno = known[i].number;
    return 1;
}

/* what write() of a journal finds when the quota is used up, mid-record and all */
ssize_t write(int fd, const void *data, size_t n)
{
    static unsigned long long n_written;
    ssize_t (*go_on)(int, const void *, size_t);
    void *symbol = original(__func__);
    unsigned long long quota;
    char link[64], path[4096] = "";

    memcpy(&go_on, &symbol, sizeof go_on);
    if (is_disk_bad(__builtin_return_address(0)))
        return -1;
    if (asked("quota", &quota)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, path, sizeof path - 1) > 0 && strstr(path, ".run/")) {
            if (n_written >= quota) {
                errno = EDQUOT;
                return -1;
            }
            n = n < quota - n_written ? n : (size_t)(quota - n_written);
            n_written += n;
        }
    }
    return go_on(fd, data, n);
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t boundary, size_t n);

static int is_too_much(size_t n)
{
    unsigned long long most;

    return asked("memory", &most) && n >= most;
}

static int is_refused(size_t n, const void *caller)
{
    if (!is_too_much(n) && !is_turn("memory_once", caller))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return is_refused(n, __builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return is_refused(n * size, __builtin_return_address(0)) ? NULL
                                                             : __libc_calloc(n, size);
}

void *realloc(void *old, size_t n)
{
    return is_refused(n, __builtin_return_address(0)) ? NULL : __libc_realloc(old, n);
}

void *aligned_alloc(size_t boundary, size_t n)
{
    return is_refused(n, __builtin_return_address(0)) ? NULL
                                                      : __libc_memalign(boundary, n);
}

int unlink(const char *path)
{
    int (*go_on)(const char *);
    void *symbol = original(__func__);
    unsigned long long none;

    if (asked("nounlink", &none) && !strstr(path, "/lock"))
        return 0;
    if (asked("die_untidy", &none) && strstr(path, ".run/identity") &&
        !strstr(path, ".part"))
        raise(SIGKILL);
    if (is_disk_bad(__builtin_return_address(0)))
        return -1;
    memcpy(&go_on, &symbol, sizeof go_on);
    return go_on(path);
}

int open(const char *path, int flags, ...)
{
    int (*go_on)(const char *, int, mode_t);
    void *symbol = original(__func__);
    va_list arguments;
    mode_t mode = 0;

    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    memcpy(&go_on, &symbol, sizeof go_on);
    return is_disk_bad(__builtin_return_address(0)) ? -1 : go_on(path, flags, mode);
}

int asprintf(char **text, const char *form, ...)
{
    va_list arguments;
    int n = -1;

    va_start(arguments, form);
    if (!is_refused(1, __builtin_return_address(0)))
        n = vasprintf(text, form, arguments);
    va_end(arguments);
    return n;
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*go_on)(const char *, const char *);
    void *symbol = original(__func__);
    static char boot[32];
    unsigned long long number;

    memcpy(&go_on, &symbol, sizeof go_on);
    if (asked("host", &number) && strstr(path, "boot_id")) {
        snprintf(boot, sizeof boot, "boot-of-%llu\n", number);
        return fmemopen(boot, strlen(boot), "r");
    }
    return is_disk_bad(__builtin_return_address(0)) ? NULL : go_on(path, mode);
}

int gethostname(char *name, size_t n)
{
    int (*go_on)(char *, size_t);
    void *symbol = original(__func__);
    unsigned long long number;

    memcpy(&go_on, &symbol, sizeof go_on);
    if (!asked("host", &number))
        return go_on(name, n);
    snprintf(name, n, "node-%llu", number);
    return 0;
}

int MPI_Init(int *n_arguments, char ***arguments)
{
    int (*go_on)(int *, char ***);
    void *symbol = original(__func__);
    unsigned long long none;

    while (asked("mpi_init", &none))
        pause();
    memcpy(&go_on, &symbol, sizeof go_on);
    return go_on(n_arguments, arguments);
}

#define DISK      is_disk_bad(__builtin_return_address(0))
#define MEMORY(n) is_refused(n, __builtin_return_address(0))

/* NAME takes PARAMETERS, passes ARGUMENTS on, and when it FAILS gives FAILED */
#define FAILING(type, name, parameters, arguments, fails, failed)                        \
    type name parameters                                                                 \
    {                                                                                    \
        type(*go_on) parameters;                                                         \
        void *symbol = original(#name);                                                  \
                                                                                         \
        memcpy(&go_on, &symbol, sizeof go_on);                                           \
        if (fails)                                                                       \
            return failed;                                                               \
        return go_on arguments;                                                          \
    }

FAILING(ssize_t, pwrite, (int fd, const void *data, size_t n, off_t at),
        (fd, data, n, at), DISK, -1)
FAILING(ssize_t, read, (int fd, void *data, size_t n), (fd, data, n), DISK, -1)
FAILING(ssize_t, pread, (int fd, void *data, size_t n, off_t at), (fd, data, n, at), DISK,
        -1)
FAILING(size_t, fwrite, (const void *data, size_t size, size_t n, FILE *stream),
        (data, size, n, stream), fileno(stream) > STDERR_FILENO && DISK, 0)
FAILING(size_t, fread, (void *data, size_t size, size_t n, FILE *stream),
        (data, size, n, stream), DISK, 0)
FAILING(int, fsync, (int fd), (fd), DISK, -1)
FAILING(int, ftruncate, (int fd, off_t n), (fd, n), DISK, -1)
FAILING(int, mkdir, (const char *path, mode_t mode), (path, mode), DISK, -1)
FAILING(int, fdatasync, (int fd), (fd), DISK, -1)
FAILING(int, link, (const char *from, const char *to), (from, to), DISK, -1)
FAILING(off_t, lseek, (int fd, off_t at, int from), (fd, at, from), DISK, -1)
FAILING(int, close, (int fd), (fd), fd > STDERR_FILENO && DISK, (go_on(fd), -1))
FAILING(int, fclose, (FILE * stream), (stream), fileno(stream) > STDERR_FILENO && DISK,
        (go_on(stream), EOF))
FAILING(DIR *, opendir, (const char *path), (path), DISK, NULL)
FAILING(int, stat, (const char *path, struct stat *about), (path, about), DISK, -1)
FAILING(int, lstat, (const char *path, struct stat *about), (path, about), DISK, -1)
FAILING(int, fstat, (int fd, struct stat *about), (fd, about), DISK, -1)
FAILING(int, access, (const char *path, int how), (path, how), DISK, -1)
FAILING(int, pipe2, (int ends[2], int flags), (ends, flags), DISK, -1)
FAILING(pid_t, fork, (void), (), DISK, -1)
FAILING(pid_t, waitpid, (pid_t child, int *how, int options), (child, how, options), DISK,
        -1)
FAILING(int, dup, (int fd), (fd), DISK, -1)
FAILING(FILE *, fdopen, (int fd, const char *mode), (fd, mode), DISK, NULL)
FAILING(char *, strdup, (const char *text), (text), MEMORY(1), NULL)
FAILING(char *, strndup, (const char *text, size_t n), (text, n), MEMORY(1), NULL)
FAILING(FILE *, open_memstream, (char **text, size_t *n), (text, n), MEMORY(1), NULL)

static int die_when_named(int renamed, const char *path)
{
    unsigned long long none;
    const char *dot = strrchr(path, '.');

    if (renamed == 0 && dot && strcmp(dot, ".h5") == 0 && asked("die_named", &none))
        raise(SIGKILL);
    return renamed;
}

int rename(const char *from, const char *to)
{
    int (*go_on)(const char *, const char *);
    void *symbol = original(__func__);

    memcpy(&go_on, &symbol, sizeof go_on);
    return DISK ? -1 : die_when_named(go_on(from, to), to);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned how)
{
    int (*go_on)(int, const char *, int, const char *, unsigned);
    void *symbol = original(__func__);

    memcpy(&go_on, &symbol, sizeof go_on);
    return DISK ? -1 : die_when_named(go_on(from_at, from, to_at, to, how), to);
}

/* What _FORTIFY_SOURCE makes of some of these calls */
int __asprintf_chk(char **text, int flag, const char *form, ...);
int __asprintf_chk(char **text, int flag, const char *form, ...)
{
    va_list arguments;
    int n = -1;

    (void)flag;
    va_start(arguments, form);
    if (!MEMORY(1))
        n = vasprintf(text, form, arguments);
    va_end(arguments);
    return n;
}

ssize_t __read_chk(int fd, void *data, size_t n, size_t room);
ssize_t __pread_chk(int fd, void *data, size_t n, off_t at, size_t room);
size_t __fread_chk(void *data, size_t room, size_t size, size_t n, FILE *stream);

FAILING(ssize_t, __read_chk, (int fd, void *data, size_t n, size_t room),
        (fd, data, n, room), DISK, -1)
FAILING(ssize_t, __pread_chk, (int fd, void *data, size_t n, off_t at, size_t room),
        (fd, data, n, at, room), DISK, -1)
FAILING(size_t, __fread_chk,
        (void *data, size_t room, size_t size, size_t n, FILE *stream),
        (data, room, size, n, stream), DISK, 0)
