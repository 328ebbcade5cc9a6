/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway network: pressures and flows in a network of any shape. */
#include <stdlib.h>

#include "solver/airway/network_solution.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    double rtol;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"tolerance", 0, "X", PN_AS_NUMBER, AT(rtol), "relative tolerance in time",
     PN_RANGE(1e-12, 1e-2), PN_USUAL(1e-8)},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out),  PN_OUT_SENTENCE " (default: CSV to standard output)", .is_target = 1, .choices = pn_table_endings},
    {0},
};
/* clang-format on */

static int network(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_network_file *f = calloc(1, sizeof *f);
    struct pn_airway_network solution = {.n_t = 0};
    int status;

    if (!f)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    PN_TRY(pn_network_read(call->word[0], f));
    PN_TRY(pn_airway_network(f, r->rtol, &solution));
    if (r->out)
        PN_TRY(pn_airway_network_write(&solution, r->out, call->line));
    else
        pn_airway_network_csv(&solution, stdout);
out:
    for (size_t i = 0; i < f->list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", f->list.kept[i].text);
    call->told = f->list.n > 0;
    pn_airway_network_free(&solution);
    pn_network_free(f);
    free(f);
    return status;
}

const struct pn_command pn_airway_command_network = {
    "airway network",
    "FILE [options]",
    "flow and pressure in a network of any shape",
    rows,
    .before =
        "Flow and pressure at both ends of each vessel of a network: JSON or YAML in the "
        "form of svZeroDSolver (BloodVessel, BloodVesselCRL; NORMAL_JUNCTION; FLOW, "
        "PRESSURE, RESISTANCE, RCR).  Networks may have loops.  Units are the file's.",
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .run = network,
};
