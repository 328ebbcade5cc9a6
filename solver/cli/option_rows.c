/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of options, and rows that are included in them. */
#include "solver/cli/options.h"

int pn_options_each(const struct pn_option *rows, size_t at,
                    int (*visit)(const struct pn_option *option, size_t at, void *user),
                    void *user)
{
    int ended = 0;

    for (const struct pn_option *row = rows; row && row->name && !ended; row++)
        ended = row->kind == PN_AS_ROWS
                    ? pn_options_each(row->rows, at + row->at, visit, user)
                    : visit(row, at + row->at, user);
    return ended;
}

/* every command has it */
const struct pn_option pn_help_rows[] = {
    {"help", 'h', NULL, PN_AS_FLAG, .sentence = "this text"},
    {0 },
};
