/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway expire: forced expiration through a tree. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/expire.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_expire_options(void)
{
    puts(
        "  --volume X       expire: of gas at which the tree has its size (default '3 "
        "L')\n"
        "  --tlc X          expire: total lung capacity (default '6.8 L')\n"
        "  --rv X           expire: residual volume (default '1.7 L')\n"
        "  --narrowing X    expire: factor on cross-sections from Lambert's generation 3 "
        "on\n"
        "                   (default 1)\n"
        "  --left X         expire: share of vital capacity left in the lung at which "
        "--out\n"
        "                   looks at the airways (default 0.5)");
}

static void print_help(void)
{
    puts(
        "usage: pneuma airway expire FILE [options]\n\n"
        "Prints FEV1, FVC, peak flow and the flow-volume curve; --out writes flow, head\n"
        "and chokes of each airway at one volume.\n");
    pn_cli_airway_expire_options();
    puts("  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

struct request {
    struct pn_tree_options read;
    struct pn_airway_expire how;
    double left;
    const char *path, *out;
    int help;
};

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'v':
        return pn_cli_number("volume", text, "L", 0.01, 20, &r->how.volume);
    case 't':
        return pn_cli_number("tlc", text, "L", 0.1, 20, &r->how.TLC);
    case 'r':
        return pn_cli_number("rv", text, "L", 0.01, 20, &r->how.RV);
    case 'n':
        return pn_cli_number("narrowing", text, "1", 0.01, 10, &r->how.narrowing);
    case 'l':
        return pn_cli_number("left", text, "1", 0, 1, &r->left);
    case 'u':
        return pn_cli_length_unit(text, &r->read.unit);
    case 'e':
        r->read.edge_radius = 1;
        return PN_OK;
    case 'o':
        r->out = text;
        return PN_OK;
    default:
        r->help = 1;
        return PN_OK;
    }
}

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"volume",      required_argument, NULL, 'v'},
        {"tlc",         required_argument, NULL, 't'},
        {"rv",          required_argument, NULL, 'r'},
        {"narrowing",   required_argument, NULL, 'n'},
        {"left",        required_argument, NULL, 'l'},
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.left = .5};
    pn_airway_expire_defaults(&r->how);
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_cli_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (r->help)
        return PN_OK;
    if (argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway expire --help");
    if (!(r->how.RV < r->how.TLC))
        return PN_FAIL(PN_ERR_USAGE, "--rv must be less than --tlc");
    r->path = argv[optind];
    status = pn_cli_airway_out_rows(r->out);
out:
    return status;
}

static void print_curve(const struct pn_airway_expired *x)
{
    const struct pn_expiration *e = &x->expiration;

    printf("FEV1        %.9g L\nFVC         %.9g L\nFEV1/FVC    %.6g\nPEF         %.6g "
           "L/s\n\n",
           e->FEV1[0], e->FVC[0], e->FEV1[0] / e->FVC[0], e->PEF[0]);
    puts("volume [L]  flow [L/s]  maximal [L/s]");
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
        double out = (double)i / (PN_VOLUME_POINTS - 1);
        printf("%10.4f  %10.5g  %13.6g\n", out * (x->options.TLC - x->options.RV),
               e->flow[i][0], e->limit[i][0]);
    }
    puts("\nVC left     maximal [L/s]  chokes at generation  airways");
    for (int k = 0; k < PN_AIRWAY_CHOKES; k++)
        if (x->at[k].found)
            printf("%5g %% %16.6g  %20.4g  %7g\n", 100 * x->at[k].left,
                   x->at[k].choke.flow * 1e3, x->at[k].choke.generation,
                   x->at[k].choke.n);
}

int pn_cli_airway_expire(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_airway_expired expired = {.bronchi = NULL};
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_cli_airway_read(r.path, &r.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(pn_airway_expire(tree, &r.how, &expired));
    if (r.out)
        PN_TRY(pn_airway_expired_write(&expired, r.left, r.out, command));
    print_curve(&expired);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_airway_expired_free(&expired);
    pn_tree_free(&tree);
    free(command);
    return status;
}
