/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: a study is simulated by any number of ranks, into a result with journals
 * beside it, or in memory without any file.  It prints nothing and ends no process: what
 * there is to say goes to callbacks. */
#ifndef PN_RUN_RUN_H
#define PN_RUN_RUN_H

#include "solver/base/status.h"
#include "solver/record/tally.h"
#include "solver/run/part.h"
#include "solver/simulate/life.h"
#include "solver/text/complaint.h"

/* of our own program; a program outside leaves them NULL */
struct pn_loaded;  /* load.h */
struct pn_lives;   /* lives.h */
struct pn_cluster; /* cluster.h */
struct pn_trial;   /* trial.h */

/** What is to be run, and how.  Begin with pn_run_request_init.  All is borrowed. */
struct pn_run_request {
    /* which study: one that is loaded, or what stands in a file, or a text */
    const char *study;              /* path; of a text: where it would stand */
    const char *text;               /* in place of the file's; NULL: read the file */
    const struct pn_loaded *loaded; /* in place of both; NULL: read */
    struct pn_selection selection;  /* of a study that is read */
    /* where outcomes go */
    const char *out;        /* the result, with OUT.run/ beside it; NULL: memory only */
    struct pn_lives *lives; /* memory: filled on every rank, pn_lives_free it in any case;
                               NULL: only events->life is told */
    /* who does it */
    struct pn_cluster *cluster; /* NULL: this process alone, without MPI */
    struct pn_shard shard;      /* 1 of 1: the whole study */
    double max_failed;          /* share of the lives, 0 to 1; NaN: the study's */
    double max_hours;           /* [h]; 0: no limit */
    /* of a run into a result */
    const char *extend;       /* an earlier result of the sweep; NULL: none */
    int restart;              /* discard a result that is there, and its unfinished run */
    int rerun_failed;         /* simulate only those again who failed */
    const char *command_line; /* for run.json and the audit log; NULL: "" */
};

/** Nothing but the whole study, with its own limits. */
PN_API void pn_run_request_init(struct pn_run_request *request);

/** How a run has ended. */
enum pn_run_end {
    PN_RUN_COMPLETE,     /* all is done; the result, if one was asked for, is there */
    PN_RUN_WAS_COMPLETE, /* the result was there: nothing to do */
    PN_RUN_SHARD,        /* the shard is done */
    PN_RUN_STOPPED,      /* cleanly, with work left */
    PN_RUN_BROKEN        /* an error has ended the work; what is done is kept */
};

/** What there is to tell of it. */
struct pn_run_report {
    enum pn_run_end end;
    int status;                   /* of PN_RUN_BROKEN: the error's */
    const struct pn_trial *trial; /* with its study; NULL: merged before, not read */
    const struct pn_tally *tally; /* of PN_RUN_COMPLETE and PN_RUN_WAS_COMPLETE */
    const char *out, *folder;     /* "": in memory */
    struct pn_shard shard;
    size_t n_jobs;      /* of the shard, or of the study */
    size_t n_found;     /* of them in journals of earlier attempts */
    size_t n_points;    /* points taken from an earlier result … */
    const char *points; /* … which is this one */
    size_t n_simulated; /* now */
    size_t n_warnings;  /* of the study */
    int replaces;       /* failed lives of the result were run again */
    int has_rerun;      /* WAS_COMPLETE: --rerun-failed has work left */
    int late;           /* STOPPED: by max_hours */
    int n_ranks;
    double seconds, busy; /* simulating [s]; share of it that ranks had work */
};

/** How far the work is. */
struct pn_run_progress {
    size_t n_jobs;     /* of the shard, or of the study */
    size_t n_patients; /* each has a life in every arm, at every point */
    size_t n_before;   /* of them done before this attempt */
    size_t n_done;     /* about, n_before included; n_before at the first call */
    int is_over;       /* the work ends: the last call */
};

/** Callbacks, each of them NULL or called in the rank's own thread, while nothing else of
 * the run happens.  What they are given is valid during the call only. */
struct pn_run_events {
    void *user;
    /** Rank 0, now and then. */
    void (*progress)(void *user, const struct pn_run_progress *progress);
    /** What is wrong with the study's files: it cannot be run; or warnings alone.  Rank
     * 0. */
    void (*complaints)(void *user, const struct pn_complaints *list);
    /** Why the run ends: any rank that met an error; the text is its error record's. */
    void (*error)(void *user, int status, const char *text);
    /** Something went on that the user may want to know.  Rank 0. */
    void (*warning)(void *user, const char *text);
    /** A life has been simulated, on the rank that did it.
     *  @return PN_OK, or negative: the run ends with that status. */
    int (*life)(void *user, const struct pn_life *life);
    /** max_hours: in so many seconds the attempt should be over, come what may; it tries
     * to be so earlier.  Every rank, before the work. */
    void (*deadline)(void *user, double seconds);
    /** How it ended: rank 0; PN_RUN_BROKEN: any rank that met the error. */
    void (*ended)(void *user, const struct pn_run_report *report);
};

/** Run a study.  The same study and version give the same bits, by any ranks, through any
 * interruption.  Collective over request->cluster: all ranks ask for the same.
 *  With a result: signals of the process's own are watched while it works (cluster.h),
 *  and an unfinished run that lies there is gone on with.
 *  @param[in]  events  NULL: nobody wants to know
 *  @param[out] tally   sums of the outcomes, on rank 0 (in memory: on every rank); NULL
 *  @return the same on every rank: PN_OK, PN_ERR_FAILED_PATIENTS (all is done),
 *          PN_ERR_STOPPED (the same call goes on), PN_ERR_INPUT, PN_ERR_IO,
 *          PN_ERR_FOREIGN_RUN, PN_ERR_USAGE, PN_ERR_MEMORY, PN_ERR_LIBRARY, or what
 *          events->life has returned. */
PN_API int pn_run_execute(const struct pn_run_request *request,
                          const struct pn_run_events *events, struct pn_tally *tally);

/** One result of the shards that have run in OUT.run/, when all are done.  Of the request
 * `out`, max_failed and command_line count: the rest is known there.  Not collective: one
 * process.
 *  @return as pn_run_execute; PN_ERR_STOPPED: not all are done yet, or one is at work;
 *          PN_ERR_USAGE: no shards have run there. */
PN_API int pn_run_merge(const struct pn_run_request *request,
                        const struct pn_run_events *events, struct pn_tally *tally);

#endif
