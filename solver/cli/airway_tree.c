/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway check, info, convert: trees read, measured and written. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"
#include "solver/tree/tree_statistics.h"

struct request {
    struct pn_tree_options read;
    double viscosity; /* Pa.s */
    int help;
    char **path; /* what is left of the command line */
};

/* Options and n_paths paths of check, info, convert. */
static int parse(int argc, char **argv, size_t n_paths, struct request *options)
{
    static const struct option known[] = {
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"viscosity",   required_argument, NULL, 'v'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *options = (struct request){.viscosity = 1.92e-5};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'u')
            PN_TRY(pn_cli_length_unit(optarg, &options->read.unit));
        else if (c == 'v')
            PN_TRY(pn_cli_quantity(optarg, "Pa.s", &options->viscosity));
        else if (c == 'e')
            options->read.edge_radius = 1;
        else if (c == 'h')
            options->help = 1;
        else
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "airway --help",
                           argv[optind - 1]);
    }
    if (!options->help && (size_t)(argc - optind) != n_paths)
        return PN_FAIL(PN_ERR_USAGE, "expected %zu file%s; see pneuma airway --help",
                       n_paths, n_paths > 1 ? "s" : "");
    if (!(options->viscosity > 0.0))
        return PN_FAIL(PN_ERR_USAGE, "--viscosity must be positive");
    options->path = argv + optind;
out:
    return status;
}

/* The common beginning: *tree stays NULL when only help was asked. */
static int begin(int argc, char **argv, size_t n_paths, struct request *options,
                 struct pn_tree **tree)
{
    int status = parse(argc, argv, n_paths, options);

    *tree = NULL;
    if (status != PN_OK) {
        pn_cli_print_error();
        return status;
    }
    if (options->help) {
        pn_cli_airway_help();
        return PN_OK;
    }
    return pn_cli_airway_read(options->path[0], &options->read, tree);
}

/* --- sub-commands --- */

int pn_cli_airway_check(int argc, char **argv)
{
    struct request options;
    struct pn_tree *tree = NULL;
    struct pn_tree_statistics s;
    int status = begin(argc, argv, 1, &options, &tree);

    if (!tree)
        return status;
    pn_tree_statistics(tree, &s);
    printf("%s: a tree of %.15g airways in %zu rows, %.15g terminal units, %zu "
           "generations, %zu points\n",
           options.path[0], s.n_airways, tree->n, s.n_terminals, tree->n_generations,
           tree->n_points);
    pn_tree_free(&tree);
    return PN_OK;
}

static void print_orders(const struct pn_tree *tree, enum pn_tree_ordering ordering,
                         const char *name)
{
    int highest = pn_tree_highest(tree, ordering);
    struct pn_tree_order *order = calloc((size_t)highest + 1, sizeof *order);

    if (!order)
        return;
    pn_tree_orders(tree, ordering, order);
    printf("\n%s order      number  length [mm]  diameter [mm]\n", name);
    for (int k = highest; k > 0; k--)
        printf("%*d %11.10g %12.4g %14.4g\n", (int)strlen(name) + 6, k, order[k].n,
               order[k].length * 1e3, order[k].diameter * 1e3);
    free(order);
}

static void print_ratios(const char *name, const struct pn_tree_ratios *ratios)
{
    printf("%s ratios: branching %.4g, length %.4g, diameter %.4g\n", name,
           ratios->branching, ratios->length, ratios->diameter);
}

int pn_cli_airway_info(int argc, char **argv)
{
    struct request options;
    struct pn_tree *tree = NULL;
    struct pn_tree_statistics s;
    double resistance;
    int status = begin(argc, argv, 1, &options, &tree);

    if (!tree)
        return status;
    pn_tree_statistics(tree, &s);
    resistance = s.resistance_shape * options.viscosity;
    printf("airways                 %.15g (%zu rows, %zu points)\n", s.n_airways, tree->n,
           tree->n_points);
    printf("terminal units          %.15g, generation %g to %g, mean %.4g\n",
           s.n_terminals, s.generation_least, s.generation_most, s.generation_mean);
    printf("volume                  %.12g mL\n", s.volume * 1e6);
    printf(
        "resistance              %.12g Pa.s/m3 = %.7g cmH2O.s/L (laminar, viscosity %g "
        "Pa.s)\n",
        resistance, resistance / PN_CMH2O_PER_LITRE, options.viscosity);
    printf("trachea                 %.4g mm long, %.4g mm wide\n", tree->length[0] * 1e3,
           tree->radius[0] * 2e3);
    printf("terminal airways        %.4g mm wide, %.4g mm from the inlet (means)\n",
           s.terminal_diameter * 1e3, s.path_mean * 1e3);
    printf("length to diameter      %.4g (mean)\n", s.length_to_diameter);
    printf("child to parent         diameter %.4g; of two: thinner %.4g, thicker %.4g\n",
           s.diameter_ratio, s.minor_diameter, s.major_diameter);
    if (tree->x)
        printf("branching angle         %.4g degrees (mean)\n", s.angle);
    print_ratios("Strahler", &s.strahler);
    print_ratios("Horsfield", &s.horsfield);
    print_orders(tree, PN_TREE_STRAHLER, "Strahler");
    print_orders(tree, PN_TREE_HORSFIELD, "Horsfield");
    pn_tree_free(&tree);
    return PN_OK;
}

int pn_cli_airway_convert(int argc, char **argv)
{
    struct request options;
    struct pn_tree *tree = NULL;
    int status = begin(argc, argv, 2, &options, &tree);

    if (!tree)
        return status;
    status = pn_airway_write_tree(tree, options.path[1]);
    if (status != PN_OK)
        pn_cli_print_error();
    pn_tree_free(&tree);
    return status;
}
