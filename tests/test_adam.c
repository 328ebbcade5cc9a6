/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADaM tables in SAS transport files: what becomes of their columns, and of damaged ones.
 */
#include "study_files.h"

#include "solver/base/random.h"
#include "xpt_files.h"

#define STUDY(file)                                                                      \
    "name: adam\nseed: 1\ncovariates: {IGEBL: {unit: IU/mL}}\npopulation: {}\nevents: "  \
    "{file: " file "}\ndrugs:\n  x: {route: oral, kinetics: {model: pk1, parameters: {"  \
    "CL: {value: 5 L/h, effects: [{of: weight, form: power, reference: 70 kg, "          \
    "coefficient: 1}, {of: IGEBL, form: linear, reference: 0 IU/mL, coefficient: 0.01}"  \
    "]}}}}\narms: {a: [{drug: x}]}\nduration: 1000 h\n"

static const char adppk[] =
    "STUDYID,USUBJID,ID,AFRLT,AFRLTU,NFRLT,EVID,AMT,AMTU,DV|Value (ug/L),MDV,PARAMCD,AGE,"
    "AGEU,SEX,WTBL|Weight at Baseline (kg),HTBL|Height (m),IGEBL,BLQFL,ALLOQ\n"
    "'S1,'S1-001,7,0,'DAYS,0,1,100,'mg,.,1,'DOSE,51,'YEARS,'male,82.5,1.75,30,'N,5\n"
    "'S1,'S1-001,7,0.5,'DAYS,0.5,0,.,'mg,123.456,0,'XC,51,'YEARS,'male,82.5,1.75,30,'N,"
    "5\n"
    "'S1,'S1-001,7,1.5,'DAYS,1.5,0,.,'mg,.,0,'XC,51,'YEARS,'male,82.5,1.75,30,'Y,5\n"
    "'S1,'S1-002,9,0.1,'DAYS,0,1,0.2,'mg,.,1,'DOSE,40,'YEARS,'female,61,1.6,.5,'N,5\n";

/* doses by the calendar: once into a vein, then 10 days by mouth twice a day */
static const char adex[] = "SUBJID,ASTDTM,AENDTM,EXDOSE,EXDOSU,EXROUTE,EXDOSFRQ,TRT01A\n"
                           "'3,2023270800,2023274400,50,'mg,'INTRAVENOUS,'ONCE,'a\n"
                           "'3,2023353600,2024217600,20,'mg,'ORAL,'BID,'a\n"
                           "'4,2023270800,2023270800,50,'mg,'ORAL,'ONCE,'a\n";
static const char adpc[] = "SUBJID,ADTM,AVAL,AVALU,PARAMCD,WTBL,IGEBL\n"
                           "'4,2023277600,2.5,'mg/L,'XC,70,0\n"
                           "'3,2023270800,0,'mg/L,'XC,80,10\n"
                           "'3,2023270200,0,'mg/L,'XC,80,10\n"
                           "'3,2023281600,1.5,'mg/L,'XC,80,10\n";

static void put(const char *name, const char *text, int version)
{
    char path[128];

    path_of(path, name);
    xpt_write(path, text, version);
}

static int at(const struct pn_study *study, const char *name)
{
    int i = pn_population_find(&study->population, name);

    assert_true(i >= 0);
    return i;
}

static void an_adppk_is_an_event_table(void **state)
{
    struct pn_study *study;
    const struct pn_event *e;
    double x[16];
    int bad;

    (void)state;
    put("adppk.xpt", adppk, 5);
    study = read_text(STUDY("adppk.xpt"));
    assert_int_equal(study->events->n_patients, 2);
    assert_int_equal(study->events->n_events, 4);
    assert_int_equal(study->events->id[1], 9);
    e = study->events->event;
    assert_true(e[0].evid == PN_EVID_DOSE && e[0].amount == 100.0 && e[0].time == 0.0);
    assert_close(e[1].time, 12.0, 1e-14, 0); /* in days */
    assert_close(e[1].dv, 0.123456, 1e-14, 0);
    assert_int_equal(e[1].cens, 0);
    assert_int_equal(e[2].cens, 1); /* BLQFL: below ALLOQ */
    assert_close(e[2].dv, 0.005, 1e-14, 0);
    assert_close(e[3].time, 2.4, 1e-14, 0);
    pn_cohort_draw(&study->population, 1, 0, x, &bad);
    assert_close(x[at(study, "weight")], 82.5, 0, 0);
    assert_close(x[at(study, "height")], 175, 1e-14, 0);
    assert_close(x[at(study, "age")], 51, 0, 0);
    assert_close(x[at(study, "sex")], 1, 0, 0);
    assert_close(x[at(study, "x.CL")], 5 * 82.5 / 70 * 1.3, 1e-14, 0);
    check_round_trip(study);
    pn_study_free(&study);
    remove_file("adppk.xpt");
}

static void adex_and_adpc_are_joined_by_time(void **state)
{
    static const struct {
        double time, amount, dv;
        int evid, addl;
    } want[] = {
        {0,     0,  0,   0, 0 },
        {0,     0,  0,   0, 0 },
        {0,     50, 0,   1, 0 },
        {3,     0,  1.5, 0, 0 },
        {23,    20, 0,   1, 20},
        {0,     50, 0,   1, 0 },
        {1.889, 0,  2.5, 0, 0 },
    };
    struct pn_study *study;
    char *text = strdup(adpc);
    double x[16];
    int bad;

    (void)state;
    /* before the first dose: 10 minutes, which the clock of main begins at */
    memcpy(strstr(text, "2023270200"), "2023270800", 10);
    put("adex.xpt", adex, 5);
    put("adpc.xpt", text, 5);
    study = read_text(STUDY("[adex.xpt, adpc.xpt]"));
    assert_int_equal(study->events->n_patients, 2);
    assert_int_equal(study->events->n_events, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct pn_event *e = &study->events->event[i];
        if (i > 0)
            assert_close(e->time, want[i].time, 1e-3, 0);
        assert_int_equal(e->evid, want[i].evid);
        assert_int_equal(e->addl, want[i].addl);
        assert_close(e->amount, want[i].amount, 0, 0);
        if (!e->evid)
            assert_close(e->dv, want[i].dv, 0, 0);
    }
    assert_close(study->events->event[2].duration, 1, 1e-12, 0); /* into the vein */
    assert_int_equal(study->compartment[study->events->event[2].compartment].state, 1);
    assert_close(study->events->event[4].ii, 12, 0, 0);
    assert_int_equal(study->compartment[study->events->event[4].compartment].state, 0);
    pn_cohort_draw(&study->population, 1, 0, x, &bad);
    assert_close(x[at(study, "x.CL")], 5 * 80. / 70 * 1.1, 1e-14, 0);
    check_round_trip(study);
    pn_study_free(&study);
    remove_file("adex.xpt");
    remove_file("adpc.xpt");
    free(text);
}

static void check_message(const char *study, const char *message)
{
    struct pn_study *read = NULL;
    char path[128];

    path_of(path, "study.yaml");
    write_file("study.yaml", study, strlen(study));
    list.n = 0;
    assert_int_equal(pn_study_read(path, units, &list, &read), PN_ERR_INPUT);
    if (!strstr(list.kept[0].text, message))
        fail_msg("%s: found %s", message, list.kept[0].text);
    remove_file("study.yaml");
}

static void what_is_none_is_told_so(void **state)
{
    static const struct {
        const char *text, *message;
        int version;
    } cases[] = {
        {"ID,AFRLT,AMT\n1,0,5\n",                    "version 8",                   8},
        {"AFRLT,AMT\n0,5\n",                         "none of ID, USUBJID, SUBJID", 5},
        {"ID,AMT\n1,5\n",                            "need AFRLT",                  5},
        {"ID,AFRLT,AMT,AMTU\n1,0,5,'mg\n1,1,5,'g\n", "AMTU is 'g', which was 'mg'", 5},
        {"ID,AFRLT,AMT\n1,0,5\n1,.,5\n",             "no time",                     5},
        {"ID,ASTDTM,AENDTM,EXDOSE\n1,0,864000,5\n",  "does not say how often",      5},
        {"ID,EXSTDTC,EXDOSE\n1,'2024-03-01,5\n",     "no date with a time",         5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("e.xpt", cases[i].text, cases[i].version);
        check_message(STUDY("e.xpt"), cases[i].message);
        remove_file("e.xpt");
    }
    put("e.xpt", adppk, 5);
    write_file("e.csv", "ID,TIME\n1,0\n", 12);
    check_message(STUDY("[e.xpt, e.csv]"), "no SAS transport file");
    check_message(STUDY("[]"), "is empty");
    remove_file("e.xpt");
    remove_file("e.csv");
}

/* Any damage is one message or a table; never a crash. */
static void damaged_files_are_refused_or_read(void **state)
{
    enum { ROUNDS = 4000 };
    static char good[1 << 16], bad[1 << 16];
    const char study[] = STUDY("bad.xpt");
    char path[128];
    size_t n, n_read = 0, n_refused = 0;
    FILE *file;

    (void)state;
    put("good.xpt", adppk, 5);
    path_of(path, "good.xpt");
    file = fopen(path, "rb");
    assert_non_null(file);
    n = fread(good, 1, sizeof good, file);
    fclose(file);
    remove_file("good.xpt");
    assert_true(n > 3000);
    path_of(path, "study.yaml");
    write_file("study.yaml", study, strlen(study));
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct pn_study *read = NULL;
        size_t left = n;
        memcpy(bad, good, n);
        for (uint64_t k = 0; k <= round % 4; k++) {
            double where = pn_uniform(1, (int64_t)round, PN_DRAW_COHORT, k, 0),
                   what = pn_uniform(1, (int64_t)round, PN_DRAW_COHORT, k, 1);
            if (round % 7 == 6)
                left = (size_t)(where * (double)n);
            else if (left > 0)
                bad[(size_t)(where * (double)left)] = (char)(what * 256.0);
        }
        write_file("bad.xpt", bad, left);
        list.n = list.n_warnings = 0;
        if (pn_study_read(path, units, &list, &read) == PN_OK)
            n_read++;
        else if (list.n > 0)
            n_refused++;
        else
            fail_msg("round %d: neither", (int)round);
        pn_study_free(&read);
    }
    remove_file("bad.xpt");
    remove_file("study.yaml");
    assert_true(n_read > ROUNDS / 20 && n_refused > ROUNDS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adppk_is_an_event_table),
        cmocka_unit_test(adex_and_adpc_are_joined_by_time),
        cmocka_unit_test(what_is_none_is_told_so),
        cmocka_unit_test(damaged_files_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
