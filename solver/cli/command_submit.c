/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma submit: check the study, write the job script beside the result, send it. */
#include "solver/cli/command_submit.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"

/* --- where things are --- */

static int absolute(const char *what, const char *path, char out[4096])
{
    if (realpath(path, out))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot find the %s %s: %s", what, path, strerror(errno));
}

/* the name of a job: what schedulers bear */
static void name_job(struct pn_submit *submit, const char *name)
{
    size_t n = 0;

    for (; *name && n < sizeof submit->job - 1; name++)
        submit->job[n++] = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-",
                                  *name)
                               ? *name
                               : '-';
    submit->job[n] = '\0';
}

static int place(struct pn_submit *submit)
{
    char copy[4096];
    const char *base;
    ssize_t n;
    int status = PN_OK;

    if (strlen(submit->out) >= sizeof copy - 16)
        return PN_FAIL(PN_ERR_USAGE, "--out: its path is too long");
    strcpy(copy, submit->out);
    PN_TRY(absolute("folder", dirname(copy), submit->folder));
    PN_TRY(absolute("study", submit->study, submit->study_path));
    if (submit->events)
        PN_TRY(absolute("event table", submit->events, submit->events_path));
    if (submit->extend)
        PN_TRY(absolute("earlier result", submit->extend, submit->extend_path));
    base = strrchr(submit->out, '/');
    snprintf(submit->result, sizeof submit->result, "%s", base ? base + 1 : submit->out);
    if (!*submit->result)
        return PN_FAIL(PN_ERR_USAGE, "--out %s: expected a file", submit->out);
    snprintf(submit->script, sizeof submit->script, "%s.%s", submit->result,
             submit->scheduler == PN_SLURM ? "sbatch" : "pbs");
    n = readlink("/proc/self/exe", submit->program, sizeof submit->program - 1);
    submit->program[n > 0 ? n : 0] = '\0';
    if (n <= 0)
        strcpy(submit->program, "pneuma");
out:
    return status;
}

/* --- the script --- */

static int make_text(const struct pn_submit *submit, char **text, size_t *n)
{
    FILE *stream = open_memstream(text, n);

    if (!stream)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    pn_submit_write(submit, stream);
    return fclose(stream) == 0 ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory");
}

static int is_the_same(const char *path, const char *text, size_t n)
{
    FILE *file = fopen(path, "rb");
    size_t i = 0;
    int c = EOF;

    while (file && (c = fgetc(file)) != EOF && i < n && c == (unsigned char)text[i])
        i++;
    if (file)
        fclose(file);
    return file && i == n && c == EOF;
}

/* A script that a user has changed is his. */
static int save(const struct pn_submit *submit, const char *text, size_t n)
{
    struct pn_draft draft = {0};
    int status = PN_OK;

    if (is_the_same(submit->script, text, n))
        return PN_OK;
    if (!submit->replace && access(submit->script, F_OK) == 0)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s/%s is there and is another script: send it as it is, or write "
                       "over it by --replace",
                       submit->folder, submit->script);
    PN_TRY(pn_draft_begin(submit->script, &draft));
    if (pn_write_all(draft.fd, text, n) != 0) {
        status =
            PN_FAIL(PN_ERR_IO, "cannot write %s: %s", submit->script, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, submit->script, submit->replace));
out:
    pn_draft_abandon(&draft);
    return status;
}

/* No shell: the command and its words go to execvp as they are. */
static int hand_over(const struct pn_submit *submit)
{
    char range[32];
    const char *words[6];
    size_t n = 0;
    int ended;
    pid_t child;

    words[n++] = submit->scheduler == PN_SLURM ? "sbatch" : "qsub";
    snprintf(range, sizeof range, "1-%lld", (long long)submit->n_shards);
    if (submit->scheduler == PN_PBS && submit->n_shards) {
        words[n++] = "-J";
        words[n++] = range;
    }
    words[n++] = submit->script;
    words[n] = NULL;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        execvp(words[0], (char *const *)words);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &ended, 0) < 0 && errno == EINTR)
        ;
    if (child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 0)
        return PN_OK;
    if (child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 127)
        return PN_FAIL(PN_ERR_IO, "there is no %s here: the script is %s/%s", words[0],
                       submit->folder, submit->script);
    return PN_FAIL(PN_ERR_IO, "%s did not take %s/%s", words[0], submit->folder,
                   submit->script);
}

/* The study is read before anybody waits in a queue for its first mistake. */
static int check_study(struct pn_submit *submit)
{
    struct pn_selection selection = {.events = submit->events};
    struct pn_loaded loaded;
    int status = PN_OK;

    if (submit->patients)
        status = pn_selection_parse(submit->patients, &selection);
    if (status == PN_OK) {
        status = pn_cli_load(submit->study, &selection, 0, &loaded);
        if (status == PN_OK)
            name_job(submit, submit->name ? submit->name : loaded.study->name);
        pn_unload(&loaded);
    }
    return status;
}

static int write_and_send(struct pn_submit *submit)
{
    char *text = NULL;
    size_t n = 0;
    int status = PN_OK;

    PN_TRY(place(submit));
    PN_TRY(make_text(submit, &text, &n));
    if (chdir(submit->folder) != 0) {
        status =
            PN_FAIL(PN_ERR_IO, "cannot enter %s: %s", submit->folder, strerror(errno));
        goto out;
    }
    PN_TRY(save(submit, text, n));
    fputs(text, stdout);
    if (submit->submit)
        PN_TRY(hand_over(submit));
    else
        fprintf(stderr, "pneuma: written to %s/%s\n", submit->folder, submit->script);
out:
    free(text);
    return status;
}

int pn_cli_submit(struct pn_call *call)
{
    struct pn_submit *submit = call->request;
    int status = check_study(submit); /* which prints what is wrong with it */

    call->told = status != PN_OK;
    return status == PN_OK ? write_and_send(submit) : status;
}
