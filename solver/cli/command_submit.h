/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma submit: what its command line says. */
#ifndef PN_CLI_COMMAND_SUBMIT_H
#define PN_CLI_COMMAND_SUBMIT_H

#include "solver/cli/cli.h"
#include "solver/run/submit.h"

struct pn_submit_request {
    struct pn_submit submit;
    int send;
};

/** The options; the request is a struct pn_submit_request. */
extern const struct pn_option pn_submit_rows[];

/** One line without control characters.  @return PN_OK, PN_ERR_USAGE */
int pn_submit_check_line(const char *name, const char *text);

#endif
