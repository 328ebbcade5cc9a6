/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway: trees read, made, measured and written; the muscle of airways. */
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

static const struct {
    const char *name, *usage, *sentence;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"check",       "check FILE",                "is it a tree? one line if so, one message if not",
     pn_cli_airway_check                                                                                                        },
    {"info",        "info FILE",                 "orders, ratios, volume, resistance",                 pn_cli_airway_info       },
    {"convert",     "convert IN OUT",            "read any form, write OUT (.vtu or .csv)",
     pn_cli_airway_convert                                                                                                      },
    {"generate",    "generate [...] --out FILE", "make a tree",                                        pn_cli_airway_generate   },
    {"flow",        "flow FILE [...]",           "steady flow and pressure in every airway",
     pn_cli_airway_flow                                                                                                         },
    {"oscillate",   "oscillate FILE [...]",      "impedance against frequency",
     pn_cli_airway_oscillate                                                                                                    },
    {"breathe",     "breathe FILE [...]",        "breathing: volume and ventilation of every unit",
     pn_cli_airway_breathe                                                                                                      },
    {"expire",      "expire FILE [...]",         "forced expiration: FEV1, flow-volume curve, chokes",
     pn_cli_airway_expire                                                                                                       },
    {"defects",     "defects [FILE] [...]",      "ventilation of a lung whose muscle is tightened",
     pn_cli_airway_defects                                                                                                      },
    {"network",     "network FILE [...]",        "flow and pressure in a network of any shape",
     pn_cli_airway_network                                                                                                      },
    {"equilibrium", "equilibrium [...]",
     "radius against tension or recoil, with the folds where an airway closes",                        pn_cli_airway_equilibrium},
    {"crossbridge", "crossbridge [...]",
     "force of smooth muscle under oscillation, shortening, length steps",                             pn_cli_airway_crossbridge},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

/* In the form that scripts/packaging/make-man reads: usage, prose, options. */
void pn_cli_airway_help(void)
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
    pn_cli_airway_generate_options();
    pn_cli_airway_flow_options();
    pn_cli_airway_oscillate_options();
    pn_cli_airway_breathe_options();
    pn_cli_airway_expire_options();
    pn_cli_airway_defects_options();
    pn_cli_airway_network_options();
    pn_cli_airway_equilibrium_options();
    pn_cli_airway_crossbridge_options();
}

int pn_cli_airway(int argc, char **argv)
{
    const char *names[N_COMMANDS], *near;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        pn_cli_airway_help();
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
