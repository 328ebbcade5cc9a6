/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result is there: can it be read, and what has led to it that is there still? */
#include <stdlib.h>
#include <string.h>

#include "solver/hdf/write_target.h"
#include "solver/run/rerun_note.h"
#include "solver/run/run_folder.h"
#include "solver/text/digest.h"

int pn_run_refuse_unreadable(const struct pn_run *run, int status)
{
    /* a damaged result is a bad file, a thesis under its name somebody else's; a disk
     * that cannot be read says nothing of either */
    if (status == PN_ERR_INPUT && !pn_target_was_result(run->request.out))
        status = PN_ERR_FOREIGN_RUN;
    return PN_FAIL(status,
                   "%s exists and is no result that can be read (%s): choose another "
                   "--out, or discard it by --restart",
                   run->request.out, pn_error_last()->text);
}

int pn_run_is_rerun(const struct pn_run *run)
{
    struct pn_rerun rerun;
    char sha256[65] = "";
    int is = pn_rerun_read(run->held.folder, &rerun) == PN_OK && rerun.is_there;

    /* the hash of a result costs a while: only where it is asked for */
    is = is && rerun.result[0] && pn_sha256_file(run->request.out, sha256) == PN_OK &&
         strcmp(rerun.result, sha256) == 0;
    pn_rerun_free(&rerun);
    return is;
}

int pn_run_judge_remains(struct pn_run *run)
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
