/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder OUT.run/ of a run in progress, on rank 0 where nothing else is said. */
#ifndef PN_RUN_RUN_FOLDER_H
#define PN_RUN_RUN_FOLDER_H

#include "solver/run/run_internal.h"

/* --- run_open.c --- */

/** The folder is there, ours to use and locked; or the result is there already
 * (state.finished).  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO, … */
int pn_run_open_folder(struct pn_run *run);

/* --- run_there.c: a result is there already --- */

/** The result is there: what an unfinished run has left there is ours and nobody else is
 * at it (state.untidy), or there is nothing.  @return PN_OK, PN_ERR_FOREIGN_RUN, … */
int pn_run_judge_remains(struct pn_run *run);

/** What is there is no result that can be read.  @return a status, with why */
int pn_run_refuse_unreadable(const struct pn_run *run, int status);

/** 1: those who failed in the result are being run again, and that is not finished. */
int pn_run_is_rerun(const struct pn_run *run);

/* --- run_folder.c --- */

/** The folder is there, and ours alone.  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO */
int pn_run_enter_folder(struct pn_run *run);

/** The folder is of this study, inputs and program, or becomes it when it may. */
int pn_run_judge_folder(const struct pn_run *run, int may_begin);

/** PN_ERR_FOREIGN_RUN "WHAT.  Changed: …" unless they are the same. */
int pn_run_refuse(const char *what, const struct pn_identity *was,
                  const struct pn_identity *is);

/** On every rank: what is done already, and who is suspected. */
int pn_run_read_journals(struct pn_run *run);

/** What lies in the journals now, without failures that are to be simulated again.
 *  @param[in] known  what lay there when this attempt began; NULL: check all of it */
int pn_run_read_index(const struct pn_run *run, const struct pn_index *known,
                      struct pn_index **index);

/** The sums of a result, from its own columns. */
int pn_run_read_tally(const struct pn_result *result, struct pn_tally *tally);

/** Nobody is suspected any more. */
void pn_run_remove_notes(const struct pn_run *run);

/** What killed assemblies have left beside the result. */
void pn_run_remove_drafts(const struct pn_run *run);

/** All traces of shards, and drafts of files that killed attempts have left. */
void pn_run_remove_shards(const struct pn_run *run);

/** All that led, or may have led, to a result. */
void pn_run_clear_folder(const struct pn_run *run);

/* --- run_rerun.c: --rerun-failed --- */

/** The result is there: make an unfinished run of it, in which only those who failed are
 * left to do; or nothing is to do (state.finished).
 *  @return PN_OK, PN_ERR_FOREIGN_RUN, PN_ERR_IO, … */
int pn_run_open_rerun(struct pn_run *run);

/** The run is unfinished: failures that are in its journals now count for nothing. */
int pn_run_drop_failures(const struct pn_run *run);

/** On every rank: points of a sweep that kept no lives are run again as a whole.
 * Collective. */
int pn_run_reuse_points(struct pn_run *run);

/* --- run_shard.c --- */

/** Not 0: the run is a part of the study. */
int pn_run_is_shard(const struct pn_run *run);

/** The lock of the shard, or of the folder when it is the whole; nobody else may be at
 * work on the same. */
int pn_run_take_lock(struct pn_run *run);

/** OUT.run/shards: how many there are and of what, for those that come and for merge.
 *  @return PN_OK, PN_ERR_FOREIGN_RUN: it is divided in another way; PN_ERR_IO. */
int pn_run_join_shards(const struct pn_run *run);

/** The shard is done: for status and merge to see. */
int pn_run_end_shard(const struct pn_run *run);

/** Number of this rank in the names of files: those of shards differ.  Any rank. */
int pn_run_file_number(const struct pn_run *run);

/* --- run_audit.c --- */

/** The attempt begins.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY */
int pn_run_audit_start(const struct pn_run *run);

/** The result is there. */
int pn_run_audit_result(const struct pn_run *run, const char *sha256);

/** The attempt ends without a result: "stop", "shard", or "error" with the error record.
 */
void pn_run_audit_end(const struct pn_run *run, const char *event, int status);

#endif
