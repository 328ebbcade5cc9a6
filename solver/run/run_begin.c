/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a run: what is asked, which study, whose run; and the end of all that
 * was held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/version.h"
#include "solver/run/key.h"
#include "solver/run/run_internal.h"

void pn_run_request_init(struct pn_run_request *request)
{
    *request = (struct pn_run_request){
        .shard = {1, 1},
          .max_failed = (double)NAN
    };
}

/* --- begin --- */

/* max_hours: as molecular dynamics has it, with a margin */
static void start_clock(struct pn_run *run)
{
    const double margin = 0.99;
    struct pn_run_state *state = &run->state;

    state->began = pn_seconds();
    state->ends = state->deadline = (double)INFINITY;
    if (run->request.max_hours > 0.0)
        state->ends = state->began + margin * 3600.0 * run->request.max_hours;
}

/* what provenance says of this process */
static int describe(struct pn_run *run)
{
    char host[256] = "";

    gethostname(host, sizeof host - 1);
    run->held.host = pn_format("%s", host);
    run->held.folder = pn_format("%s.run", run->request.out);
    pn_utc_now(run->held.started);
    pn_libraries(run->held.libraries, sizeof run->held.libraries);
    return run->held.host && run->held.folder ? PN_OK : PN_ERR_MEMORY;
}

int pn_run_begin(struct pn_run *run, const struct pn_run_request *request,
                 const struct pn_run_events *events)
{
    int status = PN_OK;

    *run = (struct pn_run){.request = *request, .cluster = request->cluster};
    if (events)
        run->events = *events;
    if (!run->request.command_line)
        run->request.command_line = "";
    run->state.alone = -1;
    if (!run->cluster)
        PN_TRY(pn_cluster_create_alone(&run->held.alone));
    if (!run->cluster)
        run->cluster = run->held.alone;
    pn_cluster_rewind(run->cluster);
    start_clock(run);
    if (request->out)
        PN_TRY(describe(run));
out:
    return status;
}

void pn_run_close(struct pn_run *run)
{
    struct pn_run_held *held = &run->held;

    pn_lock_release(&held->lock);
    pn_suspects_free(&held->suspects);
    pn_index_free(&held->index);
    pn_reuse_close(&held->reuse);
    pn_cluster_free(&held->alone);
    free(held->folder);
    free(held->host);
    pn_identity_free(&run->subject.identity);
    free(run->subject.resolved);
    pn_unload(&run->subject.own);
    *run = (struct pn_run){.cluster = NULL};
}

/* --- the study --- */

/* On every rank; rank 0 tells what is wrong with the files, or may be. */
static int load(struct pn_run *run)
{
    struct pn_complaints list = {.n = 0};
    struct pn_run_subject *subject = &run->subject;
    int status = PN_OK;

    subject->loaded = run->request.loaded;
    if (!subject->loaded) {
        status = pn_load(run->request.study, run->request.text, &run->request.selection,
                         &list, &subject->own);
        subject->loaded = &subject->own;
    }
    if ((list.n > 0 || list.n_warnings > 0) && pn_cluster_rank(run->cluster) == 0 &&
        run->events.complaints)
        run->events.complaints(run->events.user, &list);
    if (list.n == 0 || status == PN_OK)
        return pn_run_agree_alike(run, status);
    return pn_agree(run->cluster, PN_FAIL(status, "%s", list.kept[0].text));
}

static int identify(struct pn_run *run)
{
    struct pn_run_subject *subject = &run->subject;
    const struct pn_loaded *loaded = subject->loaded;
    int status;

    PN_TRY(pn_study_write(loaded->study, &subject->resolved));
    PN_TRY(pn_identity_make(loaded->study, subject->resolved, pn_version(), pn_revision(),
                            &subject->identity));
    status = pn_run_key_make(loaded->trial, subject->resolved, subject->identity->program,
                             &subject->key);
out:
    return status;
}

int pn_run_read(struct pn_run *run)
{
    int status;

    PN_TRY(load(run));
    run->subject.n_all = pn_trial_n_jobs(pn_run_trial(run));
    if (!run->request.out)
        return PN_OK;
    PN_TRY(pn_run_agree_alike(run, identify(run)));
    /* on every rank: each skips what is there */
    if (run->request.extend)
        PN_TRY(pn_run_agree_alike(
            run, pn_reuse_open(run->request.extend, pn_run_trial(run),
                               run->subject.identity->program, &run->held.reuse)));
out:
    return status;
}
