/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway breathe: ventilation of every unit behind a tree. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/breathe.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_airway_breathe_options(void)
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
    pn_airway_breathe_options();
    puts("  --law LAW, --viscosity X, --density X, --down AXIS, --unit UNIT, "
         "--edge-radius\n"
         "                   see pneuma airway --help\n"
         "  --out FILE       an existing file is replaced");
}

struct request {
    struct pn_airway_gas gas;
    struct pn_breathing b;
    double frc, pleura, swing, period, begin, ventilator, until, every;
    int help;
    const char *path, *out;
};

static int law_option(const char *text, enum pn_acinus_law *law)
{
    static const char *const names[] = {"linear", "sigmoid", "swan"};
    const char *near = pn_nearest(text, names, 3);

    for (int k = 0; k < 3; k++)
        if (strcmp(text, names[k]) == 0) {
            *law = (enum pn_acinus_law)k;
            return PN_OK;
        }
    return PN_FAIL(PN_ERR_USAGE, "--units %.60s: expected linear, sigmoid or swan%s%s%s",
                   text, near ? ", did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'u':
        return law_option(text, &r->b.acinus.law);
    case 'c':
        return pn_airway_number("compliance", text, "m3/Pa", 1e-12, 1,
                                &r->b.acinus.compliance);
    case 'f':
        return pn_airway_number("frc", text, "L", 1e-3, 1e3, &r->frc);
    case 'p':
        return pn_airway_number("pleura", text, "Pa", -1e5, 1e5, &r->pleura);
    case 's':
        return pn_airway_number("swing", text, "Pa", -1e5, 1e5, &r->swing);
    case 'P':
        return pn_airway_number("period", text, "s", 1e-3, 1e3, &r->period);
    case 'b':
        return pn_airway_number("begin", text, "s", -1e3, 1e3, &r->begin);
    case 'v':
        return pn_airway_number("ventilator", text, "m3/s", 1e-12, 1, &r->ventilator);
    case 'g':
        return pn_airway_number("gradient", text, "Pa/m", -1e5, 1e5, &r->b.gradient);
    case 'S':
        return pn_airway_number("start", text, "Pa", -1e5, 1e5, &r->b.start);
    case 'U':
        return pn_airway_number("until", text, "s", 1e-6, 1e5, &r->until);
    case 'e':
        return pn_airway_number("every", text, "s", 1e-6, 1e5, &r->every);
    case 'r':
        return pn_airway_number("rtol", text, "1", 1e-12, 0.1, &r->b.rtol);
    default:
        return pn_airway_gas_take(c, text, &r->gas);
    }
}

static int settle(struct request *r)
{
    r->b.flow = r->gas.flow;
    memcpy(r->b.down, r->gas.down, sizeof r->b.down);
    r->b.acinus.V0 = r->frc * 1e-3 / (1.26 * 1.26 * 1.26);
    r->b.pleura = (struct pn_course){.mean = r->pleura,
                                     .amplitude = -r->swing,
                                     .frequency = 1 / r->period,
                                     .begin = r->begin};
    if (r->ventilator > 0) {
        r->b.mouth_is_flow = 1;
        r->b.mouth = r->b.pleura;
        r->b.mouth.mean = 0;
        r->b.mouth.amplitude = r->ventilator;
        r->b.pleura.amplitude = 0;
    }
    if (r->b.gradient != 0 && r->gas.down[0] == 0 && r->gas.down[1] == 0 &&
        r->gas.down[2] == 0)
        return PN_FAIL(PN_ERR_USAGE, "--gradient needs --down");
    if (!(r->until / r->every <= 100000))
        return PN_FAIL(PN_ERR_USAGE, "--every: over 100000 outputs until %g s", r->until);
    if (r->out && !pn_airway_breath_form(r->out))
        return PN_FAIL(PN_ERR_USAGE,
                       "--out %.60s: expected a name that ends with .csv, .h5 or .pvd",
                       r->out);
    return PN_OK;
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

    *r = (struct request){.frc = 3,
                          .pleura = -5 * 98.0665,
                          .swing = 2.5 * 98.0665,
                          .period = 4,
                          .until = 8,
                          .every = 0.1};
    pn_breathing_defaults(&r->b);
    r->b.rtol = 1e-5;
    pn_airway_gas_begin(&r->gas);
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'o')
            r->out = optarg;
        else if (c == 'h')
            r->help = 1;
        else if (c == '?')
            return pn_airway_stray(argv);
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

static void print_ventilation(const struct pn_airway_breaths *o,
                              const struct pn_breathing_counts *counts)
{
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

int pn_airway_breathe(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv);
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_airway_breaths breaths = {.n = 0};
    struct pn_breathing_counts counts;
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
    PN_TRY(pn_airway_breaths_begin(&breaths, tree, &r.b, r.until, r.every, r.out));
    status = pn_tree_breathe(tree, &r.b, breaths.t, breaths.n_t, pn_airway_breaths_see,
                             &breaths, &counts);
    if (status > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "breathing stopped at %g s: %s",
                         breaths.n > 0 ? breaths.t[breaths.n - 1] : 0.0,
                         pn_status_sentence(status));
    PN_TRY(status);
    PN_TRY(pn_airway_breaths_end(&breaths, r.period, command));
    print_ventilation(&breaths, &counts);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_airway_breaths_free(&breaths);
    pn_tree_free(&tree);
    free(command);
    return status;
}
