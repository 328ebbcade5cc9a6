/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run in progress, shared by run*.c: options, the run folder, jobs, the end. */
#ifndef PN_CLI_COMMAND_RUN_H
#define PN_CLI_COMMAND_RUN_H

#include "solver/base/clock.h"
#include "solver/base/version.h"
#include "solver/cli/cli.h"
#include "solver/cli/options.h"
#include "solver/cluster/cluster.h"
#include "solver/record/record.h"
#include "solver/record/reuse.h"
#include "solver/run/identity.h"
#include "solver/run/lock.h"
#include "solver/run/note.h"
#include "solver/run/shard.h"
#include "solver/simulate/simulate.h"

#define PN_RUN_SAMPLE "sample" /* in the folder: written to see how fast its disk is */

struct pn_run_options {
    const char *study, *out;
    struct pn_selection selection;
    struct pn_shard shard; /* 1 of 1: the whole study */
    double max_failed;     /* NaN: the study's */
    const char *extend;    /* an earlier result of the sweep; NULL: none */
    double max_hours;      /* 0: no limit */
    int quiet, restart, rerun_failed, help;
};

struct pn_run {
    struct pn_run_options options;
    struct pn_cluster *cluster;
    struct pn_loaded loaded;
    struct pn_run_key key;
    char *resolved;
    struct pn_identity *identity;
    struct pn_lock *lock; /* of the folder, on rank 0 */
    int finished;         /* the result was there before: nothing to do */
    int untidy;           /* … and what led to it has not gone */
    int replaces;      /* the result was there before: its failed lives are run again */
    char replaced[65]; /* … SHA-256 of it */
    struct pn_tally tally; /* of the result */
    char folder[4096], command_line[4096], libraries[1024], host[256],
        started[PN_UTC_BYTES], ended[PN_UTC_BYTES];
    struct pn_index *index; /* what earlier attempts have done */
    struct pn_reuse *reuse; /* what an earlier sweep has done; NULL: none */
    struct pn_journal *journal;
    int64_t launch;              /* number of this start */
    struct pn_note *note;        /* of this rank */
    struct pn_suspects suspects; /* who may have killed earlier attempts */
    int64_t alone;               /* the one of them who is next; -1: none */
    struct pn_progress progress;
    size_t n_jobs;                /* of the shard */
    size_t n_found;               /* of them in the journals already */
    double began, ends, deadline; /* s of pn_seconds: of this attempt, of its time, of
                                     its work */
    int late;                     /* the deadline has stopped it */
    int stopped;                  /* this rank or another was asked to stop */
    unsigned n_asked;             /* by `halt`, which … */
    double looked;                /* … has looked at the other ranks then */
    int64_t unit, next, end;      /* jobs in hand: next … end - 1 */
    struct pn_lane_work work;
    double seconds, busy; /* simulating; share of it that ranks have had work */
    double ending;        /* when assembling began */
};

/* --- run_limit.c --- */

/** The attempt begins; with --max-hours it ends with 85 in any case when 99 % are over.
 */
void pn_run_start_clock(struct pn_run *run);

/** When the work must stop, so that the result can still be written; when 99 % of
 * --max-hours are over the attempt ends with 85 in any case.  Collective.
 *  @return PN_OK; PN_ERR_USAGE: at once; PN_ERR_IO. */
int pn_run_limit(struct pn_run *run);

/* --- run_folder.c --- */

/** On rank 0: the folder is there, ours to use and locked; or the result is there already
 * (run->finished).  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO, … */
int pn_run_open_folder(struct pn_run *run);
void pn_run_leave_folder(struct pn_run *run);

/** On rank 0, in the end: nobody is suspected any more. */
void pn_run_remove_notes(const struct pn_run *run);

/** What can be said of the folder without changing anything: it is that of this run. */
int pn_run_judge_folder(struct pn_run *run, int may_begin);

/** On every rank: what is done already, and who is suspected. */
int pn_run_read_journals(struct pn_run *run);

/** Remove all traces of shards, and drafts of files that killed attempts have left. */
void pn_run_forget_shards(const struct pn_run *run);

/** The sums of a result, from its own columns. */
int pn_run_read_tally(const struct pn_result *result, struct pn_tally *tally);

/** PN_ERR_FOREIGN_RUN "WHAT.  Changed: …" unless they are the same. */
int pn_run_refuse(const char *what, const struct pn_identity *was,
                  const struct pn_identity *is);

/** The folder is there, and ours alone.  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO */
int pn_run_enter_folder(struct pn_run *run);

/** What killed assemblies have left beside the result. */
void pn_run_remove_drafts(const struct pn_run *run);

/** Remove what led, or may have led, to a result. */
void pn_run_clear_folder(const struct pn_run *run);

/* --- run_rerun.c: --rerun-failed, on rank 0 --- */

/** The result is there: make an unfinished run of it, in which only those who failed are
 * left to do; or nothing is to do (run->finished).
 *  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO, … */
int pn_run_open_rerun(struct pn_run *run);

/** The run is unfinished: failures that are in its journals now count for nothing. */
int pn_run_forgive(const struct pn_run *run);

/** 1: those who failed in the result are being run again, and that is not finished. */
int pn_run_is_rerun(const struct pn_run *run);

/** On every rank: points of a sweep that kept no lives are run again as a whole. */
int pn_run_reuse_points(struct pn_run *run);

/* --- run.c --- */

/** Study, identity and key: what a run is, before anything is touched.  Collective. */
int pn_run_load(struct pn_run *run);

/** What provenance says of this process. */
void pn_run_describe(struct pn_run *run, int argc, char **argv);
void pn_run_free(struct pn_run **run);

/* --- run_shard.c --- */

/** Not 0: the run is a part of the study. */
int pn_run_is_shard(const struct pn_run *run);

/** The lock of the shard, or of the folder when it is the whole; nobody else may be at
 * work on the same.  On rank 0. */
int pn_run_take_lock(struct pn_run *run);

/** FOLDER/shards: how many there are and of what, for those that come and for merge.
 *  @return PN_OK, PN_ERR_FOREIGN_RUN: it is divided in another way; PN_ERR_IO. */
int pn_run_join_shards(const struct pn_run *run);

/** On rank 0: the shard is done; tell so. */
int pn_run_end_shard(const struct pn_run *run);

/** What FOLDER/shards says, into options; texts are the caller's.
 *  @return PN_OK; PN_ERR_USAGE: there is none, nothing to merge; PN_ERR_INPUT. */
struct pn_run_paths {
    char study[4096], events[4096], extend[4096];
};
int pn_run_read_shards(const char *folder, struct pn_run_paths *paths,
                       struct pn_run_options *options, int64_t *n_shards);

/** Number of this rank in the names of files: those of shards differ. */
int pn_run_file_number(const struct pn_run *run);

/* --- run_jobs.c --- */

/** A job has a record, or an earlier result its point. */
int pn_run_is_done(const struct pn_run *run, int64_t job);

/** Simulate what is not done.  Collective; an error ends all ranks.
 *  @return PN_OK, PN_ERR_STOPPED. */
int pn_run_simulate(struct pn_run *run);

/* --- run_end.c --- */

/** On rank 0: journals to HDF5, then the journals go. */
int pn_run_assemble(struct pn_run *run);

/** On rank 0: tell that there was nothing to do; tidy the folder if that was left undone.
 */
int pn_run_tell_finished(struct pn_run *run);

/* --- run_audit.c: on rank 0 --- */

/** The attempt begins.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY */
int pn_run_audit_start(const struct pn_run *run);

/** The result is there. */
int pn_run_audit_result(const struct pn_run *run, const struct pn_tally *tally,
                        const char *sha256);

/** The attempt ends without a result: "stop", or "error" with the error record. */
void pn_run_audit_end(const struct pn_run *run, const char *event, int status);

#endif
