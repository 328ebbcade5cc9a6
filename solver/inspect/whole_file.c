/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text files that appear when they are whole: a stream on a draft. */
#include "solver/inspect/whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/hdf/write_target.h"

int pn_flush(FILE *stream, const char *what)
{
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", what,
                   errno ? strerror(errno) : "an earlier write failed");
}

static FILE *stream_on(const struct pn_draft *draft)
{
    int fd = dup(draft->fd);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (!stream && fd >= 0)
        close(fd);
    return stream;
}

int pn_whole_file(const char *result, const char *option, const char *path,
                  int (*write)(void *user, FILE *stream), void *user)
{
    struct pn_draft draft = {.path = NULL};
    FILE *stream = NULL;
    int status;

    PN_TRY(pn_target_check(option, path, PN_TARGET_FILE, &result, 1));
    PN_TRY(pn_draft_begin(path, &draft));
    stream = stream_on(&draft);
    if (!stream) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(write(user, stream));
    PN_TRY(pn_flush(stream, path));
    PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    return status;
}
