/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reader of journals.  A journal is hostile until its checksums say otherwise: sizes come
 * from the trial, never from the file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/record/journal.h"

enum { BLOCK = 1 << 20 }; /* bytes read at once, at least one record */

enum verdict { GOOD, TORN, FOREIGN };

static enum verdict judge_header(const struct pn_journal_header *header,
                                 const struct pn_run_key *key, size_t n_values)
{
    if (header->magic != PN_JOURNAL_MAGIC || header->crc != pn_header_crc(header))
        return TORN;
    if (header->version != PN_JOURNAL_VERSION || header->n_values != n_values ||
        memcmp(&header->key, key, sizeof *key) != 0)
        return FOREIGN;
    return GOOD;
}

static enum verdict judge_head(const struct pn_journal_record *head, uint64_t run,
                               size_t n_jobs)
{
    if (head->magic != PN_RECORD_MAGIC)
        return TORN;
    if (head->run != run)
        return FOREIGN;
    /* whole, ours, and yet impossible: not written by this program (a negative job is a
     * huge one) */
    if ((uint64_t)head->job >= n_jobs || head->status < 0 ||
        strcmp(pn_status_name(head->status), "unknown") == 0)
        return TORN;
    return GOOD;
}

static enum verdict judge_record(const unsigned char *record, size_t size, uint64_t run,
                                 size_t n_jobs, struct pn_journal_record *head)
{
    memcpy(head, record, sizeof *head);
    if (head->crc != pn_record_crc(record, size))
        return TORN;
    return judge_head(head, run, n_jobs);
}

/* pread until n bytes or the end; -1 with errno */
static ssize_t read_at(int fd, void *data, size_t n, uint64_t offset)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = pread(fd, (char *)data + got, n - got, (off_t)(offset + got));

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

struct scan {
    struct pn_index *index;
    const struct pn_index *known; /* journals that may be damaged; NULL: all may */
    uint64_t run;
    size_t size; /* of a record */
    unsigned char *block;
    size_t n_block; /* records in it */
    int32_t in_file;
    int fd;
    int drops_failures; /* of this file: they count for nothing */
};

static void pass_over(struct pn_index *index, int32_t in_file, size_t n_torn,
                      size_t n_foreign)
{
    index->n_torn += n_torn;
    index->n_foreign += n_foreign;
    index->torn[in_file] += n_torn;
    index->foreign[in_file] += n_foreign;
}

static void take(struct scan *scan, enum verdict verdict,
                 const struct pn_journal_record *head, uint64_t offset)
{
    struct pn_index *index = scan->index;

    switch (verdict) {
    case TORN:
        pass_over(index, scan->in_file, 1, 0);
        break;
    case FOREIGN:
        pass_over(index, scan->in_file, 0, 1);
        break;
    case GOOD:
        if (index->in_file[head->job] >= 0)
            break; /* simulated twice: the same bits, the first counts */
        if (scan->drops_failures && head->status != PN_OK)
            break; /* to be simulated again */
        index->in_file[head->job] = scan->in_file;
        index->offset[head->job] = offset;
        index->n_found++;
        index->n_doses += head->status == PN_OK ? head->n_doses : 0;
        break;
    }
}

static int refuse_file(const struct scan *scan)
{
    return PN_FAIL(PN_ERR_IO, "cannot read %s: %s", scan->index->file[scan->in_file],
                   strerror(errno));
}

static int scan_records(struct scan *scan)
{
    uint64_t offset = sizeof(struct pn_journal_header);
    struct pn_journal_record head;

    for (;;) {
        ssize_t got = read_at(scan->fd, scan->block, scan->n_block * scan->size, offset);
        size_t n_whole;

        if (got < 0)
            return refuse_file(scan);
        n_whole = (size_t)got / scan->size;
        for (size_t i = 0; i < n_whole; i++) {
            enum verdict verdict = judge_record(scan->block + i * scan->size, scan->size,
                                                scan->run, scan->index->n_jobs, &head);
            take(scan, verdict, &head, offset + i * scan->size);
        }
        if ((size_t)got % scan->size != 0)
            pass_over(scan->index, scan->in_file, 1, 0); /* the last one was cut */
        if (n_whole < scan->n_block)
            return PN_OK;
        offset += n_whole * scan->size;
    }
}

static int scan_heads(struct scan *scan, uint64_t n_bytes)
{
    uint64_t offset = sizeof(struct pn_journal_header);
    struct pn_journal_record head;

    for (; offset + scan->size <= n_bytes; offset += scan->size) {
        if (read_at(scan->fd, &head, sizeof head, offset) != (ssize_t)sizeof head)
            return refuse_file(scan);
        take(scan, judge_head(&head, scan->run, scan->index->n_jobs), &head, offset);
    }
    return PN_OK;
}

static int is_known(const struct scan *scan)
{
    const char *path = scan->index->file[scan->in_file];

    for (size_t i = 0; scan->known && i < scan->known->n_files; i++)
        if (strcmp(scan->known->file[i], path) == 0)
            return 1;
    return !scan->known;
}

/* records of another run's file, by its own record size if that is believable */
static size_t count_foreign(uint64_t n_values, uint64_t n_bytes)
{
    uint64_t n =
        n_bytes / sizeof(double) < n_values
            ? 1
            : n_bytes / (sizeof(struct pn_journal_record) + n_values * sizeof(double));
    return n > 0 ? (size_t)n : 1;
}

static int scan_file(struct scan *scan, const struct pn_run_key *key, size_t n_values)
{
    struct pn_journal_header header;
    struct stat about;
    ssize_t got;

    if (fstat(scan->fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        /* a folder or a pipe under a journal's name */
        pass_over(scan->index, scan->in_file, 1, 0);
        return PN_OK;
    }
    got = read_at(scan->fd, &header, sizeof header, 0);
    if (got < 0)
        return refuse_file(scan);
    if ((size_t)got < sizeof header) {
        pass_over(scan->index, scan->in_file, 1, 0);
        return PN_OK;
    }
    switch (judge_header(&header, key, n_values)) {
    case FOREIGN:
        pass_over(
            scan->index, scan->in_file, 0,
            count_foreign(header.n_values, (uint64_t)about.st_size - sizeof header));
        return PN_OK;
    case TORN: /* the records speak for themselves: each has run, size and CRC */
        pass_over(scan->index, scan->in_file, 1, 0);
        break;
    case GOOD:
        if (!is_known(scan))
            return scan_heads(scan, (uint64_t)about.st_size);
        break;
    }
    return scan_records(scan);
}

static int is_journal(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    size_t n_prefix = strlen(PN_JOURNAL_PREFIX), n_suffix = strlen(PN_JOURNAL_SUFFIX);

    return n > n_prefix + n_suffix &&
           memcmp(entry->d_name, PN_JOURNAL_PREFIX, n_prefix) == 0 &&
           strcmp(entry->d_name + n - n_suffix, PN_JOURNAL_SUFFIX) == 0;
}

/* not alphasort: that one depends on the user's locale */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_files(struct pn_index *index, const char *folder)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_journal, by_name);
    int status = PN_OK;

    if (n < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", folder,
                       strerror(errno));
    index->file = calloc((size_t)n + 1, sizeof *index->file);
    index->torn = calloc((size_t)n + 1, sizeof *index->torn);
    index->foreign = calloc((size_t)n + 1, sizeof *index->foreign);
    for (int i = 0; i < n && index->file; i++) {
        if (asprintf(&index->file[i], "%s/%s", folder, entry[i]->d_name) < 0) {
            index->file[i] = NULL;
            break;
        }
        index->n_files++;
    }
    if (index->n_files < (size_t)n || !index->file || !index->torn || !index->foreign)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of journals");
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free(entry);
    return status;
}

static int scan_all(struct pn_index *index, const struct pn_index_rule *rule,
                    const struct pn_index *known, const struct pn_run_key *key,
                    size_t n_values)
{
    struct scan scan = {.index = index,
                        .known = known,
                        .run = pn_record_run(key),
                        .size = pn_record_size(n_values)};
    int status = PN_OK;

    scan.n_block = scan.size < BLOCK ? BLOCK / scan.size : 1;
    scan.block = malloc(scan.n_block * scan.size);
    if (!scan.block)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory to read journals");
    for (size_t i = 0; i < index->n_files; i++) {
        scan.in_file = (int32_t)i;
        scan.drops_failures = rule && rule->drops_failures(rule->user, index->file[i]);
        scan.fd = PN_RETRY(open(index->file[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        if (scan.fd < 0) {
            status =
                PN_FAIL(PN_ERR_IO, "cannot open %s: %s", index->file[i], strerror(errno));
            goto out;
        }
        status = scan_file(&scan, key, n_values);
        close(scan.fd);
        if (status != PN_OK)
            goto out;
    }
out:
    free(scan.block);
    return status;
}

int pn_index_read(const char *folder, const struct pn_run_key *key,
                  const struct pn_trial *trial, const struct pn_index_rule *rule,
                  struct pn_index **out)
{
    return pn_index_read_again(NULL, folder, key, trial, rule, out);
}

int pn_index_read_again(const struct pn_index *known, const char *folder,
                        const struct pn_run_key *key, const struct pn_trial *trial,
                        const struct pn_index_rule *rule, struct pn_index **out)
{
    struct pn_index *index = calloc(1, sizeof *index);
    int status = PN_OK;

    *out = NULL;
    if (!index)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for an index");
    index->n_jobs = pn_trial_n_jobs(trial);
    index->in_file = malloc((index->n_jobs + 1) * sizeof *index->in_file);
    index->offset = calloc(index->n_jobs + 1, sizeof *index->offset);
    if (!index->in_file || !index->offset) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for an index");
        goto out;
    }
    for (size_t i = 0; i < index->n_jobs; i++)
        index->in_file[i] = -1;
    PN_TRY(list_files(index, folder));
    PN_TRY(scan_all(index, rule, known, key, trial->n_values));
    *out = index;
    index = NULL;
out:
    pn_index_free(&index);
    return status;
}

void pn_index_free(struct pn_index **index)
{
    if (!*index)
        return;
    for (size_t i = 0; i < (*index)->n_files; i++)
        free((*index)->file[i]);
    free((*index)->file);
    free((*index)->torn);
    free((*index)->foreign);
    free((*index)->in_file);
    free((*index)->offset);
    free(*index);
    *index = NULL;
}

int pn_journal_reader_create(const struct pn_index *index, size_t n_values,
                             struct pn_journal_reader *reader)
{
    *reader = (struct pn_journal_reader){.index = index, .n_values = n_values, .fd = -1};
    reader->record = malloc(pn_record_size(n_values));
    return reader->record ? PN_OK
                          : PN_FAIL(PN_ERR_MEMORY, "out of memory to read journals");
}

void pn_journal_reader_free(struct pn_journal_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    reader->fd = -1;
    free(reader->record);
    reader->record = NULL;
}

static void not_run(size_t job, size_t n_values, struct pn_life *life)
{
    double *values = life->values;

    *life = (struct pn_life){.job = (int64_t)job,
                             .status = PN_PATIENT_NOT_RUN,
                             .method = -1,
                             .t_end = (double)NAN,
                             .values = values};
    for (size_t i = 0; i < n_values; i++)
        values[i] = (double)NAN;
}

static void unpack(const struct pn_journal_record *head, struct pn_life *life)
{
    double *values = life->values;

    *life = (struct pn_life){.job = head->job,
                             .status = head->status,
                             .method = head->method,
                             .n_tries = head->n_tries,
                             .n_doses = head->n_doses,
                             .n_redrawn = head->n_redrawn,
                             .t_end = head->t_end,
                             .n_steps = head->n_steps,
                             .n_rejected = head->n_rejected,
                             .n_rates = head->n_rates,
                             .n_factors = head->n_factors,
                             .values = values};
    memcpy(life->message, head->message, sizeof life->message);
    life->message[sizeof life->message - 1] = '\0';
}

int pn_journal_reader_get(struct pn_journal_reader *reader, size_t job,
                          struct pn_life *life)
{
    const struct pn_index *index = reader->index;
    int32_t in_file = index->in_file[job];
    size_t size = pn_record_size(reader->n_values);
    struct pn_journal_record head;

    if (in_file < 0) {
        not_run(job, reader->n_values, life);
        return PN_OK;
    }
    if (reader->fd < 0 || reader->in_file != in_file) {
        if (reader->fd >= 0)
            close(reader->fd);
        reader->in_file = in_file;
        reader->fd =
            PN_RETRY(open(index->file[in_file], O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        if (reader->fd < 0)
            return PN_FAIL(PN_ERR_IO, "cannot open %s: %s", index->file[in_file],
                           strerror(errno));
    }
    if (read_at(reader->fd, reader->record, size, index->offset[job]) != (ssize_t)size)
        return PN_FAIL(PN_ERR_IO, "cannot read %s again: %s", index->file[in_file],
                       strerror(errno));
    memcpy(&head, reader->record, sizeof head);
    if (head.job != (int64_t)job || head.crc != pn_record_crc(reader->record, size))
        return PN_FAIL(PN_ERR_IO,
                       "%s is damaged: the same command simulates again what it has lost",
                       index->file[in_file]);
    unpack(&head, life);
    if (reader->n_values > 0)
        memcpy(life->values, reader->record + sizeof head,
               reader->n_values * sizeof(double));
    return PN_OK;
}

int pn_index_get(const struct pn_index *index, const struct pn_trial *trial, size_t job,
                 struct pn_life *life)
{
    struct pn_journal_reader reader;
    int status = pn_journal_reader_create(index, trial->n_values, &reader);

    if (status == PN_OK)
        status = pn_journal_reader_get(&reader, job, life);
    pn_journal_reader_free(&reader);
    return status;
}
