/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway equilibrium: an airway between its muscle and what holds it open. */
#include "solver/airway/equilibria.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_balance how;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"generation", 0, "N", PN_AS_WHOLE, AT(how.generation), "of Lambert's tree",
     PN_RANGE(0, PN_GENERATIONS - 1), PN_BEGUN},
    {"recoil", 0, "X", PN_AS_NUMBER, AT(how.recoil),
     "transpulmonary pressure (default 5 cmH2O), or that from which the lung deflates "
     "(default 25 cmH2O)", "cmH2O", PN_RANGE(0.1, 100)},
    {"tension", 0, "X", PN_AS_NUMBER, AT(how.tension),
     "of the muscle over its largest radius while the lung deflates; without it the muscle "
     "tightens at constant recoil", "cmH2O", PN_RANGE(1e-3, 1e3)},
    {"wall", 0, "X", PN_AS_NUMBER, AT(how.wall),
     "inner wall relative to healthy; 0: a wall without thickness", PN_RANGE(0, 10), PN_BEGUN},
    {"untethered", 0, NULL, PN_AS_FLAG, AT(how.untethered), "no lung around"},
    {"shortens", 0, NULL, PN_AS_FLAG, AT(how.shortens), "the muscle loses tension as it shortens"},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out),  PN_OUT_SENTENCE " (default: CSV to standard output)", .is_target = 1, .choices = pn_table_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_balance_defaults(&r->how);
}

static int equilibrium(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_airway_equilibria equilibria = {.n = 0};
    int status;

    PN_TRY(pn_airway_equilibria(&r->how, &equilibria));
    status = pn_airway_equilibria_write(&equilibria, r->out, call->line, stdout);
out:
    pn_airway_equilibria_free(&equilibria);
    return status;
}

const struct pn_command pn_airway_command_equilibrium = {
    "airway equilibrium",
    "[options]",
    "radius against tension or recoil, with the folds where an airway closes",
    rows,
    .before = "All equilibria as CSV, in order along the curve; `fold` says where the "
              "airway closes and reopens.",
    .size = sizeof(struct request),
    .begin = begin,
    .run = equilibrium,
};
