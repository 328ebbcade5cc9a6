/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Broken studies and patients files: each gets exactly its one clear message, as listed
 * in tests/cases/bad/messages.tsv. */
#include "check.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/study/study.h"

#define FOLDER PN_SOURCE_DIR "/tests/cases/bad/"

static struct pn_units *units;
static char folder[] = "/tmp/pn_bad_XXXXXX";
static char study_path[64], huge_path[2][64]; /* CSV, YAML */

static int begin_group(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(study_path, sizeof study_path, "%s/study.yaml", folder);
    snprintf(huge_path[0], sizeof huge_path[0], "%s/huge.csv", folder);
    snprintf(huge_path[1], sizeof huge_path[1], "%s/huge.yaml", folder);
    return pn_units_create(&units);
}

static int end_group(void **state)
{
    (void)state;
    pn_units_free(&units);
    remove(study_path);
    return rmdir(folder);
}

/* A study whose design is a table. */
static void write_design_of(FILE *file, const char *csv)
{
    fprintf(file,
            "name: bad\nseed: 1\npopulation: {size: 2, covariates: {sex: {categories: "
            "{male: 0.5, female: 0.5}}}}\n"
            "drugs: {abc: {route: oral, kinetics: {model: pk2, parameters: {CL: 10 L/h, "
            "V1: 50 L}}}}\narms: {active: [{drug: abc, dose: 100 mg}]}\n"
            "duration: 100 h\ndesign: {method: %s, file: %s}\n",
            strstr(csv, "/design-cov-") ? "covariance, points: 3" : "list", csv);
}

/* A study of one CSV: of patients, or of events or a design when it is called so. */
static void write_study_of(const char *csv)
{
    FILE *file = fopen(study_path, "w");

    assert_non_null(file);
    if (strstr(csv, "/design-"))
        write_design_of(file, csv);
    else if (strstr(csv, "/events-"))
        fprintf(file,
                "name: bad\nseed: 1\npopulation: {}\nevents: %s\n"
                "arms: {placebo: [], treated: [{drug: %sdrug.yaml}]}\nduration: 48 h\n",
                csv, FOLDER);
    else
        fprintf(file,
                "name: bad\nseed: 1\npopulation: {patients: %s}\n"
                "disease: [eosinophils]\narms: {placebo: []}\nduration: 1 h\n",
                csv);
    assert_int_equal(fclose(file), 0);
}

static void read_broken(const char *path, struct pn_complaints *list)
{
    const char *dot = strrchr(path, '.');
    struct pn_study *study = NULL;
    int status;

    list->n = 0;
    if (strcmp(dot, ".csv") == 0)
        write_study_of(path);
    status =
        pn_study_read(strcmp(dot, ".csv") == 0 ? study_path : path, units, list, &study);
    assert_null(study);
    assert_int_equal(status, PN_ERR_INPUT);
}

/* The complaint without the folder and "error: ", which are the same in all. */
static void strip(const char *text, char *plain, size_t size)
{
    const char *mark = strstr(text, ": error: "), *from = text;
    int length = (int)strlen(FOLDER);

    assert_non_null(mark);
    if (strncmp(text, FOLDER, (size_t)length) == 0)
        from += length;
    snprintf(plain, size, "%.*s: %s", (int)(mark - from), from, mark + 9);
    for (char *inside = plain; (inside = strstr(inside, FOLDER));)
        memmove(inside, inside + length, strlen(inside + length) + 1);
}

/* A message of the table that ends with "one of:" goes on with names of the catalogue. */
static int agrees(const char *found, const char *want)
{
    size_t n = strlen(want);
    int open = n > 7 && strcmp(want + n - 7, "one of:") == 0;

    return (open ? strncmp(found, want, n) : strcmp(found, want)) == 0;
}

static int has_its_message(const char *file, const char *want)
{
    static struct pn_complaints list;
    char path[1024], plain[512];

    snprintf(path, sizeof path, "%s%s", FOLDER, file);
    read_broken(path, &list);
    strip(list.kept[0].text, plain, sizeof plain);
    if (list.n == 1 && agrees(plain, want))
        return 1;
    print_error("%s: %zu messages\n  found    %s\n  expected %s\n", file, list.n, plain,
                want);
    return 0;
}

static void every_broken_file_gets_its_one_message(void **state)
{
    FILE *table = fopen(FOLDER "messages.tsv", "r");
    size_t n = 0, n_right = 0;
    char line[512];

    (void)state;
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        char *tab = strchr(line, '\t');
        assert_non_null(tab);
        *tab = '\0';
        tab[strcspn(tab + 1, "\n") + 1] = '\0';
        n_right += (size_t)has_its_message(line, tab + 1);
        n++;
    }
    fclose(table);
    assert_int_equal(n_right, n);
    assert_true(n >= 300);
}

static void write_bytes(const char *path, const char *begin, char fill, size_t n)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs(begin, file);
    for (size_t i = 0; i < n; i++)
        fputc(fill, file);
    assert_int_equal(fclose(file), 0);
}

/* seconds of this process that a broken file takes; its first message */
static double time_of(const char *path, char *message, size_t size)
{
    static struct pn_complaints list;
    clock_t begin = clock();

    read_broken(path, &list);
    assert_int_equal(list.n, 1);
    snprintf(message, size, "%s", strstr(list.kept[0].text, ": error: ") + 9);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

#define LONG_LINE "the line is longer than 65536 bytes"

static void huge_lines_are_refused_at_once(void **state)
{
    static const struct {
        int is_yaml;
        const char *begin;
        char fill;
        size_t n;
        const char *message;
    } huge[] = {
        {0, "ID,age [year]\n",     '1', 10 << 20, LONG_LINE                  },
        {0, "ID,age [year]\n1,\"", 'x', 10 << 20, LONG_LINE                  },
        {0, "ID",                  ',', 5000,     "more than 1000 fields"    },
        {1, "name: x\n#",          'x', 1 << 20,  "larger than 1048576 bytes"},
        {1, "a: ",                 '[', 200000,   "nested more than 64 deep" },
    };
    char message[512];

    (void)state;
    for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
        const char *path = huge_path[huge[i].is_yaml];
        double seconds;

        write_bytes(path, huge[i].begin, huge[i].fill, huge[i].n);
        seconds = time_of(path, message, sizeof message);
        remove(path);
        message[strlen(huge[i].message)] = '\0';
        assert_string_equal(message, huge[i].message);
        assert_true(seconds < 2.0); /* measured 0.03 under ASan */
    }
}

static void twenty_complaints_are_kept_and_all_are_counted(void **state)
{
    static struct pn_complaints list;
    FILE *file = fopen(study_path, "w");
    struct pn_study *study;

    (void)state;
    assert_non_null(file);
    fputs("name: many\nseed: 1\npopulation: {size: 3}\narms:\n", file);
    for (int i = 0; i < 30; i++)
        fprintf(file, "  arm%d: [{doze: 1 mg}]\n", i);
    fputs("duration: 1 h\n", file);
    fclose(file);
    list.n = 0;
    assert_int_equal(pn_study_read(study_path, units, &list, &study), PN_ERR_INPUT);
    assert_int_equal(list.n, 60); /* doze, and no drug, in each */
    assert_non_null(strstr(list.kept[19].text, ":14:10: error: a regimen has no 'drug'"));
}

static void a_missing_study_is_an_io_error(void **state)
{
    static struct pn_complaints list;
    struct pn_study *study;

    (void)state;
    assert_int_equal(pn_study_read("/nowhere/study.yaml", units, &list, &study),
                     PN_ERR_IO);
    assert_null(study);
    assert_string_equal(pn_error_last()->text,
                        "cannot open '/nowhere/study.yaml': No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_file_gets_its_one_message),
        cmocka_unit_test(huge_lines_are_refused_at_once),
        cmocka_unit_test(twenty_complaints_are_kept_and_all_are_counted),
        cmocka_unit_test(a_missing_study_is_an_io_error),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
