/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine called by another program: in memory and into a result, by one process or by
 * ranks (test_run_library --ranks under mpirun). */
#include "check.h"
#include "study_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "solver/base/clock.h"
#include "solver/result/result_read.h"
#include "solver/run/lives.h"
#include "solver/run/load.h"
#include "solver/run/run.h"

static const char study[] =
    "name: library\nseed: 20161\npopulation: {size: 20, from: "
    "populations/eosinophilic-asthma.yaml}\ndisease: [eosinophils, feno]\n"
    "airway: {model: lambert, generations: 17}\n"
    "arms: {placebo: [], fevipiprant: [{drug: drugs/fevipiprant.yaml, dose: 225 mg, "
    "every: 12 h, for: 2 week}]}\n"
    "visits: [{at: 0 week, tests: [spirometry]}, {at: 2 week, tests: [spirometry]}]\n"
    "duration: 2 week\noutput: {every: 1 day, keep: [fevipiprant.C, feno.FeNO, FEV1]}\n";

enum { N_JOBS = 40 };

/* --- what a run has said --- */

struct heard {
    size_t n_progress, n_complaints, n_errors, n_warnings, n_lives, n_ends, n_deadlines;
    size_t n_done_last;
    size_t most_lives; /* then `life` ends the run; 0: never */
    double wait_until; /* [s] of pn_seconds, which the first life waits for */
    int strange;       /* something that cannot be (no output here could be seen) */
    char text[1200];   /* of the last complaint, error or warning */
    struct pn_run_report report;
    struct pn_tally tally;
};

static void hear_progress(void *user, const struct pn_run_progress *progress)
{
    struct heard *heard = user;

    heard->strange |= progress->n_done < heard->n_done_last ||
                      progress->n_done > N_JOBS || progress->n_jobs != N_JOBS ||
                      progress->n_done < progress->n_before;
    heard->n_done_last = progress->n_done;
    heard->n_progress++;
}

static void hear_complaints(void *user, const struct pn_complaints *list)
{
    struct heard *heard = user;

    heard->n_complaints += list->n;
    snprintf(heard->text, sizeof heard->text, "%s", list->kept[0].text);
}

static void hear_error(void *user, int status, const char *text)
{
    struct heard *heard = user;

    heard->strange |= status >= 0;
    heard->n_errors++;
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

static void hear_warning(void *user, const char *text)
{
    struct heard *heard = user;

    heard->n_warnings++;
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

static int hear_life(void *user, const struct pn_life *life)
{
    struct heard *heard = user;

    heard->strange |= life->job < 0 || life->job >= N_JOBS;
    while (pn_seconds() < heard->wait_until)
        usleep(1000);
    if (++heard->n_lives == heard->most_lives)
        return PN_FAIL(PN_ERR_USAGE, "enough lives");
    return PN_OK;
}

static void hear_deadline(void *user, double seconds)
{
    struct heard *heard = user;

    heard->n_deadlines++;
    heard->wait_until = pn_seconds() + seconds;
}

static void hear_end(void *user, const struct pn_run_report *report)
{
    struct heard *heard = user;

    heard->n_ends++;
    heard->report = *report;
    heard->tally = *report->tally;
}

/* Run, and prove that not a byte was printed. */
static int run(const struct pn_run_request *request, struct heard *heard,
               struct pn_tally *tally)
{
    const struct pn_run_events events = {.user = heard,
                                         .progress = hear_progress,
                                         .complaints = hear_complaints,
                                         .error = hear_error,
                                         .warning = hear_warning,
                                         .life = hear_life,
                                         .deadline = hear_deadline,
                                         .ended = hear_end};
    FILE *printed = tmpfile();
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), status;
    struct stat about;

    assert_non_null(printed);
    fflush(NULL);
    dup2(fileno(printed), STDOUT_FILENO);
    dup2(fileno(printed), STDERR_FILENO);
    status = pn_run_execute(request, &events, tally);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    assert_int_equal(fstat(fileno(printed), &about), 0);
    assert_int_equal(about.st_size, 0);
    fclose(printed);
    assert_false(heard->strange);
    return status;
}

static struct pn_run_request request_of_text(void)
{
    struct pn_run_request request;

    pn_run_request_init(&request);
    request.study = fixture_path("library.yaml"); /* where nothing stands; static */
    request.text = study;
    return request;
}

/* names in a folder, "." and ".." not counted */
static size_t count_files(const char *path)
{
    DIR *folder = opendir(path);
    size_t n = 0;

    assert_non_null(folder);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 2;
}

/* --- numbers --- */

/* every number of a column of the result is that of the lives */
static void assert_column(const struct pn_result *result, const struct pn_lives *lives,
                          const struct pn_output *output)
{
    struct pn_cursor cursor;
    const void *row;

    assert_int_equal(pn_cursor_open(result, output->name, 0, &cursor), PN_OK);
    assert_int_equal(cursor.column.n_rows, N_JOBS);
    for (size_t job = 0; job < N_JOBS; job++) {
        assert_int_equal(pn_cursor_row(&cursor, job, &row), PN_OK);
        assert_same_bits((const double *)row, lives->life[job].values + output->first,
                         output->n_values);
    }
    pn_cursor_close(&cursor);
}

/* The file as a whole may differ: what libhdf5 does not use in its own blocks is what
 * this process has had there before. */
static void assert_result(const char *path, const struct pn_lives *lives)
{
    struct pn_result *result;
    struct pn_loaded loaded;

    assert_int_equal(pn_load(fixture_path("library.yaml"), study, NULL, NULL, &loaded),
                     PN_OK);
    assert_int_equal(pn_result_open(path, &result), PN_OK);
    for (size_t i = 0; i < loaded.trial->n_outputs; i++)
        if (loaded.trial->output[i].over != PN_OVER_DOSES)
            assert_column(result, lives, &loaded.trial->output[i]);
    pn_result_close(&result);
    pn_unload(&loaded);
}

static void memory_and_a_result_hold_the_same_numbers(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard in_memory = {.n_lives = 0}, in_file = {.n_lives = 0};
    struct pn_tally tally, of_file;
    struct pn_lives lives;

    (void)state;
    request.lives = &lives;
    assert_int_equal(run(&request, &in_memory, &tally), PN_OK);
    assert_int_equal(tally.n_ok, N_JOBS);
    assert_int_equal(in_memory.n_lives, N_JOBS);
    assert_int_equal(in_memory.report.end, PN_RUN_COMPLETE);
    request.lives = NULL;
    request.out = "library.h5";
    assert_int_equal(run(&request, &in_file, &of_file), PN_OK);
    assert_int_equal(of_file.n_steps, tally.n_steps);
    assert_true(of_file.n_bytes > 0 && strlen(of_file.sha256) == 64);
    assert_result(request.out, &lives);
    pn_lives_free(&lives);
    assert_int_equal(in_memory.n_errors + in_file.n_errors, 0);
    assert_true(in_memory.n_progress >= 2);
}

static void a_loaded_study_runs_again_and_again_without_files(void **state)
{
    struct pn_run_request request = request_of_text();
    struct pn_loaded loaded;
    struct pn_lives first = {.n_jobs = 0};
    size_t n_files = count_files(fixture_folder());

    (void)state;
    assert_int_equal(pn_load(request.study, study, NULL, NULL, &loaded), PN_OK);
    request.study = request.text = NULL;
    request.loaded = &loaded;
    for (int i = 0; i < 20; i++) {
        struct pn_lives lives;
        request.lives = i == 0 ? &first : &lives;
        assert_int_equal(pn_run_execute(&request, NULL, NULL), PN_OK);
        if (i == 0)
            continue;
        assert_same_bits(lives.values, first.values, N_JOBS * first.n_values);
        pn_lives_free(&lives);
    }
    pn_lives_free(&first);
    pn_unload(&loaded);
    assert_int_equal(count_files(fixture_folder()), n_files);
}

/* --- what is told --- */

static void mistakes_of_a_study_are_handed_out(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard heard = {.n_lives = 0};

    (void)state;
    request.text = "name: library\nsed: 1\n";
    assert_int_equal(run(&request, &heard, NULL), PN_ERR_INPUT);
    assert_true(heard.n_complaints >= 1 && heard.n_errors == 0);
    assert_non_null(strstr(heard.text, "library.yaml:2:1: error"));
    request.text = NULL; /* the file is not there */
    memset(&heard, 0, sizeof heard);
    assert_true(run(&request, &heard, NULL) < 0);
    assert_int_equal(heard.n_complaints + heard.n_errors, 1);
    assert_non_null(strstr(heard.text, "library.yaml"));
}

static void a_run_that_was_complete_says_so(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard heard = {.n_lives = 0};

    (void)state;
    request.out = "complete.h5";
    assert_int_equal(run(&request, &heard, NULL), PN_OK);
    assert_int_equal(heard.report.n_simulated, N_JOBS);
    memset(&heard, 0, sizeof heard);
    assert_int_equal(run(&request, &heard, NULL), PN_OK);
    assert_int_equal(heard.report.end, PN_RUN_WAS_COMPLETE);
    assert_int_equal(heard.tally.n_ok, N_JOBS);
    assert_int_equal(heard.n_lives, 0);
    request.selection.last = request.selection.first = 3; /* another run */
    memset(&heard, 0, sizeof heard);
    assert_int_equal(run(&request, &heard, NULL), PN_ERR_FOREIGN_RUN);
    assert_int_equal(heard.n_errors, 1);
}

static void a_run_that_is_broken_off_goes_on(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard heard = {.most_lives = 7};
    struct pn_lives whole;

    (void)state;
    request.out = "broken.h5";
    assert_int_equal(run(&request, &heard, NULL), PN_ERR_USAGE); /* what `life` returns */
    assert_int_equal(heard.report.end, PN_RUN_BROKEN);
    assert_string_equal(heard.text, "enough lives");
    memset(&heard, 0, sizeof heard);
    assert_int_equal(run(&request, &heard, NULL), PN_OK);
    assert_int_equal(heard.report.n_found, 7);
    assert_int_equal(heard.n_lives, N_JOBS - 7);
    request.out = NULL;
    request.lives = &whole;
    memset(&heard, 0, sizeof heard);
    assert_int_equal(run(&request, &heard, NULL), PN_OK);
    assert_result("broken.h5", &whole);
    pn_lives_free(&whole);
}

static void a_deadline_stops_cleanly(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard heard = {.n_lives = 0};
    struct pn_lives lives;

    (void)state;
    request.lives = &lives;
    request.max_hours = 0.3 / 3600.0; /* whose first life waits for its end */
    assert_int_equal(run(&request, &heard, NULL), PN_ERR_STOPPED);
    assert_int_equal(heard.n_deadlines, 1);
    assert_int_equal(heard.report.end, PN_RUN_STOPPED);
    assert_true(heard.report.late && heard.n_lives < N_JOBS);
    assert_int_equal(lives.n_jobs, N_JOBS);
    for (size_t job = 0, n = 0; job < N_JOBS; job++) {
        n += lives.life[job].status == PN_OK;
        assert_true(job < N_JOBS - 1 || n == heard.n_lives);
        if (lives.life[job].status != PN_OK)
            assert_true(lives.life[job].status == PN_PATIENT_NOT_RUN &&
                        isnan(lives.life[job].values[0]));
    }
    pn_lives_free(&lives);
}

static void more_failures_than_allowed_are_a_status(void **state)
{
    struct pn_run_request request = request_of_text();
    struct heard heard = {.n_lives = 0};
    char text[sizeof study + 64];

    (void)state;
    snprintf(text, sizeof text, "%ssolver: {max_steps: 10}\n", study);
    request.text = text;
    assert_int_equal(run(&request, &heard, NULL), PN_ERR_FAILED_PATIENTS);
    assert_int_equal(heard.report.end, PN_RUN_COMPLETE);
    assert_true(heard.tally.by_status[PN_PATIENT_STEPS] > 0);
    assert_int_equal(heard.tally.by_status[PN_PATIENT_STEPS] + heard.tally.n_ok, N_JOBS);
    request.max_failed = 1.0;
    memset(&heard, 0, sizeof heard);
    assert_int_equal(run(&request, &heard, NULL), PN_OK);
}

/* --- ranks --- */

/* Twice by all ranks together, and once by each alone: the same numbers. */
static int ranks_agree_in_memory(struct pn_cluster *cluster, struct pn_lives *alone)
{
    struct pn_run_request request = request_of_text();
    struct pn_lives lives[2];
    struct pn_tally tally[3];
    int good = 1;

    request.lives = alone;
    good &= pn_run_execute(&request, NULL, &tally[2]) == PN_OK;
    for (size_t i = 0; i < 2; i++) {
        request.cluster = cluster;
        request.lives = &lives[i];
        good &= pn_run_execute(&request, NULL, &tally[i]) == PN_OK;
        good &= tally[i].n_ok == N_JOBS && tally[i].n_steps == tally[2].n_steps &&
                memcmp(lives[i].values, alone->values,
                       N_JOBS * alone->n_values * sizeof(double)) == 0;
        for (size_t job = 0; job < N_JOBS; job++)
            good &= lives[i].life[job].job == (int64_t)job &&
                    lives[i].life[job].n_steps == alone->life[job].n_steps;
        pn_lives_free(&lives[i]);
    }
    return good;
}

static int fail_at_third(void *user, const struct pn_life *life)
{
    size_t *n = user;

    (void)life;
    return ++*n == 3 ? PN_FAIL(PN_ERR_USAGE, "a rank has had enough") : PN_OK;
}

/* The error of one rank ends all with its status; the next start goes on. */
static int one_error_ends_all(struct pn_cluster *cluster, const struct pn_lives *alone)
{
    struct pn_run_request request = request_of_text();
    size_t n = 0;
    const struct pn_run_events events = {.user = &n, .life = fail_at_third};
    char out[64], command[160];
    int is_first = pn_cluster_rank(cluster) == 0, good;

    /* the same on all ranks: mpirun is their parent */
    snprintf(out, sizeof out, "/tmp/pneuma-ranks-%ld.h5", (long)getppid());
    snprintf(command, sizeof command, "rm -r %s %s.run", out, out);
    request.out = out;
    request.cluster = cluster;
    good = pn_run_execute(&request, &events, NULL) == PN_ERR_USAGE;
    good &= pn_run_execute(&request, NULL, NULL) == PN_OK;
    if (is_first) {
        assert_result(out, alone);
        good &= system(command) == 0;
    }
    return good;
}

static int run_by_ranks(void)
{
    struct pn_cluster *cluster = NULL;
    struct pn_lives alone = {.n_jobs = 0};
    int good = pn_cluster_create(&cluster) == PN_OK &&
               ranks_agree_in_memory(cluster, &alone) &&
               one_error_ends_all(cluster, &alone);

    printf("%s\n", good ? "the same" : pn_error_last()->text);
    pn_lives_free(&alone);
    pn_cluster_free(&cluster);
    return !good;
}

/* results and their folders stand in the test's own */
static int enter_folder(void **state)
{
    (void)state;
    return chdir(fixture_folder());
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_a_result_hold_the_same_numbers),
        cmocka_unit_test(a_loaded_study_runs_again_and_again_without_files),
        cmocka_unit_test(mistakes_of_a_study_are_handed_out),
        cmocka_unit_test(a_run_that_was_complete_says_so),
        cmocka_unit_test(a_run_that_is_broken_off_goes_on),
        cmocka_unit_test(a_deadline_stops_cleanly),
        cmocka_unit_test(more_failures_than_allowed_are_a_status),
    };

    if (argc == 2 && strcmp(argv[1], "--ranks") == 0) {
        int failed = run_by_ranks();
        return fixture_clean(NULL) != 0 || failed;
    }
    return cmocka_run_group_tests(tests, enter_folder, fixture_clean);
}
