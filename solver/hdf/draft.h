/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that appear under their name only when they are whole. */
#ifndef PN_HDF_DRAFT_H
#define PN_HDF_DRAFT_H

#include <stddef.h>
#include <unistd.h>

/** A system call again while a signal interrupts it. */
#define PN_RETRY(call) ((int)TEMP_FAILURE_RETRY(call))

/** write() until all is written; EINTR and short writes are normal.  @return 0, or -1
 * with errno. */
int pn_write_all(int fd, const void *data, size_t n);

/** Remove a file; tries again when that fails.  @return 0: it is gone; -1 with errno */
int pn_remove(const char *path);

/** fsync the folder that holds `path`.  @return PN_OK, PN_ERR_IO. */
int pn_sync_folder_of(const char *path);

/** A file in the making, beside the place where it will stand. */
struct pn_draft {
    char *path; /* NULL: none */
    int fd;     /* open to read and write */
};

/** Create an empty file PATH.partN, the first N that is free (O_EXCL). */
int pn_draft_begin(const char *path, struct pn_draft *draft);

/** fsync the draft and give it its name.  Without `replace` an existing file is an error
 * and stays.  Releases the draft when it succeeds.  @return PN_OK, PN_ERR_IO. */
int pn_draft_commit(struct pn_draft *draft, const char *path, int replace);

/** A whole file at once, in the place of one that is there.
 *  @param[in] data  n bytes
 *  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_draft_write(const char *path, const void *data, size_t n);

/** Remove what was not committed; does nothing when it was. */
void pn_draft_abandon(struct pn_draft *draft);

#endif
