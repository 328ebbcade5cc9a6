/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that fill the template of a job script.  What such a script must do, and
 * what schedulers do to it, is told in scripts/packaging/README.md; the names of the
 * values in scripts/templates/README.md.  tests/slurm runs these very scripts. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/run/submit.h"
#include "solver/text/template.h"

enum { VALUES_MOST = 40, TEMPLATE_BYTES = 1 << 20 };

/* values as they are added; one that has no text is "no value" */
struct values {
    struct pn_template_value value[VALUES_MOST];
    char *text[VALUES_MOST]; /* ours: what value[i].text points to */
    size_t n;
    int out_of_memory;
};

char *pn_shell_word(const char *text)
{
    char *word = malloc(4 * strlen(text) + 3), *end = word;

    if (!word)
        return NULL;
    *end++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            end = stpcpy(end, "'\\''");
        else
            *end++ = *text;
    }
    *end++ = '\'';
    *end = '\0';
    return word;
}

/* --- adding --- */

/* taken; NULL: no memory */
static void add(struct values *v, const char *name, char *text)
{
    v->out_of_memory |= !text;
    v->text[v->n] = text;
    v->value[v->n] = (struct pn_template_value){name, (const char *const *)&v->text[v->n],
                                                text ? 1 : 0};
    v->n++;
}

static void add_none(struct values *v, const char *name)
{
    v->value[v->n++] = (struct pn_template_value){.name = name};
}

static void add_text(struct values *v, const char *name, const char *text)
{
    if (text)
        add(v, name, strdup(text));
    else
        add_none(v, name);
}

static void add_word(struct values *v, const char *name, const char *text)
{
    add(v, name, pn_shell_word(text));
}

/* 0: no value */
static void add_number(struct values *v, const char *name, int64_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)number);
    add_text(v, name, number ? text : NULL);
}

/* "", or " --option 'value'" behind what is there; NULL: no memory */
static char *with_option(char *text, const char *option, const char *value)
{
    char *word, *longer = NULL;

    if (!text || !value)
        return text;
    word = pn_shell_word(value);
    if (!word || asprintf(&longer, "%s %s %s", text, option, word) < 0)
        longer = NULL;
    free(word);
    free(text);
    return longer;
}

/* --- the values --- */

/* Before the limit so much is left for stopping: schedulers may signal a minute late. */
static int64_t warning_s(int64_t limit_s)
{
    int64_t quarter = limit_s / 4;

    if (limit_s == 0)
        return 0;
    return quarter < 15 ? 15 : quarter > 120 ? 120 : quarter;
}

static void add_limits(struct values *v, const struct pn_submit *submit)
{
    long long s = (long long)submit->limit_s;
    char text[64];

    add_number(v, "MINUTES", (submit->limit_s + 59) / 60);
    add_number(v, "WARNING_S", warning_s(submit->limit_s));
    snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    add_text(v, "WALLTIME", s ? text : NULL);
    snprintf(text, sizeof text, " --max-hours %.4f", (double)s / 3600.0);
    add_text(v, "MAX_HOURS", s ? text : "");
}

static void add_resources(struct values *v, const struct pn_submit *submit)
{
    int64_t chunks = submit->n_nodes ? submit->n_nodes : 1;
    int64_t each = (submit->n_ranks + chunks - 1) / chunks;

    add_number(v, "RANKS", submit->n_ranks);
    add_number(v, "NODES", submit->n_nodes);
    add_number(v, "ARRAY", submit->n_shards);
    add_number(v, "CHUNKS", chunks);
    add_number(v, "RANKS_A_CHUNK", each);
    add_number(v, "MEMORY_MB", submit->memory_mb);
    add_number(v, "CHUNK_MEMORY_MB", submit->memory_mb * each);
}

static void add_site(struct values *v, const struct pn_submit *submit,
                     const struct pn_job_script *script)
{
    char text[64];

    add_text(v, "JOB", script->job);
    snprintf(text, sizeof text, "%.15s", script->job);
    add_text(v, "SHORT_JOB", text);
    add_text(v, "ACCOUNT", submit->account);
    add_text(v, "PARTITION", submit->partition);
    add_text(v, "MODULE", submit->module);
    snprintf(text, sizeof text, "mpirun -n %lld", (long long)submit->n_ranks);
    add_text(v, "LAUNCHER",
             submit->launcher                ? submit->launcher
             : submit->scheduler == PN_SLURM ? "srun --mpi=pmix"
                                             : text);
    v->value[v->n++] =
        (struct pn_template_value){"DIRECTIVES", submit->directive, submit->n_directives};
}

static void add_words(struct values *v, const struct pn_submit *submit,
                      const struct pn_job_script *script)
{
    char *run = strdup(""), *merge = strdup(""), seed[24];

    add_text(v, "VERSION", pn_version());
    add_word(v, "SCRIPT", script->file);
    add_word(v, "FOLDER", script->folder);
    add_word(v, "PROGRAM", submit->module ? "pneuma" : script->program);
    add_word(v, "STUDY", script->study);
    add_word(v, "RESULT", script->result);
    run = with_option(run, "--patients", submit->patients);
    run = with_option(run, "--events", script->events);
    snprintf(seed, sizeof seed, "%lld", (long long)submit->seed);
    run = with_option(run, "--seed", submit->seed > 0 ? seed : NULL);
    run = with_option(run, "--extend", script->extend);
    if (submit->n_shards) /* who assembles counts the failed */
        merge = with_option(merge, "--max-failed", submit->max_failed);
    else
        run = with_option(run, "--max-failed", submit->max_failed);
    add(v, "RUN_OPTIONS", run);
    add(v, "MERGE_OPTIONS", merge);
}

/* --- the template --- */

/* ../share/pneuma/templates from the program's folder: installed or built */
static char *usual_template(const struct pn_submit *submit,
                            const struct pn_job_script *script)
{
    const char *slash = strrchr(script->program, '/');
    char *path = NULL;

    if (asprintf(&path, "%.*s/../share/pneuma/templates/%s.sh.in",
                 slash ? (int)(slash - script->program) : 0, script->program,
                 submit->scheduler == PN_SLURM ? "slurm" : "pbs") < 0)
        return NULL;
    return path;
}

static int read_template(const char *path, char **text)
{
    FILE *file = fopen(path, "re");
    size_t n = 0;

    *text = NULL;
    if (!file)
        return PN_FAIL(PN_ERR_IO, "cannot read the template %s: %s", path,
                       strerror(errno));
    *text = malloc(TEMPLATE_BYTES + 1);
    errno = 0;
    if (*text)
        n = fread(*text, 1, TEMPLATE_BYTES, file);
    if (*text && ferror(file)) {
        fclose(file);
        return PN_FAIL(PN_ERR_IO, "cannot read the template %s: %s", path,
                       strerror(errno));
    }
    fclose(file);
    if (!*text)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a template");
    (*text)[n] = '\0';
    if (n == TEMPLATE_BYTES || strlen(*text) != n)
        return PN_FAIL(PN_ERR_INPUT, "%s is no template: %s", path,
                       n == TEMPLATE_BYTES ? "it is too long" : "it is no text");
    return PN_OK;
}

int pn_submit_fill(const struct pn_submit *submit, struct pn_job_script *script)
{
    struct values v = {.n = 0};
    char *text = NULL, *usual = NULL;
    const char *path = submit->template_file;
    int status = PN_OK;

    if (!path)
        path = usual = usual_template(submit, script);
    add_site(&v, submit, script);
    add_resources(&v, submit);
    add_limits(&v, submit);
    add_words(&v, submit, script);
    if (!path || v.out_of_memory) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a job script");
        goto out;
    }
    PN_TRY(read_template(path, &text));
    status = pn_template_fill(path, text, v.value, v.n, &script->text, &script->n);
out:
    for (size_t i = 0; i < v.n; i++)
        free(v.text[i]);
    free(text);
    free(usual);
    return status;
}
