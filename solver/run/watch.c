/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals read while they grow. */
#include "solver/run/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/record/journal.h"
#include "solver/run/rerun_note.h"

enum { BLOCK = 1 << 20, RECORD_LIMIT = 1 << 30 /* bytes */ };

int pn_watch_create(size_t n_jobs, const char *key, struct pn_watch *watch)
{
    *watch = (struct pn_watch){.n_jobs = n_jobs};
    watch->seen = calloc(n_jobs + 1, 1);
    for (size_t i = 0; i < 8 && strlen(key) >= 16; i++) {
        char byte[3] = {key[2 * i], key[2 * i + 1], '\0'};

        ((unsigned char *)&watch->run)[i] = (unsigned char)strtoul(byte, NULL, 16);
    }
    return watch->seen ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory for the jobs");
}

void pn_watch_free(struct pn_watch *watch)
{
    free(watch->file);
    free(watch->seen);
    *watch = (struct pn_watch){.n_files = 0};
}

static struct pn_watch_file *file_of(struct pn_watch *watch, const char *name)
{
    struct pn_watch_file *more;

    for (size_t i = 0; i < watch->n_files; i++)
        if (strcmp(watch->file[i].name, name) == 0)
            return &watch->file[i];
    more = realloc(watch->file, (watch->n_files + 1) * sizeof *more);
    if (!more)
        return NULL;
    watch->file = more;
    more += watch->n_files++;
    *more = (struct pn_watch_file){.size = 0};
    memccpy(more->name, name, '\0', sizeof more->name - 1);
    return more;
}

static void take(struct pn_watch *watch, struct pn_watch_file *file,
                 const unsigned char *record)
{
    struct pn_journal_record head;
    size_t n_statuses = sizeof watch->by_status / sizeof *watch->by_status;

    memcpy(&head, record, sizeof head);
    if (head.magic != PN_RECORD_MAGIC ||
        head.crc != pn_record_crc(record, (size_t)file->size) || head.run != file->run ||
        head.status < 0 || head.job < 0 ||
        (watch->n_jobs > 0 && (uint64_t)head.job >= watch->n_jobs)) {
        file->n_torn++;
        watch->n_torn++;
        return;
    }
    if (file->drops_failures && head.status != PN_OK)
        return; /* to be simulated again */
    file->n_records++;
    file->n_failed += head.status != PN_OK;
    if (watch->n_jobs > 0 && watch->seen[head.job])
        return; /* simulated twice: the first counts */
    if (watch->n_jobs > 0)
        watch->seen[head.job] = 1;
    watch->n_done++;
    watch->n_failed += head.status != PN_OK;
    if ((size_t)head.status < n_statuses)
        watch->by_status[head.status]++;
}

/* 1: the header is there and its records can be read */
static int read_header(const struct pn_watch *watch, struct pn_watch_file *file, int fd)
{
    struct pn_journal_header header;

    if (file->size > 0)
        return 1;
    if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        header.magic != PN_JOURNAL_MAGIC || header.version != PN_JOURNAL_VERSION ||
        header.crc != pn_header_crc(&header) ||
        header.n_values > RECORD_LIMIT / sizeof(double))
        return 0; /* not yet, or never */
    file->run = pn_record_run(&header.key);
    if (watch->run != 0 && file->run != watch->run)
        return 0;
    file->size = pn_record_size((size_t)header.n_values);
    file->offset = sizeof header;
    return 1;
}

/* whole records only: the last one may be in the making */
static int read_records(struct pn_watch *watch, struct pn_watch_file *file, int fd)
{
    size_t size = (size_t)file->size, n_block = size < BLOCK ? BLOCK / size : 1;
    unsigned char *block = malloc(n_block * size);
    int status = PN_OK;

    if (!block)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read journals");
    for (;;) {
        ssize_t got =
            TEMP_FAILURE_RETRY(pread(fd, block, n_block * size, (off_t)file->offset));
        size_t n = got > 0 ? (size_t)got / size : 0;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status =
                PN_FAIL(PN_ERR_IO, "cannot read %s: %s", file->name, strerror(errno));
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            take(watch, file, block + i * size);
        file->offset += n * size;
    }
    free(block);
    return status;
}

static int update_file(struct pn_watch *watch, const char *folder, const char *name,
                       const struct pn_rerun *rerun)
{
    struct pn_watch_file *file = file_of(watch, name);
    char *path = NULL;
    struct stat about;
    int fd = -1, status = PN_OK;

    if (!file || asprintf(&path, "%s/%s", folder, name) < 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read journals");
    file->drops_failures = pn_rerun_names(rerun, name);
    fd = PN_RETRY(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (fd < 0 && errno != ENOENT) /* the run has ended in between */
        status = PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        file->changed = about.st_mtime;
        if (read_header(watch, file, fd))
            status = read_records(watch, file, fd);
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return status;
}

static int is_journal(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name), n_suffix = strlen(PN_JOURNAL_SUFFIX);

    return n > n_suffix && n < sizeof((struct pn_watch_file *)0)->name &&
           strncmp(entry->d_name, PN_JOURNAL_PREFIX, strlen(PN_JOURNAL_PREFIX)) == 0 &&
           strcmp(entry->d_name + n - n_suffix, PN_JOURNAL_SUFFIX) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int pn_watch_update(struct pn_watch *watch, const char *folder)
{
    struct dirent **entry = NULL;
    struct pn_rerun rerun;
    int n = scandir(folder, &entry, is_journal, by_name), status;

    if (n < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", folder,
                       strerror(errno));
    status = pn_rerun_read(folder, &rerun);
    for (int i = 0; i < n; i++) {
        if (status == PN_OK)
            status = update_file(watch, folder, entry[i]->d_name, &rerun);
        free(entry[i]);
    }
    free(entry);
    pn_rerun_free(&rerun);
    return status;
}
