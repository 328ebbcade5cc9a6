/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the path of a study to all that a run of it needs. */
#include "solver/run/load.h"

#include <errno.h>
#include <stdlib.h>

#include "solver/base/status.h"

int pn_selection_parse(const char *text, struct pn_selection *selection)
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

static int read_study(const char *path, const char *text,
                      const struct pn_selection *selection, struct pn_complaints *list,
                      struct pn_loaded *loaded)
{
    if (!text)
        return pn_study_read_events(path, selection->events, loaded->units, list,
                                    &loaded->study);
    if (selection->events)
        return PN_FAIL(PN_ERR_USAGE, "a study given as a text names its events itself");
    return pn_study_read_text(path, text, loaded->units, list, &loaded->study);
}

int pn_load(const char *path, const char *text, const struct pn_selection *selection,
            struct pn_complaints *complaints, struct pn_loaded *loaded)
{
    const struct pn_selection all = {.events = NULL};
    struct pn_complaints *unwanted = complaints ? NULL : calloc(1, sizeof *unwanted);
    struct pn_complaints *list = complaints ? complaints : unwanted;
    int status = PN_OK;

    *loaded = (struct pn_loaded){0};
    if (!list)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for complaints");
    selection = selection ? selection : &all;
    list->n = list->n_warnings = 0;
    list->strict = selection->strict;
    PN_TRY(pn_units_create(&loaded->units));
    PN_TRY(read_study(path, text, selection, list, loaded));
    if (selection->seed > 0)
        loaded->study->seed = selection->seed;
    if (selection->first > 0)
        PN_TRY(pn_study_select(loaded->study, selection->first, selection->last));
    PN_TRY(pn_trial_create(loaded->study, loaded->units, list, &loaded->trial));
    if (list->n > 0) { /* of a strict list */
        status = PN_FAIL(PN_ERR_INPUT, "%s", list->kept[0].text);
        goto out;
    }
    loaded->n_warnings = list->n_warnings;
    loaded->warnings = pn_warnings_text(list);
    if (!loaded->warnings)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for warnings");
out:
    free(unwanted);
    return status;
}

void pn_unload(struct pn_loaded *loaded)
{
    pn_trial_free(&loaded->trial);
    pn_study_free(&loaded->study);
    pn_units_free(&loaded->units);
    free(loaded->warnings);
    loaded->warnings = NULL;
}
