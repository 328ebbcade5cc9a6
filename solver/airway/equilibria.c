/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway equilibrium: an airway between its muscle and what holds it open. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/airway/airway_curve.h"
#include "solver/airway/airway.h"
#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_airway_equilibrium_options(void)
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
    pn_airway_equilibrium_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

struct request {
    double generation, recoil, tension, wall;
    int deflates, untethered, shortens, help;
    const char *out;
};

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'g':
        if (strspn(text, "0123456789") != strlen(text))
            return PN_FAIL(PN_ERR_USAGE, "--generation %.60s: expected 0 to 16", text);
        return pn_airway_number("generation", text, "1", 0, PN_GENERATIONS - 1,
                                &r->generation);
    case 'r':
        return pn_airway_number("recoil", text, "cmH2O", 0.1, 100, &r->recoil);
    case 't':
        r->deflates = 1;
        return pn_airway_number("tension", text, "cmH2O", 1e-3, 1e3, &r->tension);
    case 'w':
        return pn_airway_number("wall", text, "1", 0, 10, &r->wall);
    case 'u':
        r->untethered = 1;
        return PN_OK;
    case 's':
        r->shortens = 1;
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

    *r = (struct request){.generation = 10, .wall = 1};
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "h", known, NULL)) != -1)
        status = take(c, optarg, r);
    if (status == PN_OK && optind < argc)
        status = PN_FAIL(PN_ERR_USAGE, "unexpected '%.60s'", argv[optind]);
    if (r->recoil == 0)
        r->recoil = r->deflates ? 25 : 5;
    return status;
}

/* lumens of one airway, mm2, from those of its generation, cm2 */
static void build(const struct request *r, struct pn_airway *airway)
{
    const size_t z = (size_t)r->generation;
    const struct pn_tube *tube = &pn_lambert_tubes[z];

    pn_airway_thin(tube, r->recoil, !r->untethered, airway);
    airway->largest = pn_all(tube->area * 100 / (double)(1u << z));
    airway->shortens = r->shortens;
    if (r->wall == 0)
        return;
    pn_wall_healthy(&airway->largest, &airway->wall);
    airway->healthy = airway->wall.inner;
    airway->wall.inner = airway->wall.inner * pn_all(r->wall);
}

static int print_point(void *user, const struct pn_airway_point *at)
{
    fprintf(user, "%.12g,%.12g,%.12g,%.12g,%.12g,%s\n", at->kappa, at->recoil, at->rho,
            at->alpha, at->lumen,
            at->fold > 0   ? "closes"
            : at->fold < 0 ? "reopens"
                           : "");
    return 0;
}

int pn_airway_equilibrium(int argc, char **argv)
{
    struct request r;
    struct pn_airway airway;
    struct pn_airway_text text = {0};
    char *command = NULL;
    int status;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        return PN_OK;
    }
    PN_TRY(pn_airway_table_name(r.out));
    command = pn_airway_command(argc, argv);
    if (!command) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    build(&r, &airway);
    PN_TRY(pn_airway_text_begin(&text));
    fputs("tension [cmH2O],recoil [cmH2O],radius,alpha,lumen [mm2],fold\n", text.stream);
    if (r.deflates)
        status = pn_airway_deflate(&airway, r.tension, 0.1, print_point, text.stream);
    else
        status = pn_airway_tighten(&airway, 4 * r.recoil, print_point, text.stream);
    if (status > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "the curve of equilibria was lost");
    if (status == PN_OK)
        status = pn_airway_text_table(&text, r.out, "equilibria of an airway", command);
out:
    free(command);
    pn_airway_text_free(&text);
    if (status != PN_OK)
        pn_cli_print_error();
    return status;
}
