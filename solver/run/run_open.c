/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May this run begin or go on?  It depends on what lies there: a result, an unfinished
 * run, or nothing. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/run/run_folder.h"

/* --- a result that is there already --- */

static int refuse_unreadable(const struct pn_run *run)
{
    return PN_FAIL(PN_ERR_FOREIGN_RUN,
                   "%s exists and is no result that can be read (%s): choose another "
                   "--out, or discard it by --restart",
                   run->request.out, pn_error_last()->text);
}

/* Is it what this request would give?  Then there is nothing to do. */
static int judge_result(struct pn_run *run)
{
    const char *out = run->request.out;
    struct pn_identity *was = NULL;
    struct pn_result *result = NULL;
    char *what = pn_format("%s is the result of another run", out);
    size_t n_missing;
    int status = what ? PN_OK : PN_ERR_MEMORY;

    PN_TRY(status);
    if (pn_result_open(out, &result) != PN_OK ||
        pn_identity_of_result(result, &was) != PN_OK) {
        status = refuse_unreadable(run);
        goto out;
    }
    PN_TRY(pn_run_refuse(what, was, run->subject.identity));
    PN_TRY(pn_run_read_tally(result, &run->state.tally));
    n_missing = run->state.tally.by_status[PN_PATIENT_NOT_RUN];
    if (n_missing > 0)
        status = PN_FAIL(PN_ERR_FOREIGN_RUN,
                         "%s lacks %zu lives: discard it by --restart", out, n_missing);
    run->state.finished = 1;
out:
    free(what);
    pn_identity_free(&was);
    pn_result_close(&result);
    return status;
}

/* What an unfinished run has left there is ours, and nobody else is at it. */
static int judge_remains(struct pn_run *run)
{
    struct pn_identity *was = NULL;
    char different[64];
    int status;

    PN_TRY(pn_identity_read(run->held.folder, &was));
    if (!was ||
        !pn_identity_same(was, run->subject.identity, different, sizeof different))
        goto out;
    if (pn_run_is_rerun(run)) /* which --rerun-failed goes on with */
        goto out;
    if (!run->held.lock)
        PN_TRY(pn_run_take_lock(run));
    run->state.untidy = 1;
out:
    pn_identity_free(&was);
    return status;
}

static int judge_finished(struct pn_run *run)
{
    int status;

    PN_TRY(judge_result(run));
    PN_TRY(judge_remains(run));
out:
    return status;
}

/* --- all --- */

static void discard(const struct pn_run *run)
{
    unlink(run->request.out);
    pn_run_clear_folder(run);
}

int pn_run_open_folder(struct pn_run *run)
{
    const struct pn_run_request *request = &run->request;
    struct stat found;
    int status;

    if (stat(request->out, &found) == 0 && S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is a folder: --out names a file", request->out);
    if (!request->restart && lstat(request->out, &found) == 0)
        return request->rerun_failed ? pn_run_open_rerun(run) : judge_finished(run);
    PN_TRY(pn_run_enter_folder(run));
    if (request->restart)
        discard(run);
    else if (lstat(request->out, &found) == 0) /* just now, by another run */
        return judge_finished(run);
    if (!pn_run_is_shard(run))
        pn_run_remove_drafts(run);
    PN_TRY(pn_run_judge_folder(run, 1));
    if (pn_run_is_shard(run))
        PN_TRY(pn_run_join_shards(run));
    if (request->rerun_failed)
        PN_TRY(pn_run_drop_failures(run));
out:
    return status;
}
