/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a qualification: a folder, the checks, the folder goes away. */
#include "solver/inspect/qualify.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/qualify_steps.h"

static int make_folder(struct pn_qualification *test)
{
    const char *parent = getenv("TMPDIR");

    if (asprintf(&test->folder, "%s/pneuma-selftest-XXXXXX",
                 parent && *parent ? parent : "/tmp") < 0) {
        test->folder = NULL;
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    }
    if (!mkdtemp(test->folder))
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", test->folder,
                       strerror(errno));
    return PN_OK;
}

static int remove_one(const char *path, const struct stat *about, int kind,
                      struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

int pn_qualify(struct pn_report *report)
{
    struct pn_qualification test = {.report = report};
    int status;

    *report = (struct pn_report){.n = 0};
    PN_TRY(make_folder(&test));
    test.program = realpath("/proc/self/exe", NULL);
    if (test.program) {
        pn_qualify_parts(&test);
        pn_qualify_studies(&test);
        pn_qualify_bits(&test);
    } else {
        status = PN_FAIL(PN_ERR_IO, "cannot find this program: %s", strerror(errno));
    }
    nftw(test.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
out:
    free(test.folder);
    free(test.program);
    return status;
}
