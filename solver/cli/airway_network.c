/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway network: pressures and flows in a network of any shape. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/network_solution.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_network_options(void)
{
    puts("  --tolerance X    network: relative tolerance in time (default 1e-8)");
}

static void print_help(void)
{
    puts(
        "usage: pneuma airway network FILE [options]\n\n"
        "Flow and pressure at both ends of each vessel of a network: JSON or YAML in "
        "the\n"
        "form of svZeroDSolver (BloodVessel, BloodVesselCRL; NORMAL_JUNCTION; FLOW,\n"
        "PRESSURE, RESISTANCE, RCR).  Networks may have loops.  Units are the file's.\n");
    pn_cli_airway_network_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

struct request {
    const char *path, *out;
    double rtol;
    int help;
};

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"tolerance", required_argument, NULL, 't'},
        {"out",       required_argument, NULL, 'o'},
        {"help",      no_argument,       NULL, 'h'},
        {NULL,        0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.rtol = 1e-8};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_cli_airway_stray(argv);
        if (c == 't')
            PN_TRY(pn_cli_number("tolerance", optarg, "1", 1e-12, 1e-2, &r->rtol));
        r->out = c == 'o' ? optarg : r->out;
        r->help |= c == 'h';
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway network --help");
    r->path = argv[optind];
    status = pn_cli_airway_out_table(r->out);
out:
    return status;
}

int pn_cli_airway_network(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct pn_network_file *f = calloc(1, sizeof *f);
    struct pn_airway_network solution = {.n_t = 0};
    struct request r;
    int status;

    if (!f || !command) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    PN_TRY(pn_network_read(r.path, f));
    PN_TRY(pn_airway_network(f, r.rtol, &solution));
    if (r.out)
        PN_TRY(pn_airway_network_write(&solution, r.out, command));
    else
        pn_airway_network_csv(&solution, stdout);
out:
    for (size_t i = 0; f && i < f->list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", f->list.kept[i].text);
    if (status != PN_OK && (!f || f->list.n == 0))
        pn_cli_print_error();
    pn_airway_network_free(&solution);
    if (f)
        pn_network_free(f);
    free(f);
    free(command);
    return status;
}
