/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results: each rank appends to its own journal; one process assembles the HDF5 file at
 * the end. */
#ifndef PN_RECORD_RECORD_H
#define PN_RECORD_RECORD_H

#include "solver/record/tally.h"
#include "solver/simulate/life.h"
#include "solver/trial/trial.h"

/** Says which run a record belongs to: SHA-256 (first 16 bytes) of the resolved study,
 * the program's version and the hashes of all inputs. */
struct pn_run_key {
    unsigned char byte[16];
};

struct pn_reuse;

/* --- journal: header, then records of fixed size {magic, run key, job, status …, values,
 * CRC-32C} --- */

struct pn_journal;

/** Create FOLDER/journal-RANK-ATTEMPT.pnj (the first attempt number that is free;
 * O_EXCL).
 *  @return PN_OK, PN_ERR_IO. */
int pn_journal_create(const char *folder, int rank, const struct pn_run_key *key,
                      size_t n_values, struct pn_journal **journal);

/** Append one outcome: a copy.  It is written to the file within a tenth of a second of
 * work, fsync every few seconds. */
int pn_journal_append(struct pn_journal *journal, const struct pn_life *life);

/** fsync and close; also frees.  @return PN_OK, PN_ERR_IO. */
int pn_journal_close(struct pn_journal **journal);
/** The same without fsync: for a journal that is read at once, into a result that is
 * synced before the journal goes. */
int pn_journal_leave(struct pn_journal **journal);

/** What was found in the journals of a folder. */
struct pn_index {
    const struct pn_reuse *reuse; /* points of an earlier result; borrowed, NULL: none */
    size_t n_jobs, n_found;       /* jobs of the trial; jobs with a good record */
    size_t n_torn, n_foreign; /* records passed over: bad CRC or cut; of another run */
    size_t n_doses;           /* of the lives that were simulated to their end */
    size_t n_files;
    char **file;            /* paths */
    size_t *torn, *foreign; /* records passed over in each file */
    int32_t *in_file;       /* [n_jobs], -1: no record */
    uint64_t *offset;       /* [n_jobs], of the record in its file */
};

/** Journals in which failures count for nothing: their jobs are simulated again. */
struct pn_index_rule {
    const void *user;
    int (*drops_failures)(const void *user, const char *journal); /* a path */
};

/** Read all journals of a folder and check every record.  If a job has several good
 * records the first in file-name order counts (they are equal).  Not collective.
 *  @param[in] rule  NULL: every failure counts
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_index_read(const char *folder, const struct pn_run_key *key,
                  const struct pn_trial *trial, const struct pn_index_rule *rule,
                  struct pn_index **index);
/** The same at the end of the run that began with `known`.  Journals that were not there
 * then are this run's own, from ranks that all ended well: the checksums of their records
 * are left to the reading of their values. */
int pn_index_read_again(const struct pn_index *known, const char *folder,
                        const struct pn_run_key *key, const struct pn_trial *trial,
                        const struct pn_index_rule *rule, struct pn_index **index);
void pn_index_free(struct pn_index **index);

/** Read the record of a job.
 *  @param[out] life  its values are the caller's, shape [n_values]
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_index_get(const struct pn_index *index, const struct pn_trial *trial, size_t job,
                 struct pn_life *life);

/* --- result file --- */

/** What is written besides the arrays: the same for any time, host and ranks, so that
 * equal runs have equal files. */
struct pn_provenance {
    const char *resolved; /* resolved study, YAML */
    const char *warnings; /* of the study's files, one a line; NULL: none */
    const char *points;   /* keys of a design's points (reuse.h); NULL: no design */
    const char *version, *revision, *compiler, *flags;
    const char *libraries; /* one "name version" a line */
    /* asked before the result gets its name: PN_OK, or why not; NULL: it may */
    int (*may_publish)(const void *user);
    const void *user;
};

/** Assemble RESULT from the journals, streamed in patient order: temporary name in the
 * same folder, every write checked, re-opened and compared, fsync, rename, fsync of the
 * folder.  Jobs without a record are status not_run, NaN.  Layout:
 * solver/record/README.md.
 *  @return PN_OK, PN_ERR_IO, PN_ERR_LIBRARY. */
int pn_result_write(const char *path, const struct pn_trial *trial,
                    const struct pn_index *index, const struct pn_provenance *provenance,
                    struct pn_tally *tally);

/** The same in the place of an earlier result, which is there until the new one is whole;
 * the index may reuse rows of it. */
int pn_result_replace(const char *path, const struct pn_trial *trial,
                      const struct pn_index *index,
                      const struct pn_provenance *provenance, struct pn_tally *tally);

#endif
