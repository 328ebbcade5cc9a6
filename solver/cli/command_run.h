/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pneuma run and pneuma merge share: the request with its options, and printing. */
#ifndef PN_CLI_COMMAND_RUN_H
#define PN_CLI_COMMAND_RUN_H

#include "solver/cli/cli.h"
#include "solver/run/run.h"

struct pn_run_options {
    struct pn_run_request request;
    int quiet;
};

/** All defaults, into the request of a command. */
void pn_run_options_begin(void *request);

/** Where a run's news are printed. */
struct pn_run_printer {
    int quiet;
    int has_progress; /* it has begun */
    struct pn_progress progress;
};

/** Callbacks that print: errors and complaints to stderr, the summary to stdout.
 *  @param[in] printer  borrowed while the events are in use */
struct pn_run_events pn_run_print_events(struct pn_run_printer *printer);

#endif
