/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway breathe: ventilation of every unit behind a tree. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/breathe.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_breathe_options(void)
{
    puts(
        "  --units LAW      breathe: recoil of the acini: linear (default), sigmoid "
        "(Venegas) or\n"
        "                   swan (Swan and Tawhai)\n"
        "  --compliance X   breathe: linear: of the whole lung (default '0.2 L/cmH2O')\n"
        "  --frc X          breathe: swan: volume with a stretch of 1.26 (default '3 "
        "L')\n"
        "  --pleura X       breathe: mean pleural pressure (default '-5 cmH2O')\n"
        "  --swing X        breathe: what it falls below and rises above that (default "
        "'2.5 cmH2O')\n"
        "  --period X       breathe: of a breath (default '4 s')\n"
        "  --begin X        breathe: when the pleural pressure begins to fall from its "
        "mean;\n"
        "                   one breath is a sine (default '0 s')\n"
        "  --ventilator X   breathe: largest flow at the mouth, a sine of the same "
        "period,\n"
        "                   with the pleura at its mean; without it the mouth is open\n"
        "  --gradient X     breathe: of pleural pressure along --down (default '0 "
        "Pa/m';\n"
        "                   upright about '0.25 cmH2O/cm')\n"
        "  --start X        breathe: recoil of all units at the beginning (default: each "
        "in\n"
        "                   equilibrium)\n"
        "  --until X, --every X  breathe: last time and distance of outputs (default "
        "'8 s',\n"
        "                   '0.1 s')\n"
        "  --rtol X         breathe: relative tolerance of volumes (default 1e-5)");
}

static void print_help(void)
{
    puts("usage: pneuma airway breathe FILE [options]\n\n"
         "Prints how evenly the last breath went to the units; --out writes volumes and\n"
         "flows: .csv (totals), .h5 (each unit, each time), .pvd (each airway, a .vtu "
         "for\n"
         "each time).\n");
    pn_cli_airway_breathe_options();
    puts("  --law LAW, --viscosity X, --density X, --down AXIS, --unit UNIT, "
         "--edge-radius\n"
         "                   see pneuma airway --help\n"
         "  --out FILE       an existing file is replaced");
}

struct request {
    struct pn_airway_breathe how;
    struct pn_cli_gas gas;
    int help;
    const char *path, *out;
};

static int law_option(const char *text, enum pn_acinus_law *law)
{
    static const char *const names[] = {[PN_ACINUS_LINEAR] = "linear",
                                        [PN_ACINUS_SIGMOID] = "sigmoid",
                                        [PN_ACINUS_SWAN] = "swan"};
    size_t choice = 0;
    int status =
        pn_cli_choice("units", text, names, 3, "linear, sigmoid or swan", &choice);

    *law = (enum pn_acinus_law)choice;
    return status;
}

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'u':
        return law_option(text, &r->how.b.acinus.law);
    case 'c':
        return pn_cli_number("compliance", text, "m3/Pa", 1e-12, 1,
                             &r->how.b.acinus.compliance);
    case 'f':
        return pn_cli_number("frc", text, "L", 1e-3, 1e3, &r->how.frc);
    case 'p':
        return pn_cli_number("pleura", text, "Pa", -1e5, 1e5, &r->how.pleura);
    case 's':
        return pn_cli_number("swing", text, "Pa", -1e5, 1e5, &r->how.swing);
    case 'P':
        return pn_cli_number("period", text, "s", 1e-3, 1e3, &r->how.period);
    case 'b':
        return pn_cli_number("begin", text, "s", -1e3, 1e3, &r->how.begin);
    case 'v':
        return pn_cli_number("ventilator", text, "m3/s", 1e-12, 1, &r->how.ventilator);
    case 'g':
        return pn_cli_number("gradient", text, "Pa/m", -1e5, 1e5, &r->how.b.gradient);
    case 'S':
        return pn_cli_number("start", text, "Pa", -1e5, 1e5, &r->how.b.start);
    case 'U':
        return pn_cli_number("until", text, "s", 1e-6, 1e5, &r->how.until);
    case 'e':
        return pn_cli_number("every", text, "s", 1e-6, 1e5, &r->how.every);
    case 'r':
        return pn_cli_number("rtol", text, "1", 1e-12, 0.1, &r->how.b.rtol);
    default:
        return pn_cli_gas_take(c, text, &r->gas);
    }
}

static int settle(struct request *r)
{
    static const enum pn_airway_form forms[] = {PN_FORM_CSV, PN_FORM_HDF, PN_FORM_PVD};
    struct pn_breathing *b = &r->how.b;

    b->flow = r->gas.flow;
    memcpy(b->down, r->gas.down, sizeof b->down);
    if (b->gradient != 0 && b->down[0] == 0 && b->down[1] == 0 && b->down[2] == 0)
        return PN_FAIL(PN_ERR_USAGE, "--gradient needs --down");
    if (!(r->how.until / r->how.every <= PN_AIRWAY_OUTPUTS))
        return PN_FAIL(PN_ERR_USAGE, "--every: over %d outputs until %g s",
                       PN_AIRWAY_OUTPUTS, r->how.until);
    return pn_cli_airway_out(r->out, forms, 3, ".csv, .h5 or .pvd");
}

static int parse(int argc, char **argv, struct request *r)
{
    /* clang-format off */
    static const struct option known[] = {
        {"units",       required_argument, NULL, 'u'},
        {"compliance",  required_argument, NULL, 'c'},
        {"frc",         required_argument, NULL, 'f'},
        {"pleura",      required_argument, NULL, 'p'},
        {"swing",       required_argument, NULL, 's'},
        {"period",      required_argument, NULL, 'P'},
        {"begin",       required_argument, NULL, 'b'},
        {"ventilator",  required_argument, NULL, 'v'},
        {"gradient",    required_argument, NULL, 'g'},
        {"start",       required_argument, NULL, 'S'},
        {"until",       required_argument, NULL, 'U'},
        {"every",       required_argument, NULL, 'e'},
        {"rtol",        required_argument, NULL, 'r'},
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
    pn_airway_breathe_defaults(&r->how);
    r->gas.flow = r->how.b.flow;
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'o')
            r->out = optarg;
        else if (c == 'h')
            r->help = 1;
        else if (c == '?')
            return pn_cli_airway_stray(argv);
        else
            PN_TRY(take(c, optarg, r));
    }
    if (r->help)
        return PN_OK;
    if (argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway breathe --help");
    r->path = argv[optind];
    status = settle(r);
out:
    return status;
}

static void print_ventilation(const struct pn_airway_breaths *o)
{
    const struct pn_breathing_counts *counts = &o->counts;
    const struct pn_ventilation *v = &o->ventilation;

    printf("volume at the end       %.9g L\n", o->volume[o->n - 1] * 1e3);
    printf("tidal volume            %.7g L (sum over units, last breath)\n",
           v->tidal * 1e3);
    printf("specific ventilation    %.6g (mean)\n", v->specific);
    printf("its heterogeneity       CV %.6g, SD of the logarithm %.6g\n", v->cv,
           v->log_sd);
    if (isfinite(v->slope))
        printf("its gravity slope       %.4g %% of the mean per cm downwards\n",
               v->slope);
    printf("integration             %zu steps, %zu rejected, %zu sweeps\n",
           counts->n_steps, counts->n_rejected,
           counts->n_residuals + 2 * counts->n_solves);
}

int pn_cli_airway_breathe(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_airway_breaths breaths = {.n = 0};
    int status, told = 0, is_film;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_cli_airway_read(r.path, &r.gas.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    is_film = r.out && pn_airway_form(r.out) == PN_FORM_PVD;
    PN_TRY(pn_airway_breathe(tree, &r.how, is_film ? r.out : NULL, &breaths));
    if (r.out)
        PN_TRY(pn_airway_breaths_write(&breaths, r.out, command));
    print_ventilation(&breaths);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_airway_breaths_free(&breaths);
    pn_tree_free(&tree);
    free(command);
    return status;
}
