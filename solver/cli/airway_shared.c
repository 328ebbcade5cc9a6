/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-commands of pneuma airway share. */
#include "solver/cli/airway_shared.h"

#include <string.h>

#include "models/lung/tree_flow.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

const char *const pn_table_endings[] = {".csv", ".h5", NULL};
const char *const pn_row_endings[] = {".csv", ".h5", ".vtu", NULL};

int pn_cli_airway_read(struct pn_call *call, const char *path,
                       const struct pn_tree_options *options, struct pn_tree **tree)
{
    struct pn_complaints list = {0};
    int status = pn_tree_read(path, options, &list, tree);

    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list.kept[i].text);
    call->told = status != PN_OK && list.n > 0;
    return status;
}

/* "UNIT" of lengths, in m */
static int take_unit(const struct pn_option *option, const char *text, void *member)
{
    char quantity[64];

    if (strlen(text) > 40)
        return PN_FAIL(PN_ERR_USAGE, "--unit %.40s…: unknown unit", text);
    snprintf(quantity, sizeof quantity, "1 %s", text);
    return pn_take_quantity(option, quantity, "m", member);
}

/* "-z": the direction in which things fall */
static int take_down(const struct pn_option *option, const char *text, void *member)
{
    const char *axis = text[0] == '-' || text[0] == '+' ? text + 1 : text;
    double *gravity = member, sign = text[0] == '-' ? -1.0 : 1.0;

    if (strlen(axis) != 1 || *axis < 'x' || *axis > 'z')
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected x, -x, y, -y, z or -z",
                       option->name, text);
    for (int k = 0; k < 3; k++)
        gravity[k] = *axis == 'x' + k ? PN_STANDARD_GRAVITY * sign : 0.0;
    return PN_OK;
}

/* clang-format off */
const struct pn_option pn_reading_rows[] = {
    {"unit", 0, "UNIT", PN_AS_TAKEN, .at = offsetof(struct pn_tree_options, unit),
     "length unit of a file that names none (default mm)", .take = take_unit},
    {"edge-radius", 0, NULL, PN_AS_FLAG, .at = offsetof(struct pn_tree_options, edge_radius),
     "tetgen: radii stand with the edges, not the nodes"},
    {0},
};

#define AT(member) .at = offsetof(struct pn_tree_flow_options, member)

const struct pn_option pn_gas_rows[] = {
    {"viscosity", 0, "X", PN_AS_NUMBER, AT(viscosity), "of the gas", "Pa.s",
     PN_RANGE(1e-9, 1e6), PN_BEGUN},
    {"density", 0, "X", PN_AS_NUMBER, AT(density), "of the gas", "kg/m3",
     PN_RANGE(1e-6, 1e6), PN_BEGUN},
    {0},
};

static const char *const laws[] = {[PN_FLOW_POISEUILLE] = "poiseuille",
                                   [PN_FLOW_PEDLEY] = "pedley",
                                   [PN_FLOW_VAN_ERTBRUGGEN] = "van-ertbruggen", NULL};

const struct pn_option pn_flow_rows[] = {
    {"law", 0, "LAW", PN_AS_CHOICE, AT(law), "how pressure is lost with flow",
     .choices = laws, PN_BEGUN},
    {"gas", .kind = PN_AS_ROWS, .rows = pn_gas_rows},
    {"down", 0, "AXIS", PN_AS_TAKEN, AT(gravity),
     "where gravity points to: x, -x, y, -y, z or -z; without it nothing weighs",
     .take = take_down},
    {0},
};
/* clang-format on */
