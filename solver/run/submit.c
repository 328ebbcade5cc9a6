/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job: where its files are, its script beside the result, handed to the scheduler. */
#include "solver/run/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"

/* --- where things are --- */

static int out_of_memory(void)
{
    return PN_FAIL(PN_ERR_MEMORY, "out of memory for a job script");
}

static int absolute(const char *what, const char *path, char **out)
{
    *out = realpath(path, NULL);
    if (*out)
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot find the %s %s: %s", what, path, strerror(errno));
}

static int find_folder(const char *out, char **folder)
{
    char *copy = strdup(out); /* dirname writes into it */
    int status = copy ? absolute("folder", dirname(copy), folder) : out_of_memory();

    free(copy);
    return status;
}

/* the name of a job: what schedulers bear */
static void name_job(struct pn_job_script *script, const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";
    size_t n = 0;

    for (; *name && n < sizeof script->job - 1; name++)
        script->job[n++] = strchr(allowed, *name) ? *name : '-';
    script->job[n] = '\0';
}

static int place(const struct pn_submit *submit, struct pn_job_script *script)
{
    const char *slash = strrchr(submit->out, '/');
    const char *base = slash ? slash + 1 : submit->out;
    int status = PN_OK;

    PN_TRY(find_folder(submit->out, &script->folder));
    PN_TRY(absolute("study", submit->study, &script->study));
    if (submit->events)
        PN_TRY(absolute("event table", submit->events, &script->events));
    if (submit->extend)
        PN_TRY(absolute("earlier result", submit->extend, &script->extend));
    if (!*base)
        return PN_FAIL(PN_ERR_USAGE, "--out %s: expected a file", submit->out);
    script->result = strdup(base);
    if (asprintf(&script->file, "%s.%s", base,
                 submit->scheduler == PN_SLURM ? "sbatch" : "pbs") < 0)
        script->file = NULL;
    script->program = realpath("/proc/self/exe", NULL);
    if (!script->result || !script->file || !script->program)
        status = out_of_memory();
out:
    return status;
}

int pn_submit_make(const struct pn_submit *submit, const char *study_name,
                   struct pn_job_script *script)
{
    int status;

    *script = (struct pn_job_script){.text = NULL};
    name_job(script, submit->name ? submit->name : study_name);
    PN_TRY(place(submit, script));
    status = pn_submit_fill(submit, script);
out:
    return status;
}

void pn_job_script_free(struct pn_job_script *script)
{
    free(script->folder);
    free(script->result);
    free(script->file);
    free(script->study);
    free(script->program);
    free(script->events);
    free(script->extend);
    free(script->text);
    *script = (struct pn_job_script){.text = NULL};
}

/* --- the file --- */

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

/* unlike pn_draft_write: one that has come meanwhile stays */
static int write_file(const struct pn_job_script *script, const char *path, int replace)
{
    struct pn_draft draft = {0};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, script->text, script->n) != 0)
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    else
        status = pn_draft_commit(&draft, path, replace);
out:
    pn_draft_abandon(&draft);
    return status;
}

int pn_submit_save(const struct pn_submit *submit, const struct pn_job_script *script)
{
    char *path = NULL;
    int status = PN_OK;

    if (asprintf(&path, "%s/%s", script->folder, script->file) < 0)
        return out_of_memory();
    if (is_the_same(path, script->text, script->n))
        goto out;
    if (!submit->replace && access(path, F_OK) == 0)
        status = PN_FAIL(PN_ERR_FOREIGN_RUN,
                         "%s is there and is another script: send it as it is, or write "
                         "over it by --replace",
                         path);
    else
        status = write_file(script, path, submit->replace);
out:
    free(path);
    return status;
}

/* --- the scheduler --- */

/* In the child.  No shell: the command and its words go to execvp as they are. */
static void become(const struct pn_submit *submit, const struct pn_job_script *script)
{
    const char *words[6];
    char range[32];
    size_t n = 0;

    words[n++] = submit->scheduler == PN_SLURM ? "sbatch" : "qsub";
    snprintf(range, sizeof range, "1-%lld", (long long)submit->n_shards);
    if (submit->scheduler == PN_PBS && submit->n_shards) {
        words[n++] = "-J";
        words[n++] = range;
    }
    words[n++] = script->file;
    words[n] = NULL;
    if (chdir(script->folder) == 0)
        execvp(words[0], (char *const *)words);
    _exit(127);
}

int pn_submit_send(const struct pn_submit *submit, const struct pn_job_script *script)
{
    const char *command = submit->scheduler == PN_SLURM ? "sbatch" : "qsub";
    pid_t child;
    int ended;

    fflush(stdout);
    child = fork();
    if (child == 0)
        become(submit, script);
    while (child > 0 && waitpid(child, &ended, 0) < 0 && errno == EINTR)
        ;
    if (child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 0)
        return PN_OK;
    if (child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 127)
        return PN_FAIL(PN_ERR_IO, "there is no %s here: the script is %s/%s", command,
                       script->folder, script->file);
    return PN_FAIL(PN_ERR_IO, "%s did not take %s/%s", command, script->folder,
                   script->file);
}
