/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder RESULT.run/: whose it is, what earlier attempts have left in it. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/hdf/draft.h"
#include "solver/run/rerun_note.h"
#include "solver/run/run_folder.h"

/* All files PATH + pattern; only the pattern's signs have a meaning. */
static void remove_all(const char *path, const char *pattern)
{
    char *name = calloc(2 * strlen(path) + strlen(pattern) + 1, 1);
    size_t n = 0;
    glob_t found;

    for (; name && *path; path++) {
        if (strchr("*?[]\\", *path))
            name[n++] = '\\';
        name[n++] = *path;
    }
    if (name)
        strcpy(name + n, pattern);
    if (name && glob(name, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            pn_remove(found.gl_pathv[i]);
        globfree(&found);
    }
    free(name);
}

void pn_run_remove_notes(const struct pn_run *run)
{
    remove_all(run->held.folder, "/" PN_NOTE_PREFIX "*" PN_NOTE_SUFFIX);
}

void pn_run_remove_drafts(const struct pn_run *run)
{
    remove_all(run->request.out, ".part[0-9]*");
}

void pn_run_remove_shards(const struct pn_run *run)
{
    remove_all(run->held.folder, "/shards");
    remove_all(run->held.folder, "/shard-*-of-*.done");
    remove_all(run->held.folder, "/lock-*-of-*");
    remove_all(run->held.folder, "/*.part[0-9]*");
    remove_all(run->held.folder, "/lock*.gone-*");
    remove_all(run->held.folder, "/" PN_RUN_SAMPLE);
}

void pn_run_clear_folder(const struct pn_run *run)
{
    remove_all(run->held.folder, "/journal-*.pnj");
    remove_all(run->held.folder, "/identity");
    remove_all(run->held.folder, "/" PN_RERUN_FILE);
    pn_run_remove_notes(run);
    pn_run_remove_shards(run);
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

    if (PN_RETRY(mkdir(run->held.folder, 0777)) == 0)
        return PN_OK;
    if (errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s%s", run->held.folder,
                       strerror(errno), advice(errno));
    if (stat(run->held.folder, &found) != 0 || !S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is there and is not a folder", run->held.folder);
    return PN_OK;
}

int pn_run_judge_folder(const struct pn_run *run, int may_begin)
{
    struct pn_identity *was = NULL;
    char *what =
        pn_format("%s holds the unfinished run of something else", run->held.folder);
    int status = what ? PN_OK : PN_ERR_MEMORY;

    PN_TRY(status);
    PN_TRY(pn_identity_read(run->held.folder, &was));
    if (was)
        status = pn_run_refuse(what, was, run->subject.identity);
    else if (may_begin)
        status = pn_identity_write(run->held.folder, run->subject.identity);
out:
    free(what);
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

/* --- journals and notes --- */

/* Tell what is simulated again, and why. */
static void name_bad_records(const struct pn_run *run)
{
    const struct pn_index *index = run->held.index;

    for (size_t i = 0; i < index->n_files; i++) {
        if (index->torn[i] > 0)
            pn_run_warn(run,
                        "%s: %zu torn or damaged record%s passed over and simulated "
                        "again",
                        index->file[i], index->torn[i], index->torn[i] == 1 ? "" : "s");
        if (index->foreign[i] > 0)
            pn_run_warn(run, "%s: %zu record%s of another run passed over",
                        index->file[i], index->foreign[i],
                        index->foreign[i] == 1 ? "" : "s");
    }
}

/* Those who are done since are suspected no more; those of other shards are theirs. */
static void drop_cleared_suspects(struct pn_run *run)
{
    struct pn_shard shard = run->request.shard;
    struct pn_suspects *s = &run->held.suspects;
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (run->held.index->in_file[s->suspect[i].job] < 0 &&
            pn_shard_of_job(shard.n, (int64_t)run->subject.n_all, s->suspect[i].job) ==
                shard.k)
            s->suspect[n++] = s->suspect[i];
    s->n = n;
}

static void name_suspects(const struct pn_run *run)
{
    size_t n = run->held.suspects.n;

    if (n > 0)
        pn_run_warn(run,
                    "an earlier attempt died with %zu li%s in hand: simulated one by one "
                    "now",
                    n, n == 1 ? "fe" : "ves");
}

static int is_named(const void *rerun, const char *journal)
{
    return pn_rerun_names(rerun, journal);
}

int pn_run_read_index(const struct pn_run *run, const struct pn_index *known,
                      struct pn_index **index)
{
    struct pn_rerun rerun;
    const struct pn_index_rule rule = {.user = &rerun, .drops_failures = is_named};
    int status = pn_rerun_read(run->held.folder, &rerun);

    if (status == PN_OK)
        status = pn_index_read_again(known, run->held.folder, &run->subject.key,
                                     pn_run_trial(run), &rule, index);
    pn_rerun_free(&rerun);
    return status;
}

int pn_run_read_journals(struct pn_run *run)
{
    int status;

    PN_TRY(pn_run_read_index(run, NULL, &run->held.index));
    PN_TRY(pn_suspects_read(run->held.folder, &run->subject.key, run->subject.n_all,
                            &run->held.suspects));
    drop_cleared_suspects(run);
    if (pn_cluster_rank(run->cluster) == 0) {
        name_bad_records(run);
        name_suspects(run);
    }
out:
    return status;
}
