/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command line says is to be written is none of what it says is read. */
#ifndef PN_CLI_CALL_TARGETS_H
#define PN_CLI_CALL_TARGETS_H

#include "solver/cli/options.h"

/** An option of a command line, and its value. */
struct pn_said {
    const struct pn_option *option;
    const char *text;
};

/** Files that options and words name as targets may be written (hdf/write_target.h).
 *  @param[in] said  shape [n_said]: options that were given
 *  @return PN_OK, PN_ERR_USAGE (error record), PN_ERR_MEMORY */
int pn_call_check_targets(const struct pn_call *call, const struct pn_said *said,
                          size_t n_said);

#endif
