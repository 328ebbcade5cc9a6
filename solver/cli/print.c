/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several commands print: the error record, complaints of a study. */
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_cli_print_error(void)
{
    fprintf(stderr, "pneuma: error: %s\n", pn_error_last()->text);
}

void pn_cli_print_warnings(const struct pn_complaints *list)
{
    for (size_t i = 0; i < list->n_warnings && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list->warning[i].text);
    if (list->n_warnings > PN_COMPLAINTS_KEPT)
        fprintf(stderr, "… and %zu more warnings\n",
                list->n_warnings - PN_COMPLAINTS_KEPT);
}

void pn_cli_print_complaints(const struct pn_complaints *list)
{
    pn_cli_print_warnings(list);
    for (size_t i = 0; i < list->n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list->kept[i].text);
    if (list->n > PN_COMPLAINTS_KEPT)
        fprintf(stderr, "… and %zu more errors\n", list->n - PN_COMPLAINTS_KEPT);
    if (list->n == 0)
        pn_cli_print_error();
}

int pn_cli_load(const char *path, const struct pn_selection *selection, int quiet,
                struct pn_loaded *loaded)
{
    struct pn_complaints list = {.n = 0};
    int status = pn_load(path, NULL, selection, &list, loaded);

    if (!quiet && status == PN_OK)
        pn_cli_print_warnings(&list);
    else if (!quiet)
        pn_cli_print_complaints(&list);
    return status;
}
