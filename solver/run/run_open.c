/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May this run begin or go on?  It depends on what lies there: a result, an unfinished
 * run, or nothing. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/hdf/draft.h"
#include "solver/run/run_folder.h"
#include "solver/run/run_target.h"

/* --- a result that is there already --- */

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
    status = pn_result_open(out, &result);
    if (status == PN_OK)
        status = pn_identity_of_result(result, &was);
    if (status != PN_OK) {
        status = pn_run_refuse_unreadable(run, status);
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

static int judge_finished(struct pn_run *run)
{
    int status;

    PN_TRY(judge_result(run));
    PN_TRY(pn_run_judge_remains(run));
out:
    return status;
}

/* --- all --- */

static void discard(const struct pn_run *run)
{
    pn_remove(run->request.out);
    pn_run_clear_folder(run);
}

int pn_run_open_folder(struct pn_run *run)
{
    const struct pn_run_request *request = &run->request;
    struct stat found;
    int status;

    if (stat(request->out, &found) == 0 && S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is a folder: --out names a file", request->out);
    PN_TRY(pn_study_target_check("--out", request->out, PN_TARGET_RESULT,
                                 pn_run_study(run), request->extend));
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
