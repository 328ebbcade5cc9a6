/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of --rerun-failed: the fine lives of a result are taken back into a journal,
 * the others are left to do, and the new result replaces the old one when it is whole.
 *
 * Order makes it safe: FOLDER/rerun names the old result by its hash, then comes the
 * journal, then the identity.  With an identity all is there and any start goes on;
 * without one all begins anew; when the result has another hash it was replaced. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/format.h"
#include "solver/base/methods.h"
#include "solver/run/rerun_note.h"
#include "solver/run/run_folder.h"
#include "solver/run/salvage.h"
#include "solver/simulate/ladder.h"
#include "solver/text/digest.h"
#include "solver/text/yaml.h"

/* an opened result, whose it was, and what of it stands */
struct earlier {
    struct pn_result *result;
    struct pn_identity *was;
    size_t budget; /* lives that took fewer steps stand; SIZE_MAX: all do */
    size_t n_failed;
};

static void close_earlier(struct earlier *earlier)
{
    pn_identity_free(&earlier->was);
    pn_result_close(&earlier->result);
}

/* --- what may be different: the budget --- */

/* max_steps of a resolved study; 0: not found */
static size_t budget_of(const char *resolved)
{
    struct pn_complaints list = {.n = 0};
    struct pn_arena arena = {.last = NULL};
    const struct pn_yaml *map =
        pn_yaml_parse(resolved, strlen(resolved), "resolved", &arena, &list);
    const struct pn_yaml *node = NULL;
    size_t budget;

    map = map && map->kind == PN_YAML_MAP ? pn_yaml_get(map, "solver") : NULL;
    if (map && map->kind == PN_YAML_MAP)
        node = pn_yaml_get(map, "max_steps");
    budget = node && node->kind == PN_YAML_TEXT ? strtoull(node->text, NULL, 10) : 0;
    pn_arena_free(&arena);
    return budget;
}

/* behind the line of the study itself, whose text is another when its budget is */
static char *other_inputs(const char *inputs)
{
    const char *end = strchr(inputs, '\n');

    return strdup(end ? end + 1 : "");
}

/* 1: it is the same run with another budget; 0: it is not, or memory is short */
static int is_same_but_budget(const struct pn_run *run, const struct pn_identity *was)
{
    struct pn_study study = *pn_run_study(run);
    struct pn_identity before = *was, now = *run->subject.identity;
    char different[64];
    int same = 0;

    study.max_steps = budget_of(was->resolved);
    before.inputs = other_inputs(was->inputs);
    now.inputs = other_inputs(run->subject.identity->inputs);
    now.resolved = NULL;
    if (before.inputs && now.inputs && pn_study_write(&study, &now.resolved) == PN_OK)
        same = pn_identity_same(&before, &now, different, sizeof different);
    free(before.inputs);
    free(now.inputs);
    free(now.resolved);
    return same;
}

/* Lives that did not come near the old budget are the same with a larger one, if those
 * who chose the method did not meet it either. */
static int judge_budget(const struct pn_run *run, struct earlier *earlier)
{
    const struct pn_study *study = pn_run_study(run);
    size_t was = budget_of(earlier->was->resolved);

    if (study->max_steps < was)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s was made with max_steps %zu: --rerun-failed takes a larger "
                       "budget, no smaller one",
                       run->request.out, was);
    if (strcmp(study->method, PN_METHOD_AUTO) == 0 && was < PN_PROBE_STEPS)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s was made with max_steps %zu, and with less than %d `method: "
                       "auto` may have chosen another method: discard it by --restart",
                       run->request.out, was, PN_PROBE_STEPS);
    earlier->budget = was;
    return PN_OK;
}

static int keeps_lives(const struct pn_study *study)
{
    return study->lives.lives == PN_KEEP_ALL;
}

static int judge_kept(const struct pn_run *run, const struct earlier *earlier)
{
    const struct pn_study *study = pn_run_study(run);

    if (keeps_lives(study) || (study->design && earlier->budget == SIZE_MAX))
        return PN_OK;
    return PN_FAIL(PN_ERR_FOREIGN_RUN,
                   "%s keeps statistics in place of lives, so that nothing of it can be "
                   "used again%s: --restart simulates all",
                   run->request.out,
                   earlier->budget == SIZE_MAX ? "" : " with another budget");
}

/* The result is of this run, or of one with a smaller budget. */
static int judge_identity(const struct pn_run *run, struct earlier *earlier)
{
    char different[64], *what;
    int status;

    if (pn_identity_same(earlier->was, run->subject.identity, different,
                         sizeof different))
        return PN_OK;
    if (is_same_but_budget(run, earlier->was))
        return judge_budget(run, earlier);
    what = pn_format("%s is the result of another run", run->request.out);
    status =
        what ? pn_run_refuse(what, earlier->was, run->subject.identity) : PN_ERR_MEMORY;
    free(what);
    return status;
}

static int open_earlier(const struct pn_run *run, struct earlier *earlier)
{
    int status;

    *earlier = (struct earlier){.budget = SIZE_MAX};
    status = pn_result_open(run->request.out, &earlier->result);
    if (status == PN_OK)
        status = pn_identity_of_result(earlier->result, &earlier->was);
    if (status != PN_OK)
        return pn_run_refuse_unreadable(run, status);
    PN_TRY(judge_identity(run, earlier));
    PN_TRY(pn_salvage_count_failed(earlier->result, &earlier->n_failed));
out:
    return status;
}

/* --- the folder --- */

static int is_rerun_of(const struct pn_run *run, const char *sha256)
{
    struct pn_rerun rerun;
    int is = pn_rerun_read(run->held.folder, &rerun) == PN_OK && rerun.is_there &&
             strcmp(rerun.result, sha256) == 0;

    pn_rerun_free(&rerun);
    return is;
}

/* What lies there may be of this rerun, or of the run that made the result. */
static int judge_there(const struct pn_run *run, const struct earlier *earlier,
                       int *goes_on)
{
    struct pn_identity *there = NULL;
    char different[64], *what = NULL;
    int status;

    *goes_on = 0;
    PN_TRY(pn_identity_read(run->held.folder, &there));
    if (!there)
        goto out;
    if (pn_identity_same(there, run->subject.identity, different, sizeof different)) {
        *goes_on = is_rerun_of(run, run->state.replaced);
        goto out;
    }
    if (pn_identity_same(there, earlier->was, different, sizeof different))
        goto out;
    what = pn_format("%s holds the unfinished run of something else", run->held.folder);
    status = what ? pn_run_refuse(what, there, run->subject.identity) : PN_ERR_MEMORY;
out:
    free(what);
    pn_identity_free(&there);
    return status;
}

static int begin(const struct pn_run *run, const struct earlier *earlier)
{
    const struct pn_trial *trial = pn_run_trial(run);
    struct pn_journal *journal = NULL;
    int status, closed;

    pn_run_clear_folder(run);
    PN_TRY(pn_rerun_write(run->held.folder, run->state.replaced));
    if (keeps_lives(pn_run_study(run))) {
        PN_TRY(pn_journal_create(run->held.folder, 0, &run->subject.key, trial->n_values,
                                 &journal));
        PN_TRY(pn_salvage(earlier->result, trial, earlier->budget, journal));
    }
out:
    closed = pn_journal_close(&journal);
    status = status == PN_OK ? closed : status;
    return status == PN_OK ? pn_identity_write(run->held.folder, run->subject.identity)
                           : status;
}

int pn_run_open_rerun(struct pn_run *run)
{
    struct earlier earlier;
    int status, goes_on;

    PN_TRY(open_earlier(run, &earlier));
    if (earlier.n_failed == 0) {
        status = pn_run_read_tally(earlier.result, &run->state.tally);
        run->state.finished = 1;
        if (status == PN_OK) /* perhaps a rerun was killed before it had tidied up */
            status = pn_run_judge_remains(run);
        goto out;
    }
    PN_TRY(judge_kept(run, &earlier));
    PN_TRY(pn_run_enter_folder(run));
    pn_run_remove_drafts(run);
    close_earlier(&earlier); /* another rerun may have ended just now: look again */
    PN_TRY(open_earlier(run, &earlier));
    PN_TRY(pn_sha256_file(run->request.out, run->state.replaced));
    PN_TRY(judge_there(run, &earlier, &goes_on));
    if (!goes_on)
        PN_TRY(begin(run, &earlier));
    run->state.replaces = 1;
out:
    close_earlier(&earlier);
    return status;
}

int pn_run_drop_failures(const struct pn_run *run)
{
    struct pn_rerun rerun;
    int status = pn_rerun_read(run->held.folder, &rerun);

    if (status == PN_OK && !rerun.is_there) {
        pn_run_remove_notes(run); /* who was suspected gets another chance, too */
        status = pn_rerun_write(run->held.folder, "");
    }
    pn_rerun_free(&rerun);
    return status;
}

int pn_run_reuse_points(struct pn_run *run)
{
    int status;

    if (keeps_lives(pn_run_study(run)))
        return PN_OK;
    status = pn_reuse_open(run->request.out, pn_run_trial(run),
                           run->subject.identity->program, &run->held.reuse);
    if (status == PN_OK)
        status = pn_reuse_drop_failed(run->held.reuse);
    return pn_run_agree_alike(run, status);
}
