/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of what ranks work on: a mapped page each, read when its rank is dead. */
#include "solver/run/note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"

enum { ATTEMPTS = 1000, MAGIC = 0x48444e50 /* "PNDH" */, VERSION = 1 };

/* the file */
struct page {
    uint32_t magic, version;
    struct pn_run_key key;
    int64_t launch;
    volatile sig_atomic_t signal; /* of its own; 0: none; PN_NOTE_EXPLAINED */
    volatile int32_t alone;
    struct pn_at_work at_work;
};

struct pn_note {
    struct page *page; /* mapped */
    int fd;            /* kept open for its lock: it tells that the rank lives */
    char *path;
};

/* --- writing --- */

static int open_new(const char *folder, int rank, struct pn_note *note)
{
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
        free(note->path);
        if (asprintf(&note->path, "%s/" PN_NOTE_PREFIX "%05d-%03d" PN_NOTE_SUFFIX, folder,
                     rank, attempt) < 0) {
            note->path = NULL;
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
        }
        note->fd =
            PN_RETRY(open(note->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (note->fd >= 0)
            return PN_OK;
        if (errno != EEXIST)
            break;
    }
    return PN_FAIL(PN_ERR_IO, "cannot create %s: %s", note->path, strerror(errno));
}

static void release(struct pn_note *note)
{
    if (note->page)
        munmap(note->page, sizeof *note->page);
    if (note->fd >= 0)
        close(note->fd);
    free(note->path);
    free(note);
}

int pn_note_create(const char *folder, int rank, const struct pn_run_key *key,
                   int64_t launch, struct pn_note **out)
{
    struct page page = {
        .magic = MAGIC, .version = VERSION, .key = *key, .launch = launch};
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct pn_note *note = calloc(1, sizeof *note);
    void *mapped;
    int status;

    *out = NULL;
    if (!note)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a note");
    note->fd = -1;
    pn_at_work_clear(&page.at_work);
    PN_TRY(open_new(folder, rank, note));
    fcntl(note->fd, F_OFD_SETLK, &all); /* without locks a rank that lives is suspected:
                                           that costs time, no result */
    if (pn_write_all(note->fd, &page, sizeof page) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", note->path, strerror(errno));
        pn_remove(note->path);
        goto out;
    }
    mapped = mmap(NULL, sizeof page, PROT_READ | PROT_WRITE, MAP_SHARED, note->fd, 0);
    if (mapped == MAP_FAILED) {
        status = PN_FAIL(PN_ERR_IO, "cannot map %s: %s", note->path, strerror(errno));
        pn_remove(note->path);
        goto out;
    }
    note->page = mapped;
    *out = note;
    return PN_OK;
out:
    release(note);
    return status;
}

struct pn_at_work *pn_note_at_work(struct pn_note *note)
{
    return &note->page->at_work;
}

volatile sig_atomic_t *pn_note_signal(struct pn_note *note)
{
    return &note->page->signal;
}

void pn_note_alone(struct pn_note *note, int alone)
{
    note->page->alone = alone;
}

void pn_note_remove(struct pn_note **note)
{
    if (!*note)
        return;
    pn_remove((*note)->path);
    release(*note);
    *note = NULL;
}

/* --- reading --- */

/* @return 1: *page is the note of a rank of this run that is dead */
static int read_note(const char *path, const struct pn_run_key *key, struct page *page)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = PN_RETRY(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)), good;

    if (fd < 0)
        return 0;
    good = TEMP_FAILURE_RETRY(read(fd, page, sizeof *page)) == (ssize_t)sizeof *page &&
           page->magic == MAGIC && page->version == VERSION &&
           memcmp(&page->key, key, sizeof *key) == 0 &&
           !(fcntl(fd, F_OFD_GETLK, &all) == 0 && all.l_type != F_UNLCK);
    close(fd);
    return good;
}

static int is_note(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > strlen(PN_NOTE_PREFIX PN_NOTE_SUFFIX) &&
           strncmp(entry->d_name, PN_NOTE_PREFIX, strlen(PN_NOTE_PREFIX)) == 0 &&
           strcmp(entry->d_name + n - strlen(PN_NOTE_SUFFIX), PN_NOTE_SUFFIX) == 0;
}

static int read_notes(const char *folder, const struct pn_run_key *key,
                      struct page **page, size_t *n)
{
    struct dirent **entry = NULL;
    int n_found = scandir(folder, &entry, is_note, NULL), status = PN_OK;

    *n = 0;
    if (n_found < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", folder,
                       strerror(errno));
    *page = calloc((size_t)n_found + 1, sizeof **page);
    if (!*page)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for notes");
    for (int i = 0; i < n_found; i++) {
        char *path = pn_format("%s/%s", folder, entry[i]->d_name);

        if (!path)
            status = PN_ERR_MEMORY;
        if (status == PN_OK)
            *n += (size_t)read_note(path, key, &(*page)[*n]);
        free(path);
        free(entry[i]);
    }
    free(entry);
    return status;
}

static int by_job(const void *a, const void *b)
{
    const struct pn_suspect *x = a, *y = b;

    return (x->job > y->job) - (x->job < y->job);
}

static void suspect(struct pn_suspects *suspects, const struct page *page, int64_t job,
                    size_t n_jobs)
{
    size_t i = 0;

    if (job < 0 || (uint64_t)job >= n_jobs)
        return;
    while (i < suspects->n && suspects->suspect[i].job != job)
        i++;
    if (i == suspects->n)
        suspects->suspect[suspects->n++] = (struct pn_suspect){.job = job};
    if (page->alone && page->signal > 0) {
        suspects->suspect[i].n_deaths++;
        suspects->suspect[i].signal = page->signal;
    }
}

/* Who was at work: the job that scalar code was about, else all that were side by side.
 */
static void suspect_workers(struct pn_suspects *suspects, const struct page *page,
                            size_t n_jobs)
{
    const struct pn_at_work *at_work = &page->at_work;

    if (at_work->working >= 0) {
        suspect(suspects, page, at_work->working, n_jobs);
        return;
    }
    for (size_t i = 0; i < PN_AT_WORK; i++) {
        if (at_work->phase == PN_WORK_BEDS)
            suspect(suspects, page, at_work->bed[i], n_jobs);
        if (at_work->phase == PN_WORK_ROOM)
            suspect(suspects, page, at_work->room[i], n_jobs);
    }
}

/* Did a rank of this start die of its own signal, or was it ended on purpose? */
static int is_explained(const struct page *page, size_t n, int64_t launch)
{
    for (size_t i = 0; i < n; i++)
        if (page[i].launch == launch && page[i].signal != 0)
            return 1;
    return 0;
}

int pn_suspects_read(const char *folder, const struct pn_run_key *key, size_t n_jobs,
                     struct pn_suspects *suspects)
{
    struct page *page = NULL;
    size_t n;
    int status;

    *suspects = (struct pn_suspects){0, NULL};
    PN_TRY(read_notes(folder, key, &page, &n));
    suspects->suspect = calloc(n * PN_AT_WORK + 1, sizeof *suspects->suspect);
    if (!suspects->suspect) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for notes");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        if (page[i].signal > 0 ||
            (page[i].signal == 0 && !is_explained(page, n, page[i].launch)))
            suspect_workers(suspects, &page[i], n_jobs);
    qsort(suspects->suspect, suspects->n, sizeof *suspects->suspect, by_job);
out:
    free(page);
    return status;
}

void pn_suspects_free(struct pn_suspects *suspects)
{
    free(suspects->suspect);
    *suspects = (struct pn_suspects){0, NULL};
}

const struct pn_suspect *pn_suspects_find(const struct pn_suspects *suspects, int64_t job)
{
    const struct pn_suspect wanted = {.job = job};

    return suspects->n == 0
               ? NULL
               : bsearch(&wanted, suspects->suspect, suspects->n, sizeof wanted, by_job);
}
