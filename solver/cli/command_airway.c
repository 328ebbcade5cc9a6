/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway: trees read, made, measured and written; the muscle of airways. */
#include "solver/airway/airway.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/cli/cli.h"
#include "solver/hdf/draft.h"
#include "solver/tree/tree_statistics.h"
#include "solver/tree/tree_write.h"

static const struct {
    const char *name, *usage, *sentence;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"check",       "check FILE",                "is it a tree? one line if so, one message if not",
     pn_airway_check                                                                                                        },
    {"info",        "info FILE",                 "orders, ratios, volume, resistance",                 pn_airway_info       },
    {"convert",     "convert IN OUT",            "read any form, write OUT (.vtu or .csv)",
     pn_airway_convert                                                                                                      },
    {"generate",    "generate [...] --out FILE", "make a tree",                                        pn_airway_generate   },
    {"flow",        "flow FILE [...]",           "steady flow and pressure in every airway",
     pn_airway_flow                                                                                                         },
    {"oscillate",   "oscillate FILE [...]",      "impedance against frequency",
     pn_airway_oscillate                                                                                                    },
    {"breathe",     "breathe FILE [...]",        "breathing: volume and ventilation of every unit",
     pn_airway_breathe                                                                                                      },
    {"expire",      "expire FILE [...]",         "forced expiration: FEV1, flow-volume curve, chokes",
     pn_airway_expire                                                                                                       },
    {"defects",     "defects [FILE] [...]",      "ventilation of a lung whose muscle is tightened",
     pn_airway_defects                                                                                                      },
    {"network",     "network FILE [...]",        "flow and pressure in a network of any shape",
     pn_airway_network                                                                                                      },
    {"equilibrium", "equilibrium [...]",
     "radius against tension or recoil, with the folds where an airway closes",                        pn_airway_equilibrium},
    {"crossbridge", "crossbridge [...]",
     "force of smooth muscle under oscillation, shortening, length steps",                             pn_airway_crossbridge},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

/* In the form that scripts/packaging/make-man reads: usage, prose, options. */
static void print_help(void)
{
    printf("usage: pneuma airway %s\n", commands[0].usage);
    for (size_t i = 1; i < N_COMMANDS; i++)
        printf("       pneuma airway %s\n", commands[i].usage);
    puts("");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("%s: %s.\n", commands[i].name, commands[i].sentence);
    puts("\nForms that are read: .node/.edge (tetgen), .nodes/.branches/.termnodes,\n"
         ".ipnode/.ipelem/.ipfiel and .ipmesh (CMISS), .vtu, .csv; each may end in "
         ".gz.\n\n"
         "  --unit UNIT      length unit of a file that names none (default: mm)\n"
         "  --edge-radius    tetgen: radii stand with the edges, not the nodes\n"
         "  --viscosity X    info: 'NUMBER UNIT' for the laminar resistance (default:\n"
         "                   '1.92e-5 Pa.s')");
    pn_airway_generate_options();
    pn_airway_flow_options();
    pn_airway_oscillate_options();
    pn_airway_breathe_options();
    pn_airway_expire_options();
    pn_airway_defects_options();
    pn_airway_network_options();
    pn_airway_equilibrium_options();
    pn_airway_crossbridge_options();
}

int pn_cli_airway(int argc, char **argv)
{
    const char *names[N_COMMANDS], *near;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return argc < 2 ? PN_ERR_USAGE : PN_OK;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    near = pn_nearest(argv[1], names, N_COMMANDS);
    fprintf(stderr,
            "pneuma: error: unknown command 'airway %s'%s%s%s (see pneuma airway "
            "--help)\n",
            argv[1], near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    return PN_ERR_USAGE;
}

/* --- what the sub-commands share --- */

int pn_airway_quantity(const char *text, const char *unit, double *value)
{
    struct pn_units *units = NULL;
    double factor = 1.0;
    char *end;
    int status = PN_OK;

    errno = 0;
    *value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || !isfinite(*value))
        return PN_FAIL(PN_ERR_USAGE, "'%s' is not a number with a unit such as '1 %s'",
                       text, unit);
    if (!*end)
        return PN_FAIL(PN_ERR_USAGE, "'%s' has no unit, expected '%s %s'", text, text,
                       unit);
    PN_TRY(pn_units_create(&units));
    if (pn_units_factor(units, end, unit, 0.0, &factor) != PN_OK)
        status = PN_FAIL(PN_ERR_USAGE, "'%s': %s", text, pn_error_last()->text);
    *value *= factor;
out:
    pn_units_free(&units);
    return status;
}

int pn_airway_unit(const char *text, double *unit)
{
    char quantity[64];

    if (strlen(text) > 40)
        return PN_FAIL(PN_ERR_USAGE, "--unit %.40s…: unknown unit", text);
    snprintf(quantity, sizeof quantity, "1 %s", text);
    return pn_airway_quantity(quantity, "m", unit);
}

/* Options and n_paths paths of check, info, convert. */
static int parse(int argc, char **argv, size_t n_paths, struct pn_airway_options *options)
{
    static const struct option known[] = {
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"viscosity",   required_argument, NULL, 'v'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *options = (struct pn_airway_options){.viscosity = 1.92e-5};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'u')
            PN_TRY(pn_airway_unit(optarg, &options->read.unit));
        else if (c == 'v')
            PN_TRY(pn_airway_quantity(optarg, "Pa.s", &options->viscosity));
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

int pn_airway_read(const char *path, const struct pn_tree_options *options,
                   struct pn_tree **tree)
{
    struct pn_complaints list = {0};
    int status = pn_tree_read(path, options, &list, tree);

    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list.kept[i].text);
    if (status != PN_OK && list.n == 0)
        pn_cli_print_error();
    return status;
}

/* The common beginning: *tree stays NULL when only help was asked. */
static int begin(int argc, char **argv, size_t n_paths, struct pn_airway_options *options,
                 struct pn_tree **tree)
{
    int status = parse(argc, argv, n_paths, options);

    *tree = NULL;
    if (status != PN_OK) {
        pn_cli_print_error();
        return status;
    }
    if (options->help) {
        print_help();
        return PN_OK;
    }
    return pn_airway_read(options->path[0], &options->read, tree);
}

int pn_airway_write(const struct pn_tree *tree, const char *path)
{
    struct pn_draft draft = {.path = NULL};
    FILE *stream = NULL;
    int status, fd;

    PN_TRY(pn_draft_begin(path, &draft));
    fd = dup(draft.fd);
    stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        goto out;
    }
    PN_TRY(pn_tree_write(tree, path, stream));
    if (fflush(stream) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = pn_draft_commit(&draft, path, 1);
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    return status;
}

/* --- sub-commands --- */

int pn_airway_check(int argc, char **argv)
{
    struct pn_airway_options options;
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

int pn_airway_info(int argc, char **argv)
{
    struct pn_airway_options options;
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
        resistance, resistance / 98066.5, options.viscosity);
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

int pn_airway_convert(int argc, char **argv)
{
    struct pn_airway_options options;
    struct pn_tree *tree = NULL;
    int status = begin(argc, argv, 2, &options, &tree);

    if (!tree)
        return status;
    status = pn_airway_write(tree, options.path[1]);
    if (status != PN_OK)
        pn_cli_print_error();
    pn_tree_free(&tree);
    return status;
}
