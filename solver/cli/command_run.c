/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma run: the ranks join, the engine runs. */
#include "solver/cli/command_run.h"

#include "solver/base/status.h"
#include "solver/cluster/cluster.h"

int pn_cli_run(struct pn_call *call)
{
    const struct pn_run_options *options = call->request;
    struct pn_run_request request = options->request;
    struct pn_run_printer printer = {.quiet = options->quiet};
    const struct pn_run_events events = pn_run_print_events(&printer);
    int status;

    call->told = 1; /* by the events */
    request.study = call->word[0];
    request.command_line = call->line;
    pn_cluster_watch_signals();
    status = pn_cluster_create(&request.cluster);
    if (status == PN_OK)
        status = pn_run_execute(&request, &events, NULL);
    else if (pn_cluster_launched_rank() == 0)
        pn_cli_print_error();
    pn_cluster_free(&request.cluster);
    return status;
}
