/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rank works on, noted where it outlives the rank: a small mapped file in the
 * run folder.  A run that ends in its own way removes its notes; those that are left tell
 * the next attempt who was at work when a rank died, and whether it died of itself. */
#ifndef PN_RUN_NOTE_H
#define PN_RUN_NOTE_H

#include <signal.h>

#include "solver/record/record.h"
#include "solver/simulate/simulate.h"

#define PN_NOTE_PREFIX "note-"
#define PN_NOTE_SUFFIX ".pnh"

enum { PN_NOTE_EXPLAINED = -1 }; /* in place of a signal: ended on purpose */

struct pn_note;

/** Create FOLDER/note-RANK-ATTEMPT.pnh (the first attempt number that is free), written
 * whole, so that no later store finds a full disk.
 *  @param[in] launch  the same number on all ranks of one start, another at each start
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_note_create(const char *folder, int rank, const struct pn_run_key *key,
                   int64_t launch, struct pn_note **note);

/** Where the simulation notes its jobs, and a signal handler its signal; both until
 * pn_note_remove. */
struct pn_at_work *pn_note_at_work(struct pn_note *note);
volatile sig_atomic_t *pn_note_signal(struct pn_note *note);

/** From now on jobs are run one at a time, or no longer. */
void pn_note_alone(struct pn_note *note, int alone);

/** Nothing to tell: the file goes, and *note is NULL. */
void pn_note_remove(struct pn_note **note);

/** A job that was at work when a rank died of its own signal, or nobody knows of what. */
struct pn_suspect {
    int64_t job;
    int n_deaths; /* alone, of a signal of its own */
    int signal;   /* of the last of them; 0: none */
};

struct pn_suspects {
    size_t n;
    struct pn_suspect *suspect; /* by increasing job */
};

/** Read the notes of the dead.  Notes of ranks that live, of another run, or that are no
 * notes, count for nothing; where one rank of a start died of its own signal the others
 * died of that.  Free with pn_suspects_free in any case.
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_suspects_read(const char *folder, const struct pn_run_key *key, size_t n_jobs,
                     struct pn_suspects *suspects);
void pn_suspects_free(struct pn_suspects *suspects);

/** NULL: not suspected. */
const struct pn_suspect *pn_suspects_find(const struct pn_suspects *suspects,
                                          int64_t job);

#endif
