/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of all that a study can record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/trial/trial_internal.h"

void pn_output_names_free(struct pn_output_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct pn_output_names){.n = 0};
}

/* Behind the others, once.  @param[in] part "": the name alone */
static int add_name(struct pn_output_names *names, const char *part, const char *name)
{
    char *text;

    if (asprintf(&text, "%s%s%s", part, *part ? "." : "", name) < 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < names->n; k++)
        if (strcmp(names->name[k], text) == 0) {
            free(text);
            return PN_OK;
        }
    names->name[names->n++] = text;
    return PN_OK;
}

static int add_test_names(const struct pn_test *test, struct pn_output_names *names)
{
    int status = PN_OK;

    for (const struct pn_quantity *row = test->results; row->name; row++)
        PN_TRY(add_name(names, "", row->name));
    if (test->fit)
        status = add_name(names, test->name, test->parameters[test->fit->adjusted].name);
out:
    return status;
}

int pn_output_names(const struct pn_trial *trial, struct pn_output_names *names)
{
    const size_t n_arms = trial->study->n_arms;
    size_t limit = 1;
    int status = PN_OK;

    for (size_t a = 0; a < n_arms; a++)
        limit += pn_system_n_signals(trial->arm[a].system);
    for (size_t t = 0; t < trial->n_tests; t++)
        limit += pn_table_size(trial->test[t].test->results) + 1;
    *names = (struct pn_output_names){.name = calloc(limit, sizeof *names->name)};
    if (!names->name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t a = 0; a < n_arms; a++) {
        const struct pn_system *system = trial->arm[a].system;
        for (size_t i = 0; i < pn_system_n_signals(system); i++) {
            struct pn_symbol symbol = pn_system_symbol(system, PN_SIGNAL, i);
            PN_TRY(add_name(names, symbol.instance, symbol.row->name));
        }
    }
    for (size_t t = 0; t < trial->n_tests; t++)
        PN_TRY(add_test_names(trial->test[t].test, names));
out:
    return status;
}
