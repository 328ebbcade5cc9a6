/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway: trees read, made, measured and written; the muscle of airways. */
#include "solver/cli/airway_shared.h"

static const struct pn_command *const commands[] = {
    &pn_airway_command_check,       &pn_airway_command_info,
    &pn_airway_command_convert,     &pn_airway_command_generate,
    &pn_airway_command_flow,        &pn_airway_command_oscillate,
    &pn_airway_command_breathe,     &pn_airway_command_expire,
    &pn_airway_command_defects,     &pn_airway_command_network,
    &pn_airway_command_equilibrium, &pn_airway_command_crossbridge,
    &pn_airway_command_wall,        NULL,
};

const struct pn_command pn_command_airway = {
    "airway",
    "COMMAND …",
    "airway trees and their muscle: check, generate, …",
    NULL,
    .after = PN_TREE_FORMS "  pneuma airway COMMAND --help tells the options of each.",
    .commands = commands,
};
