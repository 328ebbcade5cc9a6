/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A closed file read once more: by HDF5 for places, from end to end for checksums. */
#include "solver/record/read_back.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/crc.h"
#include "solver/hdf/draft.h"
#include "solver/text/digest.h"

enum { BLOCK = 1 << 18 }; /* bytes: they stay in the cache between their two checksums */

/* where the numbers of a column stand in the file */
struct span {
    const struct pn_column *column;
    uint64_t begin, end;
    uint32_t crc;
};

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static int find_span(const struct pn_hdf *hdf, const struct pn_column *column,
                     struct span *span)
{
    hid_t dataset = H5Dopen2(hdf->file, column->name, H5P_DEFAULT);
    uint64_t size = (uint64_t)column->n_rows * column->row_bytes;
    haddr_t offset;
    hsize_t stored;

    if (dataset < 0)
        return pn_hdf_fail(hdf, "read back", column->name);
    offset = H5Dget_offset(dataset);
    stored = H5Dget_storage_size(dataset);
    H5Dclose(dataset);
    if (offset == HADDR_UNDEF || stored != size)
        return PN_FAIL(PN_ERR_IO,
                       "cannot read back %s in %s: it holds %llu of %llu bytes",
                       column->name, hdf->path, (unsigned long long)stored,
                       (unsigned long long)size);
    *span = (struct span){.column = column, .begin = offset, .end = offset + size};
    return PN_OK;
}

/* the part of each span that lies in this block; *first: the first span not yet done */
static void take_block(struct span *span, size_t n, size_t *first,
                       const unsigned char *block, uint64_t begin, size_t n_bytes)
{
    uint64_t end = begin + n_bytes;

    for (size_t i = *first; i < n && span[i].begin < end; i++) {
        uint64_t from = span[i].begin > begin ? span[i].begin : begin;
        uint64_t to = span[i].end < end ? span[i].end : end;

        span[i].crc = pn_crc(span[i].crc, block + (from - begin), to - from);
        if (to == span[i].end)
            *first = i + 1;
    }
}

/* the file from its beginning to its end */
static int stream(int fd, const char *path, struct span *span, size_t n,
                  struct pn_sha256 *hash)
{
    unsigned char *block = malloc(BLOCK);
    uint64_t at = 0;
    size_t first = 0;
    ssize_t got;

    if (!block)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s back", path);
    while ((got = TEMP_FAILURE_RETRY(read(fd, block, BLOCK))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        pn_sha256_add(hash, block, (size_t)got);
        take_block(span, n, &first, block, at, (size_t)got);
        at += (uint64_t)got;
    }
    free(block);
    if (got < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read %s back: %s", path, strerror(errno));
    if (first < n)
        return PN_FAIL(PN_ERR_IO, "%s in %s is cut", span[first].column->name, path);
    return PN_OK;
}

static int find_spans(const struct pn_hdf *hdf, const struct pn_column *column, size_t n,
                      struct span *span, size_t *n_spans)
{
    int status = PN_OK;

    *n_spans = 0;
    for (size_t i = 0; i < n && status == PN_OK; i++)
        if (column[i].n_rows > 0 && column[i].dataset >= 0)
            status = find_span(hdf, &column[i], &span[(*n_spans)++]);
    qsort(span, *n_spans, sizeof *span, by_place);
    return status;
}

int pn_read_back(const char *file, const char *path, const struct pn_hdf_errors *errors,
                 const struct pn_column *column, size_t n, char sha256[65])
{
    struct pn_hdf hdf = {.file = -1, .own = {.driver = -1}};
    struct span *span = calloc(n + 1, sizeof *span);
    struct pn_sha256 hash = {NULL};
    size_t n_spans = 0;
    int fd = -1, status;

    if (!span)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s back", path);
    PN_TRY(pn_hdf_open(file, errors, &hdf));
    hdf.path = path;
    PN_TRY(find_spans(&hdf, column, n, span, &n_spans));
    PN_TRY(pn_hdf_close(&hdf));
    fd = PN_RETRY(open(file, O_RDONLY | O_CLOEXEC));
    if (fd < 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot read %s back: %s", path, strerror(errno));
        goto out;
    }
    pn_sha256_init(&hash);
    PN_TRY(stream(fd, path, span, n_spans, &hash));
    for (size_t i = 0; i < n_spans; i++)
        if (span[i].crc != span[i].column->crc) {
            status = PN_FAIL(PN_ERR_IO, "%s in %s is not what was written",
                             span[i].column->name, path);
            goto out;
        }
    status = pn_sha256_hex(&hash, sha256);
out:
    if (status == PN_ERR_INPUT) /* the file is ours: the disk has changed it */
        status = PN_FAIL(PN_ERR_IO, "%s", pn_error_last()->text);
    pn_sha256_free(&hash);
    (void)pn_hdf_close(&hdf); /* it was only read */
    if (fd >= 0)
        close(fd);
    free(span);
    return status;
}
