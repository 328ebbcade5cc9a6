/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma diff. */
#include <math.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/diff.h"
#include "solver/result/guarded.h"

struct request {
    struct pn_diff_options diff;
    int bits;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"bits", 0, NULL, PN_AS_FLAG, AT(bits), "every bit is the same (default)"},
    {"rtol", 0, "R", PN_AS_NUMBER, AT(diff.rtol),
     "numbers may differ by atol + R times the larger of them", PN_FROM(0)},
    {"atol", 0, "A", PN_AS_NUMBER, AT(diff.atol), "each is 0 when only the other is given",
     PN_FROM(0)},
    {"only", 0, "A,B", PN_AS_TEXT, AT(diff.only), "these datasets only"},
    {"attributes", 0, NULL, PN_AS_FLAG, AT(diff.attributes),
     "units, meanings and provenance, too"},
    {"quiet", 'q', NULL, PN_AS_FLAG, AT(diff.quiet), "no lines for what is the same"},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    r->diff.rtol = r->diff.atol = (double)NAN;
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;
    struct pn_diff_options *diff = &r->diff;

    if (isnan(diff->rtol) && isnan(diff->atol))
        return PN_OK;
    if (r->bits)
        return PN_FAIL(PN_ERR_USAGE, "--bits allows no tolerance");
    diff->rtol = isnan(diff->rtol) ? 0.0 : diff->rtol;
    diff->atol = isnan(diff->atol) ? 0.0 : diff->atol;
    return PN_OK;
}

static int work(void *user)
{
    return pn_diff(user, stdout);
}

static int diff(struct pn_call *call)
{
    struct request *r = call->request;
    int status;

    r->diff.a = call->word[0];
    r->diff.b = call->word[1];
    status = pn_result_guarded(call->word, 2, work, &r->diff);
    call->told = status == PN_ERR_DIFFERENT; /* work has told what */
    return status;
}

const struct pn_command pn_command_diff = {
    "diff",
    "A B [options]",
    "compare two results, dataset by dataset",
    rows,
    .before = "Compares two results dataset by dataset: same, differs (how many, and the "
              "worst place with both values), or only in one of them.",
    .after = "Exit code 0: same, 1: different.",
    .least = 2,
    .most = 2,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = diff,
};
