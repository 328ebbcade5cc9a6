/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run in progress, shared by execute.c, merge.c and run_*.c. */
#ifndef PN_RUN_RUN_INTERNAL_H
#define PN_RUN_RUN_INTERNAL_H

#include "solver/base/clock.h"
#include "solver/base/status.h"
#include "solver/record/reuse.h"
#include "solver/run/identity.h"
#include "solver/run/libraries.h"
#include "solver/run/lives.h"
#include "solver/run/load.h"
#include "solver/run/lock.h"
#include "solver/run/note.h"
#include "solver/run/run.h"
#include "solver/run/shard.h"
#include "solver/simulate/simulate.h"

#define PN_RUN_SAMPLE "sample" /* in the folder: written to see how fast its disk is */

/** What is run: the same on all ranks, known after reading. */
struct pn_run_subject {
    const struct pn_loaded *loaded; /* the caller's, or … */
    struct pn_loaded own;           /* … read here */
    size_t n_all;                   /* jobs of the study */
    /* of a run into a result */
    char *resolved; /* the study, YAML */
    struct pn_identity *identity;
    struct pn_run_key key;
};

/** How far it is. */
struct pn_run_state {
    int finished;      /* the result was there before: nothing to do */
    int untidy;        /* … and what led to it has not gone */
    int has_rerun;     /* … and --rerun-failed has work left */
    int replaces;      /* the result was there before: its failed lives are run again */
    char replaced[65]; /* … SHA-256 of it */
    struct pn_tally tally;
    size_t n_jobs, n_found;       /* of the shard; of them in the journals already */
    int64_t launch;               /* number of this start */
    int64_t alone;                /* the suspect who is next; -1: none */
    int64_t unit, next, end;      /* the unit that was taken: next … end - 1 */
    int stopped;                  /* this rank or another was asked to stop */
    int late;                     /* … by the deadline */
    unsigned n_asked;             /* by `halt`, which … */
    double looked;                /* … has looked at the other ranks then */
    double began, ends, deadline; /* [s] of pn_seconds: of this attempt, of its time, of
                                     its work */
    double seconds, busy; /* simulating [s]; share of it that ranks have had work */
    double ending;        /* when assembling began */
    struct pn_lane_work work;
};

/** What is held until pn_run_close: opened, locked, allocated. */
struct pn_run_held {
    struct pn_cluster *alone; /* a cluster of this process, when none was given */
    char *folder, *host;      /* "OUT.run"; name of this machine */
    char started[PN_UTC_BYTES], ended[PN_UTC_BYTES];
    char libraries[PN_LIBRARIES_BYTES];
    struct pn_lock *lock;        /* of the folder, on rank 0 */
    struct pn_index *index;      /* what earlier attempts have done */
    struct pn_reuse *reuse;      /* what an earlier sweep has done; NULL: none */
    struct pn_suspects suspects; /* who may have killed earlier attempts */
    struct pn_journal *journal;
    struct pn_note *note; /* of this rank */
};

struct pn_run {
    struct pn_run_request request;
    struct pn_run_events events;
    struct pn_cluster *cluster;
    struct pn_run_subject subject;
    struct pn_run_state state;
    struct pn_run_held held;
};

/* --- run_begin.c --- */

/** Copy what is asked, start the clock.  pn_run_close it in any case. */
int pn_run_begin(struct pn_run *run, const struct pn_run_request *request,
                 const struct pn_run_events *events);
void pn_run_close(struct pn_run *run);

/** Study, identity and key: what a run is, before anything is touched.  Collective. */
int pn_run_read(struct pn_run *run);

static inline const struct pn_trial *pn_run_trial(const struct pn_run *run)
{
    return run->subject.loaded->trial;
}

static inline const struct pn_study *pn_run_study(const struct pn_run *run)
{
    return run->subject.loaded->study;
}

/* --- run_tell.c: what callbacks are told --- */

/** Tell of the error record, if status is one.  @return status */
int pn_run_tell_error(const struct pn_run *run, int status);

/** Tell, and agree: the worst status of all ranks.  Collective. */
int pn_run_agree(struct pn_run *run, int status);

/** The same where all ranks do the same: rank 0 tells for all, others only of files that
 * they alone cannot read.  Collective. */
int pn_run_agree_alike(struct pn_run *run, int status);

void pn_run_warn(const struct pn_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pn_run_tell_end(const struct pn_run *run, enum pn_run_end end, int status);

/* --- run_limit.c --- */

/** When the work must stop, so that the result can still be written.  Collective.
 *  @return PN_OK; PN_ERR_USAGE: at once; PN_ERR_IO. */
int pn_run_limit(struct pn_run *run);

/* --- run_jobs.c --- */

/** A job has a record, or an earlier result its point. */
int pn_run_is_done(const struct pn_run *run, int64_t job);

/** Simulate what is not done.  Collective.
 *  @return the same on every rank: PN_OK, PN_ERR_STOPPED, the error of one. */
int pn_run_simulate(struct pn_run *run);

/* --- run_end.c --- */

/** Enough lives are fine.  @return PN_OK, PN_ERR_FAILED_PATIENTS */
int pn_run_judge_failed(const struct pn_run *run);

/** On rank 0: journals to HDF5, then the journals go. */
int pn_run_assemble(struct pn_run *run);

/** On rank 0: tell that there was nothing to do; tidy the folder if that was left undone.
 */
int pn_run_end_finished(struct pn_run *run);

#endif
