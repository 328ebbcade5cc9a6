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

#include "solver/base/format.h"
#include "solver/hdf/draft.h"
#include "solver/run/run_folder.h"
#include "solver/run/shards_note.h"

int pn_run_is_shard(const struct pn_run *run)
{
    return run->request.shard.n > 1;
}

int pn_run_file_number(const struct pn_run *run)
{
    enum { RANKS = 10000 };

    return (int)(run->request.shard.k - 1) * RANKS + pn_cluster_rank(run->cluster);
}

/* --- locks --- */

static int look_at_folder(const struct pn_run *run)
{
    char *path = pn_format("%s/lock", run->held.folder);
    const char *const one[] = {path};
    int status = path ? pn_lock_look(one, 1) : PN_ERR_MEMORY;

    free(path);
    return status;
}

static int is_lock_of_shard(const struct dirent *entry)
{
    struct pn_shard shard;

    return pn_shard_of_name(entry->d_name, "lock-", &shard);
}

/* none of the shards is at work */
static int look_at_shards(const struct pn_run *run)
{
    struct dirent **entry = NULL;
    int n = scandir(run->held.folder, &entry, is_lock_of_shard, NULL);
    char **path = n >= 0 ? calloc((size_t)n + 1, sizeof *path) : NULL;
    int status = PN_OK;

    if (n < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", run->held.folder,
                       strerror(errno));
    for (int i = 0; i < n; i++) {
        if (path && !(path[i] = pn_format("%s/%s", run->held.folder, entry[i]->d_name)))
            status = PN_ERR_MEMORY;
        free(entry[i]);
    }
    free(entry);
    if (!path)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the locks of shards");
    if (status == PN_OK)
        status = pn_lock_look((const char *const *)path, n);
    for (int i = 0; path && i < n; i++)
        free(path[i]);
    free(path);
    return status;
}

int pn_run_take_lock(struct pn_run *run)
{
    const struct pn_shard shard = run->request.shard;
    const char *folder = run->held.folder;
    char *own = pn_run_is_shard(run) ? pn_format("%s/lock-%lld-of-%lld", folder,
                                                 (long long)shard.k, (long long)shard.n)
                                     : pn_format("%s/lock", folder);
    int status = own ? PN_OK : PN_ERR_MEMORY;

    PN_TRY(status);
    PN_TRY(pn_lock_take(own, &run->held.lock));
    status = pn_run_is_shard(run) ? look_at_folder(run) : look_at_shards(run);
    if (status != PN_OK)
        pn_lock_release(&run->held.lock);
out:
    free(own);
    return status;
}

/* --- the note of the shards --- */

int pn_run_join_shards(const struct pn_run *run)
{
    const struct pn_run_request *request = &run->request;
    const char *folder = run->held.folder;
    struct pn_shards_note there = {.n = 0};
    int status;

    if (!pn_shards_note_is_there(folder))
        return pn_shards_note_write(folder, request->shard.n, request->study,
                                    &request->selection, request->extend);
    status = pn_shards_note_read(folder, &there);
    if (status == PN_OK && there.n != request->shard.n)
        status = PN_FAIL(
            PN_ERR_FOREIGN_RUN,
            "%s is divided into %lld shards, not %lld: --shard K/%lld goes on, "
            "or a run without --shard does all that is left",
            folder, (long long)there.n, (long long)request->shard.n, (long long)there.n);
    pn_shards_note_free(&there);
    return status;
}

/* --- the end of a shard --- */

int pn_run_end_shard(const struct pn_run *run)
{
    struct pn_shard shard = run->request.shard;
    char *path = pn_format("%s/shard-%lld-of-%lld.done", run->held.folder,
                           (long long)shard.k, (long long)shard.n);
    int status = path ? pn_lock_check(run->held.lock) : PN_ERR_MEMORY;

    if (status == PN_OK)
        status = pn_draft_write(path, "", 0);
    free(path);
    pn_run_audit_end(run, status == PN_OK ? "shard" : "error", status);
    if (status == PN_OK)
        pn_run_tell_end(run, PN_RUN_SHARD, PN_OK);
    return status;
}
