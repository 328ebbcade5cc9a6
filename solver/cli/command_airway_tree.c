/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway check and convert: trees read, and written in another form. */
#include "solver/airway/airway_file.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/tree/tree_statistics.h"

/* --- check --- */

static int check(struct pn_call *call)
{
    struct pn_tree *tree = NULL;
    struct pn_tree_statistics s;
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], call->request, &tree));
    pn_tree_statistics(tree, &s);
    printf("%s: a tree of %.15g airways in %zu rows, %.15g terminal units, %zu "
           "generations, %zu points\n",
           call->word[0], s.n_airways, tree->n, s.n_terminals, tree->n_generations,
           tree->n_points);
out:
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_check = {
    "airway check",
    "FILE [options]",
    "is it a tree? one line if so, one message if not",
    pn_reading_rows,
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct pn_tree_options),
    .run = check,
};

/* --- convert --- */

static int convert(struct pn_call *call)
{
    struct pn_tree *tree = NULL;
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], call->request, &tree));
    status = pn_airway_write_tree(tree, call->word[1]);
out:
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_convert = {
    "airway convert",
    "IN OUT [options]",
    "read any form, write OUT (.vtu or .csv)",
    pn_reading_rows,
    .after = PN_TREE_FORMS,
    .least = 2,
    .target = 2,
    .most = 2,
    .size = sizeof(struct pn_tree_options),
    .run = convert,
};
