/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run has to say: to the callbacks, which may be NULL. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/run/run_internal.h"

int pn_run_tell_error(const struct pn_run *run, int status)
{
    if (status != PN_OK && run->events.error)
        run->events.error(run->events.user, status, pn_error_last()->text);
    return status;
}

static int agree(struct pn_run *run, int status)
{
    int worst = pn_agree(run->cluster, status);

    if (worst != status && status == PN_OK)
        return PN_FAIL(worst, "another rank failed: %s", pn_status_sentence(worst));
    return worst;
}

int pn_run_agree(struct pn_run *run, int status)
{
    return agree(run, pn_run_tell_error(run, status));
}

int pn_run_agree_alike(struct pn_run *run, int status)
{
    if (pn_cluster_rank(run->cluster) == 0 || status == PN_ERR_IO)
        pn_run_tell_error(run, status);
    return agree(run, status);
}

void pn_run_warn(const struct pn_run *run, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    if (!run->events.warning)
        return;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text)
        run->events.warning(run->events.user, text);
    free(text);
}

/* where points come from that are not simulated */
static const char *source_of_points(const struct pn_run *run)
{
    return run->state.replaces ? run->request.out : run->request.extend;
}

static size_t count_simulated(const struct pn_run *run)
{
    const struct pn_study *study = pn_run_study(run);
    size_t n = run->state.tally.n_jobs;

    if (run->held.index)
        n -= run->held.index->n_found;
    if (run->held.reuse)
        n -= run->held.reuse->n_reused * study->n_arms * study->population.n_patients;
    return n;
}

void pn_run_tell_end(const struct pn_run *run, enum pn_run_end end, int status)
{
    const struct pn_run_state *state = &run->state;
    const struct pn_run_held *held = &run->held;
    const struct pn_run_report report = {
        .end = end,
        .status = status,
        .trial = run->subject.loaded ? pn_run_trial(run) : NULL,
        .tally = &state->tally,
        .out = run->request.out ? run->request.out : "",
        .folder = held->folder ? held->folder : "",
        .shard = run->request.shard,
        .n_jobs = state->n_jobs,
        .n_found =
            end == PN_RUN_COMPLETE && held->index ? held->index->n_found : state->n_found,
        .n_points = held->reuse ? held->reuse->n_reused : 0,
        .points = held->reuse ? source_of_points(run) : "",
        .n_simulated = end == PN_RUN_COMPLETE ? count_simulated(run) : 0,
        .n_warnings = run->subject.loaded ? run->subject.loaded->n_warnings : 0,
        .replaces = state->replaces,
        .has_rerun = state->has_rerun,
        .late = state->late,
        .n_ranks = pn_cluster_n_ranks(run->cluster),
        .seconds = state->seconds,
        .busy = state->busy,
    };

    if (run->events.ended)
        run->events.ended(run->events.user, &report);
}
