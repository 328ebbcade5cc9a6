/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patients files, and what happens to good files when their bytes change. */
#include "study_files.h"

#include <time.h>

#include "solver/base/random.h"

static void a_patients_file_fills_its_columns(void **state)
{
    static const struct {
        const char *name;
        double first, second;
    } cases[] = {
        {"sex",            1,   0  },
        {"age",            50,  51 }, /* not 30, which the population says */
        {"height",         170, 160},
        {"eosinophils.B0", 350, 250},
    };
    struct pn_study *study;
    double x[8], y[8];
    int bad;

    (void)state;
    write_file("p.csv", csv, sizeof csv - 1);
    study = read_text(csv_study);
    assert_int_equal(study->population.n_variables, 5); /* feno has no part here */
    assert_int_equal(study->population.n_patients, 2);
    assert_int_equal(pn_cohort_id(&study->population, 0), 12);
    assert_int_equal(pn_cohort_id(&study->population, 1), 4);
    pn_cohort_draw(&study->population, 1, 0, x, &bad);
    pn_cohort_draw(&study->population, 1, 1, y, &bad);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int k = pn_population_find(&study->population, cases[i].name);
        assert_true(k >= 0);
        assert_close(x[k], cases[i].first, 1e-14, 0);
        assert_close(y[k], cases[i].second, 1e-14, 0);
    }
    assert_close(x[pn_population_find(&study->population, "weight")], 80, 0, 0);
    /* a draw is keyed by the patient's ID, not by the row */
    assert_close(y[pn_population_find(&study->population, "weight")],
                 60 + 2 * pn_normal(1, 4, PN_DRAW_COHORT, pn_name_hash("weight"), 0),
                 1e-12, 0);
    check_round_trip(study);
    pn_study_free(&study);
    remove_file("p.csv");
}

/* Numbers and draws stay what they were; a resolved part is the same part. */
static void a_part_of_the_patients_stays_what_it_was(void **state)
{
    struct pn_study *study = read_text(everything);
    double before[64], after[64];
    int bad;

    (void)state;
    pn_cohort_draw(&study->population, study->seed, 4, before, &bad);
    assert_int_equal(pn_study_select(study, 4, 9), PN_ERR_USAGE);
    assert_int_equal(pn_study_select(study, 4, 6), PN_OK);
    assert_int_equal(study->population.n_patients, 3);
    assert_int_equal(pn_cohort_id(&study->population, 1), 5);
    pn_cohort_draw(&study->population, study->seed, 1, after, &bad);
    assert_same_bits(after, before, study->population.n_variables);
    check_round_trip(study);
    pn_study_free(&study);

    write_file("p.csv", csv, sizeof csv - 1);
    study = read_text(csv_study);
    pn_cohort_draw(&study->population, study->seed, 1, before, &bad);
    assert_int_equal(pn_study_select(study, 2, 2), PN_OK);
    assert_int_equal(pn_cohort_id(&study->population, 0), 4);
    pn_cohort_draw(&study->population, study->seed, 0, after, &bad);
    assert_same_bits(after, before, study->population.n_variables);
    check_round_trip(study);
    pn_study_free(&study);
    remove_file("p.csv");
}

static void lines_in_quotes_are_counted_in_places(void **state)
{
    static const char broken[] = "ID,age [year]\n\"\n1\n\",40\n2,old\n";
    struct pn_study *study;
    char path[128];

    (void)state;
    path_of(path, "study.yaml");
    write_file("p.csv", broken, sizeof broken - 1);
    write_file("study.yaml", csv_study, sizeof csv_study - 1);
    list.n = 0;
    assert_int_equal(pn_study_read(path, units, &list, &study), PN_ERR_INPUT);
    assert_non_null(strstr(list.kept[0].text, "p.csv:2:1: error: ID must be a whole"));
    assert_non_null(strstr(list.kept[1].text, "p.csv:5:3: error: age must be a number"));
    remove_file("study.yaml");
    remove_file("p.csv");
}

/* --- hostile input: mutations of good files, the same at each run --- */

static size_t pick(uint64_t round, uint64_t k, size_t n)
{
    return (size_t)(pn_uniform(2024, (int64_t)round, PN_DRAW_COHORT, k, 0) * (double)n);
}

/* One digit for another: what is read to the end more often than not. */
static void change_digit(char *text, size_t n, size_t at, char digit)
{
    while (at < n && !(text[at] >= '0' && text[at] <= '9'))
        at++;
    if (at < n)
        text[at] = digit;
}

/* A few bytes changed, inserted or taken out, or a piece of the text repeated. */
static size_t mutate(uint64_t round, const char *text, size_t n, char *out)
{
    static const char bytes[] =
        "{}[]:,- \n\t\"'#&*!|>%@0123456789.eEnaifmghL/\x01\x80\xff";
    size_t n_changes = 1 + pick(round, 0, 4);

    memcpy(out, text, n);
    for (size_t c = 1; c <= n_changes && n > 8; c++) {
        size_t at = pick(round, 10 * c, n), piece = 1 + pick(round, 10 * c + 1, 8);
        size_t from = pick(round, 10 * c + 2, n - piece);
        char byte = bytes[pick(round, 10 * c + 3, sizeof bytes - 1)];
        switch (pick(round, 10 * c + 4, 12)) {
        case 0:
            out[at] = byte;
            break;
        case 1:
            memmove(out + at + 1, out + at, n++ - at);
            out[at] = byte;
            break;
        case 2:
            memmove(out + from, out + from + piece, n - from - piece);
            n -= piece;
            break;
        case 3:
            memmove(out + at + piece, out + at, n - at);
            memmove(out + at, out + (from > at ? from + piece : from), piece);
            n += piece;
            break;
        default:
            change_digit(out, n, at, (char)('0' + pick(round, 10 * c + 5, 10)));
        }
    }
    return n;
}

/* Refused with a reason, or accepted and written such that it is read back. */
static int is_handled(const char *path)
{
    struct pn_study *study = NULL;
    int status;

    list.n = 0;
    status = pn_study_read(path, units, &list, &study);
    if (status != PN_OK)
        return status == PN_ERR_INPUT && !study && list.n > 0 ? 0 : -1;
    check_round_trip(study);
    pn_study_free(&study);
    return 1;
}

static void mutated_files_are_refused_or_read(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *file, *study; /* a CSV and the study that reads it; NULL: a study */
    } seeds[] = {
        {everything, sizeof everything - 1, NULL,    NULL        },
        {csv_study,  sizeof csv_study - 1,  NULL,    NULL        },
        {csv,        sizeof csv - 1,        "p.csv", csv_study   },
        {treatment,  sizeof treatment - 1,  NULL,    NULL        },
        {events_csv, sizeof events_csv - 1, "e.csv", events_study},
    };
    const size_t n_seeds = sizeof seeds / sizeof *seeds;
    static char out[1 << 14];
    size_t n_accepted[5] = {0}, n_rounds = 0;
    clock_t begin = clock();
    char path[128];

    (void)state;
    path_of(path, "mutant.yaml");
    for (; n_rounds < 15000; n_rounds++) {
        size_t which = n_rounds % n_seeds;
        const char *study = seeds[which].study ? seeds[which].study : out;
        size_t n = mutate(n_rounds, seeds[which].text, seeds[which].n, out);
        int handled;
        write_file("p.csv", csv, sizeof csv - 1);
        if (seeds[which].file)
            write_file(seeds[which].file, out, n);
        write_file("mutant.yaml", study, seeds[which].study ? strlen(study) : n);
        handled = is_handled(path);
        if (handled < 0)
            fail_msg("round %zu: %s", n_rounds, pn_error_last()->text);
        n_accepted[which] += (size_t)handled;
    }
    remove_file("mutant.yaml");
    remove_file("p.csv");
    remove_file("e.csv");
    /* the mutations must neither be harmless nor always fatal */
    for (size_t i = 0; i < n_seeds; i++)
        assert_in_range(n_accepted[i], n_rounds / n_seeds / 20, n_rounds / n_seeds / 2);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 30.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_patients_file_fills_its_columns),
        cmocka_unit_test(a_part_of_the_patients_stays_what_it_was),
        cmocka_unit_test(lines_in_quotes_are_counted_in_places),
        cmocka_unit_test(mutated_files_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
