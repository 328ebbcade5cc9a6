/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a study, its drugs and tables, plug-ins and all, as they were found. */
#include "solver/run/run_target.h"

#include <stdlib.h>

#include "solver/base/status.h"

int pn_study_target_check(const char *what, const char *path, enum pn_target_kind kind,
                          const struct pn_study *study, const char *more)
{
    const char **read = calloc(study->n_inputs + study->n_plugins + 1, sizeof *read);
    size_t n = 0;
    int status;

    if (!read)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the files of a study");
    for (size_t i = 0; i < study->n_inputs; i++)
        read[n++] = study->input[i].path;
    for (size_t i = 0; i < study->n_plugins; i++)
        read[n++] = study->plugin[i];
    read[n++] = more;
    status = pn_target_check(what, path, kind, read, n);
    free(read);
    return status;
}
