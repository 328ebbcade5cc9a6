/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading results of unknown origin in a child. */
#include "solver/result/guarded.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/result/field.h"

enum { PROBE_SECONDS = 60 }; /* of processor time */

/* In the child: open, list, close.  Quiet, because the parent tells what is wrong. */
static void open_and_exit(const char *path)
{
    const struct rlimit none = {0, 0}, seconds = {PROBE_SECONDS, PROBE_SECONDS};
    int fd = open("/dev/null", O_WRONLY);
    struct pn_result *result;
    struct pn_fields fields = {.n = 0};

    if (fd >= 0)
        dup2(fd, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &seconds);
    if (pn_result_open(path, &result) == PN_OK)
        pn_fields_list(result, &fields);
    pn_fields_free(&fields);
    pn_result_close(&result);
    _exit(0);
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

int pn_result_probe(const char *path)
{
    pid_t child = fork();
    int how;

    if (child == 0)
        open_and_exit(path);
    how = child > 0 ? await(child) : -1;
    if (how != -1 && !(WIFEXITED(how) && WEXITSTATUS(how) == 0))
        return PN_FAIL(PN_ERR_INPUT, "%s is damaged: HDF5 does not survive reading it",
                       path);
    return PN_OK;
}

/* In the child: its status is the exit code, why it failed goes through the pipe, which
 * holds more than an error record. */
static void work_and_exit(int (*work)(void *user), void *user, int pipe_end)
{
    const struct rlimit none = {0, 0};
    const char *text;
    int status;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setrlimit(RLIMIT_CORE, &none);
    status = work(user);
    if (status == PN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = PN_FAIL(PN_ERR_IO, "cannot write to the output");
    fflush(NULL);
    text = pn_error_last()->text;
    while (write(pipe_end, text, strlen(text)) < 0 && errno == EINTR)
        ;
    _exit(-status); /* statuses are small negative numbers */
}

/* what the child has said before it ended */
static void listen(int pipe_end, char *text, size_t size)
{
    size_t n = 0;
    ssize_t got;

    do {
        got = read(pipe_end, text + n, size - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && n < size - 1) || (got < 0 && errno == EINTR));
    text[n] = '\0';
}

static int start(int (*work)(void *user), void *user, int *pipe_end)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    fflush(NULL); /* or both would write what is held */
    child = fork();
    if (child == 0)
        work_and_exit(work, user, ends[1]);
    close(ends[1]);
    if (child > 0)
        *pipe_end = ends[0];
    else
        close(ends[0]);
    return child;
}

int pn_result_guarded(const char *const *path, size_t n, int (*work)(void *user),
                      void *user)
{
    char text[sizeof pn_error_last()->text] = "";
    int status = PN_OK, how = -1, pipe_end = -1;
    pid_t child;

    for (size_t i = 0; i < n; i++)
        PN_TRY(pn_result_probe(path[i]));
    child = start(work, user, &pipe_end);
    if (child > 0) {
        listen(pipe_end, text, sizeof text);
        close(pipe_end);
        how = await(child);
    }
    if (how == -1)
        status = PN_FAIL(PN_ERR_LIBRARY, "cannot start a child to read %s", path[0]);
    else if (WIFSIGNALED(how) && WTERMSIG(how) == SIGPIPE)
        status = PN_FAIL(PN_ERR_IO, "cannot write to the output: nobody reads it");
    else if (!WIFEXITED(how))
        status =
            PN_FAIL(PN_ERR_INPUT, "%s%s%s is damaged: reading it ended by signal %d",
                    path[0], n > 1 ? " or " : "", n > 1 ? path[1] : "", WTERMSIG(how));
    else if (WEXITSTATUS(how) != 0)
        status = PN_FAIL(-WEXITSTATUS(how), "%s", text);
out:
    return status;
}
