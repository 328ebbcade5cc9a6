/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma submit: check the study, write the job script beside the result, send it. */
#include "solver/cli/command_submit.h"

#include <stdio.h>
#include <stdlib.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/run/run_target.h"

/* The study is read before anybody waits in a queue for its first mistake.
 *  @return PN_OK; else what is wrong has been told */
static int check_study(const struct pn_submit *submit, struct pn_loaded *loaded)
{
    struct pn_selection selection = {.events = submit->events,
                                     .seed = (uint64_t)submit->seed};
    int status = PN_OK;

    *loaded = (struct pn_loaded){.study = NULL};
    if (submit->patients)
        status = pn_selection_parse(submit->patients, &selection);
    return status == PN_OK ? pn_cli_load(submit->study, &selection, 0, loaded) : status;
}

/* neither the result nor the script is a file that is read */
static int check_targets(const struct pn_submit *submit, const struct pn_study *study,
                         const struct pn_job_script *script)
{
    char *path = pn_format("%s/%s", script->folder, script->file);
    int status = path ? PN_OK : PN_ERR_MEMORY;

    PN_TRY(status);
    PN_TRY(pn_study_target_check("--out", submit->out, PN_TARGET_RESULT, study,
                                 submit->extend));
    PN_TRY(pn_study_target_check("the script", path, PN_TARGET_FILE, study,
                                 submit->template_file));
out:
    free(path);
    return status;
}

static int write_and_send(const struct pn_submit_request *r, const struct pn_study *study)
{
    struct pn_job_script script;
    int status;

    PN_TRY(pn_submit_make(&r->submit, study->name, &script));
    PN_TRY(check_targets(&r->submit, study, &script));
    PN_TRY(pn_submit_save(&r->submit, &script));
    fputs(script.text, stdout);
    if (r->send)
        status = pn_submit_send(&r->submit, &script);
    else
        fprintf(stderr, "pneuma: written to %s/%s\n", script.folder, script.file);
out:
    pn_job_script_free(&script);
    return status;
}

static int submit(struct pn_call *call)
{
    const struct pn_submit_request *r = call->request;
    struct pn_loaded loaded;
    int status = check_study(&r->submit, &loaded);

    call->told = status != PN_OK;
    if (status == PN_OK)
        status = write_and_send(r, loaded.study);
    pn_unload(&loaded);
    return status;
}

static void begin(void *request)
{
    ((struct pn_submit_request *)request)->submit.out = "results.h5";
}

static int check(const struct pn_call *call)
{
    struct pn_submit *submit = &((struct pn_submit_request *)call->request)->submit;

    if (submit->n_nodes > submit->n_ranks)
        return PN_FAIL(PN_ERR_USAGE, "--nodes %lld: more than --ranks %lld",
                       (long long)submit->n_nodes, (long long)submit->n_ranks);
    submit->study = call->word[0];
    return pn_submit_check_line("STUDY", submit->study);
}

const struct pn_command pn_command_submit = {
    "submit",
    "STUDY [options]",
    "the job script for a cluster, written or sent",
    pn_submit_rows,
    .after =
        "Checks the study, writes the job script beside the result, as FILE.sbatch or "
        "FILE.pbs, and prints it.  An attempt that ends with work left (time limit, "
        "preemption) is queued again and goes on where it stopped; so does the script "
        "when it is sent again.  pneuma check --cost tells how many ranks are "
        "sensible.  Scripts for PBS are written to its manual and have not been tried.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_submit_request),
    .begin = begin,
    .check = check,
    .run = submit,
};
