/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file driver of libhdf5 that never fails: it keeps the first error and goes on. */
#include "solver/hdf/disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"

/* an open file as HDF5 sees it */
struct disk_file {
    H5FD_t base; /* HDF5's own part, first */
    struct pn_disk *disk;
    haddr_t end_of_addresses, end_of_file;
};

static void keep_error(struct pn_disk *disk)
{
    if (disk->error == 0)
        disk->error = errno;
}

/* bytes; 0 with the error kept */
static haddr_t size_of(struct pn_disk *disk)
{
    struct stat about;

    if (fstat(disk->fd, &about) == 0 && about.st_size >= 0)
        return (haddr_t)about.st_size;
    keep_error(disk);
    return 0;
}

static H5FD_t *disk_open(const char *name, unsigned flags, hid_t access, haddr_t limit)
{
    struct pn_disk *const *disk = H5Pget_driver_info(access);
    struct disk_file *file = disk ? calloc(1, sizeof *file) : NULL;

    (void)name;
    (void)flags;
    (void)limit;
    if (!file)
        return NULL;
    file->disk = *disk;
    if (file->disk->is_read) /* else it is ours, new and empty */
        file->end_of_file = file->end_of_addresses = size_of(file->disk);
    return &file->base;
}

static herr_t disk_close(H5FD_t *base)
{
    free(base);
    return 0;
}

static herr_t disk_query(const H5FD_t *base, unsigned long *flags)
{
    (void)base;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA_WRITE |
             H5FD_FEAT_ACCUMULATE_METADATA_READ | H5FD_FEAT_AGGREGATE_SMALLDATA |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t disk_get_end_of_addresses(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)base)->end_of_addresses;
}

static herr_t disk_set_end_of_addresses(H5FD_t *base, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((struct disk_file *)base)->end_of_addresses = end;
    return 0;
}

static haddr_t disk_get_end_of_file(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)base)->end_of_file;
}

/* what was never written reads as zeros */
static herr_t disk_read(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address,
                        size_t n, void *buffer)
{
    struct disk_file *file = (struct disk_file *)base;
    size_t got = 0;

    (void)type;
    (void)list;
    while (got < n) {
        ssize_t r =
            pread(file->disk->fd, (char *)buffer + got, n - got, (off_t)(address + got));

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            keep_error(file->disk);
        if (r <= 0)
            break;
        got += (size_t)r;
    }
    memset((char *)buffer + got, 0, n - got);
    return file->disk->is_read && file->disk->error != 0 ? -1 : 0;
}

static herr_t disk_write(H5FD_t *base, H5FD_mem_t type, hid_t list, haddr_t address,
                         size_t n, const void *buffer)
{
    struct disk_file *file = (struct disk_file *)base;
    size_t put = 0;

    (void)type;
    (void)list;
    while (put < n && file->disk->error == 0) {
        ssize_t r = pwrite(file->disk->fd, (const char *)buffer + put, n - put,
                           (off_t)(address + put));

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            keep_error(file->disk);
        else
            put += (size_t)r;
    }
    if (address + n > file->end_of_file)
        file->end_of_file = address + n;
    return 0;
}

static int truncate_to(const struct disk_file *file)
{
    int failed;

    do
        failed = ftruncate(file->disk->fd, (off_t)file->end_of_addresses);
    while (failed != 0 && errno == EINTR);
    return failed;
}

static herr_t disk_truncate(H5FD_t *base, hid_t list, hbool_t closing)
{
    struct disk_file *file = (struct disk_file *)base;

    (void)list;
    (void)closing;
    if (file->disk->is_read)
        return 0;
    if (file->disk->error == 0 && truncate_to(file) != 0)
        keep_error(file->disk);
    file->end_of_file = file->end_of_addresses;
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 2)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)511, /* the last of those kept for private use */
#endif
    .name = "pneuma",
    .maxaddr = ((haddr_t)1 << 62),
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct pn_disk *),
    .open = disk_open,
    .close = disk_close,
    .query = disk_query,
    .get_eoa = disk_get_end_of_addresses,
    .set_eoa = disk_set_end_of_addresses,
    .get_eof = disk_get_end_of_file,
    .read = disk_read,
    .write = disk_write,
    .truncate = disk_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int pn_disk_init(struct pn_disk *disk, int fd)
{
    *disk = (struct pn_disk){.fd = fd, .driver = H5FDregister(&driver)};
    return disk->driver >= 0 ? PN_OK
                             : PN_FAIL(PN_ERR_LIBRARY, "HDF5 refuses our file driver");
}

void pn_disk_free(struct pn_disk *disk)
{
    if (disk->driver >= 0)
        H5FDunregister(disk->driver);
    disk->driver = -1;
}

hid_t pn_disk_access(struct pn_disk *disk)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);

    if (list >= 0 && H5Pset_driver(list, disk->driver, &disk) >= 0)
        return list;
    H5Pclose(list);
    return -1;
}
