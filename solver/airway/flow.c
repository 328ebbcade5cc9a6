/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway flow: steady flow through a tree. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/gas.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_airway_flow_options(void)
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
    pn_airway_flow_options();
    puts("  --viscosity X    of the gas (default '1.92e-5 Pa.s')\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

struct request {
    struct pn_airway_gas gas;
    int root_is_flow, leaves_are_flow, help;
    double root, leaf;
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

    *r = (struct request){.root = 0};
    pn_airway_gas_begin(&r->gas);
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'r')
            PN_TRY(pn_airway_end("root", optarg, &r->root_is_flow, &r->root));
        else if (c == 'l')
            PN_TRY(pn_airway_end("leaves", optarg, &r->leaves_are_flow, &r->leaf));
        else if (c == 'o')
            r->out = optarg;
        else if (c == 'h')
            r->help = 1;
        else if (c >= PN_GAS_LAW)
            PN_TRY(pn_airway_gas_take(c, optarg, &r->gas));
        else
            return pn_airway_stray(argv);
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway flow --help");
    if (r->root_is_flow && r->leaves_are_flow)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--root or --leaves must be a pressure: flows at all ends leave the "
            "pressure open");
    r->path = argv[optind];
out:
    return status;
}

static int solve(const struct request *r, struct pn_tree_flow *flow)
{
    size_t n = flow->tree->n_terminals;
    double *leaf = calloc(n + 1, sizeof *leaf);
    char *is_flow = calloc(n + 1, 1);
    struct pn_tree_flow_ends ends = {r->root_is_flow, is_flow, r->root, leaf, NULL};
    int status = PN_OK;

    if (!leaf || !is_flow) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t k = 0; k < n; k++) {
        leaf[k] = r->leaf;
        is_flow[k] = (char)r->leaves_are_flow;
    }
    PN_TRY(pn_tree_flow_solve(flow, &ends, 0));
    if (flow->status[0] != PN_OK)
        status =
            PN_FAIL(PN_ERR_LIBRARY, "%s: residual %.2g, step %.2g after %g iterations",
                    pn_status_sentence(flow->status[0]), flow->residual, flow->step,
                    flow->iterations);
out:
    free(leaf);
    free(is_flow);
    return status;
}

static void print_totals(const struct request *r, const struct pn_tree_flow *flow)
{
    const struct pn_tree *t = flow->tree;
    double mean = 0, most = 0, n_leaves = 0;
    size_t most_at = 0;

    for (size_t k = 0; k < t->n_terminals; k++) {
        size_t i = (size_t)t->terminal[k];
        mean += t->multiplicity[i] * flow->pressure[i];
        n_leaves += t->multiplicity[i];
    }
    mean /= n_leaves;
    for (size_t i = 0; i < t->n; i++)
        if (pn_tree_flow_reynolds(flow, i) > most) {
            most = pn_tree_flow_reynolds(flow, i);
            most_at = i;
        }
    printf("inlet pressure          %.12g Pa = %.7g cmH2O\n", flow->inlet,
           flow->inlet / 98.0665);
    printf("inlet flow              %.12g m3/s = %.7g L/s\n", flow->inlet_flow,
           flow->inlet_flow * 1e3);
    printf("leaf pressure           %.12g Pa (mean)\n", mean);
    if (!r->leaves_are_flow && flow->inlet_flow != 0)
        printf("resistance              %.12g Pa.s/m3 = %.7g cmH2O.s/L\n",
               (flow->inlet - mean) / flow->inlet_flow,
               (flow->inlet - mean) / flow->inlet_flow / 98066.5);
    printf("friction                %.6g W\n", pn_tree_flow_friction(flow));
    printf("largest Reynolds number %.6g, generation %d\n", most, t->generation[most_at]);
    printf("Newton's method         %g iterations, residual %.2g, step %.2g\n",
           flow->iterations, flow->residual, flow->step);
}

static int write_out(const struct request *r, const struct pn_tree_flow *flow,
                     const char *command)
{
    const struct pn_tree *t = flow->tree;
    double *room = calloc(2 * t->n + t->n_points + 1, sizeof *room);
    double *before = room, *reynolds = room + t->n, *point = room + 2 * t->n;
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",        "",     "row of the parent, -1: the trachea",     NULL,            t->parent},
        {"generation",    "",     "branchings from the trachea",            NULL,            t->generation},
        {"multiplicity",  "",     "airways that the row stands for",        t->multiplicity, NULL},
        {"length",        "m",    "length of the airway",                   t->length,       NULL},
        {"radius",        "m",    "radius by its laminar resistance",       t->radius,       NULL},
        {"pressure_in",   "Pa",   "pressure where the airway begins",       before,          NULL},
        {"pressure_out",  "Pa",   "pressure where the airway ends",         flow->pressure,  NULL},
        {"flow",          "m3/s", "flow through one airway, into the lung", flow->flow,      NULL},
        {"reynolds",      "",     "Reynolds number",                        reynolds,        NULL},
    };
    /* clang-format on */
    int status;

    if (!room)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < t->n; i++) {
        before[i] = i > 0 ? flow->pressure[t->parent[i]] : flow->inlet;
        reynolds[i] = pn_tree_flow_reynolds(flow, i);
    }
    pn_tree_flow_points(flow, point);
    status = pn_airway_write_rows(r->out, t, column, sizeof column / sizeof *column,
                                  point, command);
    free(room);
    return status;
}

int pn_airway_flow(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv); /* before getopt sorts it */
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_tree_flow *flow = NULL;
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_airway_read(r.path, &r.gas.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(pn_tree_flow_create(tree, &r.gas.flow, &flow));
    PN_TRY(solve(&r, flow));
    if (r.out)
        PN_TRY(write_out(&r, flow, command));
    print_totals(&r, flow);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
    free(command);
    return status;
}
