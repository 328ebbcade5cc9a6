/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-commands of pneuma airway share: rows of the gas and of how a tree is
 * read, trees read or complained of. */
#ifndef PN_CLI_AIRWAY_SHARED_H
#define PN_CLI_AIRWAY_SHARED_H

#include "solver/cli/options.h"
#include "solver/tree/tree_read.h"

extern const struct pn_command pn_airway_command_check, pn_airway_command_info,
    pn_airway_command_convert, pn_airway_command_generate, pn_airway_command_flow,
    pn_airway_command_oscillate, pn_airway_command_breathe, pn_airway_command_expire,
    pn_airway_command_defects, pn_airway_command_network, pn_airway_command_equilibrium,
    pn_airway_command_crossbridge, pn_airway_command_wall;

/** --unit, --edge-radius: rows of struct pn_tree_options. */
extern const struct pn_option pn_reading_rows[];

/** --viscosity, --density: rows of struct pn_tree_flow_options, which `begin` fills. */
extern const struct pn_option pn_gas_rows[];

/** --law, --down, and those of the gas: of the same. */
extern const struct pn_option pn_flow_rows[];

/** How names of --out may end: tables of numbers, of airways. */
extern const char *const pn_table_endings[]; /* .csv, .h5 */
extern const char *const pn_row_endings[];   /* .csv, .h5, .vtu */

#define PN_OUT_SENTENCE "an existing file is replaced"

#define PN_TREE_FORMS                                                                    \
    "Forms that are read: .node/.edge (tetgen), .nodes/.branches/.termnodes, "           \
    ".ipnode/.ipelem/.ipfiel and .ipmesh (CMISS), .vtu, .csv; each may end in .gz."

/** Read a tree, or print what is wrong with it (call->told). */
int pn_cli_airway_read(struct pn_call *call, const char *path,
                       const struct pn_tree_options *options, struct pn_tree **tree);

#endif
