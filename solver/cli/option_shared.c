/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that several commands include. */
#include "solver/cli/option_shared.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/run/load.h"

static int take_patients(const struct pn_option *option, const char *text, void *member)
{
    (void)option;
    return pn_selection_parse(text, member);
}

/* clang-format off */
const struct pn_option pn_selection_rows[] = {
    {"patients", 0, "A:B", PN_AS_TAKEN, .at = 0,
     "only patients A to B, counted from 1, both included", .take = take_patients},
    {"events", 0, "FILE", PN_AS_TEXT, .at = offsetof(struct pn_selection, events),
     "an event table in NONMEM's form in place of the study's own"},
    {"seed", 0, "N", PN_AS_WHOLE, .at = offsetof(struct pn_selection, seed),
     "draws of this seed in place of the study's own", PN_FROM(1)},
    {"strict", 0, NULL, PN_AS_FLAG, .at = offsetof(struct pn_selection, strict),
     "what the study is warned of is an error"},
    {0},
};
/* clang-format on */

int pn_take_share(const struct pn_option *option, const char *text, void *member)
{
    double *share = member;
    char *end;

    *share = strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0) {
        *share /= 100.0;
        end++;
    }
    if (end != text && !*end && *share >= 0.0 && *share <= 1.0)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected a share such as 1%% or 0.01",
                   option->name, text);
}
