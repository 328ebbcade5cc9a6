/* SPDX-License-Identifier: GPL-3.0-or-later */
/* max_hours: when to stop so that what is done can still be written. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/hdf/draft.h"
#include "solver/record/journal.h"
#include "solver/run/run_folder.h"

#define READS   3.0 /* OURS: journals read, result written, result read back */
#define AT_ONCE 1.0 /* s, OURS: folders, hashes, the agreement of the ranks */

enum { SAMPLE = 4 << 20 }; /* bytes */

/* Bytes that the disk of the folder takes in a second, fsync included. */
static int measure_rate(const struct pn_run *run, double *rate)
{
    char *path = pn_format("%s/" PN_RUN_SAMPLE, run->held.folder);
    char *sample = calloc(1, SAMPLE);
    double start = pn_seconds();
    int fd = -1, status = PN_OK;

    if (!path || !sample) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    fd =
        PN_RETRY(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (fd < 0 || pn_write_all(fd, sample, SAMPLE) != 0 || PN_RETRY(fsync(fd)) != 0)
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    *rate = SAMPLE / fmax(pn_seconds() - start, 1e-6);
    if (fd >= 0) {
        close(fd);
        pn_remove(path);
    }
out:
    free(sample);
    free(path);
    return status;
}

/* Seconds that reading and writing still need: AT_ONCE and more. */
static int measure_needed(const struct pn_run *run, double *needed)
{
    double rate = 0.0, bytes = (double)run->subject.n_all *
                               (double)pn_record_size(pn_run_trial(run)->n_values);
    int status = PN_OK;

    *needed = 0.0;
    if (!run->request.out)
        return PN_OK;
    if (pn_run_is_shard(run))
        bytes = 0.0; /* its result is assembled by another command */
    PN_TRY(measure_rate(run, &rate));
    *needed = AT_ONCE + READS * bytes / rate;
out:
    return status;
}

/* Seconds from now until the work must stop. */
static int measure(const struct pn_run *run, double *seconds)
{
    double needed;
    int status;

    PN_TRY(measure_needed(run, &needed));
    *seconds = run->state.ends - needed - pn_seconds();
    if (!(*seconds > 0.0))
        status = PN_FAIL(PN_ERR_USAGE,
                         "--max-hours %g: reading and writing alone need about "
                         "%.3g h",
                         run->request.max_hours,
                         (needed + pn_seconds() - run->state.began) / 3600.0);
out:
    return status;
}

int pn_run_limit(struct pn_run *run)
{
    struct pn_run_state *state = &run->state;
    int is_first = pn_cluster_rank(run->cluster) == 0, status;
    double seconds = 0.0;

    if (!(run->request.max_hours > 0.0))
        return PN_OK;
    PN_TRY(pn_run_agree(run, is_first ? measure(run, &seconds) : PN_OK));
    /* clocks of machines have nothing in common but their pace */
    seconds = 1e-6 * (double)pn_cluster_share(run->cluster, (int64_t)(1e6 * seconds));
    state->deadline = pn_seconds() + seconds;
    if (run->events.deadline)
        run->events.deadline(run->events.user, state->ends - pn_seconds());
out:
    return status;
}
