/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a result: reads nothing but it, writes beside the place and renames. */
#include "solver/inspect/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"

static int write_rows(const struct pn_result *result,
                      const struct pn_table_options *options, FILE *stream)
{
    return options->lengthy ? pn_table_write_long(result, options, stream)
                            : pn_table_write(result, options, stream);
}

/* what a stream still holds goes out here, and with it the news of a full disk */
static int flush(FILE *stream, const char *path)
{
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path,
                   errno ? strerror(errno) : "an earlier write failed");
}

static int same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;

    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static int write_file(const struct pn_result *result,
                      const struct pn_table_options *options)
{
    struct pn_draft draft = {.path = NULL};
    FILE *stream = NULL;
    int status, fd;

    if (same_file(options->result, options->out))
        return PN_FAIL(PN_ERR_USAGE, "--out %s is the result itself", options->out);
    PN_TRY(pn_draft_begin(options->out, &draft));
    fd = dup(draft.fd);
    stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", options->out, strerror(errno));
        if (fd >= 0)
            close(fd);
        goto out;
    }
    PN_TRY(write_rows(result, options, stream));
    PN_TRY(flush(stream, options->out));
    PN_TRY(pn_draft_commit(&draft, options->out, 1));
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    return status;
}

int pn_table(const struct pn_table_options *options)
{
    struct pn_result *result = NULL;
    int status;

    PN_TRY(pn_result_open(options->result, &result));
    if (options->out) {
        status = write_file(result, options);
    } else {
        PN_TRY(write_rows(result, options, stdout));
        status = flush(stdout, "the table");
    }
out:
    pn_result_close(&result);
    return status;
}
