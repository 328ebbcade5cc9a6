/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of a journal file, shared by its writer (journal.c) and its reader (index.c).
 *
 * A header, then records of one fixed size: struct pn_journal_record, then n_values
 * doubles.  Native byte order: a journal is read on the kind of machine that wrote it,
 * and the magic numbers do not match on any other. */
#ifndef PN_RECORD_JOURNAL_H
#define PN_RECORD_JOURNAL_H

#include <stdint.h>
#include <string.h>

#include "solver/hdf/crc.h"
#include "solver/record/record.h"

#define PN_JOURNAL_PREFIX  "journal-"
#define PN_JOURNAL_SUFFIX  ".pnj"
#define PN_JOURNAL_VERSION 4u
#define PN_JOURNAL_MAGIC   0x4e4a4e50u /* "PNJN" */
#define PN_RECORD_MAGIC    0x434e4a50u /* "PJNC" */

struct pn_journal_header {
    uint32_t magic, version;
    uint64_t n_values;
    struct pn_run_key key;
    uint32_t unused, crc; /* crc: of all bytes before it */
};

struct pn_journal_record {
    uint32_t magic, crc; /* crc: of all bytes behind it, values included */
    uint64_t run;        /* first 8 bytes of the run key */
    int64_t job;
    int32_t status, method, n_tries;
    uint32_t n_doses;
    int64_t n_redrawn;
    double t_end; /* h */
    uint64_t n_steps, n_rejected, n_rates, n_factors;
    char message[PN_MESSAGE]; /* zeros behind its end */
};

/* no padding: every byte that is written is one that was set */
_Static_assert(sizeof(struct pn_journal_header) == 40, "journal header is packed");
_Static_assert(sizeof(struct pn_journal_record) == 88 + PN_MESSAGE,
               "journal record is packed");

/** Bytes of a record. */
static inline size_t pn_record_size(size_t n_values)
{
    return sizeof(struct pn_journal_record) + n_values * sizeof(double);
}

static inline uint64_t pn_record_run(const struct pn_run_key *key)
{
    uint64_t run;

    memcpy(&run, key->byte, sizeof run);
    return run;
}

/** CRC-32C of what stands behind the crc field of a record of `size` bytes. */
static inline uint32_t pn_record_crc(const unsigned char *record, size_t size)
{
    size_t skip = offsetof(struct pn_journal_record, crc) + sizeof(uint32_t);

    return pn_crc(0, record + skip, size - skip);
}

static inline uint32_t pn_header_crc(const struct pn_journal_header *header)
{
    return pn_crc(0, header, offsetof(struct pn_journal_header, crc));
}

/** Reads records of an index one after the other; keeps the last file open, because the
 * jobs of one batch stand in one file. */
struct pn_journal_reader {
    const struct pn_index *index;
    size_t n_values;
    int fd;          /* -1: none open */
    int32_t in_file; /* which */
    unsigned char *record;
};

/** A reader for an index.  pn_journal_reader_free in any case.
 *  @return PN_OK, PN_ERR_MEMORY. */
int pn_journal_reader_create(const struct pn_index *index, size_t n_values,
                             struct pn_journal_reader *reader);
void pn_journal_reader_free(struct pn_journal_reader *reader);

/** The outcome of a job, checked again; without a record: status not_run, NaN.
 *  life->values is the caller's, shape [n_values].  @return PN_OK, PN_ERR_IO. */
int pn_journal_reader_get(struct pn_journal_reader *reader, size_t job,
                          struct pn_life *life);

#endif
