/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a qualification, and the program that is run there as a user runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/inspect/qualify_steps.h"

char *pn_qualify_path(const struct pn_qualification *test, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", test->folder, name) < 0 ? NULL : path;
}

int pn_qualify_write(const struct pn_qualification *test, const char *name,
                     const char *text)
{
    char *path = pn_qualify_path(test, name);
    FILE *file = path ? fopen(path, "we") : NULL;
    int good = file && fputs(text, file) >= 0, status = PN_OK;

    good = file && fclose(file) == 0 && good;
    if (!path)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    else if (!good)
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    free(path);
    return status;
}

/* what it says is kept beside its files */
static void say_to_log(void)
{
    int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0666);

    if (log >= 0) {
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
    }
}

/* It is a run of its own, whoever has started us. */
static void set_environment(const struct pn_program_run *run)
{
    static const char *const foreign[] = {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK",
                                          "PMI_RANK", "PMIX_RANK",
                                          "SLURM_STEP_NUM_TASKS"};

    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        unsetenv(foreign[i]);
    if (run->variable)
        putenv((char *)run->variable);
    if (run->launcher) { /* two ranks on any machine; as root it is the root's own */
        setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
    }
}

/* In the child. */
static void become(const struct pn_qualification *test, const struct pn_program_run *run)
{
    const char *words[16];
    size_t n = 0;

    if (run->launcher) {
        words[n++] = run->launcher;
        words[n++] = "-n";
        words[n++] = "2";
    }
    words[n++] = test->program;
    words[n++] = "run";
    words[n++] = run->study;
    words[n++] = "--out";
    words[n++] = run->result;
    words[n++] = "--quiet";
    words[n++] = "--max-failed";
    words[n++] = "0";
    words[n] = NULL;
    if (chdir(test->folder) == 0) {
        say_to_log();
        set_environment(run);
        execvp(words[0], (char *const *)words);
    }
    _exit(127);
}

int pn_qualify_run(const struct pn_qualification *test, const struct pn_program_run *run)
{
    pid_t child;
    int how;

    fflush(NULL);
    child = fork();
    if (child == 0)
        become(test, run);
    while (child > 0 && waitpid(child, &how, 0) < 0)
        if (errno != EINTR)
            return -1;
    return child > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}
