/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows and readers of values that several commands have. */
#ifndef PN_CLI_OPTION_SHARED_H
#define PN_CLI_OPTION_SHARED_H

#include "solver/cli/options.h"

/** --patients, --events, --seed, --strict: rows of struct pn_selection. */
extern const struct pn_option pn_selection_rows[];

/** "1%" or "0.01" to a double. */
int pn_take_share(const struct pn_option *option, const char *text, void *member);

#define PN_MAX_FAILED_SENTENCE                                                           \
    "more failed patients than this give exit code 3 (default: the study's, 1 %)"

#endif
