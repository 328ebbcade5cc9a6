/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a study for the jobs of an array: which patients each of them simulates. */
#ifndef PN_RUN_SHARD_H
#define PN_RUN_SHARD_H

#include "solver/run/part.h"

enum { PN_SHARDS_MOST = 99999 };

/** "K/N", digits only, 1 <= K <= N <= PN_SHARDS_MOST.  @return PN_OK, PN_ERR_USAGE. */
int pn_shard_parse(const char *text, struct pn_shard *shard);

/** The part of a file's name behind `prefix`: "lock-" "3-of-8".  @return 1: it is one. */
int pn_shard_of_name(const char *name, const char *prefix, struct pn_shard *shard);

/** Jobs that are handed out together: 64, fewer where there is little work, so that no
 * worker waits long for the last.  A pure function: shards agree without a word. */
int64_t pn_unit_of_jobs(int64_t n_jobs, int64_t n_workers);

/** How many of n_jobs are the shard's; its i-th one, i from 0, in rising order; whose a
 * job is, from 1.  Units of jobs go round: patients differ in cost by arm. */
int64_t pn_shard_n_jobs(struct pn_shard shard, int64_t n_jobs);
int64_t pn_shard_job(struct pn_shard shard, int64_t n_jobs, int64_t i);
int64_t pn_shard_of_job(int64_t n_shards, int64_t n_jobs, int64_t job);

#endif
