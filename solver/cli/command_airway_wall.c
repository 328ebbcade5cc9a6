/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway wall: the radii of a thick airway wall against pressure. */
#include "solver/airway/thick_walls.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_walls how;
    struct pn_numbers pressure; /* kPa */
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

static const char *const laws[] = {
    [PN_WALL_HIORNS] = "hiorns", [PN_WALL_LAPRAD] = "laprad", NULL};

/* clang-format off */
static const struct pn_option rows[] = {
    {"law", 0, "LAW", PN_AS_CHOICE, AT(how.law),
     "material: Hiorns 2014 has matrix, collagen and muscle, LaPrad 2013 stiffens exponentially", .choices = laws, PN_USUAL(PN_WALL_HIORNS)},
    {"pressures", 0, "LIST", PN_AS_LIST, AT(pressure), "transmural, in kPa",
     PN_RANGE(-100, 100), PN_USUAL_TEXT("-1,0,1,2,3")},
    {"inner", 0, "X", PN_AS_NUMBER, AT(how.inner),
     "stress-free inner radius; else 1 mm, of LaPrad's wall 2 mm", "mm", PN_RANGE(0.01, 50)},
    {"outer", 0, "X", PN_AS_NUMBER, AT(how.outer),
     "stress-free outer radius; else 1.5 mm, of LaPrad's wall 2.5 mm", "mm", PN_RANGE(0.01, 50)},
    {"active", 0, "X", PN_AS_NUMBER, AT(how.active), "stress of the muscle, of Hiorns' wall",
     "kPa", PN_RANGE(0, 1000), PN_BEGUN},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out),  PN_OUT_SENTENCE " (default: CSV to standard output)", .is_target = 1, .choices = pn_table_endings},
    {0},
};
/* clang-format on */

static int wall(struct pn_call *call)
{
    struct request *r = call->request;

    r->how.n = r->pressure.n;
    r->how.pressure = r->pressure.value;
    return pn_airway_walls_write(&r->how, r->out, call->line, stdout);
}

const struct pn_command pn_airway_command_wall = {
    "airway wall",
    "[options]",
    "radii of a thick airway wall against pressure",
    rows,
    .size = sizeof(struct request),
    .run = wall,
};
