/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rank works on what: a shared counter, agreement before and after, nothing in
 * between. */
#ifndef PN_CLUSTER_CLUSTER_H
#define PN_CLUSTER_CLUSTER_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

struct pn_cluster;

/** Join the other ranks.  MPI is initialised only under a launcher (OMPI_COMM_WORLD_SIZE,
 * PMI_RANK or PMIX_RANK is set): a single process starts in milliseconds.  Collective.
 *  @return PN_OK, PN_ERR_LIBRARY, PN_ERR_USAGE (several tasks of a Slurm step, but no
 * MPI: each would write the same files). */
int pn_cluster_create(struct pn_cluster **cluster);

/** One process, whatever the launcher says; no MPI. */
int pn_cluster_create_alone(struct pn_cluster **cluster);

/** Rank that the launcher's environment tells, 0 without a launcher: who may speak before
 * the ranks have joined. */
int pn_cluster_launched_rank(void);

/** From now on SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 ask this process to stop: it has 0.8
 * s to do so in its own way, then it ends at once with exit code 85.  The second signal
 * of a kind acts as it always does. */
void pn_cluster_watch_signals(void);

/** When so many seconds are over, end at once with exit code 85. */
void pn_cluster_end_within(double seconds);

/** Not 0 once such a signal has come: begin nothing new, drop what is at work. */
int pn_cluster_stop_asked(void);

/** From now on a SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT of the process's own stores
 * its number in *noted, then acts as it always does; the end by the timer above stores
 * `stopped` there.  Call it when MPI runs, which has handlers of its own.
 *  @param[in] noted  lives until the next call; NULL: note nothing any more, the handlers
 *                    of before are put back */
void pn_cluster_watch_crashes(volatile sig_atomic_t *noted, int stopped);

/** Tell all ranks to stop; ask whether one of them has told so.  Not collective. */
void pn_cluster_tell_stop(struct pn_cluster *cluster);
int pn_cluster_stop_told(struct pn_cluster *cluster);

/** Leave; finalises MPI.  Collective. */
void pn_cluster_free(struct pn_cluster **cluster);

int pn_cluster_rank(const struct pn_cluster *cluster);
int pn_cluster_n_ranks(const struct pn_cluster *cluster);

/** Begin another work with the same ranks: the counter starts again, nobody has told to
 * stop.  Collective; does nothing before the first work. */
void pn_cluster_rewind(struct pn_cluster *cluster);

/** Take the next n of the work: returns the first number, from 0, handed to nobody else.
 * Not collective: every rank computes, none waits for a master. */
int64_t pn_cluster_take(struct pn_cluster *cluster, int64_t n);

/** The worst status of all ranks (the lowest), on every rank.  Collective. */
int pn_agree(struct pn_cluster *cluster, int status);

/** Rank 0's value, on every rank.  Collective. */
int64_t pn_cluster_share(struct pn_cluster *cluster, int64_t value);

/** Sum over ranks, on every rank; for what is told, never for what is computed: its last
 * bits are those of the order of arrival.  Collective. */
double pn_cluster_sum(struct pn_cluster *cluster, double value);

/** Sums over ranks, on every rank.  Collective.
 *  @param[in,out] count  shape [n] */
void pn_cluster_add_up(struct pn_cluster *cluster, uint64_t *count, size_t n);

/** Words that are not zero on one rank at most, on every rank: bit by bit, so that any
 * numbers come through as they are.  Collective.
 *  @param[in,out] words  n words of 8 bytes */
void pn_cluster_unite(struct pn_cluster *cluster, void *words, size_t n);

/** Name and version of the MPI library, such as "Open MPI v4.1.4"; needs no launcher.
 *  @param[out] text  at least 64 bytes are useful */
void pn_cluster_library(char *text, size_t size);

#endif
