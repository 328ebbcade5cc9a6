/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway info: a tree in numbers. */
#include <stdlib.h>
#include <string.h>

#include "models/lung/tree_flow.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/tree/tree_statistics.h"

struct request {
    struct pn_tree_options read;
    double viscosity; /* Pa.s */
};

#define AT(member) .at = offsetof(struct request, member)

static void begin(void *request)
{
    struct pn_tree_flow_options gas;

    pn_tree_flow_defaults(&gas);
    ((struct request *)request)->viscosity = gas.viscosity;
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

static void print_statistics(const struct pn_tree *tree,
                             const struct pn_tree_statistics *s, double viscosity)
{
    double resistance = s->resistance_shape * viscosity;

    printf("airways                 %.15g (%zu rows, %zu points)\n", s->n_airways,
           tree->n, tree->n_points);
    printf("terminal units          %.15g, generation %g to %g, mean %.4g\n",
           s->n_terminals, s->generation_least, s->generation_most, s->generation_mean);
    printf("volume                  %.12g mL\n", s->volume * 1e6);
    printf(
        "resistance              %.12g Pa.s/m3 = %.7g cmH2O.s/L (laminar, viscosity %g "
        "Pa.s)\n",
        resistance, resistance / PN_CMH2O_PER_LITRE, viscosity);
    printf("trachea                 %.4g mm long, %.4g mm wide\n", tree->length[0] * 1e3,
           tree->radius[0] * 2e3);
    printf("terminal airways        %.4g mm wide, %.4g mm from the inlet (means)\n",
           s->terminal_diameter * 1e3, s->path_mean * 1e3);
    printf("length to diameter      %.4g (mean)\n", s->length_to_diameter);
    printf("child to parent         diameter %.4g; of two: thinner %.4g, thicker %.4g\n",
           s->diameter_ratio, s->minor_diameter, s->major_diameter);
    if (tree->x)
        printf("branching angle         %.4g degrees (mean)\n", s->angle);
    print_ratios("Strahler", &s->strahler);
    print_ratios("Horsfield", &s->horsfield);
    print_orders(tree, PN_TREE_STRAHLER, "Strahler");
    print_orders(tree, PN_TREE_HORSFIELD, "Horsfield");
}

static int info(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_tree *tree = NULL;
    struct pn_tree_statistics s;
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], &r->read, &tree));
    pn_tree_statistics(tree, &s);
    print_statistics(tree, &s, r->viscosity);
out:
    pn_tree_free(&tree);
    return status;
}

/* clang-format off */
static const struct pn_option info_rows[] = {
    {"viscosity", 0, "X", PN_AS_NUMBER, AT(viscosity), "for the laminar resistance", "Pa.s",
     PN_RANGE(1e-9, 1e6), PN_BEGUN},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {0},
};
/* clang-format on */

const struct pn_command pn_airway_command_info = {
    "airway info",
    "FILE [options]",
    "orders, ratios, volume, resistance",
    info_rows,
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .run = info,
};
