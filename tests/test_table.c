/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma table: rows in the field's form, from nothing but the result. */
#include "list_trial.h"

#include <sys/stat.h>

#include "solver/base/random.h"
#include "solver/cli/cli.h"
#include "solver/text/csv_put.h"

struct fixture {
    char *folder;
    char path[256], out[256];
    char text[1 << 16]; /* the last table */
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    *state = f;
    f->folder = trial_folder();
    snprintf(f->path, sizeof f->path, "%s/results.h5", f->folder);
    snprintf(f->out, sizeof f->out, "%s/table.csv", f->folder);
    return f->folder == NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    trial_remove(f->folder);
    free(f->folder);
    free(f);
    return 0;
}

static void write_result(struct fixture *f, struct pn_study *study, int by_events,
                         size_t failed)
{
    const struct pn_trial *trial = list_trial(study, by_events, 0);

    list_journals(trial, f->folder, 1, failed);
    if (list_result(trial, f->folder, f->path) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
}

/* pneuma table RESULT --out OUT and up to three options more */
static int run(struct fixture *f, const char *a, const char *b, const char *c)
{
    const char *words[] = {"table", f->path, "--out", f->out, a, b, c};
    int argc = 4;

    while (argc < 7 && words[argc])
        argc++;
    return pn_command_call(&pn_command_table, argc, (char **)words);
}

static const char *table(struct fixture *f, const char *a, const char *b, const char *c)
{
    FILE *file;
    size_t n;

    if (run(f, a, b, c) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
    file = fopen(f->out, "r");
    assert_non_null(file);
    n = fread(f->text, 1, sizeof f->text - 1, file);
    f->text[n] = '\0';
    fclose(file);
    return f->text;
}

/* patient 11 has the second dose before the observation at 12 h, patient 7 after it, as
 * obs.n_doses says; the dose of beta is no dose of IPRED's drug; the dose by another
 * route goes to the same CMT */
static void an_event_table_comes_back_with_its_doses(void **state)
{
    static const char *const want =
        "ID,TIME,EVID,AMT,CMT,DUR,ARM,IPRED,DV,MDV,TAD,DVOBS\n"
        "11,0,0,.,.,.,placebo,1,1,1,.,.\n"
        "11,12,0,.,.,.,placebo,1.125,1.125,0,.,0.5\n"
        "7,0,0,.,.,.,placebo,3,3,0,.,0.25\n"
        "7,12,0,.,.,.,placebo,3.125,3.125,0,.,0.75\n"
        "7,30,0,.,.,.,placebo,3.25,3.25,1,.,.\n"
        "11,0,0,.,.,.,\"A, \"\"high\"\"\",4,4,1,.,.\n"
        "11,0,1,100,1,0,\"A, \"\"high\"\"\",.,.,1,0,.\n"
        "11,12,1,5,3,2,\"A, \"\"high\"\"\",.,.,1,12,.\n"
        "11,12,0,.,.,.,\"A, \"\"high\"\"\",4.125,4.125,0,12,0.5\n"
        "5,6,1,50,2,0,\"A, \"\"high\"\"\",.,.,1,0,.\n"
        "7,0,0,.,.,.,\"A, \"\"high\"\"\",6,6,0,.,0.25\n"
        "7,0,1,100,1,0,\"A, \"\"high\"\"\",.,.,1,0,.\n"
        "7,12,0,.,.,.,\"A, \"\"high\"\"\",6.125,6.125,0,12,0.75\n"
        "7,12,1,20,alpha.A0@inhaled,0,\"A, \"\"high\"\"\",.,.,1,0,.\n"
        "7,30,1,100,1,0,\"A, \"\"high\"\"\",.,.,1,0,.\n"
        "7,30,0,.,.,.,\"A, \"\"high\"\"\",6.25,6.25,1,0,.\n";
    struct fixture *f = *state;

    write_result(f, list_study(), 1, LIST_JOBS);
    assert_string_equal(table(f, "--csv", NULL, NULL), want);
}

/* without event table the output times are the observations, each before a dose of its
 * time; a result of visits stands at their times */
static void output_times_are_the_observations_of_a_regimen(void **state)
{
    static const char *const want =
        "ID,TIME,EVID,AMT,CMT,DUR,ARM,IPRED,DV,MDV,TAD,FEV1,status\n"
        "11,0,0,.,.,.,\"A, \"\"high\"\"\",4,4,0,.,.,0\n"
        "11,0,1,100,1,0,\"A, \"\"high\"\"\",.,.,1,0,.,.\n"
        "11,12,0,.,.,.,\"A, \"\"high\"\"\",4.125,4.125,0,12,.,0\n"
        "11,12,1,5,3,2,\"A, \"\"high\"\"\",.,.,1,12,.,.\n"
        "11,24,0,.,.,.,\"A, \"\"high\"\"\",4.25,4.25,0,24,5.5,0\n"
        "5,0,0,.,.,.,\"A, \"\"high\"\"\",5,5,0,.,.,0\n"
        "5,6,1,50,2,0,\"A, \"\"high\"\"\",.,.,1,0,.,.\n"
        "5,12,0,.,.,.,\"A, \"\"high\"\"\",5.125,5.125,0,6,.,0\n"
        "5,24,0,.,.,.,\"A, \"\"high\"\"\",5.25,5.25,0,18,6.5,0\n"
        "7,0,0,.,.,.,\"A, \"\"high\"\"\",.,.,1,.,.,2\n"
        "7,12,0,.,.,.,\"A, \"\"high\"\"\",.,.,1,.,.,2\n"
        "7,24,0,.,.,.,\"A, \"\"high\"\"\",.,.,1,.,.,2\n";
    struct fixture *f = *state;
    const char *text;

    write_result(f, list_study(), 0, LIST_JOBS - 1); /* the last one failed */
    text = table(f, "--signals", "FEV1,status", NULL);
    assert_non_null(strstr(text, "11,0,0,.,.,.,placebo,1,1,0,.,.,0\n"));
    /* the head, then the second arm */
    assert_memory_equal(text, want, (size_t)(strchr(want, '\n') - want));
    assert_string_equal(strstr(text, "11,0,0,.,.,.,\"A"), strchr(want, '\n') + 1);
}

/* DV of observation k (counted from 0) by the drug file's words */
static double drawn(const struct pn_residual_error *error, int64_t id, size_t k,
                    double ipred)
{
    double e[2];

    for (uint64_t term = 0; term < 2; term++)
        e[term] =
            pn_normal(17, id, PN_DRAW_RESIDUAL, pn_name_hash("alpha"), 2 * k + term);
    if (error->lognormal > 0)
        return ipred * exp(error->lognormal * e[0]);
    return ipred * (1 + error->proportional * e[0]) + error->additive * e[1];
}

static void residual_error_is_the_drugs_own_and_the_patients(void **state)
{
    static const struct pn_residual_error errors[] = {
        {0.2, 0,   0  },
        {0,   0.5, 0  },
        {0.1, 0.3, 0  },
        {0,   0,   0.4}
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < 4; i++) {
        struct pn_study *study = list_study();
        double dv[LIST_ARMS];

        study->drug[0].error = errors[i];
        study->drug[1].error = (struct pn_residual_error){9, 9, 0}; /* not IPRED's */
        unlink(f->path);
        write_result(f, study, 0, LIST_JOBS);
        table(f, "--dv", NULL, NULL);
        for (size_t arm = 0; arm < LIST_ARMS; arm++) {
            char start[64];
            double ipred = list_C(arm * LIST_PATIENTS + 2, 1);

            snprintf(start, sizeof start, "7,12,0,.,.,.,%s,%g,",
                     arm == 0 ? "placebo" : "\"A, \"\"high\"\"\"", ipred);
            assert_non_null(strstr(f->text, start));
            dv[arm] = strtod(strstr(f->text, start) + strlen(start), NULL);
            assert_close(dv[arm], drawn(&errors[i], 7, 1, ipred), 1e-15, 0);
            assert_true(fabs(dv[arm] / ipred - 1) > 1e-3);
        }
        if (errors[i].additive == 0) /* twins have the same error */
            assert_close(dv[1] / list_C(5, 1), dv[0] / list_C(2, 1), 1e-14, 0);
    }
}

static void a_limit_may_come_from_the_command_line(void **state)
{
    struct fixture *f = *state;

    write_result(f, list_study(), 1, LIST_JOBS);
    table(f, "--lloq", "3200 ug/L", NULL); /* the other end of the interval is 0 */
    assert_non_null(strstr(f->text, "\n7,12,0,.,.,.,placebo,3.125,3.2,0,.,1,0,0.75\n"));
    assert_non_null(strstr(f->text, "\n7,30,0,.,.,.,placebo,3.25,3.25,1,.,0,.,.\n"));
    table(f, "--lloq", "3.125", NULL); /* a value at the limit is quantified */
    assert_non_null(strstr(f->text, ",placebo,3.125,3.125,0,.,0,.,0.75\n"));
}

static void the_long_form_has_a_row_for_each_number(void **state)
{
    static const char *const want = "ID,ARM,TIME,NAME,VALUE,UNIT\n"
                                    "11,placebo,24,FEV1,2.5,L\n"
                                    "11,placebo,0,obs.alpha.C,1,mg/L\n"
                                    "11,placebo,12,obs.alpha.C,1.125,mg/L\n"
                                    "5,placebo,24,FEV1,3.5,L\n"
                                    "7,placebo,24,FEV1,4.5,L\n"
                                    "7,placebo,0,obs.alpha.C,3,mg/L\n";
    struct fixture *f = *state;
    size_t n_rows = 0;

    write_result(f, list_study(), 1, LIST_JOBS);
    table(f, "--long", "--signals", "FEV1,obs.alpha.C");
    assert_memory_equal(f->text, want, strlen(want));
    table(f, "--long", NULL, NULL);
    for (const char *c = f->text; *c; c++)
        n_rows += *c == '\n';
    /* alpha.C, FEV1, and two outputs at the observations */
    assert_int_equal(n_rows, 1 + LIST_JOBS * (LIST_TIMES + 1) + 2 * LIST_ARMS * LIST_OBS);
}

static void numbers_read_back_as_the_same_bits(void **state)
{
    const double numbers[] = {0.1,    1.0 / 3,   1e-300,     5e-324, 123456789012345680.0,
                              -2.5e9, 2.0 / 3e5, 1 + 0x1p-52};
    char *text = NULL;
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        FILE *stream = open_memstream(&text, &size);
        double back;

        pn_csv_put_number(stream, numbers[i]);
        fclose(stream);
        back = strtod(text, NULL);
        assert_same_bits(&back, &numbers[i], 1);
        if (i == 0)
            assert_string_equal(text, "0.1");
        free(text);
    }
}

static void mistakes_have_one_clear_message(void **state)
{
    static const struct {
        const char *a, *b, *c;
        int status;
        const char *message;
    } cases[] = {
        {"--signals", "alpha.D",     NULL,     PN_ERR_USAGE, "did you mean 'alpha.C'?"       },
        {"--signals", "FEV1,",       NULL,     PN_ERR_USAGE, "a name is empty"               },
        {"--ipred",   "dose_time",   NULL,     PN_ERR_USAGE, "'dose_time' of "               },
        {"--ipred",   "wide",        NULL,     PN_ERR_USAGE, "has no numbers 'wide'"         },
        {"--dv",      NULL,          NULL,     PN_ERR_USAGE, "gives alpha.C a residual error"},
        {"--lloq",    "-1",          NULL,     PN_ERR_USAGE, "expected a positive number"    },
        {"--lloq",    "1mg/L",       NULL,     PN_ERR_USAGE, "expected a positive number"    },
        {"--lloq",    "1 h",         NULL,     PN_ERR_USAGE, "--lloq 1 h: "                  },
        {"--lloq",    "1 foo",       NULL,     PN_ERR_USAGE, "unknown unit 'foo'"            },
        {"--long",    "--dv",        NULL,     PN_ERR_USAGE, "goes with --signals and --out" },
        {"--long",    "--signals",   "status", PN_ERR_USAGE, "'status' of "                  },
        {"--foo",     NULL,          NULL,     PN_ERR_USAGE, "--foo: unknown option"         },
        {"two.h5",    NULL,          NULL,     PN_ERR_USAGE, "'two.h5' is not expected"      },
        {"--out",     "/nowhere/at", NULL,     PN_ERR_IO,    "cannot create /nowhere/at"     },
    };
    struct fixture *f = *state;
    struct stat about;

    write_result(f, list_study(), 1, LIST_JOBS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = run(f, cases[i].a, cases[i].b, cases[i].c);

        if (status != cases[i].status || !strstr(pn_error_last()->text, cases[i].message))
            fail_msg("%s %s: status %d, %s", cases[i].a, cases[i].b ? cases[i].b : "",
                     status, pn_error_last()->text);
        assert_int_not_equal(stat(f->out, &about), 0); /* no part of a table */
    }
}

static void the_result_is_never_its_own_table(void **state)
{
    struct fixture *f = *state;
    struct stat before, after;

    write_result(f, list_study(), 1, LIST_JOBS);
    assert_int_equal(stat(f->path, &before), 0);
    assert_int_equal(run(f, "--out", f->path, NULL), PN_ERR_USAGE);
    assert_non_null(strstr(pn_error_last()->text, "would overwrite what is read"));
    assert_int_equal(stat(f->path, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
}

static void a_full_disk_leaves_no_part_of_a_table(void **state)
{
    struct fixture *f = *state;
    struct rlimit before;
    struct stat about;
    int status;

    write_result(f, list_study(), 1, LIST_JOBS);
    trial_limit_files(100, &before);
    status = run(f, NULL, NULL, NULL);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "File too large"));
    assert_int_not_equal(stat(f->out, &about), 0);
    strcat(f->out, ".part1");
    assert_int_not_equal(stat(f->out, &about), 0);
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_folder(an_event_table_comes_back_with_its_doses),
        test_in_folder(output_times_are_the_observations_of_a_regimen),
        test_in_folder(residual_error_is_the_drugs_own_and_the_patients),
        test_in_folder(a_limit_may_come_from_the_command_line),
        test_in_folder(the_long_form_has_a_row_for_each_number),
        cmocka_unit_test(numbers_read_back_as_the_same_bits),
        test_in_folder(mistakes_have_one_clear_message),
        test_in_folder(the_result_is_never_its_own_table),
        test_in_folder(a_full_disk_leaves_no_part_of_a_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
