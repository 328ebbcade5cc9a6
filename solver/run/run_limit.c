/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --max-hours: when to stop so that what is done can still be written. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/hdf/draft.h"
#include "solver/record/journal.h"

#define MARGIN  0.99 /* of the hours, as molecular dynamics has it */
#define READS   3.0  /* OURS: journals read, result written, result read back */
#define AT_ONCE 1.0  /* s, OURS: folders, hashes, the agreement of the ranks */

enum { SAMPLE = 4 << 20 }; /* bytes */

/* Bytes that the disk of the folder takes in a second, fsync included. */
static int measure_rate(const struct pn_run *run, double *rate)
{
    char path[sizeof run->folder + 16];
    char *sample = calloc(1, SAMPLE);
    double start = pn_seconds();
    int fd, good;

    if (!sample)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    snprintf(path, sizeof path, "%s/" PN_RUN_SAMPLE, run->folder);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    good = fd >= 0 && pn_write_all(fd, sample, SAMPLE) == 0 && fsync(fd) == 0;
    *rate = SAMPLE / fmax(pn_seconds() - start, 1e-6);
    free(sample);
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    return good ? PN_OK
                : PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
}

/* Seconds from now until the work must stop. */
static int measure(struct pn_run *run, double *seconds)
{
    double bytes = (double)pn_trial_n_jobs(run->loaded.trial) *
                   (double)pn_record_size(run->loaded.trial->n_values);
    double rate, needed;
    int status;

    if (pn_run_is_shard(run))
        bytes = 0.0; /* its result is assembled by another command */
    PN_TRY(measure_rate(run, &rate));
    needed = AT_ONCE + READS * bytes / rate;
    *seconds = run->ends - needed - pn_seconds();
    if (!(*seconds > 0.0))
        status = PN_FAIL(
            PN_ERR_USAGE, "--max-hours %g: reading and writing alone need about %.3g h",
            run->options.max_hours, (needed + pn_seconds() - run->began) / 3600.0);
out:
    return status;
}

void pn_run_start_clock(struct pn_run *run)
{
    run->began = pn_seconds();
    run->ends = run->deadline = (double)INFINITY;
    if (run->options.max_hours > 0.0)
        run->ends = run->began + MARGIN * 3600.0 * run->options.max_hours;
}

int pn_run_limit(struct pn_run *run)
{
    int is_first = pn_cluster_rank(run->cluster) == 0, status = PN_OK;
    double seconds = 0.0;

    if (!(run->options.max_hours > 0.0))
        return PN_OK;
    if (is_first)
        status = measure(run, &seconds);
    if (status != PN_OK)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
    if (status != PN_OK)
        return status;
    /* clocks of machines have nothing in common but their pace */
    seconds = 1e-6 * (double)pn_cluster_share(run->cluster, (int64_t)(1e6 * seconds));
    run->deadline = pn_seconds() + seconds;
    pn_cluster_end_within(run->ends - pn_seconds());
    return PN_OK;
}
