/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One result of all shards, by whoever comes when they are done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/run/audit.h"
#include "solver/run/run_folder.h"
#include "solver/run/shards_note.h"
#include "solver/text/digest.h"

/* run.json is there, and of this result */
static int is_told(const struct pn_run *run)
{
    json_t *json = NULL;
    char sha256[65] = "";
    int is =
        pn_run_json_read(run->held.folder, &json) == PN_OK &&
        pn_sha256_file(run->request.out, sha256) == PN_OK &&
        strcmp(pn_json_text_of(json_object_get(json, "result"), "sha256"), sha256) == 0;

    json_decref(json);
    return is;
}

/* A merge that was killed in its last moment has left the identity of this result, and
 * perhaps more: nothing but traces, when run.json knows the result already. */
static int clear_traces(struct pn_run *run, const struct pn_result *result)
{
    struct pn_identity *was = NULL, *there = NULL;
    char different[64];
    int status;

    PN_TRY(pn_identity_of_result(result, &was));
    PN_TRY(pn_identity_read(run->held.folder, &there));
    if (!there || !pn_identity_same(there, was, different, sizeof different))
        goto out;
    PN_TRY(pn_run_take_lock(run));
    if (is_told(run)) {
        pn_run_remove_drafts(run);
        pn_run_clear_folder(run);
    }
    pn_lock_release(&run->held.lock);
out:
    pn_identity_free(&was);
    pn_identity_free(&there);
    return status;
}

/* No shards, but a result that is whole: another merge was first. */
static int judge_result(struct pn_run *run)
{
    struct pn_result *result = NULL;
    int status;

    if (access(run->request.out, F_OK) != 0)
        return PN_ERR_USAGE; /* the error record says that there are no shards */
    PN_TRY(pn_result_open(run->request.out, &result));
    PN_TRY(pn_run_read_tally(result, &run->state.tally));
    PN_TRY(clear_traces(run, result));
    pn_run_tell_end(run, PN_RUN_WAS_COMPLETE, PN_OK);
out:
    pn_result_close(&result);
    return status;
}

/* Who has left work, and how much of it: "3/8 (12 lives left), …". */
static void name_shards(const size_t *left, int64_t n_shards, FILE *stream)
{
    enum { NAMED = 8 };
    size_t n_missing = 0;

    for (int64_t k = 1; k <= n_shards; k++)
        if (left[k] > 0 && n_missing++ < NAMED)
            fprintf(stream, "%s%lld/%lld (%zu lives left)", n_missing > 1 ? ", " : "",
                    (long long)k, (long long)n_shards, left[k]);
    if (n_missing > NAMED)
        fputs(", …", stream);
}

static int name_missing(const struct pn_run *run, int64_t n_shards)
{
    int64_t n_all = (int64_t)run->subject.n_all;
    size_t *left = calloc((size_t)n_shards + 1, sizeof *left), n_text = 0;
    size_t n_missing = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &n_text);
    int status = PN_OK;

    if (!left || !stream) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (int64_t i = 0; i < n_all; i++)
        if (!pn_run_is_done(run, i))
            left[pn_shard_of_job(n_shards, n_all, i)]++;
    for (int64_t k = 1; k <= n_shards; k++)
        n_missing += left[k] > 0;
    name_shards(left, n_shards, stream);
    fflush(stream);
    if (n_missing > 0)
        status = PN_FAIL(PN_ERR_STOPPED, "%s: not done yet: shard%s %s", run->held.folder,
                         n_missing == 1 ? "" : "s", text ? text : "");
out:
    if (stream)
        fclose(stream);
    free(left);
    free(text);
    return status;
}

/* First without the lock, so that a shard that begins meanwhile meets nobody. */
static int read_and_judge(struct pn_run *run, int64_t n_shards)
{
    int status = PN_OK;

    pn_index_free(&run->held.index);
    pn_suspects_free(&run->held.suspects);
    PN_TRY(pn_run_judge_folder(run, 0));
    PN_TRY(pn_run_read_journals(run));
    PN_TRY(name_missing(run, n_shards));
out:
    return status;
}

static int take_lock(struct pn_run *run)
{
    int status = pn_run_take_lock(run);

    if (status != PN_ERR_FOREIGN_RUN)
        return status;
    return PN_FAIL(PN_ERR_STOPPED, "%s", pn_error_last()->text); /* who has it ends it */
}

/* the request becomes that of the shards */
static int read_note(struct pn_run *run, struct pn_shards_note *note)
{
    int status = pn_shards_note_read(run->held.folder, note);

    run->request.study = note->study;
    run->request.selection = note->selection;
    if (note->extend && *note->extend)
        run->request.extend = note->extend;
    return status;
}

static int merge(struct pn_run *run, int64_t n_shards)
{
    int status = pn_run_read(run);

    if (status != PN_OK) /* the reason has been told */
        return PN_FAIL(status, "the study of these shards cannot be read any more");
    if (access(run->request.out, F_OK) != 0)
        PN_TRY(read_and_judge(run, n_shards));
    PN_TRY(take_lock(run));
    if (access(run->request.out, F_OK) == 0) { /* of a merge that did not tidy up */
        PN_TRY(pn_run_open_folder(run));
        return pn_run_end_finished(run);
    }
    pn_run_remove_drafts(run);
    PN_TRY(read_and_judge(run, n_shards));
    PN_TRY(pn_run_audit_start(run));
    PN_TRY(pn_run_assemble(run));
out:
    return status;
}

int pn_run_merge(const struct pn_run_request *request, const struct pn_run_events *events,
                 struct pn_tally *tally)
{
    struct pn_run_request of_shards;
    struct pn_shards_note note = {.n = 0};
    struct pn_run run;
    int status;

    pn_run_request_init(&of_shards);
    of_shards.out = request->out;
    of_shards.max_failed = request->max_failed;
    of_shards.command_line = request->command_line;
    PN_TRY(pn_run_begin(&run, &of_shards, events));
    status = read_note(&run, &note);
    status = status == PN_ERR_USAGE ? judge_result(&run)
             : status == PN_OK      ? merge(&run, note.n)
                                    : status;
out:
    pn_run_tell_error(&run, status);
    if (tally)
        *tally = run.state.tally;
    pn_run_close(&run);
    pn_shards_note_free(&note);
    return status;
}
