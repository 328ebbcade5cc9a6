/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writer of a journal: records go to the kernel within a tenth of a second of work (they
 * then survive the death of the process) and to the disk every few seconds (they survive
 * the machine's). */
#include "solver/record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"

enum { ATTEMPTS = 1000, BUFFER = 1 << 16 /* bytes, at least one record */ };

#define FLUSH_EVERY 0.1 /* s; patients that take longer are written one by one */
#define SYNC_EVERY  5.0 /* s */

struct pn_journal {
    int fd;
    int failed; /* a record may be cut: nothing may follow it */
    char *path;
    uint64_t run;
    size_t n_values, size;
    double flushed, synced; /* s */
    unsigned char *buffer;  /* records not yet written, shape [n_room] */
    size_t n_room, n_held;  /* bytes */
};

static int sync_now(struct pn_journal *journal)
{
    journal->synced = pn_seconds();
    if (PN_RETRY(fdatasync(journal->fd)) == 0)
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s to the disk: %s", journal->path,
                   strerror(errno));
}

/* the first attempt number that is free */
static int open_new(struct pn_journal *journal, const char *folder, int rank)
{
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
        free(journal->path);
        if (asprintf(&journal->path,
                     "%s/" PN_JOURNAL_PREFIX "%05d-%03d" PN_JOURNAL_SUFFIX, folder, rank,
                     attempt) < 0) {
            journal->path = NULL;
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for a journal's name");
        }
        journal->fd =
            PN_RETRY(open(journal->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (journal->fd >= 0)
            return PN_OK;
        if (errno != EEXIST)
            return PN_FAIL(PN_ERR_IO, "cannot create %s: %s", journal->path,
                           strerror(errno));
    }
    return PN_FAIL(PN_ERR_IO, "cannot create %s: all %d attempts are there",
                   journal->path, ATTEMPTS - 1);
}

static int write_through(struct pn_journal *journal, const void *data, size_t n)
{
    if (pn_write_all(journal->fd, data, n) == 0)
        return PN_OK;
    journal->failed = 1;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", journal->path, strerror(errno));
}

static int flush(struct pn_journal *journal)
{
    size_t n = journal->n_held;

    journal->flushed = pn_seconds();
    journal->n_held = 0;
    return n > 0 ? write_through(journal, journal->buffer, n) : PN_OK;
}

static int write_header(struct pn_journal *journal, const struct pn_run_key *key)
{
    struct pn_journal_header header = {.magic = PN_JOURNAL_MAGIC,
                                       .version = PN_JOURNAL_VERSION,
                                       .n_values = journal->n_values,
                                       .key = *key};

    header.crc = pn_header_crc(&header);
    return write_through(journal, &header, sizeof header);
}

static void release(struct pn_journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal->buffer);
    free(journal->path);
    free(journal);
}

int pn_journal_create(const char *folder, int rank, const struct pn_run_key *key,
                      size_t n_values, struct pn_journal **out)
{
    struct pn_journal *journal = calloc(1, sizeof *journal);
    int status = PN_OK;

    *out = NULL;
    if (!journal)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a journal");
    journal->fd = -1;
    journal->run = pn_record_run(key);
    journal->n_values = n_values;
    journal->size = pn_record_size(n_values);
    journal->n_room = journal->size < BUFFER ? BUFFER : journal->size;
    journal->buffer = malloc(journal->n_room);
    if (!journal->buffer) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for records");
        goto out;
    }
    PN_TRY(open_new(journal, folder, rank));
    PN_TRY(write_header(journal, key));
    PN_TRY(sync_now(journal));
    PN_TRY(pn_sync_folder_of(journal->path));
    *out = journal;
    return PN_OK;
out:
    release(journal);
    return status;
}

int pn_journal_append(struct pn_journal *journal, const struct pn_life *life)
{
    struct pn_journal_record head = {.magic = PN_RECORD_MAGIC,
                                     .run = journal->run,
                                     .job = life->job,
                                     .status = life->status,
                                     .method = life->method,
                                     .n_tries = life->n_tries,
                                     .n_doses = life->n_doses,
                                     .n_redrawn = life->n_redrawn,
                                     .t_end = life->t_end,
                                     .n_steps = life->n_steps,
                                     .n_rejected = life->n_rejected,
                                     .n_rates = life->n_rates,
                                     .n_factors = life->n_factors};
    unsigned char *record;
    int status = PN_OK;

    if (journal->failed)
        return PN_FAIL(PN_ERR_IO, "cannot write %s: an earlier record failed",
                       journal->path);
    if (journal->n_held + journal->size > journal->n_room)
        PN_TRY(flush(journal));
    record = journal->buffer + journal->n_held;
    snprintf(head.message, sizeof head.message, "%s", life->message);
    memcpy(record, &head, sizeof head);
    if (journal->n_values > 0)
        memcpy(record + sizeof head, life->values, journal->n_values * sizeof(double));
    head.crc = pn_record_crc(record, journal->size);
    memcpy(record, &head, sizeof head);
    journal->n_held += journal->size;
    if (pn_seconds() - journal->flushed >= FLUSH_EVERY)
        PN_TRY(flush(journal));
    if (journal->flushed - journal->synced >= SYNC_EVERY)
        PN_TRY(sync_now(journal));
out:
    return status;
}

static int leave(struct pn_journal **journal, int sync)
{
    int status;

    if (!*journal)
        return PN_OK;
    status = (*journal)->failed ? PN_OK : flush(*journal); /* a failure was told */
    if (sync && status == PN_OK)
        status = sync_now(*journal);
    /* interrupted, it is closed all the same, and what was to be there is synced */
    if (close((*journal)->fd) != 0 && errno != EINTR && status == PN_OK)
        status =
            PN_FAIL(PN_ERR_IO, "cannot close %s: %s", (*journal)->path, strerror(errno));
    (*journal)->fd = -1;
    release(*journal);
    *journal = NULL;
    return status;
}

int pn_journal_close(struct pn_journal **journal)
{
    return leave(journal, 1);
}

int pn_journal_leave(struct pn_journal **journal)
{
    return leave(journal, 0);
}
