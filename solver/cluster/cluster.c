/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MPI, where a launcher has started several ranks; one process otherwise.  Signals that
 * ask to stop, and those that end a process. */
#include "solver/cluster/cluster.h"

#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"

struct pn_cluster {
    int parallel; /* MPI runs */
    int rank, n_ranks;
    int64_t own_counter; /* without MPI */
    int has_window, has_worked;
    MPI_Win window;
};

enum { COUNTER, STOP, CELLS }; /* of the window on rank 0 */
enum { GRACE_US = 800000 };

/* a handler can reach nothing but a global */
static volatile sig_atomic_t stop_asked;

static volatile sig_atomic_t *volatile crash_noted;
static volatile sig_atomic_t crash_stopped;

/* mpirun kills its ranks one or two seconds after a SIGTERM: who computes at something
 * that cannot be left, or waits for a rank that does, ends here.  The journals hold what
 * is done. */
static void give_up(int signal)
{
    (void)signal;
    if (crash_noted)
        *crash_noted = crash_stopped;
    _exit(pn_status_exit_code(PN_ERR_STOPPED));
}

static void ask_to_stop(int signal)
{
    const struct itimerval grace = {.it_value = {.tv_usec = GRACE_US}};

    (void)signal;
    stop_asked = 1;
    setitimer(ITIMER_REAL, &grace, NULL); /* a system call and no more */
}

void pn_cluster_watch_signals(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = ask_to_stop,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    struct sigaction end = {.sa_handler = give_up};

    sigaction(SIGALRM, &end, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

/* A signal that another process has sent says nothing about our work. */
static void note_crash(int signal, siginfo_t *info, void *context)
{
    int own = info->si_code > 0 || info->si_pid == getpid();

    (void)context;
    if (crash_noted && own)
        *crash_noted = signal;
    raise(signal); /* it waits until we return, and then finds no handler */
}

void pn_cluster_watch_crashes(volatile sig_atomic_t *noted, int stopped)
{
    enum { SIGNALS = 5 };
    static const int signals[SIGNALS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static struct sigaction before[SIGNALS]; /* kept while somebody watches */
    static char stack[1 << 16]; /* a signal may come because there is no other any more */
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    const struct sigaction action = {.sa_sigaction = note_crash,
                                     .sa_flags =
                                         (int)(SA_SIGINFO | SA_RESETHAND | SA_ONSTACK)};
    int watched = crash_noted != NULL;

    crash_stopped = stopped;
    crash_noted = noted;
    if (noted)
        sigaltstack(&other, NULL);
    for (size_t i = 0; i < SIGNALS; i++) {
        if (noted)
            sigaction(signals[i], &action, watched ? NULL : &before[i]);
        else if (watched)
            sigaction(signals[i], &before[i], NULL);
    }
}

void pn_cluster_end_within(double seconds)
{
    const long us = (long)(1e6 * seconds) + 1; /* zero would mean never */
    const struct itimerval end = {
        .it_value = {.tv_sec = us / 1000000, .tv_usec = us % 1000000}
    };

    setitimer(ITIMER_REAL, &end, NULL);
}

int pn_cluster_stop_asked(void)
{
    return stop_asked != 0;
}

static int under_a_launcher(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_RANK") || getenv("PMIX_RANK");
}

int pn_cluster_launched_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return atoi(getenv(names[i]));
    return 0;
}

/* srun without a working MPI plug-in, or the mpirun of another MPI library, starts N
 * programs that know nothing of each other.  The launcher's word for it, NULL: not so. */
static const char *lost_tasks(const struct pn_cluster *cluster)
{
    static const char *const names[] = {"SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE",
                                        "PMI_SIZE"};

    for (size_t i = 0; cluster->n_ranks == 1 && i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]) && atoi(getenv(names[i])) > 1)
            return getenv(names[i]);
    return NULL;
}

static int open_window(struct pn_cluster *cluster)
{
    MPI_Aint size = cluster->rank == 0 ? (MPI_Aint)sizeof(int64_t[CELLS]) : 0;
    int64_t *cell;

    if (MPI_Win_allocate(size, sizeof(int64_t), MPI_INFO_NULL, MPI_COMM_WORLD, &cell,
                         &cluster->window) != MPI_SUCCESS)
        return PN_FAIL(PN_ERR_LIBRARY, "MPI cannot allocate the shared counter");
    if (cluster->rank == 0)
        cell[COUNTER] = cell[STOP] = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, cluster->window);
    cluster->has_window = 1;
    return PN_OK;
}

static pid_t launcher;

static void look_for_launcher(int signal)
{
    (void)signal;
    if (getppid() != launcher)
        _exit(pn_status_exit_code(PN_ERR_STOPPED));
}

/* A launcher that is killed while it answers leaves a rank in MPI_Init for ever (seen
 * with Open MPI 4.1: PMIx_Init waits without a limit).  Until then nothing has begun, and
 * the rank goes with the process that started it. */
static int start_mpi(void)
{
    struct sigaction look = {.sa_handler = look_for_launcher, .sa_flags = SA_RESTART};
    struct sigaction none = {.sa_handler = SIG_IGN};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM};
    const struct itimerspec second = {.it_interval = {.tv_sec = 1},
                                      .it_value = {.tv_sec = 1}};
    timer_t timer;
    int status, timed;

    launcher = getppid();
    sigaction(SIGVTALRM, &look, NULL);
    timed = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
    if (timed)
        timer_settime(timer, 0, &second, NULL);
    status = MPI_Init(NULL, NULL);
    if (timed)
        timer_delete(timer);
    sigaction(SIGVTALRM, &none, NULL);
    return status;
}

static int join(struct pn_cluster *cluster)
{
    if (under_a_launcher()) {
        if (start_mpi() != MPI_SUCCESS)
            return PN_FAIL(PN_ERR_LIBRARY, "MPI does not start");
        cluster->parallel = 1;
        MPI_Comm_rank(MPI_COMM_WORLD, &cluster->rank);
        MPI_Comm_size(MPI_COMM_WORLD, &cluster->n_ranks);
    }
    if (lost_tasks(cluster))
        return PN_FAIL(
            PN_ERR_USAGE,
            "%s tasks were started that MPI does not join: use srun --mpi=pmix, the "
            "launcher of the MPI library that pneuma --version names, or one task",
            lost_tasks(cluster));
    return cluster->parallel ? open_window(cluster) : PN_OK;
}

int pn_cluster_create_alone(struct pn_cluster **cluster)
{
    *cluster = calloc(1, sizeof **cluster);
    if (!*cluster)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    (*cluster)->n_ranks = 1;
    return PN_OK;
}

int pn_cluster_create(struct pn_cluster **cluster)
{
    int status = pn_cluster_create_alone(cluster);

    if (status == PN_OK)
        status = join(*cluster);
    if (status != PN_OK)
        pn_cluster_free(cluster);
    return status;
}

void pn_cluster_free(struct pn_cluster **cluster)
{
    if (!*cluster)
        return;
    if ((*cluster)->has_window) {
        MPI_Win_unlock_all((*cluster)->window);
        MPI_Win_free(&(*cluster)->window);
    }
    if ((*cluster)->parallel)
        MPI_Finalize();
    free(*cluster);
    *cluster = NULL;
}

int pn_cluster_rank(const struct pn_cluster *cluster)
{
    return cluster->rank;
}
int pn_cluster_n_ranks(const struct pn_cluster *cluster)
{
    return cluster->n_ranks;
}

/* @return what stood in the cell before */
static int64_t add(struct pn_cluster *cluster, int cell, int64_t n)
{
    int64_t before;

    MPI_Fetch_and_op(&n, &before, MPI_INT64_T, 0, cell, MPI_SUM, cluster->window);
    MPI_Win_flush(0, cluster->window);
    return before;
}

void pn_cluster_rewind(struct pn_cluster *cluster)
{
    static const int64_t zero[CELLS] = {0};

    cluster->own_counter = 0;
    if (cluster->parallel && cluster->has_worked) {
        MPI_Barrier(MPI_COMM_WORLD); /* nobody takes of the old work any more */
        if (cluster->rank == 0) {
            MPI_Accumulate(zero, CELLS, MPI_INT64_T, 0, 0, CELLS, MPI_INT64_T,
                           MPI_REPLACE, cluster->window);
            MPI_Win_flush(0, cluster->window);
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    cluster->has_worked = 1;
}

int64_t pn_cluster_take(struct pn_cluster *cluster, int64_t n)
{
    int64_t first = cluster->own_counter;

    if (!cluster->parallel) {
        cluster->own_counter += n;
        return first;
    }
    return add(cluster, COUNTER, n);
}

void pn_cluster_tell_stop(struct pn_cluster *cluster)
{
    if (cluster->parallel)
        add(cluster, STOP, 1);
}

int pn_cluster_stop_told(struct pn_cluster *cluster)
{
    return cluster->parallel && add(cluster, STOP, 0) > 0;
}

int pn_agree(struct pn_cluster *cluster, int status)
{
    int worst = status;

    if (cluster->parallel)
        MPI_Allreduce(&status, &worst, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return worst;
}

int64_t pn_cluster_share(struct pn_cluster *cluster, int64_t value)
{
    if (cluster->parallel)
        MPI_Bcast(&value, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    return value;
}

double pn_cluster_sum(struct pn_cluster *cluster, double value)
{
    if (cluster->parallel)
        MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return value;
}

void pn_cluster_add_up(struct pn_cluster *cluster, uint64_t *count, size_t n)
{
    if (cluster->parallel)
        MPI_Allreduce(MPI_IN_PLACE, count, (int)n, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
}

void pn_cluster_unite(struct pn_cluster *cluster, void *words, size_t n)
{
    enum { MOST = 1 << 24 }; /* MPI counts by int */
    uint64_t *word = words;

    for (size_t i = 0, k; cluster->parallel && i < n; i += k) {
        k = n - i < MOST ? n - i : MOST;
        MPI_Allreduce(MPI_IN_PLACE, word + i, (int)k, MPI_UINT64_T, MPI_BOR,
                      MPI_COMM_WORLD);
    }
}

void pn_cluster_library(char *text, size_t size)
{
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;

    MPI_Get_library_version(version, &length); /* may be called before MPI_Init */
    snprintf(text, size, "%.*s", (int)strcspn(version, ",\n"), version);
}
