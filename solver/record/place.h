/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that appear under their name only when they are whole. */
#ifndef PN_RECORD_PLACE_H
#define PN_RECORD_PLACE_H

#include <stddef.h>

/** write() until all is written; EINTR and short writes are normal.  @return 0, or -1
 * with errno. */
int pn_write_all(int fd, const void *data, size_t n);

/** fsync the folder that holds `path`.  @return PN_OK, PN_ERR_IO. */
int pn_sync_folder_of(const char *path);

/** Create a new empty file PATH.partN beside `path` (O_EXCL).
 *  @param[out] part  its name, malloced, the caller frees; NULL on failure */
int pn_place_begin(const char *path, char **part);

/** fsync the part and give it its name.  Without `replace` an existing file is an error
 * and stays.  @return PN_OK, PN_ERR_IO. */
int pn_place_commit(const char *part, const char *path, int replace);

#endif
