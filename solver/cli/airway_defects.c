/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway defects: ventilation of a lung whose muscle is tightened uniformly. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/defects.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_defects_options(void)
{
    puts(
        "  --generations N  defects: of a symmetric tree, 3 to 18 (default 12), instead "
        "of FILE\n"
        "  --activation X   defects: tension of the muscle over its largest radius "
        "(default\n"
        "                   '6 cmH2O')\n"
        "  --sweep A:B:N    defects: N activations from A to B cmH2O\n"
        "  --noise X        defects: coefficient of variation of wall thickness (default "
        "0.03)\n"
        "  --recoil X, --swing X  defects: transpulmonary pressure without breathing, "
        "and\n"
        "                   what a breath adds (default '4 cmH2O', '3 cmH2O')\n"
        "  --frequency X    defects: of breathing (default '0.25 Hz')");
}

static void print_help(void)
{
    puts("usage: pneuma airway defects [FILE] [options]\n\n"
         "A table of activations: how uneven ventilation is, and in how many clusters; "
         "--out\n"
         "writes ventilation and lumen of each airway at the last one.\n");
    pn_cli_airway_defects_options();
    puts("  --volume X       of gas at which the tree of FILE has its size (default '3 "
         "L')\n"
         "  --seed N         of the walls (default 1)\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

enum { MOST_ACTIVATIONS = 1000 };

struct request {
    struct pn_tree_options read;
    struct pn_airway_tighten how;
    double generations;
    const char *path, *out;
    int help;
};

static int sweep_option(const char *text, struct request *r)
{
    char *end = NULL;
    long n;

    r->how.from = strtod(text, &end);
    if (*end == ':')
        r->how.to = strtod(end + 1, &end);
    n = *end == ':' ? strtol(end + 1, &end, 10) : 0;
    if (*end || !(r->how.from >= 0 && r->how.to <= 100 && r->how.from <= r->how.to) ||
        n < 2 || n > MOST_ACTIVATIONS)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--sweep %.60s: expected A:B:N with 0 <= A <= B <= 100 cmH2O and N "
            "from 2 to %d",
            text, MOST_ACTIVATIONS);
    r->how.n = (size_t)n;
    return PN_OK;
}

static int seed_option(const char *text, struct request *r)
{
    char *end = NULL;

    if (strspn(text, "0123456789") == strlen(text))
        r->how.lung.seed = strtoull(text, &end, 10);
    if (!end || end == text)
        return PN_FAIL(PN_ERR_USAGE, "--seed %.60s: expected a whole number", text);
    return PN_OK;
}

static int take(int c, const char *text, struct request *r)
{
    int status;

    switch (c) {
    case 'g':
        if (strspn(text, "0123456789") != strlen(text))
            return PN_FAIL(PN_ERR_USAGE, "--generations %.60s: expected 3 to 18", text);
        return pn_cli_number("generations", text, "1", 3, 18, &r->generations);
    case 'a':
        status = pn_cli_number("activation", text, "cmH2O", 0, 100, &r->how.from);
        r->how.to = r->how.from;
        return status;
    case 's':
        return sweep_option(text, r);
    case 'n':
        return pn_cli_number("noise", text, "1", 0, 0.3, &r->how.lung.noise);
    case 'r':
        return pn_cli_number("recoil", text, "cmH2O", 0.5, 30, &r->how.lung.recoil);
    case 'w':
        return pn_cli_number("swing", text, "cmH2O", 0, 30, &r->how.lung.swing);
    case 'f':
        return pn_cli_number("frequency", text, "Hz", 0.01, 10, &r->how.lung.frequency);
    case 'v':
        return pn_cli_number("volume", text, "L", 0.01, 20, &r->how.volume);
    case 'd':
        return seed_option(text, r);
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
        {"generations", required_argument, NULL, 'g'},
        {"activation",  required_argument, NULL, 'a'},
        {"sweep",       required_argument, NULL, 's'},
        {"noise",       required_argument, NULL, 'n'},
        {"recoil",      required_argument, NULL, 'r'},
        {"swing",       required_argument, NULL, 'w'},
        {"frequency",   required_argument, NULL, 'f'},
        {"volume",      required_argument, NULL, 'v'},
        {"seed",        required_argument, NULL, 'd'},
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.help = 0};
    pn_airway_tighten_defaults(&r->how);
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_cli_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (argc - optind > 1 || (argc - optind == 1 && r->generations > 0))
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file or --generations, not both");
    r->path = optind < argc ? argv[optind] : NULL;
    r->generations = r->generations > 0 ? r->generations : 12;
    status = pn_cli_airway_out_rows(r->out);
out:
    return status;
}

static void print_rows(const struct pn_airway_defects *defects)
{
    puts("activation [cmH2O]   variation  bimodality  defective  clusters  largest  "
         "breaths");
    for (size_t k = 0; k < defects->n; k++) {
        const struct pn_airway_defect *d = &defects->at[k];
        printf("%20.4f %10.4g %11.4f %10.4f %9g %8.4f %8g\n", d->tension, d->variation,
               d->bimodality, d->defective, d->clusters, d->largest, d->breaths);
    }
}

int pn_cli_airway_defects(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_airway_defects defects = {.n = 0};
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    if (r.path) {
        status = pn_cli_airway_read(r.path, &r.read, &tree);
        told = status != PN_OK;
        if (told)
            goto out;
    } else {
        PN_TRY(pn_airway_symmetric((size_t)r.generations, r.how.volume, &tree));
    }
    PN_TRY(pn_airway_defects(tree, &r.how, &defects));
    if (r.out)
        PN_TRY(pn_airway_defects_write(&defects, r.out, command));
    print_rows(&defects);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_airway_defects_free(&defects);
    pn_tree_free(&tree);
    free(command);
    return status;
}
