/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results from outside are read in a child: libhdf5 crashes or hangs on some files with
 * damaged metadata, and the user is to get a message. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
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

int pn_cli_probe(const char *path)
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

/* In the child: statuses are small negative numbers. */
static void work_and_exit(int (*work)(void *user), void *user)
{
    const struct rlimit none = {0, 0};
    int status;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setrlimit(RLIMIT_CORE, &none);
    status = work(user);
    if (status == PN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = PN_FAIL(PN_ERR_IO, "cannot write to the output");
    if (status != PN_OK && status != PN_ERR_DIFFERENT)
        pn_cli_print_error();
    fflush(stdout);
    _exit(-status);
}

int pn_cli_guarded(const char *const *path, size_t n, int (*work)(void *user), void *user)
{
    int status = PN_OK, how;
    pid_t child;

    for (size_t i = 0; i < n; i++)
        PN_TRY(pn_cli_probe(path[i]));
    fflush(NULL); /* or both would write what is held */
    child = fork();
    if (child == 0)
        work_and_exit(work, user);
    how = child > 0 ? await(child) : -1;
    if (how == -1)
        status = PN_FAIL(PN_ERR_LIBRARY, "cannot start a child to read %s", path[0]);
    else if (WIFEXITED(how))
        return -WEXITSTATUS(how); /* it has said why */
    else
        status =
            PN_FAIL(PN_ERR_INPUT, "%s%s%s is damaged: reading it ended by signal %d",
                    path[0], n > 1 ? " or " : "", n > 1 ? path[1] : "", WTERMSIG(how));
out:
    if (status != PN_OK)
        pn_cli_print_error();
    return status;
}
