/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recorded: everything that a study writes, or what `keep` names of it. */
#include "study_fixture.h"

enum { DRUGS = 56, NAME = 64 };

static const char *const targets[] = {"dp2",  "il5", "il5r",           "il4ra", "tslp",
                                      "il13", "ige", "glucocorticoid", "beta2"};
enum { TARGETS = sizeof targets / sizeof *targets };

static void write_drug(int i, const char *name)
{
    char file[128];
    FILE *stream;

    snprintf(file, sizeof file, "%s/d%d.yaml", fixture_folder(), i);
    stream = fopen(file, "w");
    assert_non_null(stream);
    fprintf(stream,
            "name: %s\ntitle: T\nsource: a test\nmolar_mass: 500 g/mol\nroute: oral\n"
            "kinetics:\n  model: pk1\n  parameters:\n"
            "    CL: {value: 5 L/h, source: a test}\n"
            "    V1: {value: 50 L, source: a test}\n"
            "    KA: {value: 1 1/h, source: a test}\ntargets:\n",
            name);
    for (size_t t = 0; t < TARGETS; t++)
        fprintf(stream,
                "  %s: {Kd: {value: 10 nM, source: a test}, "
                "fu: {value: 0.5, source: a test}}\n",
                targets[t]);
    fclose(stream);
}

/* Drugs d0, d1, … in one arm, each once. */
static void write_study(char *text, size_t size, int n_drugs, const char *output)
{
    FILE *stream = fmemopen(text, size, "w");

    assert_non_null(stream);
    fputs("name: many\nseed: 1\npopulation: {size: 1}\narms:\n  all:\n", stream);
    for (int i = 0; i < n_drugs; i++)
        fprintf(stream, "    - {drug: d%d.yaml, dose: 100 mg}\n", i);
    fprintf(stream, "duration: 24 h\noutput: {%s}\n", output);
    fclose(stream);
}

static void many_drugs(char *text, size_t size, const char *output)
{
    for (int i = 0; i < DRUGS; i++) {
        char name[NAME];
        snprintf(name, sizeof name, "d%d", i);
        write_drug(i, name);
    }
    write_study(text, size, DRUGS, output);
}

static int complaints_of(const char *text, struct pn_complaints *list)
{
    struct pn_units *units = NULL;
    struct pn_study *study = NULL;
    struct pn_trial *trial = NULL;
    int status;

    fixture_write(fixture_path("study.yaml"), text);
    assert_int_equal(pn_units_create(&units), PN_OK);
    status = pn_study_read(fixture_path("study.yaml"), units, list, &study);
    assert_int_equal(status, PN_OK);
    status = pn_trial_create(study, units, list, &trial);
    pn_trial_free(&trial);
    pn_study_free(&study);
    pn_units_free(&units);
    return status;
}

static void without_keep_every_signal_is_recorded(void **state)
{
    static char text[1 << 14];
    struct fixture fixture;
    size_t n_signals;

    (void)state;
    many_drugs(text, sizeof text, "every: 12 h");
    fixture = fixture_run(text);
    n_signals = pn_system_n_signals(fixture.trial->arm[0].system);
    assert_true(n_signals > 512);
    for (size_t i = 0; i < n_signals; i++) {
        struct pn_symbol symbol =
            pn_system_symbol(fixture.trial->arm[0].system, PN_SIGNAL, i);
        char name[256];
        snprintf(name, sizeof name, "%s.%s", symbol.instance, symbol.row->name);
        assert_non_null(fixture_values(&fixture, 0, name));
    }
    assert_true(fixture_values(&fixture, 0, "d55.C")[1] > 0);
    assert_true(fixture_values(&fixture, 0, "beta2.occupancy")[1] > 0);
    fixture_free(&fixture);
}

static void the_nearest_of_all_names_is_told(void **state)
{
    static char text[1 << 14];
    struct pn_complaints list = {0};

    (void)state;
    many_drugs(text, sizeof text, "every: 12 h, keep: [d55.CC]");
    assert_int_equal(complaints_of(text, &list), PN_ERR_INPUT);
    assert_int_equal(list.n, 1);
    assert_non_null(strstr(list.kept[0].text, "did you mean 'd55.C'?"));
}

static void a_name_that_is_too_long_is_an_error(void **state)
{
    static char text[1 << 14], name[NAME + 1], kept[256];
    struct pn_complaints list = {0};

    (void)state;
    memset(name, 'a', NAME);
    write_drug(0, name);
    /* behind 64 letters: an effect of 64 letters more cannot be told from another */
    snprintf(kept, sizeof kept, "every: 12 h, keep: [%s.%s.C]", name, name);
    write_study(text, sizeof text, 1, kept);
    assert_int_equal(complaints_of(text, &list), PN_ERR_INPUT);
    assert_non_null(strstr(list.kept[0].text, "has 131 letters: at most 123"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_keep_every_signal_is_recorded),
        cmocka_unit_test(the_nearest_of_all_names_is_told),
        cmocka_unit_test(a_name_that_is_too_long_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
