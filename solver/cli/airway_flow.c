/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway flow: steady flow through a tree. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/flow.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_flow_options(void)
{
    puts(
        "  --law LAW        flow, breathe: poiseuille, pedley (default: C = 1.85) or\n"
        "                   van-ertbruggen (by generation)\n"
        "  --density X      flow, breathe: of the gas (default '1.15 kg/m3')\n"
        "  --down AXIS      flow, breathe: where gravity points to: x, -x, y, -y, z or "
        "-z;\n"
        "                   without it nothing weighs\n"
        "  --root X         flow: at the inlet, a pressure such as '0 Pa' or a flow such "
        "as\n"
        "                   '0.5 L/s' (default '0 Pa')\n"
        "  --leaves X       flow: at each terminal airway, a pressure or a flow (default "
        "'0 Pa')");
}

static void print_help(void)
{
    puts("usage: pneuma airway flow FILE [--root X] [--leaves X] [options]\n\n"
         "Prints totals; --out writes pressure, flow and Reynolds number of each "
         "airway.\n");
    pn_cli_airway_flow_options();
    puts("  --viscosity X    of the gas (default '1.92e-5 Pa.s')\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

struct request {
    struct pn_airway_flow how;
    struct pn_cli_gas gas;
    int help;
    const char *path, *out;
};

static int parse(int argc, char **argv, struct request *r)
{
    /* clang-format off */
    static const struct option known[] = {
        {"root",        required_argument, NULL, 'r'},
        {"leaves",      required_argument, NULL, 'l'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {"law",         required_argument, NULL, PN_GAS_LAW},
        {"viscosity",   required_argument, NULL, PN_GAS_VISCOSITY},
        {"density",     required_argument, NULL, PN_GAS_DENSITY},
        {"down",        required_argument, NULL, PN_GAS_DOWN},
        {"unit",        required_argument, NULL, PN_GAS_UNIT},
        {"edge-radius", no_argument,       NULL, PN_GAS_EDGE_RADIUS},
        {NULL,          0,                 NULL, 0},
    };
    /* clang-format on */
    int c, status = PN_OK;

    *r = (struct request){.help = 0};
    pn_airway_flow_defaults(&r->how);
    r->gas.flow = r->how.flow;
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'r')
            PN_TRY(pn_cli_airway_end("root", optarg, &r->how.root_is_flow, &r->how.root));
        else if (c == 'l')
            PN_TRY(pn_cli_airway_end("leaves", optarg, &r->how.leaves_are_flow,
                                     &r->how.leaf));
        else if (c == 'o')
            r->out = optarg;
        else if (c == 'h')
            r->help = 1;
        else if (c >= PN_GAS_LAW)
            PN_TRY(pn_cli_gas_take(c, optarg, &r->gas));
        else
            return pn_cli_airway_stray(argv);
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway flow --help");
    if (r->how.root_is_flow && r->how.leaves_are_flow)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--root or --leaves must be a pressure: flows at all ends leave the "
            "pressure open");
    r->path = argv[optind];
    r->how.flow = r->gas.flow;
    status = pn_cli_airway_out_rows(r->out);
out:
    return status;
}

static void print_totals(const struct pn_tree_flow *flow,
                         const struct pn_airway_flow_totals *totals)
{
    printf("inlet pressure          %.12g Pa = %.7g cmH2O\n", flow->inlet,
           flow->inlet / PN_CMH2O);
    printf("inlet flow              %.12g m3/s = %.7g L/s\n", flow->inlet_flow,
           flow->inlet_flow * 1e3);
    printf("leaf pressure           %.12g Pa (mean)\n", totals->leaf);
    if (isfinite(totals->resistance))
        printf("resistance              %.12g Pa.s/m3 = %.7g cmH2O.s/L\n",
               totals->resistance, totals->resistance / PN_CMH2O_PER_LITRE);
    printf("friction                %.6g W\n", totals->friction);
    printf("largest Reynolds number %.6g, generation %d\n", totals->reynolds,
           totals->generation);
    printf("Newton's method         %g iterations, residual %.2g, step %.2g\n",
           flow->iterations, flow->residual, flow->step);
}

int pn_cli_airway_flow(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct request r;
    struct pn_airway_flow_totals totals;
    struct pn_tree *tree = NULL;
    struct pn_tree_flow *flow = NULL;
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_cli_airway_read(r.path, &r.gas.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(pn_airway_flow(tree, &r.how, &flow, &totals));
    if (r.out)
        PN_TRY(pn_airway_flow_write(flow, r.out, command));
    print_totals(flow, &totals);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
    free(command);
    return status;
}
