/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway equilibrium: an airway between its muscle and what holds it open. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/equilibria.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_equilibrium_options(void)
{
    puts(
        "  --generation N   equilibrium: of Lambert's tree, 0 to 16 (default 10)\n"
        "  --recoil X       equilibrium: transpulmonary pressure (default '5 cmH2O'), "
        "or\n"
        "                   that from which the lung deflates (default '25 cmH2O')\n"
        "  --tension X      equilibrium: of the muscle over its largest radius, such as\n"
        "                   '4 cmH2O', while the lung deflates; without it the muscle\n"
        "                   tightens at constant recoil\n"
        "  --wall X         equilibrium: inner wall relative to healthy (default 1);\n"
        "                   0: a wall without thickness\n"
        "  --untethered     equilibrium: no lung around\n"
        "  --shortens       equilibrium: the muscle loses tension as it shortens");
}

static void print_help(void)
{
    puts("usage: pneuma airway equilibrium [options]\n\n"
         "All equilibria as CSV, in order along the curve; `fold` says where the airway\n"
         "closes and reopens.\n");
    pn_cli_airway_equilibrium_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

struct request {
    struct pn_airway_balance how;
    int help;
    const char *out;
};

static int take_generation(const char *text, struct request *r)
{
    double generation = 0;
    int status;

    if (strspn(text, "0123456789") != strlen(text))
        return PN_FAIL(PN_ERR_USAGE, "--generation %.60s: expected 0 to 16", text);
    status = pn_cli_number("generation", text, "1", 0, PN_GENERATIONS - 1, &generation);
    r->how.generation = status == PN_OK ? (size_t)generation : 0;
    return status;
}

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'g':
        return take_generation(text, r);
    case 'r':
        return pn_cli_number("recoil", text, "cmH2O", 0.1, 100, &r->how.recoil);
    case 't':
        return pn_cli_number("tension", text, "cmH2O", 1e-3, 1e3, &r->how.tension);
    case 'w':
        return pn_cli_number("wall", text, "1", 0, 10, &r->how.wall);
    case 'u':
        r->how.untethered = 1;
        return PN_OK;
    case 's':
        r->how.shortens = 1;
        return PN_OK;
    case 'o':
        r->out = text;
        return PN_OK;
    case 'h':
        r->help = 1;
        return PN_OK;
    default:
        return PN_FAIL(PN_ERR_USAGE, "unknown option or missing value (see pneuma airway "
                                     "equilibrium --help)");
    }
}

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"generation", required_argument, NULL, 'g'},
        {"recoil",     required_argument, NULL, 'r'},
        {"tension",    required_argument, NULL, 't'},
        {"wall",       required_argument, NULL, 'w'},
        {"untethered", no_argument,       NULL, 'u'},
        {"shortens",   no_argument,       NULL, 's'},
        {"out",        required_argument, NULL, 'o'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.help = 0};
    pn_airway_balance_defaults(&r->how);
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "h", known, NULL)) != -1)
        status = take(c, optarg, r);
    if (status == PN_OK && optind < argc)
        status = PN_FAIL(PN_ERR_USAGE, "unexpected '%.60s'", argv[optind]);
    return status == PN_OK ? pn_cli_airway_out_table(r->out) : status;
}

int pn_cli_airway_equilibrium(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct pn_airway_equilibria equilibria = {.n = 0};
    struct request r;
    int status;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    PN_TRY(pn_airway_equilibria(&r.how, &equilibria));
    status = pn_airway_equilibria_write(&equilibria, r.out, command, stdout);
out:
    if (status != PN_OK)
        pn_cli_print_error();
    pn_airway_equilibria_free(&equilibria);
    free(command);
    return status;
}
