/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One life of a result again, from the study that the result holds, with
 * every step; then its numbers beside the result's. */
#include "solver/inspect/replay.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cohort/cohort.h"
#include "solver/inspect/whole_file.h"
#include "solver/result/field.h"
#include "solver/result/guard.h"
#include "solver/run/load.h"
#include "solver/run/run_target.h"
#include "solver/simulate/simulate.h"
#include "solver/text/csv_put.h"

struct replay {
    const struct pn_replay_options *options;
    struct pn_result *result;
    struct pn_loaded loaded;
    struct pn_job job;
    int64_t next; /* job; -1: no more */
    FILE *trace;
    const struct pn_system *system;
    struct pn_replayed *shown;
};

/* --- the study of the result --- */

static int differs(const struct pn_result *result, const char *name, const char *ours)
{
    char *theirs = pn_result_text(result, "provenance", name);
    int is_other = !theirs || strcmp(theirs, ours) != 0;

    free(theirs);
    return is_other;
}

static int is_other_program(const struct pn_result *result)
{
    return differs(result, "version", pn_version()) ||
           differs(result, "git_revision", pn_revision());
}

/* Where the study stood: the first of the inputs, or its name in the folder given. */
static char *place_of_study(const struct pn_replay_options *options, const char *inputs)
{
    enum { HASH = 66 }; /* and two blanks */
    size_t n = strcspn(inputs, "\n");
    char *path = n > HASH ? strndup(inputs + HASH, n - HASH) : strdup("study.yaml");
    const char *slash = path ? strrchr(path, '/') : NULL;
    char *moved = NULL;

    if (!path || !options->inputs)
        return path;
    if (asprintf(&moved, "%s/%s", options->inputs, slash ? slash + 1 : path) < 0)
        moved = NULL;
    free(path);
    return moved;
}

/* Tables are not in the result: each must be one that it was made from. */
static int check_inputs(const struct pn_study *study, const char *result,
                        const char *inputs)
{
    for (size_t i = 1; i < study->n_inputs; i++)
        if (!strstr(inputs, study->input[i].sha256))
            return PN_FAIL(PN_ERR_INPUT, "%s is not the file that %s was made from",
                           study->input[i].path, result);
    return PN_OK;
}

static int load(struct replay *r)
{
    char *resolved = NULL, *inputs = NULL, *path = NULL;
    struct pn_complaints *list = calloc(1, sizeof *list);
    struct pn_loaded *loaded = &r->loaded;
    int status;

    if (!list)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    PN_TRY(pn_result_whole_text(r->result, "provenance/resolved", &resolved));
    PN_TRY(pn_result_whole_text(r->result, "provenance/inputs", &inputs));
    path = place_of_study(r->options, inputs);
    if (!path) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(pn_units_create(&loaded->units));
    status = pn_study_read_text(path, resolved, loaded->units, list, &loaded->study);
    if (status == PN_OK)
        status = pn_trial_create(loaded->study, loaded->units, list, &loaded->trial);
    if (status == PN_ERR_INPUT && list->n > 0)
        status = PN_FAIL(PN_ERR_INPUT, "the study of %s cannot be read again: %.900s",
                         r->options->result, list->kept[0].text);
    if (status == PN_OK)
        status = check_inputs(loaded->study, r->options->result, inputs);
out:
    free(list);
    free(resolved);
    free(inputs);
    free(path);
    return status;
}

/* --- which life --- */

static int find_arm(struct replay *r)
{
    const struct pn_study *study = r->loaded.study;
    const char **names = calloc(study->n_arms + 1, sizeof *names), *nearest;
    int status = PN_ERR_USAGE;

    if (!names)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t a = 0; a < study->n_arms; a++) {
        names[a] = study->arm[a].name;
        if (r->options->arm ? strcmp(names[a], r->options->arm) == 0
                            : study->n_arms == 1) {
            r->job.arm = a;
            status = PN_OK;
        }
    }
    if (status != PN_OK && !r->options->arm)
        PN_FAIL(status, "%s has %zu arms: choose one by --arm, such as '%s'",
                r->options->result, study->n_arms, names[0]);
    if (status != PN_OK && r->options->arm) {
        nearest = pn_nearest(r->options->arm, names, study->n_arms);
        PN_FAIL(status, "%s has no arm '%s'%s%s%s", r->options->result, r->options->arm,
                nearest ? ": did you mean '" : "", nearest ? nearest : "",
                nearest ? "'?" : "");
    }
    free(names);
    return status;
}

static int find_job(struct replay *r)
{
    const struct pn_study *study = r->loaded.study;
    size_t n_points = r->loaded.trial->points->n, i = 0;
    int status;

    while (i < study->population.n_patients &&
           pn_cohort_id(&study->population, i) != r->options->patient)
        i++;
    if (i == study->population.n_patients)
        return PN_FAIL(PN_ERR_USAGE, "%s has no patient %" PRId64, r->options->result,
                       r->options->patient);
    r->job.patient = i;
    PN_TRY(find_arm(r));
    if (r->options->point > (int64_t)n_points ||
        (r->options->point == 0 && n_points > 1)) {
        status = PN_FAIL(PN_ERR_USAGE, "%s has %zu points: choose one by --point",
                         r->options->result, n_points);
        goto out;
    }
    r->job.point = r->options->point > 0 ? (size_t)r->options->point - 1 : 0;
    r->next = pn_trial_job_number(r->loaded.trial, r->job);
    r->system = r->loaded.trial->arm[r->job.arm].system;
out:
    return status;
}

/* --- the trace --- */

static void write_header(struct replay *r)
{
    fputs("try,method,event,number,TIME [h],STEP [h],amount,duration [h],compartment",
          r->trace);
    for (size_t i = 0; i < pn_system_n_states(r->system); i++) {
        struct pn_symbol symbol = pn_system_symbol(r->system, PN_STATE, i);
        char name[256];

        snprintf(name, sizeof name, "%s.%s [%s]", symbol.instance, symbol.row->name,
                 symbol.row->unit);
        putc(',', r->trace);
        pn_csv_put_text(r->trace, name);
    }
    putc('\n', r->trace);
}

static void write_event(void *user, const struct pn_trace_event *e)
{
    static const char *const kinds[] = {
        [PN_TRACE_TRY] = "try",           [PN_TRACE_STEP] = "step",
        [PN_TRACE_REJECTED] = "rejected", [PN_TRACE_STOP] = "stop",
        [PN_TRACE_DOSE] = "dose",         [PN_TRACE_VISIT] = "visit",
        [PN_TRACE_RULE] = "rule",         [PN_TRACE_END] = "end",
        [PN_TRACE_FAILED] = "failed",
    };
    struct replay *r = user;
    int is_step = e->kind == PN_TRACE_STEP || e->kind == PN_TRACE_REJECTED;
    int is_dose = e->kind == PN_TRACE_DOSE;
    const double number[] = {is_step ? e->h : (double)NAN,
                             is_dose ? e->amount : (double)NAN,
                             is_dose ? e->duration : (double)NAN,
                             is_dose ? (double)e->compartment : (double)NAN};

    fprintf(
        r->trace, "%d,%s,%s,", (int)e->life->n_tries, pn_ladder_names[e->life->method],
        e->kind == PN_TRACE_FAILED ? pn_status_name(e->life->status) : kinds[e->kind]);
    if (e->number > 0)
        fprintf(r->trace, "%zu", e->number);
    putc(',', r->trace);
    pn_csv_put_number(r->trace, e->t);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        putc(',', r->trace);
        if (!isnan(number[i]))
            pn_csv_put_number(r->trace, number[i]);
    }
    for (size_t i = 0; i < pn_system_n_states(r->system); i++) {
        putc(',', r->trace);
        pn_csv_put_number(r->trace, e->x[i]);
    }
    putc('\n', r->trace);
}

/* --- the life --- */

static int64_t next_job(void *user)
{
    struct replay *r = user;
    int64_t job = r->next;

    r->next = -1;
    return job;
}

static int job_done(void *user, const struct pn_life *life)
{
    struct replay *r = user;

    return pn_life_compare(r->result, r->loaded.trial, life, &r->shown->differences);
}

static int write_trace(void *user, FILE *stream)
{
    struct replay *r = user;
    const struct pn_trace trace = {.user = r, .event = write_event};
    const struct pn_job_calls calls = {
        .user = r, .next = next_job, .done = job_done, .trace = &trace};

    r->trace = stream;
    write_header(r);
    return pn_simulate(r->loaded.trial, &calls);
}

static int simulate(struct replay *r, FILE *stream)
{
    const struct pn_replay_options *options = r->options;
    int status;

    if (options->out) {
        PN_TRY(pn_study_target_check("--out", options->out, PN_TARGET_FILE,
                                     r->loaded.study, options->result));
        status = pn_whole_file(options->result, "--out", options->out, write_trace, r);
    } else {
        PN_TRY(write_trace(r, stream));
        status = pn_flush(stream, "the trace");
    }
out:
    return status;
}

int pn_replay(const struct pn_replay_options *options, FILE *trace,
              struct pn_replayed *shown)
{
    struct replay r = {.options = options, .shown = shown};
    int status;

    *shown = (struct pn_replayed){.arm = NULL};
    PN_TRY(pn_result_open(options->result, &r.result));
    shown->is_other_program = is_other_program(r.result);
    PN_TRY(load(&r));
    PN_TRY(find_job(&r));
    shown->arm = strdup(r.loaded.study->arm[r.job.arm].name);
    if (!shown->arm)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the name of an arm");
    if (status == PN_OK)
        PN_TRY(simulate(&r, trace));
    if (status == PN_OK && shown->differences.n > 0)
        status = PN_FAIL(PN_ERR_DIFFERENT, "the replay has other bits than %s",
                         options->result);
out:
    pn_unload(&r.loaded);
    pn_result_close(&r.result);
    return status;
}
