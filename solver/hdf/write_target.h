/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command may write over: never what it reads, nor anything that cannot be had
 * again. */
#ifndef PN_HDF_WRITE_TARGET_H
#define PN_HDF_WRITE_TARGET_H

#include <stddef.h>

/** What is to be written. */
enum pn_target_kind {
    PN_TARGET_FILE,  /* a table, a tree, a script, a record */
    PN_TARGET_RESULT /* a result of a run, which --restart may discard */
};

/** The one rule of all commands, before anything is written: `path`, by whatever name or
 * link, is none of the files that are read; nothing in the folder of a run; no device; no
 * journal, no study or drug file (YAML); and where no result is to be written no result.
 *  @param[in] what  names the place for the message: "--out"
 *  @param[in] read  shape [n_read]: paths of what is read; NULL ones are passed over
 *  @return PN_OK (nothing is there, or it may go), PN_ERR_USAGE, PN_ERR_MEMORY */
int pn_target_check(const char *what, const char *path, enum pn_target_kind kind,
                    const char *const *read, size_t n_read);

/** 1: a result of a run, perhaps a damaged one; 0: something else. */
int pn_target_was_result(const char *path);

#endif
