/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals: what is written comes back, what is damaged does not. */
#include "check.h"
#include "record_trial.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/record/journal.h"
#include "solver/run/key.h"

enum { N_JOBS = TRIAL_ARMS * TRIAL_PATIENTS };

static const struct pn_run_key KEY = {
    {1, 2, 3, 4, 5, 6, 7, 8, 9}
};
static const struct pn_run_key OTHER = {
    {9, 2, 3}
};

static int setup(void **state)
{
    *state = trial_folder();
    return *state == NULL;
}

static int teardown(void **state)
{
    trial_remove(*state);
    free(*state);
    return 0;
}

/* all jobs in one journal */
static void write_all(const char *folder, const struct pn_run_key *key)
{
    trial_journal(folder, 0, key, 0, N_JOBS, 1);
}

static struct pn_index *read_index(const char *folder)
{
    struct pn_index *index;

    assert_int_equal(pn_index_read(folder, &KEY, trial_make(), NULL, &index), PN_OK);
    return index;
}

static void path_of(const char *folder, char path[256])
{
    snprintf(path, 256, "%s/journal-00000-001.pnj", folder);
}

static unsigned char *slurp(const char *path, size_t *n)
{
    struct stat about;
    unsigned char *data;
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &about), 0);
    *n = (size_t)about.st_size;
    data = malloc(*n + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *n, file), *n);
    fclose(file);
    return data;
}

static void spit(const char *path, const void *data, size_t n)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void assert_job_is_as_written(const struct pn_index *index, size_t job)
{
    double got_values[TRIAL_VALUES], want_values[TRIAL_VALUES];
    struct pn_life got = {.values = got_values}, want = {.values = want_values};

    trial_life((int64_t)job, &want);
    assert_int_equal(pn_index_get(index, trial_make(), job, &got), PN_OK);
    assert_int_equal(got.job, want.job);
    assert_int_equal(got.status, want.status);
    assert_int_equal(got.method, want.method);
    assert_int_equal(got.n_tries, want.n_tries);
    assert_int_equal(got.n_doses, want.n_doses);
    assert_same_bits(&got.t_end, &want.t_end, 1);
    assert_int_equal(got.n_steps, want.n_steps);
    assert_int_equal(got.n_rejected, want.n_rejected);
    assert_int_equal(got.n_rates, want.n_rates);
    assert_int_equal(got.n_factors, want.n_factors);
    assert_string_equal(got.message, want.message);
    assert_same_bits(got.values, want.values, TRIAL_VALUES);
}

static void every_life_comes_back_bit_for_bit(void **state)
{
    struct pn_index *index;

    write_all(*state, &KEY);
    index = read_index(*state);
    assert_int_equal(index->n_found, N_JOBS);
    assert_int_equal(index->n_torn + index->n_foreign, 0);
    for (size_t job = 0; job < N_JOBS; job++)
        assert_job_is_as_written(index, job);
    pn_index_free(&index);
    pn_index_free(&index);
}

static void a_job_without_a_record_is_not_run(void **state)
{
    double values[TRIAL_VALUES];
    struct pn_life life = {.values = values};
    struct pn_index *index;

    trial_journal(*state, 0, &KEY, 1, N_JOBS, 1);
    index = read_index(*state);
    assert_int_equal(index->n_found, N_JOBS - 1);
    assert_int_equal(pn_index_get(index, trial_make(), 0, &life), PN_OK);
    assert_int_equal(life.status, PN_PATIENT_NOT_RUN);
    for (size_t i = 0; i < TRIAL_VALUES; i++)
        assert_true(isnan(values[i]));
    pn_index_free(&index);
}

static void a_second_attempt_is_a_second_file(void **state)
{
    struct pn_index *index;

    trial_journal(*state, 0, &KEY, 0, 10, 1);
    trial_journal(*state, 0, &KEY, 5, N_JOBS, 1); /* 5 … 9 once more */
    index = read_index(*state);
    assert_int_equal(index->n_files, 2);
    assert_int_equal(index->n_found, N_JOBS);
    for (size_t job = 0; job < N_JOBS; job++)
        assert_int_equal(index->in_file[job], job >= 10);
    pn_index_free(&index);
}

/* what is done to the one journal, and what the reader then counts */
struct damage {
    const char *what;
    long cut;  /* bytes taken from the end; -1: to nothing, -2: into the header */
    long flip; /* byte changed, counted from the start of record 3; LONG: none */
    size_t n_found, n_torn, n_foreign;
};
enum { NO_FLIP = 1 << 30 };

static void damage_is_counted_and_the_rest_is_used(void **state)
{
    const long head = (long)sizeof(struct pn_journal_header);
    const long size = (long)pn_record_size(TRIAL_VALUES);
    const struct damage cases[] = {
        {"torn last record",    7,        NO_FLIP,               N_JOBS - 1, 1, 0},
        {"one byte left of it", size - 1, NO_FLIP,               N_JOBS - 1, 1, 0},
        {"last record missing", size,     NO_FLIP,               N_JOBS - 1, 0, 0},
        {"magic flipped",       0,        0,                     N_JOBS - 1, 1, 0},
        {"CRC flipped",         0,        4,                     N_JOBS - 1, 1, 0},
        {"run flipped",         0,        9,                     N_JOBS - 1, 1, 0},
        {"job flipped",         0,        16,                    N_JOBS - 1, 1, 0},
        {"last value flipped",  0,        size - 1,              N_JOBS - 1, 1, 0},
        {"header flipped",      0,        -3 * size - head + 20, N_JOBS,     1, 0},
        {"empty file",          -1,       NO_FLIP,               0,          1, 0},
        {"cut header",          -2,       NO_FLIP,               0,          1, 0},
    };
    size_t n;
    unsigned char *data;
    char path[256];

    path_of(*state, path);
    write_all(*state, &KEY);
    data = slurp(path, &n);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct damage *c = &cases[i];
        size_t left = c->cut == -1   ? 0
                      : c->cut == -2 ? (size_t)head - 3
                                     : n - (size_t)c->cut;
        size_t at = (size_t)(head + 3 * size + c->flip);
        struct pn_index *index;

        if (c->flip != NO_FLIP)
            data[at] ^= 0x10;
        spit(path, data, left);
        if (c->flip != NO_FLIP)
            data[at] ^= 0x10;
        index = read_index(*state);
        if (index->n_found != c->n_found || index->n_torn != c->n_torn ||
            index->n_foreign != c->n_foreign)
            fail_msg("%s: found %zu, torn %zu, foreign %zu", c->what, index->n_found,
                     index->n_torn, index->n_foreign);
        for (size_t job = 0; job < N_JOBS; job++)
            if (index->in_file[job] >= 0)
                assert_job_is_as_written(index, job);
        pn_index_free(&index);
    }
    free(data);
}

static void records_of_another_run_are_counted_and_not_used(void **state)
{
    struct pn_index *index;

    write_all(*state, &OTHER);
    trial_journal(*state, 1, &KEY, 0, 5, 1);
    index = read_index(*state);
    assert_int_equal(index->n_foreign, N_JOBS);
    assert_int_equal(index->n_found, 5);
    pn_index_free(&index);
}

/* a header of ours before the records of another run: each record says whose it is */
static void a_foreign_record_in_our_file_is_counted(void **state)
{
    size_t n, n_other;
    unsigned char *ours, *other;
    char path[256];
    struct pn_index *index;

    path_of(*state, path);
    write_all(*state, &KEY);
    ours = slurp(path, &n);
    unlink(path);
    write_all(*state, &OTHER);
    other = slurp(path, &n_other);
    memcpy(other, ours, sizeof(struct pn_journal_header));
    spit(path, other, n_other);
    index = read_index(*state);
    assert_int_equal(index->n_foreign, N_JOBS);
    assert_int_equal(index->n_found, 0);
    pn_index_free(&index);
    free(ours);
    free(other);
}

/* a valid header that promises 2^61 values: nothing is allocated by its say-so */
static void a_header_with_absurd_sizes_is_foreign(void **state)
{
    struct pn_journal_header header = {.magic = PN_JOURNAL_MAGIC,
                                       .version = PN_JOURNAL_VERSION,
                                       .n_values = UINT64_MAX / 4,
                                       .key = KEY};
    struct pn_index *index;
    char path[256];

    path_of(*state, path);
    header.crc = pn_header_crc(&header);
    spit(path, &header, sizeof header);
    index = read_index(*state);
    assert_int_equal(index->n_foreign, 1);
    assert_int_equal(index->n_found, 0);
    pn_index_free(&index);
}

/* whole and of this run, but no life can be so */
static void impossible_records_are_refused(void **state)
{
    static const struct {
        int64_t job;
        int32_t status;
    } cases[] = {
        {N_JOBS,    0 },
        {-1,        0 },
        {INT64_MAX, 0 },
        {0,         -3},
        {0,         77},
    };
    double values[TRIAL_VALUES];
    struct pn_journal *journal;
    struct pn_index *index;

    assert_int_equal(pn_journal_create(*state, 0, &KEY, TRIAL_VALUES, &journal), PN_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_life life = {.values = values};
        trial_life(0, &life);
        life.job = cases[i].job;
        life.status = cases[i].status;
        assert_int_equal(pn_journal_append(journal, &life), PN_OK);
    }
    assert_int_equal(pn_journal_close(&journal), PN_OK);
    index = read_index(*state);
    assert_int_equal(index->n_torn, sizeof cases / sizeof *cases);
    assert_int_equal(index->n_found, 0);
    pn_index_free(&index);
}

/* one to three bytes changed, and sometimes the end cut; draws are ours, so a failure can
 * be repeated */
static size_t mutate(unsigned char *data, size_t n, int64_t round)
{
    size_t n_changes = 1 + (size_t)(3 * pn_uniform(1, round, PN_DRAW_COHORT, 0, 0));

    for (size_t i = 0; i < n_changes; i++) {
        size_t at = (size_t)((double)n * pn_uniform(1, round, PN_DRAW_COHORT, 1, i));
        data[at] = (unsigned char)(256 * pn_uniform(1, round, PN_DRAW_COHORT, 2, i));
    }
    if (round % 4 != 0)
        return n;
    return (size_t)((double)n * pn_uniform(1, round, PN_DRAW_COHORT, 3, 0));
}

static void no_mutation_is_accepted_as_a_record(void **state)
{
    size_t n, n_refused = 0;
    unsigned char *data, *changed;
    char path[256];

    path_of(*state, path);
    write_all(*state, &KEY);
    data = slurp(path, &n);
    changed = malloc(n);
    assert_non_null(changed);
    for (int64_t round = 1; round <= 2000; round++) {
        struct pn_index *index;
        memcpy(changed, data, n);
        spit(path, changed, mutate(changed, n, round));
        index = read_index(*state);
        for (size_t job = 0; job < N_JOBS; job++) {
            if (index->in_file[job] < 0)
                n_refused++;
            else
                assert_job_is_as_written(index, job);
        }
        pn_index_free(&index);
    }
    assert_true(n_refused > 2000); /* the mutations did reach records */
    free(data);
    free(changed);
}

static void a_folder_or_pipe_under_a_journals_name_does_no_harm(void **state)
{
    struct pn_index *index;
    char path[256];

    snprintf(path, sizeof path, "%s/journal-a.pnj", (char *)*state);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/journal-b.pnj", (char *)*state);
    assert_int_equal(mkdir(path, 0700), 0);
    write_all(*state, &KEY);
    index = read_index(*state);
    assert_int_equal(index->n_found, N_JOBS);
    assert_int_equal(index->n_torn, 2);
    pn_index_free(&index);
}

static void a_missing_folder_is_named(void **state)
{
    struct pn_index *index;
    struct pn_journal *journal;

    (void)state;
    assert_int_equal(pn_index_read("/nonexistent/run", &KEY, trial_make(), NULL, &index),
                     PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "/nonexistent/run"));
    assert_int_equal(pn_journal_create("/nonexistent/run", 0, &KEY, 1, &journal),
                     PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "/nonexistent/run"));
    assert_null(journal);
}

/* the file may grow to three and a half records */
static void a_full_disk_stops_the_journal_and_keeps_what_it_has(void **state)
{
    const size_t size = pn_record_size(TRIAL_VALUES);
    struct pn_journal *journal;
    struct pn_index *index;
    double values[TRIAL_VALUES];
    struct pn_life life = {.values = values};
    struct rlimit before;

    assert_int_equal(pn_journal_create(*state, 0, &KEY, TRIAL_VALUES, &journal), PN_OK);
    trial_limit_files(sizeof(struct pn_journal_header) + 3 * size + size / 2, &before);
    for (int64_t job = 0; job < 3; job++) {
        trial_life(job, &life);
        assert_int_equal(pn_journal_append(journal, &life), PN_OK);
    }
    nanosleep(&(struct timespec){.tv_nsec = 120000000},
              NULL); /* it does not wait longer */
    assert_int_equal(pn_journal_append(journal, &life), PN_ERR_IO);
    assert_non_null(
        strstr(pn_error_last()->text, "journal-00000-001.pnj: File too large"));
    setrlimit(RLIMIT_FSIZE, &before);
    /* nothing may follow a cut record, even when there is room again */
    assert_int_equal(pn_journal_append(journal, &life), PN_ERR_IO);
    pn_journal_close(&journal);
    index = read_index(*state);
    assert_int_equal(index->n_found, 3);
    assert_int_equal(index->n_torn, 1);
    pn_index_free(&index);
}

static void the_run_key_knows_study_version_and_inputs(void **state)
{
    struct pn_input_file input[2] = {
        {.path = NULL, .sha256 = "aa"},
        {.path = NULL, .sha256 = "bb"}
    };
    struct pn_study study = {.n_inputs = 2, .input = input};
    struct pn_trial trial = {.study = &study};
    struct pn_run_key key[6];

    (void)state;
    assert_int_equal(pn_run_key_make(&trial, "a: 1", "0.1", &key[0]), PN_OK);
    assert_int_equal(pn_run_key_make(&trial, "a: 2", "0.1", &key[1]), PN_OK);
    assert_int_equal(pn_run_key_make(&trial, "a: 1", "0.2", &key[2]), PN_OK);
    assert_int_equal(pn_run_key_make(&trial, "a: 10", ".1", &key[3]),
                     PN_OK); /* the same letters in a row */
    input[1].sha256[0] = 'c';
    assert_int_equal(pn_run_key_make(&trial, "a: 1", "0.1", &key[4]), PN_OK);
    input[1].sha256[0] = 'b';
    assert_int_equal(pn_run_key_make(&trial, "a: 1", "0.1", &key[5]), PN_OK);
    for (size_t i = 1; i < 5; i++)
        assert_memory_not_equal(&key[0], &key[i], sizeof key[0]);
    assert_memory_equal(&key[0], &key[5], sizeof key[0]);
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_folder(every_life_comes_back_bit_for_bit),
        test_in_folder(a_job_without_a_record_is_not_run),
        test_in_folder(a_second_attempt_is_a_second_file),
        test_in_folder(damage_is_counted_and_the_rest_is_used),
        test_in_folder(records_of_another_run_are_counted_and_not_used),
        test_in_folder(a_foreign_record_in_our_file_is_counted),
        test_in_folder(a_header_with_absurd_sizes_is_foreign),
        test_in_folder(impossible_records_are_refused),
        test_in_folder(no_mutation_is_accepted_as_a_record),
        test_in_folder(a_folder_or_pipe_under_a_journals_name_does_no_harm),
        cmocka_unit_test(a_missing_folder_is_named),
        test_in_folder(a_full_disk_stops_the_journal_and_keeps_what_it_has),
        cmocka_unit_test(the_run_key_knows_study_version_and_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
