/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma status: how far a run is. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/run_view.h"

struct request {
    int json;
    double watch; /* s; 0: once */
};

static int status(struct pn_call *call)
{
    const struct request *r = call->request;
    const struct timespec pause = {(time_t)r->watch,
                                   (long)(1e9 * (r->watch - floor(r->watch)))};
    struct pn_run_view view;
    int status;

    PN_TRY(pn_run_view_open(call->word[0], &view));
    for (;;) {
        PN_TRY(pn_run_view_look(&view));
        PN_TRY((r->json ? pn_cli_print_run_json : pn_cli_print_run)(&view));
        fflush(stdout);
        if (r->watch <= 0.0 || view.is_over)
            break;
        nanosleep(&pause, NULL);
    }
out:
    pn_run_view_close(&view);
    return status;
}

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, NULL, PN_AS_FLAG, AT(json), "as JSON"},
    {"watch", 0, "S", PN_AS_NUMBER, AT(watch),
     "again every S seconds (5 without S) until the run is over", PN_RANGE(0.1, 86400),
     .bare = "5"},
    {0},
};
/* clang-format on */

const struct pn_command pn_command_status = {
    "status",
    "FOLDER [options]",
    "how far a run is, while it runs or after",
    rows,
    .before = "How far the run in FOLDER (RESULT.run, or RESULT) is: done, failed, rate, "
              "remaining, and each rank; from any machine that sees the folder, without "
              "locks.",
    .after =
        "running: records come.  silent: none for 2 minutes.  dead: its process on "
        "this host is gone.  stopped, failed, complete: as the run itself has told.  "
        "Exit code 0 whatever the state is, 74: there is no run.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .run = status,
};
