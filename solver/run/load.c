/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"

static void print_complaints(const struct pn_complaints *list)
{
    for (size_t i = 0; i < list->n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list->kept[i].text);
    if (list->n > PN_COMPLAINTS_KEPT)
        fprintf(stderr, "… and %zu more errors\n", list->n - PN_COMPLAINTS_KEPT);
}

int pn_cli_parse_patients(const char *text, struct pn_selection *selection)
{
    unsigned long long a, b = 0;
    char *end;

    errno = 0;
    a = strtoull(text, &end, 10);
    if (*end == ':' && end[1] >= '0' && end[1] <= '9')
        b = strtoull(end + 1, &end, 10);
    if (errno || *end || *text < '0' || *text > '9' || a < 1 || b < a)
        return PN_FAIL(PN_ERR_USAGE,
                       "--patients %s: expected A:B with 1 <= A <= B, such as 1:64",
                       text);
    selection->first = (size_t)a;
    selection->last = (size_t)b;
    return PN_OK;
}

int pn_cli_load(const char *path, const struct pn_selection *selection, int quiet,
                struct pn_loaded *loaded)
{
    int status = PN_OK;
    struct pn_complaints list = {0};

    *loaded = (struct pn_loaded){0};
    PN_TRY(pn_units_create(&loaded->units));
    PN_TRY(pn_study_read_events(path, selection->events, loaded->units, &list,
                                &loaded->study));
    if (selection->first > 0)
        PN_TRY(pn_study_select(loaded->study, selection->first, selection->last));
    PN_TRY(pn_trial_create(loaded->study, loaded->units, &list, &loaded->trial));
out:
    if (status != PN_OK && !quiet) {
        print_complaints(&list);
        if (list.n == 0)
            pn_cli_print_error();
    }
    return status;
}

void pn_cli_unload(struct pn_loaded *loaded)
{
    pn_trial_free(&loaded->trial);
    pn_study_free(&loaded->study);
    pn_units_free(&loaded->units);
}
