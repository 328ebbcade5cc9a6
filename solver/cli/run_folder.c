/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder RESULT.run/: whose it is, what earlier attempts have left in it. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/run.h"

static void discard(const struct pn_run *run)
{
    char pattern[sizeof run->folder + 16];
    glob_t found;

    unlink(run->options.out);
    snprintf(pattern, sizeof pattern, "%s/journal-*.pnj", run->folder);
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
        globfree(&found);
    }
}

int pn_run_open_folder(struct pn_run *run)
{
    struct stat found;

    if (stat(run->options.out, &found) == 0 && S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is a folder: --out names a file", run->options.out);
    if (run->options.restart)
        discard(run);
    if (stat(run->options.out, &found) == 0)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s exists: choose another --out, or discard it by --restart",
                       run->options.out);
    if (mkdir(run->folder, 0777) != 0 && errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", run->folder,
                       strerror(errno));
    return PN_OK;
}

int pn_run_read_journals(struct pn_run *run)
{
    int status = pn_index_read(run->folder, &run->key, run->loaded.trial, &run->index);

    if (status == PN_OK && run->index->n_foreign > 0)
        return PN_FAIL(
            PN_ERR_FOREIGN_RUN,
            "%s holds the unfinished run of another study, patients, inputs or "
            "program: finish that one, choose another --out, or discard it by "
            "--restart",
            run->folder);
    return status;
}
