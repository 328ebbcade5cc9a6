/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few lives of every arm are tried, an empty result is measured; both are multiplied.
 */
#include "solver/inspect/cost.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/record/journal.h"
#include "solver/record/record.h"
#include "solver/simulate/simulate.h"

/* OURS: enough lives to fill lanes many times, not so many that one waits */
enum { FIRST_LIVES = 16, LIVES_MOST = 4096 };
static const double budget_s = 4.0; /* of CPU time, all arms together */

static double cpu_seconds(void)
{
    struct timespec t = {0, 0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- lives that are tried --- */

/* Lives of an arm in an order that is spread over its points and patients: every
 * `stride`-th, going round. */
struct sample {
    int64_t first, n_cells, stride; /* jobs of the arm */
    int64_t next, end;              /* places in that order */
    size_t n, n_failed;
    uint64_t n_doses;
    double sum, squares; /* of the work of a life: a count, so that no clock is needed */
};

static int64_t next_life(void *user)
{
    struct sample *sample = user;

    if (sample->next >= sample->end)
        return -1;
    return sample->first + (int64_t)((uint64_t)sample->next++ * (uint64_t)sample->stride %
                                     (uint64_t)sample->n_cells);
}

static int life_done(void *user, const struct pn_life *life)
{
    struct sample *sample = user;
    double work = (double)(life->n_rates + 4 * life->n_factors);

    sample->n++;
    sample->n_failed += life->status != PN_OK;
    sample->n_doses += life->status == PN_OK ? life->n_doses : 0;
    sample->sum += work;
    sample->squares += work * work;
    return PN_OK;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static struct sample sample_of_arm(const struct pn_trial *trial, size_t arm)
{
    struct sample sample = {
        .first = pn_trial_job_number(trial, (struct pn_job){.arm = arm}),
        .n_cells = (int64_t)(pn_trial_n_jobs(trial) / trial->study->n_arms)};

    sample.stride = (int64_t)(0.618 * (double)sample.n_cells) | 1;
    while (greatest_divisor(sample.stride, sample.n_cells) != 1)
        sample.stride++;
    return sample;
}

static void judge_arm(struct pn_cost_arm *arm, const struct sample *sample)
{
    double n = (double)sample->n, mean = sample->sum / n;
    double variance = fmax(sample->squares / n - mean * mean, 0.0);

    arm->n_tried = sample->n;
    arm->n_failed = sample->n_failed;
    arm->n_doses = (size_t)sample->n_doses;
    arm->error =
        mean > 0.0 ? sqrt(variance / n * (1.0 - n / (double)arm->n_lives)) / mean : 0.0;
}

/* Batches that grow until the time is used: small ones pay for cold caches and for lanes
 * that run empty at their end, so the time of the last one that was not cut counts. */
static int try_arm(const struct pn_trial *trial, size_t a, struct pn_cost_arm *arm)
{
    struct sample sample = sample_of_arm(trial, a);
    const struct pn_job_calls calls = {
        .user = &sample, .next = next_life, .done = life_done};
    double allowed = budget_s / (double)trial->study->n_arms, used = 0.0;
    int64_t batch = FIRST_LIVES;

    arm->n_lives = (size_t)sample.n_cells;
    while (sample.next < sample.n_cells && sample.next < LIVES_MOST &&
           (used == 0.0 || 3.0 * used < allowed)) {
        size_t before = sample.n;
        double start = cpu_seconds(), took;
        int status;

        sample.end =
            sample.next + batch < sample.n_cells ? sample.next + batch : sample.n_cells;
        status = pn_simulate(trial, &calls);
        if (status != PN_OK)
            return status;
        took = cpu_seconds() - start;
        used += took;
        if (2 * (int64_t)(sample.n - before) >= batch || before == 0)
            arm->seconds = took / (double)(sample.n - before);
        batch *= 2;
    }
    judge_arm(arm, &sample);
    return PN_OK;
}

/* --- sizes --- */

/* Bytes of a result of the first n patients, without doses: that of an empty journal. */
static int size_of(const char *path, struct pn_selection selection, size_t n,
                   const char *folder, double *bytes)
{
    const struct pn_provenance provenance = {.resolved = "",
                                             .version = pn_version(),
                                             .revision = pn_revision(),
                                             .compiler = pn_compiler(),
                                             .flags = pn_flags(),
                                             .libraries = ""};
    struct pn_loaded few = {0};
    struct pn_index *none = NULL;
    struct pn_tally tally = {0};
    struct pn_run_key key = {{0}};
    char result[4096];
    int status = PN_OK;

    selection.first = selection.first > 0 ? selection.first : 1;
    selection.last = selection.first + n - 1;
    snprintf(result, sizeof result, "%s/few.h5", folder);
    PN_TRY(pn_load(path, NULL, &selection, NULL, &few));
    PN_TRY(pn_index_read(folder, &key, few.trial, NULL, &none));
    PN_TRY(pn_result_write(result, few.trial, none, &provenance, &tally));
    *bytes = (double)tally.n_bytes;
out:
    unlink(result);
    pn_index_free(&none);
    pn_unload(&few);
    return status;
}

static double bytes_of_doses(const struct pn_cost *cost, const struct pn_study *study,
                             int has_points)
{
    double columns = 4.0 + 3.0 + has_points, sum = 0.0; /* what, whose, where */

    for (size_t a = 0; a < study->n_arms; a++)
        sum += (double)cost->arm[a].n_doses / (double)cost->arm[a].n_tried *
               (double)cost->arm[a].n_lives * columns * sizeof(double);
    return sum;
}

static int measure_sizes(const char *path, const struct pn_selection *selection,
                         const struct pn_loaded *loaded, struct pn_cost *cost)
{
    const char *above = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    size_t n = loaded->study->population.n_patients, some = n < 3 ? n : 3;
    double one, three;
    char folder[3900];
    int status = PN_OK;

    snprintf(folder, sizeof folder, "%s/pneuma-cost-XXXXXX", above);
    if (!mkdtemp(folder))
        return PN_FAIL(PN_ERR_IO, "cannot make a folder in %s: %s (set TMPDIR)", above,
                       strerror(errno));
    PN_TRY(size_of(path, *selection, 1, folder, &one));
    PN_TRY(size_of(path, *selection, some, folder, &three));
    cost->result_bytes =
        one + (some > 1 ? (three - one) / (double)(some - 1) * (double)(n - 1) : 0.0) +
        bytes_of_doses(cost, loaded->study, loaded->trial->points->n > 1);
    cost->journal_bytes =
        (double)cost->n_lives * (double)pn_record_size(loaded->trial->n_values);
out:
    rmdir(folder);
    return status;
}

/* --- */

static void sum_up(struct pn_cost *cost, size_t n_arms)
{
    const double machine = 0.2; /* OURS: clocks, caches and neighbours of other nodes */
    double variance = 0.0, span;

    for (size_t a = 0; a < n_arms; a++) {
        const struct pn_cost_arm *arm = &cost->arm[a];
        double seconds = (double)arm->n_lives * arm->seconds;
        cost->n_tried += arm->n_tried;
        cost->n_failed += arm->n_failed;
        cost->cpu_s += seconds;
        variance += pow(seconds * arm->error, 2.0);
    }
    span = sqrt(4.0 * variance + pow(machine * cost->cpu_s, 2.0));
    cost->cpu_low = fmax(cost->cpu_s - span, 0.0);
    cost->cpu_high = cost->cpu_s + span;
}

int pn_cost_measure(const char *path, const struct pn_selection *selection,
                    const struct pn_loaded *loaded, double start_s, struct pn_cost *cost)
{
    size_t n_arms = loaded->study->n_arms;
    double start = cpu_seconds();
    struct rusage usage;
    int status = PN_OK;

    *cost =
        (struct pn_cost){.n_lives = pn_trial_n_jobs(loaded->trial), .start_s = start_s};
    cost->arm = calloc(n_arms + 1, sizeof *cost->arm);
    if (!cost->arm)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t a = 0; a < n_arms; a++)
        PN_TRY(try_arm(loaded->trial, a, &cost->arm[a]));
    cost->tried_s = cpu_seconds() - start;
    sum_up(cost, n_arms);
    getrusage(RUSAGE_SELF, &usage);
    /* the index of journals: 12 bytes a life */
    cost->memory_bytes = 1024.0 * (double)usage.ru_maxrss + 12.0 * (double)cost->n_lives;
    PN_TRY(measure_sizes(path, selection, loaded, cost));
out:
    return status;
}

void pn_cost_free(struct pn_cost *cost)
{
    free(cost->arm);
    cost->arm = NULL;
}
