/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder RESULT.run/: whose it is, what earlier attempts have left in it. */
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/run/rerun_note.h"

/* All files PATH + pattern; only the pattern's signs have a meaning. */
static void remove_all(const char *path, const char *pattern)
{
    char name[8400];
    size_t n = 0;
    glob_t found;

    for (; *path && n < sizeof name - 64; path++) {
        if (strchr("*?[]\\", *path))
            name[n++] = '\\';
        name[n++] = *path;
    }
    snprintf(name + n, sizeof name - n, "%s", pattern);
    if (glob(name, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
        globfree(&found);
    }
}

void pn_run_remove_notes(const struct pn_run *run)
{
    remove_all(run->folder, "/hand-*.pnh");
}

void pn_run_remove_drafts(const struct pn_run *run)
{
    remove_all(run->options.out, ".part[0-9]*");
}

void pn_run_forget_shards(const struct pn_run *run)
{
    remove_all(run->folder, "/shards");
    remove_all(run->folder, "/shard-*-of-*.done");
    remove_all(run->folder, "/lock-*-of-*");
    remove_all(run->folder, "/*.part[0-9]*");
    remove_all(run->folder, "/" PN_RUN_SAMPLE);
}

void pn_run_clear_folder(const struct pn_run *run)
{
    remove_all(run->folder, "/journal-*.pnj");
    remove_all(run->folder, "/identity");
    remove_all(run->folder, "/" PN_RERUN_FILE);
    pn_run_remove_notes(run);
    pn_run_forget_shards(run);
}

static void discard(const struct pn_run *run)
{
    unlink(run->options.out);
    pn_run_clear_folder(run);
}

int pn_run_refuse(const char *what, const struct pn_identity *was,
                  const struct pn_identity *is)
{
    char different[700];

    if (pn_identity_same(was, is, different, sizeof different))
        return PN_OK;
    return PN_FAIL(PN_ERR_FOREIGN_RUN,
                   "%s.  Changed: %s.  Choose another --out, or discard it by --restart",
                   what, different);
}

/* --- a result that is there already --- */

int pn_run_read_tally(const struct pn_result *result, struct pn_tally *tally)
{
    struct pn_cursor status_of = {.result = NULL}, steps_of = {.result = NULL};
    const void *at;
    int status;

    *tally = (struct pn_tally){.n_bytes = result->n_bytes};
    PN_TRY(pn_cursor_open(result, "status", 1, &status_of));
    if (pn_result_find(result, "n_steps"))
        PN_TRY(pn_cursor_open(result, "n_steps", 1, &steps_of));
    tally->n_jobs = status_of.column.n_rows;
    for (size_t i = 0; i < tally->n_jobs; i++) {
        int64_t one;

        PN_TRY(pn_cursor_row(&status_of, i, &at));
        one = *(const int64_t *)at;
        tally->n_ok += one == PN_OK;
        if (one > 0 && one < (int64_t)(sizeof tally->by_status / sizeof(size_t)))
            tally->by_status[one]++;
        if (!steps_of.result)
            continue;
        PN_TRY(pn_cursor_row(&steps_of, i, &at));
        tally->n_steps += *(const uint64_t *)at;
    }
out:
    pn_cursor_close(&status_of);
    pn_cursor_close(&steps_of);
    return status;
}

/* Is it what this command line would give?  Then there is nothing to do. */
static int judge_result(struct pn_run *run)
{
    struct pn_identity *was = NULL;
    struct pn_result *result = NULL;
    char what[4200];
    size_t n_missing;
    int status;

    snprintf(what, sizeof what, "%s is the result of another run", run->options.out);
    if (pn_result_open(run->options.out, &result) != PN_OK ||
        pn_identity_of_result(result, &was) != PN_OK) {
        status = PN_FAIL(PN_ERR_FOREIGN_RUN,
                         "%s exists and is no result that can be read (%s): choose "
                         "another --out, or discard it by --restart",
                         run->options.out, pn_error_last()->text);
        goto out;
    }
    PN_TRY(pn_run_refuse(what, was, run->identity));
    PN_TRY(pn_run_read_tally(result, &run->tally));
    n_missing = run->tally.by_status[PN_PATIENT_NOT_RUN];
    if (n_missing > 0)
        status =
            PN_FAIL(PN_ERR_FOREIGN_RUN, "%s lacks %zu lives: discard it by --restart",
                    run->options.out, n_missing);
    run->finished = 1;
out:
    pn_identity_free(&was);
    pn_result_close(&result);
    return status;
}

/* What an unfinished run leaves there is ours, and nobody else is at it. */
static int judge_litter(struct pn_run *run)
{
    struct pn_identity *was = NULL;
    char different[64];
    int status;

    PN_TRY(pn_identity_read(run->folder, &was));
    if (!was || !pn_identity_same(was, run->identity, different, sizeof different))
        goto out;
    if (pn_run_is_rerun(run)) /* which --rerun-failed goes on with */
        goto out;
    if (!run->lock)
        PN_TRY(pn_run_take_lock(run));
    run->untidy = 1;
out:
    pn_identity_free(&was);
    return status;
}

static int judge_finished(struct pn_run *run)
{
    int status;

    PN_TRY(judge_result(run));
    PN_TRY(judge_litter(run));
out:
    return status;
}

/* --- an unfinished run --- */

static const char *advice(int error)
{
    switch (error) {
    case ENOENT:
        return ": its folder does not exist (is it mounted here?)";
    case EROFS:
        return ": choose an --out that can be written";
    case ENOSPC:
    case EDQUOT:
        return ": free some space, then give the same command again";
    default:
        return "";
    }
}

static int make_folder(const struct pn_run *run)
{
    struct stat found;

    if (mkdir(run->folder, 0777) == 0)
        return PN_OK;
    if (errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s%s", run->folder,
                       strerror(errno), advice(errno));
    if (stat(run->folder, &found) != 0 || !S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is there and is not a folder", run->folder);
    return PN_OK;
}

/* The folder is that of this study, inputs and program, or becomes it. */
int pn_run_judge_folder(struct pn_run *run, int may_begin)
{
    struct pn_identity *was = NULL;
    char what[4200];
    int status;

    snprintf(what, sizeof what, "%s holds the unfinished run of something else",
             run->folder);
    PN_TRY(pn_identity_read(run->folder, &was));
    if (was)
        status = pn_run_refuse(what, was, run->identity);
    else if (may_begin)
        status = pn_identity_write(run->folder, run->identity);
out:
    pn_identity_free(&was);
    return status;
}

int pn_run_enter_folder(struct pn_run *run)
{
    int status;

    PN_TRY(make_folder(run));
    PN_TRY(pn_run_take_lock(run));
out:
    return status;
}

int pn_run_open_folder(struct pn_run *run)
{
    struct stat found;
    int status;

    if (stat(run->options.out, &found) == 0 && S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is a folder: --out names a file", run->options.out);
    if (!run->options.restart && lstat(run->options.out, &found) == 0)
        return run->options.rerun_failed ? pn_run_open_rerun(run) : judge_finished(run);
    PN_TRY(pn_run_enter_folder(run));
    if (run->options.restart)
        discard(run);
    else if (lstat(run->options.out, &found) == 0) /* just now, by another run */
        return judge_finished(run);
    if (!pn_run_is_shard(run))
        pn_run_remove_drafts(run);
    PN_TRY(pn_run_judge_folder(run, 1));
    if (pn_run_is_shard(run))
        PN_TRY(pn_run_join_shards(run));
    if (run->options.rerun_failed)
        PN_TRY(pn_run_forgive(run));
out:
    return status;
}

void pn_run_leave_folder(struct pn_run *run)
{
    pn_lock_release(&run->lock);
}

/* Tell what is simulated again, and why. */
static void name_bad_records(const struct pn_run *run)
{
    const struct pn_index *index = run->index;

    for (size_t i = 0; i < index->n_files && !run->options.quiet; i++) {
        if (index->torn[i] > 0)
            fprintf(stderr,
                    "pneuma: %s: %zu torn or damaged record%s passed over and simulated "
                    "again\n",
                    index->file[i], index->torn[i], index->torn[i] == 1 ? "" : "s");
        if (index->foreign[i] > 0)
            fprintf(stderr, "pneuma: %s: %zu record%s of another run passed over\n",
                    index->file[i], index->foreign[i], index->foreign[i] == 1 ? "" : "s");
    }
}

/* Those who are done since are suspected no more; those of other shards are theirs. */
static void acquit(struct pn_run *run)
{
    struct pn_shard shard = run->options.shard;
    int64_t n_jobs = (int64_t)run->index->n_jobs;
    struct pn_suspects *s = &run->suspects;
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (run->index->in_file[s->suspect[i].job] < 0 &&
            pn_shard_of_job(shard.n, n_jobs, s->suspect[i].job) == shard.k)
            s->suspect[n++] = s->suspect[i];
    s->n = n;
}

static void name_suspects(const struct pn_run *run)
{
    size_t n = run->suspects.n;

    if (n > 0 && !run->options.quiet)
        fprintf(stderr,
                "pneuma: an earlier attempt died with %zu li%s in hand: simulated one by "
                "one now\n",
                n, n == 1 ? "fe" : "ves");
}

int pn_run_read_journals(struct pn_run *run)
{
    int status = pn_index_read(run->folder, &run->key, run->loaded.trial, &run->index);

    if (status == PN_OK)
        status = pn_suspects_read(run->folder, &run->key,
                                  pn_trial_n_jobs(run->loaded.trial), &run->suspects);
    if (status == PN_OK)
        acquit(run);
    if (status == PN_OK && pn_cluster_rank(run->cluster) == 0) {
        name_bad_records(run);
        name_suspects(run);
    }
    return status;
}
