/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child works under a limit of processor time; its status and its error record come
 * back through a pipe, so that nobody's handling of SIGCHLD matters. */
#include "solver/result/child.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/base/status.h"

/* [s]: how much longer than its budget a quiet child may wait for its disk */
static const double WAITING = 30.0;

/* what the child sends, in front of its words */
struct answer {
    int status;
    char text[sizeof((struct pn_error *)0)->text];
};

/* --- the budget --- */

/* How slow this build is, on this machine: a piece of work that takes NOMINAL seconds
 * where all goes well; at least 1. */
static double slowness(void)
{
    enum { ROUNDS = 1 << 20 };
    const double nominal = 0.002;
    struct timespec began, ended;
    volatile uint64_t sum = 1;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    for (int i = 0; i < ROUNDS; i++)
        sum = sum * 6364136223846793005u + 1442695040888963407u;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
    return fmax(1.0, ((double)(ended.tv_sec - began.tv_sec) +
                      1e-9 * (double)(ended.tv_nsec - began.tv_nsec)) /
                         nominal);
}

/* [s]; infinite: none */
static double budget_of(const struct pn_child *child)
{
    if (child->per_byte <= 0.0)
        return (double)INFINITY;
    return slowness() * (child->least + child->per_byte * (double)child->n_bytes);
}

/* --- in the child --- */

/* Faults mean what they mean to any process.  Who asks a run to stop asks its process: a
 * probe on its behalf, to which launchers send the same signal, comes to its end. */
static void forget_handlers(int is_probe)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU};
    static const int requests[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        signal(faults[i], SIG_DFL);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        signal(requests[i], is_probe ? SIG_IGN : SIG_DFL);
}

static void limit(const struct pn_child *child, double budget)
{
    const struct rlimit none = {0, 0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    if (budget < 1e9) {
        const struct rlimit seconds = {(rlim_t)ceil(budget), (rlim_t)ceil(budget) + 1};

        setrlimit(RLIMIT_CPU, &seconds);
    }
    if (child->is_quiet) {
        int fd = open("/dev/null", O_WRONLY);

        if (fd >= 0) {
            dup2(fd, STDOUT_FILENO);
            dup2(fd, STDERR_FILENO);
        }
    }
}

static void send(int pipe_end, const struct answer *answer)
{
    const char *at = (const char *)answer;
    size_t n = sizeof *answer;

    while (n > 0) {
        ssize_t put = write(pipe_end, at, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return;
        at += put;
        n -= (size_t)put;
    }
}

static void work_and_exit(const struct pn_child *child, double budget, int pipe_end)
{
    struct answer answer = {.status = PN_OK};

    forget_handlers(child->is_quiet);
    limit(child, budget);
    answer.status = child->work(child->user);
    if (answer.status == PN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        answer.status = PN_FAIL(PN_ERR_IO, "cannot write to the output");
    fflush(NULL);
    snprintf(answer.text, sizeof answer.text, "%s", pn_error_last()->text);
    send(pipe_end, &answer);
    _exit(0);
}

/* --- in the parent --- */

/* Until the pipe ends, or `seconds` are over.  @return 1: the answer is whole */
static int listen_to(int pipe_end, double seconds, struct answer *answer)
{
    double end = pn_seconds() + seconds;
    size_t n = 0;

    while (n < sizeof *answer) {
        struct pollfd ready = {.fd = pipe_end, .events = POLLIN};
        double left = end - pn_seconds();
        ssize_t got;
        int n_ready;

        if (left <= 0.0)
            return 0;
        n_ready = poll(&ready, 1, left < 1e3 ? (int)(left * 1e3) + 1 : 1000000);
        if (n_ready <= 0)
            continue;
        got = read(pipe_end, (char *)answer + n, sizeof *answer - n);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return 0;
        n += got > 0 ? (size_t)got : 0;
    }
    answer->text[sizeof answer->text - 1] = '\0';
    return 1;
}

/* how the child ended; -1: nobody knows */
static int await(pid_t child)
{
    int how;

    while (waitpid(child, &how, 0) < 0)
        if (errno != EINTR)
            return -1;
    return how;
}

/* the child has gone without an answer */
static int judge_death(const struct pn_child *child, int how, int is_late)
{
    int by = how != -1 && WIFSIGNALED(how) ? WTERMSIG(how) : 0;

    if (by == SIGPIPE)
        return PN_FAIL(PN_ERR_IO, "cannot write to the output: nobody reads it");
    if (is_late || by == SIGXCPU || (by == SIGKILL && child->per_byte > 0.0))
        return PN_FAIL(PN_ERR_INPUT, "%s is damaged: reading it does not come to an end",
                       child->files);
    if (child->is_quiet)
        return PN_FAIL(PN_ERR_INPUT, "%s is damaged: HDF5 does not survive reading it",
                       child->files);
    return PN_FAIL(PN_ERR_INPUT, "%s is damaged: reading it ended by signal %d",
                   child->files, by);
}

/* @param[out] was_killed  by somebody else: that says nothing of the file */
static int hear(const struct pn_child *child, pid_t pid, double budget, int pipe_end,
                int *was_killed)
{
    double seconds = child->is_quiet ? budget + WAITING : 1e9;
    double end = pn_seconds() + seconds;
    struct answer answer;
    int is_whole = listen_to(pipe_end, seconds, &answer), is_late = 0, how;

    if (!is_whole && pn_seconds() >= end) {
        kill(pid, SIGKILL);
        is_late = 1;
    }
    how = await(pid);
    *was_killed = !is_whole && !is_late && how != -1 && WIFSIGNALED(how) &&
                  WTERMSIG(how) == SIGKILL;
    if (!is_whole)
        return judge_death(child, how, is_late);
    return answer.status == PN_OK ? PN_OK : PN_FAIL(answer.status, "%s", answer.text);
}

static int try_once(const struct pn_child *child, int *was_killed)
{
    double budget = budget_of(child);
    int ends[2], status;
    pid_t pid;

    *was_killed = 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot start a child to read %s: %s", child->files,
                       strerror(errno));
    fflush(NULL); /* or both would write what is held */
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work_and_exit(child, budget, ends[1]);
    }
    close(ends[1]);
    if (pid > 0)
        status = hear(child, pid, budget, ends[0], was_killed);
    else
        status = PN_FAIL(PN_ERR_IO, "cannot start a child to read %s: %s", child->files,
                         strerror(errno));
    close(ends[0]);
    return status;
}

int pn_child_work(const struct pn_child *child)
{
    int was_killed, status = try_once(child, &was_killed);

    /* twice: the system, for the memory that the file asks for */
    return was_killed && child->is_quiet ? try_once(child, &was_killed) : status;
}
