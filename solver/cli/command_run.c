/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma run: read on every rank, agree, take jobs from the counter, agree, assemble on
 * rank 0. */
#include "solver/cli/command_run.h"
#include "solver/run/libraries.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "solver/base/status.h"

static int make_key(struct pn_run *run)
{
    int status = pn_identity_make(run->loaded.study, run->resolved, pn_version(),
                                  pn_revision(), &run->identity);

    if (status == PN_OK)
        status = pn_run_key_make(run->loaded.trial, run->resolved, run->identity->program,
                                 &run->key);
    return status;
}

/* On every rank: each skips what is there. */
static int open_reuse(struct pn_run *run)
{
    int status = pn_reuse_open(run->options.extend, run->loaded.trial,
                               run->identity->program, &run->reuse);

    if (status != PN_OK && (pn_cluster_rank(run->cluster) == 0 || status == PN_ERR_IO))
        pn_cli_print_error();
    return pn_agree(run->cluster, status);
}

int pn_run_load(struct pn_run *run)
{
    int rank = pn_cluster_rank(run->cluster), status;

    snprintf(run->folder, sizeof run->folder, "%s.run", run->options.out);
    status =
        pn_cli_load(run->options.study, &run->options.selection, rank != 0, &run->loaded);
    if (status == PN_OK)
        status = pn_study_write(run->loaded.study, &run->resolved);
    if (rank != 0 && status == PN_ERR_IO) /* a file that only this node cannot read */
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
    if (status == PN_OK)
        status = make_key(run);
    if (status == PN_OK && run->options.extend)
        status = open_reuse(run);
    return status;
}

/* Ranks agree here twice: after reading, and before the work. */
static int prepare(struct pn_run *run)
{
    int rank = pn_cluster_rank(run->cluster), status;

    PN_TRY(pn_run_load(run));
    status = rank == 0 ? pn_run_open_folder(run) : PN_OK;
    if (status != PN_OK)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
    if (status != PN_OK)
        return status;
    run->finished = (int)pn_cluster_share(run->cluster, run->finished);
    if (run->finished)
        return PN_OK;
    run->replaces = (int)pn_cluster_share(run->cluster, run->replaces);
    if (run->replaces)
        PN_TRY(pn_run_reuse_points(run));
    status = pn_run_read_journals(run);
    if (status != PN_OK && rank == 0)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
out:
    return status;
}

/* Rank 0 writes down that it begins. */
static int begin(struct pn_run *run)
{
    int status = pn_cluster_rank(run->cluster) == 0 ? pn_run_audit_start(run) : PN_OK;

    if (status != PN_OK)
        pn_cli_print_error();
    return pn_agree(run->cluster, status);
}

void pn_run_describe(struct pn_run *run, int argc, char **argv)
{
    size_t used = (size_t)snprintf(run->command_line, sizeof run->command_line, "pneuma");

    for (int i = 0; i < argc && used < sizeof run->command_line; i++)
        used += (size_t)snprintf(run->command_line + used,
                                 sizeof run->command_line - used, " %s", argv[i]);
    gethostname(run->host, sizeof run->host - 1);
    pn_utc_now(run->started);
    pn_libraries(run->libraries, sizeof run->libraries);
}

void pn_run_free(struct pn_run **run)
{
    if (!*run)
        return;
    pn_run_leave_folder(*run);
    pn_suspects_free(&(*run)->suspects);
    pn_identity_free(&(*run)->identity);
    pn_index_free(&(*run)->index);
    pn_reuse_close(&(*run)->reuse);
    pn_unload(&(*run)->loaded);
    pn_cluster_free(&(*run)->cluster);
    free((*run)->resolved);
    free(*run);
    *run = NULL;
}

int pn_cli_run(struct pn_call *call)
{
    struct pn_run *run = calloc(1, sizeof *run);
    int status = PN_OK;

    call->told = 1;
    if (!run) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        pn_cli_print_error();
        return status;
    }
    run->options = *(const struct pn_run_options *)call->request;
    run->options.study = call->word[0];
    pn_cluster_watch_signals();
    status = pn_cluster_create(&run->cluster);
    if (status != PN_OK) {
        if (pn_cluster_launched_rank() == 0)
            pn_cli_print_error();
        goto out;
    }
    pn_run_start_clock(run);
    pn_run_describe(run, call->argc, call->argv);
    PN_TRY(prepare(run));
    if (run->finished) {
        status = pn_cluster_rank(run->cluster) == 0 ? pn_run_tell_finished(run) : PN_OK;
        status = pn_agree(run->cluster, status);
        goto out;
    }
    PN_TRY(pn_run_limit(run));
    PN_TRY(begin(run));
    status = pn_run_simulate(run);
    if (status != PN_OK) { /* an error has ended all ranks already: this is a stop */
        if (pn_cluster_rank(run->cluster) == 0)
            pn_run_audit_end(run, "stop", status);
        if (pn_cluster_rank(run->cluster) == 0)
            fprintf(stderr,
                    "pneuma: stopped %s with work left: the same command goes on\n",
                    run->late ? "in time for --max-hours" : "on request");
        goto out;
    }
    if (pn_cluster_rank(run->cluster) == 0)
        status = pn_run_is_shard(run) ? pn_run_end_shard(run) : pn_run_assemble(run);
    if (status != PN_OK)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
out:
    pn_run_free(&run);
    return status;
}
