/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk for HDF5 that never fails: the first error is kept, later writes are dropped.
 *
 * libhdf5 does not survive a write that fails (a full disk, a quota): its close crashes,
 * or its exit handler does.  So it is given a file driver of ours that always agrees, and
 * we ask `error` after each step.  Files are read through it, too: a close that fails is
 * no less deadly there. */
#ifndef PN_HDF_DISK_H
#define PN_HDF_DISK_H

#include <hdf5.h>

struct pn_disk {
    int fd;       /* borrowed; open to read and write */
    int error;    /* errno of the first failure, 0: none */
    int is_read;  /* opened to read: then a read that fails is told to HDF5 as well */
    hid_t driver; /* registered with HDF5 */
};

/** A disk on a file.  pn_disk_free in any case; the file stays the caller's.
 *  @return PN_OK, PN_ERR_LIBRARY. */
int pn_disk_init(struct pn_disk *disk, int fd);
void pn_disk_free(struct pn_disk *disk);

/** Access list by which H5Fcreate writes to the disk; the caller closes it.  -1: failed.
 */
hid_t pn_disk_access(struct pn_disk *disk);

#endif
