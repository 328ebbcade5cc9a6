/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result file: the same bytes from any journals, NaN and status where a life failed,
 * nothing under its name when something went wrong. */
#include "record_trial.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "solver/cohort/cohort.h"
#include "solver/hdf/draft.h"
#include "solver/hdf/hdf.h"
#include "solver/record/read_back.h"
#include "solver/run/run_json.h"
#include "solver/text/digest.h"
#include "solver/text/json.h"

enum { N_JOBS = TRIAL_ARMS * TRIAL_PATIENTS };

static const struct pn_run_key KEY = {
    {1, 2, 3, 4, 5, 6, 7, 8, 9}
};
static const struct pn_provenance PROVENANCE = {.resolved = "name: small\n",
                                                .version = "0.1.0",
                                                .revision = "abc-dirty",
                                                .compiler = "cc 1",
                                                .flags = "-O3",
                                                .libraries = "HDF5 1\nGSL 2\n"};
static const struct pn_run_facts FACTS = {.command_line = "pneuma run \"a b\".yaml",
                                          .started = "2020-01-01T00:00:00Z",
                                          .ended = "2020-01-01T00:00:01Z",
                                          .host = "here",
                                          .n_ranks = 3};

struct fixture {
    char *folder; /* journals */
    char path[256];
    struct pn_index *index;
    struct pn_tally tally;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    *state = f;
    f->folder = trial_folder();
    snprintf(f->path, sizeof f->path, "%s/results.h5", f->folder);
    return f->folder == NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    pn_index_free(&f->index);
    trial_remove(f->folder);
    free(f->folder);
    free(f);
    return 0;
}

static void read_journals(struct fixture *f)
{
    pn_index_free(&f->index);
    assert_int_equal(pn_index_read(f->folder, &KEY, trial_make(), NULL, &f->index),
                     PN_OK);
}

static int write_result(struct fixture *f)
{
    read_journals(f);
    return pn_result_write(f->path, trial_make(), f->index, &PROVENANCE, &f->tally);
}

static void assert_written(struct fixture *f)
{
    int status = write_result(f);

    if (status != PN_OK)
        fail_msg("%s", pn_error_last()->text);
}

/* a whole dataset, or part of its shape is wrong */
static void read_all(const char *path, const char *name, hid_t type, size_t n, void *out)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t space = H5Dget_space(dataset);

    assert_int_equal(H5Sget_simple_extent_npoints(space), n);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void hash_of(const char *path, char hex[65])
{
    assert_int_equal(pn_sha256_file(path, hex), PN_OK);
}

/* files in the folder whose name begins so */
static size_t count_files(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        n += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(dir);
    return n;
}

static void every_value_stands_at_its_place(void **state)
{
    static const struct {
        const char *name;
        size_t first, n;
    } outputs[] = {
        {"drug.C",               TRIAL_C,         TRIAL_TIMES                        },
        {"FEV1",                 TRIAL_FEV1,      TRIAL_VISITS                       },
        {"flow_volume",          TRIAL_LOOP,      (size_t)TRIAL_VISITS * TRIAL_POINTS},
        {"spirometry.narrowing", TRIAL_NARROWING, 1                                  },
    };
    struct fixture *f = *state;
    double got[N_JOBS * TRIAL_VALUES], values[TRIAL_VALUES];
    struct pn_life life = {.values = values};

    trial_journal(f->folder, 0, &KEY, 0, N_JOBS, 1);
    assert_written(f);
    for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++) {
        size_t n = outputs[o].n;
        read_all(f->path, outputs[o].name, H5T_NATIVE_DOUBLE, N_JOBS * n, got);
        for (size_t job = 0; job < N_JOBS; job++) {
            trial_life((int64_t)job, &life);
            assert_same_bits(got + job * n, values + outputs[o].first, n);
        }
    }
}

static void outcomes_and_tally_tell_how_each_life_ended(void **state)
{
    struct fixture *f = *state;
    signed char status[N_JOBS], method[N_JOBS];
    int64_t n_rates[N_JOBS], n_doses[N_JOBS];
    double t_end[N_JOBS], C[N_JOBS * TRIAL_TIMES];

    trial_journal(f->folder, 0, &KEY, 1, N_JOBS, 1); /* job 0 is missing */
    assert_written(f);
    read_all(f->path, "status", H5T_NATIVE_INT8, N_JOBS, status);
    read_all(f->path, "method", H5T_NATIVE_INT8, N_JOBS, method);
    read_all(f->path, "n_rates", H5T_NATIVE_INT64, N_JOBS, n_rates);
    read_all(f->path, "n_doses", H5T_NATIVE_INT64, N_JOBS, n_doses);
    read_all(f->path, "t_end", H5T_NATIVE_DOUBLE, N_JOBS, t_end);
    read_all(f->path, "drug.C", H5T_NATIVE_DOUBLE, N_JOBS * TRIAL_TIMES, C);
    for (int job = 0; job < N_JOBS; job++) {
        int missing = job == 0, failed = job == TRIAL_FAILED_JOB;
        assert_int_equal(status[job], missing  ? PN_PATIENT_NOT_RUN
                                      : failed ? PN_PATIENT_STEPS
                                               : PN_OK);
        assert_int_equal(method[job], missing ? -1 : job % 3 == 0);
        assert_int_equal(n_rates[job], missing ? 0 : (int64_t)1 << (32 + job));
        assert_int_equal(n_doses[job], 10 * job);
        assert_int_equal(isnan(t_end[job]), missing);
        for (int i = 0; i < TRIAL_TIMES; i++)
            assert_int_equal(!!isnan(C[job * TRIAL_TIMES + i]), missing || failed);
    }
    assert_close(t_end[TRIAL_FAILED_JOB], 100.5, 0, 0);
    assert_int_equal(f->tally.n_jobs, N_JOBS);
    assert_int_equal(f->tally.n_ok, N_JOBS - 2);
    assert_int_equal(f->tally.by_status[PN_PATIENT_NOT_RUN], 1);
    assert_int_equal(f->tally.by_status[PN_PATIENT_STEPS], 1);
}

static void patients_variables_are_those_of_the_cohort(void **state)
{
    static const char *const names[] = {"age", "sex", "FEV1_baseline", "drug.CL"};
    struct fixture *f = *state;
    const struct pn_study *study = trial_make()->study;
    double got[TRIAL_PATIENTS], row[4];
    int64_t id[TRIAL_PATIENTS];
    int bad;

    assert_written(f); /* no journal at all: nobody was run, and yet they are somebody */
    read_all(f->path, "patient", H5T_NATIVE_INT64, TRIAL_PATIENTS, id);
    for (size_t v = 0; v < 4; v++) {
        read_all(f->path, names[v], H5T_NATIVE_DOUBLE, TRIAL_PATIENTS, got);
        for (size_t i = 0; i < TRIAL_PATIENTS; i++) {
            pn_cohort_draw(&study->population, study->seed, i, row, &bad);
            assert_same_bits(&got[i], &row[v], 1);
            assert_int_equal(id[i], pn_cohort_id(&study->population, i));
        }
    }
    assert_int_equal(f->tally.by_status[PN_PATIENT_NOT_RUN], N_JOBS);
}

/* jobs dealt to ranks in other orders, forwards and backwards, with a torn attempt */
static void deal(const char *folder, int n_ranks, int backwards)
{
    for (int rank = 0; rank < n_ranks; rank++) {
        struct pn_journal *journal;
        assert_int_equal(pn_journal_create(folder, rank, &KEY, TRIAL_VALUES, &journal),
                         PN_OK);
        for (int64_t k = rank; k < N_JOBS; k += n_ranks)
            trial_append(journal, backwards ? N_JOBS - 1 - k : k);
        assert_int_equal(pn_journal_close(&journal), PN_OK);
    }
}

static void any_ranks_and_order_give_the_same_bytes(void **state)
{
    static const int ranks[] = {1, 2, 3, 8};
    char first[65], hex[65];

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct fixture *f;
        assert_int_equal(setup((void **)&f), 0);
        deal(f->folder, ranks[i / 2], i % 2);
        assert_written(f);
        hash_of(f->path, i == 0 ? first : hex);
        if (i > 0)
            assert_string_equal(hex, first);
        if (i == 0)
            sleep(1); /* a time stamp would now be another one */
        teardown((void **)&f);
    }
}

static void a_block_boundary_changes_nothing(void **state)
{
    /* sixteen blocks in place of one would need 10^6 patients: patients of 1 MB instead
     */
    enum { POINTS = 200000, PATIENTS = 7 };
    struct fixture *f = *state;
    static double values[POINTS];
    struct pn_study study = *trial_make()->study;
    struct pn_output output = {"wide", "1", "wide", "none", PN_PER_PATIENT, POINTS, 0,
                               POINTS, 0,   0,      1};
    struct pn_points points = {.n = 1};
    struct pn_trial trial = {.study = &study,
                             .points = &points,
                             .n_outputs = 1,
                             .n_values = POINTS,
                             .output = &output};
    struct pn_journal *journal;
    struct pn_life life = {.values = values, .n_tries = 1};
    double *got = malloc(sizeof *got * TRIAL_ARMS * PATIENTS * POINTS);

    assert_non_null(got);
    assert_int_equal(pn_journal_create(f->folder, 0, &KEY, POINTS, &journal), PN_OK);
    for (life.job = TRIAL_ARMS * PATIENTS - 1; life.job >= 0; life.job--) {
        for (int i = 0; i < POINTS; i++)
            values[i] = (double)(life.job * POINTS + i);
        assert_int_equal(pn_journal_append(journal, &life), PN_OK);
    }
    assert_int_equal(pn_journal_close(&journal), PN_OK);
    assert_int_equal(pn_index_read(f->folder, &KEY, &trial, NULL, &f->index), PN_OK);
    assert_int_equal(pn_result_write(f->path, &trial, f->index, &PROVENANCE, &f->tally),
                     PN_OK);
    read_all(f->path, "wide", H5T_NATIVE_DOUBLE, (size_t)TRIAL_ARMS * PATIENTS * POINTS,
             got);
    for (int i = 0; i < TRIAL_ARMS * PATIENTS * POINTS; i++)
        if (got[i] != (double)i)
            fail_msg("element %d is %g", i, got[i]);
    free(got);
}

static void an_existing_file_is_never_overwritten(void **state)
{
    struct fixture *f = *state;
    char text[8] = "";
    FILE *file = fopen(f->path, "w");

    assert_non_null(file);
    fputs("mine", file);
    fclose(file);
    assert_int_equal(write_result(f), PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "results.h5 is there already"));
    file = fopen(f->path, "r");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, 7, file), 4);
    fclose(file);
    assert_string_equal(text, "mine");
    assert_int_equal(count_files(f->folder, "results.h5"), 1);
}

static void a_journal_that_changes_is_noticed(void **state)
{
    struct fixture *f = *state;
    char path[300];
    int fd;

    trial_journal(f->folder, 0, &KEY, 0, N_JOBS, 1);
    read_journals(f);
    snprintf(path, sizeof path, "%s/journal-00000-001.pnj", f->folder);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "!", 1, 400), 1);
    close(fd);
    assert_int_equal(
        pn_result_write(f->path, trial_make(), f->index, &PROVENANCE, &f->tally),
        PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "is damaged"));
    assert_int_equal(count_files(f->folder, "results.h5"), 0);
}

/* compilers disagree on the sign of a NaN that they compute; the file does not */
static void nan_has_one_pattern_of_bits(void **state)
{
    struct fixture *f = *state;
    struct pn_journal *journal;
    double values[TRIAL_VALUES], C[N_JOBS * TRIAL_TIMES];
    struct pn_life life = {.values = values};
    const double plain = (double)NAN;
    uint64_t odd = 0xfff8000000000123u;

    trial_life(0, &life);
    memcpy(&values[TRIAL_C], &odd, sizeof odd);
    assert_int_equal(pn_journal_create(f->folder, 0, &KEY, TRIAL_VALUES, &journal),
                     PN_OK);
    assert_int_equal(pn_journal_append(journal, &life), PN_OK);
    assert_int_equal(pn_journal_close(&journal), PN_OK);
    assert_written(f);
    read_all(f->path, "drug.C", H5T_NATIVE_DOUBLE, N_JOBS * TRIAL_TIMES, C);
    assert_same_bits(&C[0], &plain, 1);
    assert_same_bits(&C[1], &values[TRIAL_C + 1], 1);
}

static void a_draft_never_takes_the_place_of_a_file(void **state)
{
    struct fixture *f = *state;
    struct pn_draft draft = {.path = NULL};

    assert_int_equal(pn_draft_begin(f->path, &draft), PN_OK);
    fclose(fopen(f->path, "w")); /* somebody was quicker */
    assert_int_equal(pn_draft_commit(&draft, f->path, 0), PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "File exists"));
    pn_draft_abandon(&draft);
    pn_draft_abandon(&draft);
    assert_int_equal(count_files(f->folder, "results.h5"), 1);
}

/* a draft that a killed run left behind is in nobody's way, and nobody removes it */
static void a_draft_left_behind_does_no_harm(void **state)
{
    struct fixture *f = *state;
    char path[300];

    snprintf(path, sizeof path, "%s.part1", f->path);
    fclose(fopen(path, "w"));
    assert_written(f);
    assert_int_equal(count_files(f->folder, "results.h5"), 2);
}

/* a column of its own; the caller closes *fd */
static void write_column(const char *path, const struct pn_hdf_errors *errors,
                         const double *values, size_t n, struct pn_column *column,
                         int *fd)
{
    struct pn_dimension x = {.name = "x", .n = n, .scale = -1}, *dimension[] = {&x};
    struct pn_disk disk;
    struct pn_hdf hdf;

    *fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(pn_disk_init(&disk, *fd), PN_OK);
    assert_int_equal(pn_hdf_create(path, &disk, errors, &hdf), PN_OK);
    assert_int_equal(
        pn_column_create(&hdf, "x", H5T_NATIVE_DOUBLE, dimension, 1, 1, column), PN_OK);
    assert_int_equal(pn_column_write(&hdf, column, 0, n, values), PN_OK);
    assert_int_equal(pn_hdf_close(&hdf), PN_OK);
    pn_disk_free(&disk);
}

static void one_changed_bit_in_the_file_is_found(void **state)
{
    struct fixture *f = *state;
    double values[] = {1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5}, found = 0;
    struct pn_hdf_errors errors;
    struct pn_column column;
    char sha256[65], whole[65];
    off_t at = 0;
    int fd;

    pn_hdf_listen(&errors);
    write_column(f->path, &errors, values, 7, &column, &fd);
    assert_int_equal(pn_read_back(f->path, f->path, &errors, &column, 1, sha256), PN_OK);
    assert_int_equal(pn_sha256_file(f->path, whole), PN_OK);
    assert_string_equal(sha256, whole);
    while (found != values[6] && pread(fd, &found, sizeof found, at) == sizeof found)
        at += 8;
    assert_true(found == values[6]);
    found = nextafter(found, 8);
    assert_int_equal(pwrite(fd, &found, sizeof found, at - 8), sizeof found);
    assert_int_equal(pn_read_back(f->path, f->path, &errors, &column, 1, sha256),
                     PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "is not what was written"));
    close(fd);
    pn_hdf_unlisten(&errors);
}

/* every limit from nothing to nearly the whole file: the reason is told, nothing stays */
static void a_full_disk_leaves_nothing_under_the_name(void **state)
{
    struct fixture *f = *state;
    struct rlimit before;
    size_t whole;

    trial_journal(f->folder, 0, &KEY, 0, N_JOBS, 1);
    assert_written(f);
    whole = (size_t)f->tally.n_bytes;
    unlink(f->path);
    for (size_t limit = 0; limit < whole; limit += whole / 40) {
        int status;
        trial_limit_files(limit, &before);
        status = pn_result_write(f->path, trial_make(), f->index, &PROVENANCE, &f->tally);
        setrlimit(RLIMIT_FSIZE, &before);
        if (status != PN_ERR_IO || !strstr(pn_error_last()->text, "File too large") ||
            count_files(f->folder, "results.h5") != 0)
            fail_msg("limit %zu of %zu: status %d, %s", limit, whole, status,
                     pn_error_last()->text);
    }
    assert_written(f); /* and afterwards it works */
}

/* a real full file system, where this process may mount one */
static void a_full_file_system_is_named(void **state)
{
    struct fixture *f = *state;
    char mount_point[300], path[320];
    int status;
    size_t n_left;

    trial_journal(f->folder, 0, &KEY, 0, N_JOBS, 1);
    read_journals(f);
    snprintf(mount_point, sizeof mount_point, "%s/small", f->folder);
    snprintf(path, sizeof path, "%s/results.h5", mount_point);
    assert_int_equal(mkdir(mount_point, 0700), 0);
    /* in a world of its own: should the test die, the mount goes with it */
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", mount_point, "tmpfs", 0, "size=16k") != 0) {
        /* EINVAL: in a chroot, whose root is no mount */
        assert_true(errno == EPERM || errno == ENODEV || errno == EACCES ||
                    errno == EINVAL);
        skip();
    }
    status = pn_result_write(path, trial_make(), f->index, &PROVENANCE, &f->tally);
    n_left = count_files(mount_point, "results");
    umount(mount_point);
    assert_int_equal(status, PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "No space left on device"));
    assert_int_equal(n_left, 0);
}

static void run_json_names_the_run_and_the_result(void **state)
{
    struct fixture *f = *state;
    struct pn_run_facts facts = FACTS;
    char path[300], text[4096] = "", hex[65];
    json_t *json;
    int64_t n = 0;
    FILE *file;

    trial_journal(f->folder, 0, &KEY, 0, N_JOBS, 1);
    assert_written(f);
    hash_of(f->path, hex);
    facts.result = f->path;
    for (int twice = 0; twice < 2; twice++) /* the next attempt replaces it */
        assert_int_equal(
            pn_run_json_write(f->folder, trial_make(), &PROVENANCE, &facts, &f->tally),
            PN_OK);
    snprintf(path, sizeof path, "%s/run.json", f->folder);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_int_equal(pn_json_parse(text, strlen(text), path, NULL, &json), PN_OK);
    assert_string_equal(pn_json_text_of(json_object_get(json, "result"), "sha256"), hex);
    assert_string_equal(pn_json_text_of(json, "command_line"), "pneuma run \"a b\".yaml");
    assert_string_equal(pn_json_text_of(json, "seed"), "18446744073709551614");
    assert_int_equal(
        pn_json_whole_of(json_object_get(json, "failed"), "too_many_steps", &n), 1);
    assert_int_equal(n, 1);
    assert_int_equal(json_array_size(json_object_get(json, "libraries")), 2);
    json_decref(json);
    assert_int_equal(count_files(f->folder, "run.json"), 1);
}

/* a result file for check_result.py, with run.json beside it */
static int write_sample(const char *folder)
{
    struct fixture f = {.folder = NULL};
    struct pn_run_facts facts = FACTS;

    trial_journal(folder, 0, &KEY, 1, N_JOBS, 1);
    snprintf(f.path, sizeof f.path, "%s/results.h5", folder);
    facts.result = f.path;
    if (pn_index_read(folder, &KEY, trial_make(), NULL, &f.index) != PN_OK ||
        pn_result_write(f.path, trial_make(), f.index, &PROVENANCE, &f.tally) != PN_OK ||
        pn_run_json_write(folder, trial_make(), &PROVENANCE, &facts, &f.tally) != PN_OK)
        print_error("%s\n", pn_error_last()->text);
    pn_index_free(&f.index);
    return f.tally.n_bytes > 0 ? 0 : 1;
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test_in_folder(every_value_stands_at_its_place),
        test_in_folder(outcomes_and_tally_tell_how_each_life_ended),
        test_in_folder(patients_variables_are_those_of_the_cohort),
        cmocka_unit_test(any_ranks_and_order_give_the_same_bytes),
        test_in_folder(a_block_boundary_changes_nothing),
        test_in_folder(an_existing_file_is_never_overwritten),
        test_in_folder(a_journal_that_changes_is_noticed),
        test_in_folder(nan_has_one_pattern_of_bits),
        test_in_folder(a_draft_never_takes_the_place_of_a_file),
        test_in_folder(a_draft_left_behind_does_no_harm),
        test_in_folder(one_changed_bit_in_the_file_is_found),
        test_in_folder(a_full_disk_leaves_nothing_under_the_name),
        test_in_folder(a_full_file_system_is_named),
        test_in_folder(run_json_names_the_run_and_the_result),
    };

    if (argc == 3 && strcmp(argv[1], "--sample") == 0)
        return write_sample(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
