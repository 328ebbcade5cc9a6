/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --rerun-failed: the fine lives of a result are taken back into a journal, the others
 * are left to do, and the new result replaces the old one when it is whole.
 *
 * Order makes it safe: FOLDER/rerun names the old result by its hash, then comes the
 * journal, then the identity.  With an identity all is there and any start goes on;
 * without one all begins anew; when the result has another hash it was replaced. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/run/rerun_note.h"
#include "solver/run/salvage.h"
#include "solver/simulate/ladder.h"
#include "solver/text/digest.h"
#include "solver/text/yaml.h"

enum { PATH = 4200 };

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
    struct pn_study study = *run->loaded.study;
    struct pn_identity before = *was, now = *run->identity;
    char different[64];
    int same = 0;

    study.max_steps = budget_of(was->resolved);
    before.inputs = other_inputs(was->inputs);
    now.inputs = other_inputs(run->identity->inputs);
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
    const struct pn_study *study = run->loaded.study;
    size_t was = budget_of(earlier->was->resolved);

    if (study->max_steps < was)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s was made with max_steps %zu: --rerun-failed takes a larger "
                       "budget, no smaller one",
                       run->options.out, was);
    if (strcmp(study->method, "auto") == 0 && was < PN_PROBE_STEPS)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s was made with max_steps %zu, and with less than %d `method: "
                       "auto` may have chosen another method: discard it by --restart",
                       run->options.out, was, PN_PROBE_STEPS);
    earlier->budget = was;
    return PN_OK;
}

static int keeps_lives(const struct pn_study *study)
{
    return study->lives.lives == PN_KEEP_ALL;
}

static int judge_kept(const struct pn_run *run, const struct earlier *earlier)
{
    const struct pn_study *study = run->loaded.study;

    if (keeps_lives(study) || (study->design && earlier->budget == SIZE_MAX))
        return PN_OK;
    return PN_FAIL(PN_ERR_FOREIGN_RUN,
                   "%s keeps statistics in place of lives, so that nothing of it can be "
                   "used again%s: --restart simulates all",
                   run->options.out,
                   earlier->budget == SIZE_MAX ? "" : " with another budget");
}

static int open_earlier(const struct pn_run *run, struct earlier *earlier)
{
    char different[64], what[PATH];
    int status;

    *earlier = (struct earlier){.budget = SIZE_MAX};
    if (pn_result_open(run->options.out, &earlier->result) != PN_OK ||
        pn_identity_of_result(earlier->result, &earlier->was) != PN_OK)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s exists and is no result that can be read (%s): choose "
                       "another --out, or discard it by --restart",
                       run->options.out, pn_error_last()->text);
    snprintf(what, sizeof what, "%s is the result of another run", run->options.out);
    if (!pn_identity_same(earlier->was, run->identity, different, sizeof different)) {
        if (!is_same_but_budget(run, earlier->was))
            return pn_run_refuse(what, earlier->was, run->identity);
        PN_TRY(judge_budget(run, earlier));
    }
    PN_TRY(pn_salvage_count_failed(earlier->result, &earlier->n_failed));
out:
    return status;
}

/* --- the folder --- */

static int is_rerun_of(const struct pn_run *run, const char *sha256)
{
    struct pn_rerun rerun;
    int is = pn_rerun_read(run->folder, &rerun) == PN_OK && rerun.is_there &&
             strcmp(rerun.result, sha256) == 0;

    pn_rerun_free(&rerun);
    return is;
}

int pn_run_is_rerun(const struct pn_run *run)
{
    struct pn_rerun rerun;
    char sha256[65] = "";
    int is = pn_rerun_read(run->folder, &rerun) == PN_OK && rerun.is_there;

    /* the hash of a result costs a while: only where it is asked for */
    is = is && rerun.result[0] && pn_sha256_file(run->options.out, sha256) == PN_OK &&
         strcmp(rerun.result, sha256) == 0;
    pn_rerun_free(&rerun);
    return is;
}

/* What lies there may be of this rerun, or of the run that made the result. */
static int judge_remains(const struct pn_run *run, const struct earlier *earlier,
                         int *goes_on)
{
    struct pn_identity *there = NULL;
    char different[64], what[PATH];
    int status;

    *goes_on = 0;
    PN_TRY(pn_identity_read(run->folder, &there));
    if (!there)
        goto out;
    if (pn_identity_same(there, run->identity, different, sizeof different)) {
        *goes_on = is_rerun_of(run, run->replaced);
        goto out;
    }
    snprintf(what, sizeof what, "%s holds the unfinished run of something else",
             run->folder);
    if (!pn_identity_same(there, earlier->was, different, sizeof different))
        status = pn_run_refuse(what, there, run->identity);
out:
    pn_identity_free(&there);
    return status;
}

static int begin(const struct pn_run *run, const struct earlier *earlier)
{
    const struct pn_trial *trial = run->loaded.trial;
    struct pn_journal *journal = NULL;
    int status, closed;

    pn_run_clear_folder(run);
    PN_TRY(pn_rerun_write(run->folder, run->replaced));
    if (keeps_lives(run->loaded.study)) {
        PN_TRY(pn_journal_create(run->folder, 0, &run->key, trial->n_values, &journal));
        PN_TRY(pn_salvage(earlier->result, trial, earlier->budget, journal));
    }
out:
    closed = pn_journal_close(&journal);
    status = status == PN_OK ? closed : status;
    return status == PN_OK ? pn_identity_write(run->folder, run->identity) : status;
}

int pn_run_open_rerun(struct pn_run *run)
{
    struct earlier earlier;
    int status, goes_on;

    PN_TRY(open_earlier(run, &earlier));
    if (earlier.n_failed == 0) {
        status = pn_run_read_tally(earlier.result, &run->tally);
        run->finished = 1;
        goto out;
    }
    PN_TRY(judge_kept(run, &earlier));
    PN_TRY(pn_run_enter_folder(run));
    pn_run_remove_drafts(run);
    close_earlier(&earlier); /* another rerun may have ended just now: look again */
    PN_TRY(open_earlier(run, &earlier));
    PN_TRY(pn_sha256_file(run->options.out, run->replaced));
    PN_TRY(judge_remains(run, &earlier, &goes_on));
    if (!goes_on)
        PN_TRY(begin(run, &earlier));
    run->replaces = 1;
out:
    close_earlier(&earlier);
    return status;
}

int pn_run_forgive(const struct pn_run *run)
{
    struct pn_rerun rerun;
    int status = pn_rerun_read(run->folder, &rerun);

    if (status == PN_OK && !rerun.is_there) {
        pn_run_remove_notes(run); /* who was suspected gets another chance, too */
        status = pn_rerun_write(run->folder, "");
    }
    pn_rerun_free(&rerun);
    return status;
}

int pn_run_reuse_points(struct pn_run *run)
{
    int status = PN_OK;

    if (keeps_lives(run->loaded.study))
        return PN_OK;
    status = pn_reuse_open(run->options.out, run->loaded.trial, run->identity->program,
                           &run->reuse);
    if (status == PN_OK)
        status = pn_reuse_drop_failed(run->reuse);
    if (status != PN_OK)
        pn_cli_print_error();
    return pn_agree(run->cluster, status);
}
