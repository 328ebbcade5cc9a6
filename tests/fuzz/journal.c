/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the readers of journals and of notes.  The first byte says what the rest is:
 * a journal as it stands, a journal whose records are given their checksums (so that what
 * is behind the checksum is reached), or a note.  Whatever is found must be sound. */
#include "solver/record/journal.h"
#include "solver/base/status.h"
#include "solver/run/note.h"
#include "tests/fuzz/fuzz.h"

enum { N_VALUES = 3, N_JOBS = 20 };

static const struct pn_run_key KEY = {
    {1, 2, 3, 4, 5, 6, 7, 8, 9}
};

/* what the reader asks of a trial, without the rest of the house */
size_t pn_trial_n_jobs(const struct pn_trial *trial)
{
    (void)trial;
    return N_JOBS;
}

void pn_at_work_clear(struct pn_at_work *hand)
{
    memset(hand, 0, sizeof *hand);
}

/* right magic, run and checksum on every record */
static void mend(uint8_t *journal, size_t size)
{
    struct pn_journal_header header = {.magic = PN_JOURNAL_MAGIC,
                                       .version = PN_JOURNAL_VERSION,
                                       .n_values = N_VALUES,
                                       .key = KEY};
    size_t n = pn_record_size(N_VALUES);

    if (size < sizeof header)
        return;
    header.crc = pn_header_crc(&header);
    memcpy(journal, &header, sizeof header);
    for (size_t at = sizeof header; at + n <= size; at += n) {
        struct pn_journal_record head;

        memcpy(&head, journal + at, sizeof head);
        head.magic = PN_RECORD_MAGIC;
        head.run = pn_record_run(&KEY);
        memcpy(journal + at, &head, sizeof head);
        head.crc = pn_record_crc(journal + at, n);
        memcpy(journal + at, &head, sizeof head);
    }
}

static void check_journal(const char *folder)
{
    const struct pn_trial trial = {.n_values = N_VALUES};
    struct pn_index *index = NULL;
    double values[N_VALUES];
    size_t n_found = 0;

    require(pn_index_read(folder, &KEY, &trial, NULL, &index) == PN_OK);
    for (size_t job = 0; job < N_JOBS; job++) {
        struct pn_life life = {.values = values};

        require(pn_index_get(index, &trial, job, &life) == PN_OK);
        require(life.job == (int64_t)job && life.status >= 0);
        require(memchr(life.message, '\0', sizeof life.message) != NULL);
        require((index->in_file[job] < 0) == (life.status == PN_PATIENT_NOT_RUN) ||
                index->in_file[job] >= 0);
        n_found += index->in_file[job] >= 0;
    }
    require(n_found == index->n_found);
    require(index->n_torn == index->torn[0] && index->n_foreign == index->foreign[0]);
    pn_index_free(&index);
}

static void check_notes(const char *folder)
{
    struct pn_suspects suspects;

    require(pn_suspects_read(folder, &KEY, N_JOBS, &suspects) == PN_OK);
    for (size_t i = 0; i < suspects.n; i++) {
        require(suspects.suspect[i].job >= 0 && suspects.suspect[i].job < N_JOBS);
        require(i == 0 || suspects.suspect[i].job > suspects.suspect[i - 1].job);
        require(pn_suspects_find(&suspects, suspects.suspect[i].job) ==
                &suspects.suspect[i]);
    }
    pn_suspects_free(&suspects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char journal[320], note[320];
    uint8_t *copy;

    if (size < 1)
        return 0;
    fuzz_path("journal-00000-001.pnj", journal);
    fuzz_path("note-00000-001.pnh", note);
    copy = malloc(size);
    require(copy != NULL);
    memcpy(copy, data + 1, size - 1);
    if (data[0] % 3 == 1)
        mend(copy, size - 1);
    remove(journal);
    remove(note);
    write_file(data[0] % 3 == 2 ? note : journal, copy, size - 1);
    free(copy);
    data[0] % 3 == 2 ? check_notes(fuzz_folder()) : check_journal(fuzz_folder());
    return 0;
}
