/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time in a folder: a file that says which run is there, locked while it is.
 *
 * The lock is the kernel's (on the open file), so it dies with its process: what a killed
 * run leaves behind is a file without a lock, which the next one takes over.  Where a
 * kernel knows its own locks only (network file systems) the signature in the file
 * decides: its beat goes on while its process lives.  Who has been taken for dead finds
 * out before it publishes. */
#ifndef PN_RUN_LOCK_H
#define PN_RUN_LOCK_H

struct pn_lock;

/** Take the lock PATH (created when missing; not collective: one process of a run).  A
 * file that a run on another machine has left is watched for some seconds first.
 *  @return PN_OK; PN_ERR_FOREIGN_RUN: somebody has it, the error record says who and
 * since when; PN_ERR_IO, PN_ERR_MEMORY. */
int pn_lock_take(const char *path, struct pn_lock **lock);

/** Whether somebody else has one of the locks; takes nothing.
 *  @param[in] path  shape [n]
 *  @return PN_OK: nobody; PN_ERR_FOREIGN_RUN: the error record says who; PN_ERR_IO,
 * PN_ERR_MEMORY. */
int pn_lock_look(const char *const *path, int n);

/** Before anything is published: is it still ours?  Nobody else can have it otherwise.
 *  @return PN_OK; PN_ERR_FOREIGN_RUN: another run has taken this one for dead */
int pn_lock_check(const struct pn_lock *lock);

/** Remove the file and give the lock back; NULL is accepted. */
void pn_lock_release(struct pn_lock **lock);

#endif
