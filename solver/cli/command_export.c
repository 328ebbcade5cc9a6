/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma export. */
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/export.h"
#include "solver/result/guarded.h"

#define AT(member) .at = offsetof(struct pn_export_options, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"csv", 0, "PLACE", PN_AS_TEXT, AT(csv),
     "a folder for a table of each set of dimensions, or FILE.csv for the one table of "
     "the datasets chosen; what is there is replaced", .must = 1, .is_target = 1},
    {"only", 0, "A,B", PN_AS_TEXT, AT(only), "these datasets only"},
    {0},
};
/* clang-format on */

static int check(const struct pn_call *call)
{
    const struct pn_export_options *options = call->request;

    return *options->csv
               ? PN_OK
               : PN_FAIL(PN_ERR_USAGE, "expected --csv FOLDER or --csv FILE.csv");
}

static int work(void *user)
{
    return pn_export(user, stdout);
}

static int export(struct pn_call *call)
{
    struct pn_export_options *options = call->request;

    options->result = call->word[0];
    return pn_result_guarded(call->word, 1, work, options);
}

const struct pn_command pn_command_export = {
    "export",
    "RESULT --csv FOLDER|FILE.csv [options]",
    "the result as tidy CSV, a file for each set of dimensions",
    rows,
    .after = "Tables of a folder:\n"
             "  patients.csv      what each patient was given\n"
             "  lives.csv         status and counts of each patient in each arm\n"
             "  trajectories.csv  outputs over time\n"
             "  visits.csv        outputs at visits\n"
             "  obs.csv           observations of an event table\n"
             "  doses.csv         doses that were delivered\n"
             "  and one for each curve and each other set\n"
             "\n"
             "CSV as in RFC 4180 (lines end with CR LF); a header's unit is behind its "
             "name, NAME [UNIT]; numbers read back as the same bits; missing is empty; "
             "flags such as status are words.  For NONMEM's form see pneuma table.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_export_options),
    .check = check,
    .run = export,
};
