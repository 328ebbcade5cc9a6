/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma table. */
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/listing.h"
#include "solver/result/guarded.h"

struct request {
    struct pn_listing_options table;
    int csv;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"csv", 0, NULL, PN_AS_FLAG, AT(csv),
     "observations, delivered doses and other events, as pharmacometricians write them "
     "(default): ID TIME EVID AMT CMT DUR ARM IPRED DV MDV TAD …"},
    {"long", 0, NULL, PN_AS_FLAG, AT(table.lengthy),
     "every output, a row for each number: ID ARM TIME NAME VALUE UNIT"},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(table.out),
     "write there (an existing table is replaced; default: stdout)", .is_target = 1},
    {"signals", 0, "A,B", PN_AS_TEXT, AT(table.signals),
     "further columns of --csv; the outputs of --long"},
    {"ipred", 0, "NAME", PN_AS_TEXT, AT(table.ipred),
     "the predicted signal (default: the first drug's concentration)"},
    {"dv", 0, NULL, PN_AS_FLAG, AT(table.must_err),
     "refuse to write a table whose DV has no residual error"},
    {"lloq", 0, "LIMIT", PN_AS_TEXT, AT(table.lloq),
     "limit of quantification, such as 0.1 or '100 ng/L'"},
    {0},
};
/* clang-format on */

static int check(const struct pn_call *call)
{
    const struct request *r = call->request;

    if (r->table.lengthy &&
        (r->csv || r->table.ipred || r->table.must_err || r->table.lloq))
        return PN_FAIL(PN_ERR_USAGE, "--long goes with --signals and --out only");
    return PN_OK;
}

static int work(void *user)
{
    return pn_listing(user, stdout);
}

static int table(struct pn_call *call)
{
    struct request *r = call->request;

    r->table.result = call->word[0];
    return pn_result_guarded(call->word, 1, work, &r->table);
}

const struct pn_command pn_command_table = {
    "table",
    "RESULT [options]",
    "the result as a table of observations and doses",
    rows,
    .after =
        "Rows of EVID 0 are the observations of the event table, or the output times "
        "of a study without one; those of EVID 1 and 4 are the doses that were "
        "delivered, "
        "one each.  All else that the event table says stands there too: EVID 2 and 3, "
        "steady states, RATE (then DUR is missing), OCC and covariates, so that the "
        "table "
        "describes the same treatment: pneuma run --events reads it (rows of one arm), "
        "and "
        "gives the same bits.  A dose that an arm does not give is EVID 2 there.  "
        "TIME, DUR, II and TAD (time after the drug's last dose) are in h, AMT in the "
        "unit of its CMT, RATE in that per h.  DV is IPRED with the residual error of "
        "the "
        "drug file, drawn from the study's seed: the same in every table.  DVOBS is the "
        "DV "
        "of the event table.  With --lloq a DV below the limit becomes the limit, CENS "
        "is "
        "1 and LIMIT 0, or the LIMIT of the event table: the value lies between LIMIT "
        "and "
        "DV.  Without it a value that the event table calls censored is censored again "
        "where it is beyond its DV.  Missing is '.'; patients that failed have no "
        "predictions and no doses.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .check = check,
    .run = table,
};
