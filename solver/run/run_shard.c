/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several runs in one folder, each a part of the study: --shard K/N.
 *
 * Every shard has a lock of its own; the lock of the folder belongs to who works on the
 * whole.  Both take their own first and look at the other's then, so at least one of two
 * that begin at once sees the other. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/hdf/draft.h"

enum { PATH = 4200 };

int pn_run_is_shard(const struct pn_run *run)
{
    return run->options.shard.n > 1;
}

int pn_run_file_number(const struct pn_run *run)
{
    enum { RANKS = 10000 };

    return (int)(run->options.shard.k - 1) * RANKS + pn_cluster_rank(run->cluster);
}

/* --- locks --- */

/* none of the shards is at work */
static int look_at_shards(const struct pn_run *run)
{
    DIR *folder = opendir(run->folder);
    struct dirent *entry;
    struct pn_shard shard;
    char path[PATH + 256];
    int status = PN_OK;

    if (!folder)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", run->folder,
                       strerror(errno));
    while (status == PN_OK && (entry = readdir(folder))) {
        if (!pn_shard_of_name(entry->d_name, "lock-", &shard))
            continue;
        snprintf(path, sizeof path, "%s/%s", run->folder, entry->d_name);
        status = pn_lock_look(path);
    }
    closedir(folder);
    return status;
}

int pn_run_take_lock(struct pn_run *run)
{
    char whole[PATH], own[PATH];
    int status = PN_OK;

    snprintf(whole, sizeof whole, "%s/lock", run->folder);
    snprintf(own, sizeof own, "%s/lock-%lld-of-%lld", run->folder,
             (long long)run->options.shard.k, (long long)run->options.shard.n);
    PN_TRY(pn_lock_take(pn_run_is_shard(run) ? own : whole, &run->lock));
    status = pn_run_is_shard(run) ? pn_lock_look(whole) : look_at_shards(run);
    if (status != PN_OK)
        pn_lock_release(&run->lock);
out:
    return status;
}

/* --- FOLDER/shards: "pneuma shards 1", then a line each: a word and its value --- */

static int write_all(const char *path, const char *text)
{
    struct pn_draft draft = {0};
    int status = PN_OK;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, strlen(text)) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, path, 1)); /* all shards write the same */
out:
    pn_draft_abandon(&draft);
    return status;
}

/* of the study's command line: from everywhere the same file */
static int absolute(const char *path, char out[4096])
{
    if (!path)
        return out[0] = '\0', PN_OK;
    if (!realpath(path, out))
        return PN_FAIL(PN_ERR_IO, "cannot find %s: %s", path, strerror(errno));
    return strchr(out, '\n') ? PN_FAIL(PN_ERR_USAGE, "%s: a line break in its name", out)
                             : PN_OK;
}

static int write_shards(const struct pn_run *run, const char *path)
{
    const struct pn_selection *selection = &run->options.selection;
    struct pn_run_paths at;
    char *text = NULL;
    int status = PN_OK;

    PN_TRY(absolute(run->options.study, at.study));
    PN_TRY(absolute(selection->events, at.events));
    PN_TRY(absolute(run->options.extend, at.extend));
    if (asprintf(&text,
                 "pneuma shards 1\nn %lld\nstudy %s\nevents %s\nextend %s\npatients "
                 "%zu:%zu\n",
                 (long long)run->options.shard.n, at.study, at.events, at.extend,
                 selection->first, selection->last) < 0) {
        text = NULL;
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(write_all(path, text));
out:
    free(text);
    return status;
}

/* the value of a line that begins with `word`; into `value` without its end */
static int read_line(FILE *file, const char *word, char value[4096])
{
    char line[4200], *end;
    size_t n = strlen(word);

    if (!fgets(line, sizeof line, file) || !(end = strchr(line, '\n')) ||
        strncmp(line, word, n) != 0 || line[n] != ' ' || strlen(line) - n - 1 >= 4096)
        return 0;
    *end = '\0';
    strcpy(value, line + n + 1);
    return 1;
}

int pn_run_read_shards(const char *folder, struct pn_run_paths *paths,
                       struct pn_run_options *options, int64_t *n_shards)
{
    char path[PATH], form[4096], n[4096], patients[4096], all[4200];
    struct pn_shard shard = {0, 0};
    FILE *file;
    int good;

    snprintf(path, sizeof path, "%s/shards", folder);
    file = fopen(path, "r");
    if (!file)
        return errno == ENOENT
                   ? PN_FAIL(PN_ERR_USAGE, "%s: no shards have run there", folder)
                   : PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    good = read_line(file, "pneuma", form) && strcmp(form, "shards 1") == 0 &&
           read_line(file, "n", n) && read_line(file, "study", paths->study) &&
           read_line(file, "events", paths->events) &&
           read_line(file, "extend", paths->extend) &&
           read_line(file, "patients", patients);
    fclose(file);
    if (good)
        good = snprintf(all, sizeof all, "1/%s", n) > 0 &&
               pn_shard_parse(all, &shard) == PN_OK &&
               (strcmp(patients, "0:0") == 0 ||
                pn_selection_parse(patients, &options->selection) == PN_OK);
    if (!good)
        return PN_FAIL(PN_ERR_INPUT, "%s is not what a shard of pneuma writes", path);
    options->study = paths->study;
    options->selection.events = *paths->events ? paths->events : NULL;
    options->extend = *paths->extend ? paths->extend : NULL;
    *n_shards = shard.n;
    return PN_OK;
}

int pn_run_join_shards(const struct pn_run *run)
{
    char path[PATH];
    struct pn_run_paths paths;
    struct pn_run_options there = {0};
    int64_t n = 0;
    int status;

    snprintf(path, sizeof path, "%s/shards", run->folder);
    if (access(path, F_OK) != 0)
        return write_shards(run, path);
    status = pn_run_read_shards(run->folder, &paths, &there, &n);
    if (status == PN_OK && n != run->options.shard.n)
        return PN_FAIL(
            PN_ERR_FOREIGN_RUN,
            "%s is divided into %lld shards, not %lld: --shard K/%lld goes on, "
            "or a run without --shard does all that is left",
            run->folder, (long long)n, (long long)run->options.shard.n, (long long)n);
    return status;
}

/* --- the end of a shard --- */

int pn_run_end_shard(const struct pn_run *run)
{
    struct pn_shard shard = run->options.shard;
    char path[PATH];
    int status;

    snprintf(path, sizeof path, "%s/shard-%lld-of-%lld.done", run->folder,
             (long long)shard.k, (long long)shard.n);
    status = write_all(path, "");
    pn_run_audit_end(run, status == PN_OK ? "shard" : "error", status);
    if (status != PN_OK || run->options.quiet)
        return status;
    printf("%s: shard %lld/%lld is done: %zu lives", run->loaded.study->name,
           (long long)shard.k, (long long)shard.n, run->n_jobs);
    if (run->n_found)
        printf(", %zu of them done before", run->n_found);
    printf("\n%.2f s on %d ranks; when all shards are done: pneuma merge %s\n",
           run->seconds, pn_cluster_n_ranks(run->cluster), run->options.out);
    return PN_OK;
}
