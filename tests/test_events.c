/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event tables: every column, every way to say a thing, and what it means. */
#include "study_files.h"

#include <sys/stat.h>

#include "models/catalogue.h"
#include "solver/dosing/dosing.h"

#define DRUG PN_SOURCE_DIR "/inputs/drugs/fevipiprant.yaml"

static const char one_drug[] = "name: e\nseed: 1\npopulation: {}\nevents: e.csv\n"
                               "arms: {none: [], treated: [{drug: " DRUG "}]}\n"
                               "duration: 1000 h\n";

/* Two drugs of one compartment scheme; abc has no default route. */
static const char two_drugs[] =
    "name: e\nseed: 1\npopulation: {}\nevents: {file: e.csv, carry: locf}\n"
    "drugs:\n  abc: {molar_mass: 500 g/mol, kinetics: {model: pk2}}\n"
    "  x_y: {route: iv, kinetics: {model: pk2}}\n"
    "arms: {a: [{drug: abc}, {drug: x_y}]}\nduration: 1000 h\n";

static struct pn_study *read_table(const char *study, const char *table)
{
    struct pn_study *read;

    write_file("e.csv", table, strlen(table));
    read = read_text(study);
    assert_non_null(read->events);
    return read;
}

static void done(struct pn_study **study)
{
    pn_study_free(study);
    remove_file("e.csv");
}

/* --- the example --- */

static void the_example_is_read_as_it_stands(void **state)
{
    struct pn_study *study = read_good(PN_SOURCE_DIR "/inputs/events-example.yaml");
    const struct pn_events *events = study->events;
    const struct pn_event *e = events->event;

    (void)state;
    assert_int_equal(events->n_patients, 2);
    assert_int_equal(events->n_events, 11);
    assert_int_equal(events->first[1], 6);
    assert_int_equal(events->first[2], 11);
    assert_int_equal(study->population.n_patients, 2);
    assert_int_equal(pn_cohort_id(&study->population, 1), 7);
    assert_int_equal(e[0].evid, PN_EVID_DOSE);
    assert_close(e[0].amount, 225, 0, 0);
    assert_true(e[0].ii == 12 && e[0].addl == 5 && e[0].ss == 0 && e[0].mdv == 1);
    assert_int_equal(e[0].place.line, 4);
    assert_int_equal(e[3].evid, PN_EVID_RESET_DOSE);
    assert_int_equal(e[3].input, PN_AT_RATE);
    assert_true(e[3].rate == 25 && e[3].compartment == 1);
    assert_true(e[6].ss == 1 && e[6].ii == 24 && e[6].addl == 2);
    assert_true(e[1].compartment == -1 && isnan(e[1].dv) && e[1].mdv == 0);
    assert_true(events->backward);
    assert_true(study->arm[1].regimen[0].by_events);
    assert_int_equal(study->arm[1].regimen[0].compartment, 0);
    pn_study_free(&study);
}

static void covariates_are_carried_and_their_first_value_is_a_column(void **state)
{
    struct pn_study *study = read_good(PN_SOURCE_DIR "/inputs/events-example.yaml");
    const struct pn_events *events = study->events;
    static const struct {
        const char *name;
        size_t column;
        double first[2], last[2];
    } cases[] = {
        {"weight", 0, {82, 64}, {80, 66}},
        {"age",    1, {51, 38}, {51, 38}},
        {"sex",    2, {1, 0},   {1, 0}  },
    };
    double row[64];
    int bad;

    (void)state;
    assert_int_equal(events->n_covariates, 3);
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < 2; i++) {
            int v = pn_population_find(&study->population, cases[c].name);
            const double *last = events->covariate + (events->first[i + 1] - 1) * 3;
            assert_int_equal(events->variable[cases[c].column], v);
            pn_cohort_draw(&study->population, study->seed, i, row, &bad);
            assert_true(row[v] == cases[c].first[i]);
            assert_true(last[cases[c].column] == cases[c].last[i]);
        }
    assert_true(events->covariate[3 * 3] == 82); /* before the weight changes */
    pn_study_free(&study);
}

/* --- columns and units --- */

static void columns_come_in_any_case_order_and_unit(void **state)
{
    static const char table[] =
        "C,wt [lb],rate [mmol/day],amt [g],Time [day],ii,Id,cMt,dv [ug/mL],Limit,cens\n"
        ".,100,.,0.1,.5,.,12,abc.A1,.,.,.\nC,anything\n"
        "#\n@,1,2\n.,110,24,.5,1,2,12,x_y.A0,.,.,.\n"
        ".,.,.,.,2,.,12,.,3,.25,1\n";
    struct pn_study *study;
    const struct pn_event *e;

    (void)state;
    study = read_table("name: e\nseed: 1\npopulation: {}\n"
                       "events: {file: e.csv, carry: locf}\n"
                       "drugs:\n  abc: {molar_mass: 500 g/mol, kinetics: {model: pk2}}\n"
                       "  x_y: {molar_mass: 250 g/mol, kinetics: {model: pk2}}\n"
                       "arms: {a: [{drug: abc}, {drug: x_y}]}\nduration: 9 day\n",
                       table);
    e = study->events->event;
    assert_int_equal(study->events->n_events, 3);
    assert_int_equal(study->events->backward, 0);
    assert_close(e[0].time, 12, 0, 0);
    assert_close(e[0].amount, 100, 1e-15, 0);
    assert_int_equal(e[0].compartment, 1);
    assert_close(e[1].rate, 250, 1e-14, 0); /* 24 mmol/day of 250 g/mol in mg/h */
    assert_close(e[1].ii, 48, 0, 0);        /* in the unit of TIME */
    assert_int_equal(e[1].compartment, 3);
    assert_close(e[2].dv, 3, 1e-15, 0);
    check_round_trip(study);
    assert_true(e[2].limit == 0.25 && e[2].cens == 1);
    assert_close(study->events->covariate[0], 45.359237, 1e-9, 0); /* kg */
    assert_int_equal(study->population.id[0], 12);
    done(&study);
}

static void a_header_may_hide_behind_a_comment_mark(void **state)
{
    struct pn_study *study = read_table(one_drug, "# notes\n#ID,TIME\n3,5\n");

    (void)state;
    assert_true(study->events->n_events == 1 && study->events->event[0].time == 5);
    done(&study);
}

/* --- what a record is --- */

static void evid_is_said_by_number_by_name_or_by_the_amount(void **state)
{
    static const struct {
        const char *evid, *amt;
        enum pn_evid want;
        int mdv;
    } cases[] = {
        {"0",        ".",  PN_EVID_OBSERVE,    0},
        {".",        ".",  PN_EVID_OBSERVE,    0},
        {".",        "0",  PN_EVID_OBSERVE,    0},
        {".",        "10", PN_EVID_DOSE,       1},
        {"1",        "10", PN_EVID_DOSE,       1},
        {"Dose",     "0",  PN_EVID_DOSE,       1},
        {"2",        ".",  PN_EVID_OTHER,      1},
        {"3",        "0",  PN_EVID_RESET,      1},
        {"4",        "1",  PN_EVID_RESET_DOSE, 1},
        {"observe",  ".",  PN_EVID_OBSERVE,    0},
        {"other",    ".",  PN_EVID_OTHER,      1},
        {"reset",    ".",  PN_EVID_RESET,      1},
        {"replace",  "3",  PN_EVID_REPLACE,    1},
        {"multiply", "2",  PN_EVID_MULTIPLY,   1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_study *study;
        char table[128];
        snprintf(table, sizeof table, "ID,TIME,EVID,AMT [g]\n1,0,%s,%s\n", cases[i].evid,
                 cases[i].amt);
        study = read_table(one_drug, table);
        assert_int_equal(study->events->event[0].evid, cases[i].want);
        assert_int_equal(study->events->event[0].mdv, cases[i].mdv);
        assert_close(study->events->event[0].amount,
                     atof(cases[i].amt) * (cases[i].want == PN_EVID_MULTIPLY ? 1 : 1e3),
                     1e-15, 0);
        done(&study);
    }
}

static void compartments_have_numbers_and_names(void **state)
{
    static const struct {
        const char *cmt;
        int want, off;
    } cases[] = {
        {"1",       0, 0},
        {"6",       5, 0}, /* if x_y, which is given iv, had a depot */
        {"5",       5, 0},
        {"abc.A2",  2, 0},
        {"x_y.A0",  3, 0},
        {"-4",      4, 1},
        {"-abc.A0", 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_study *study;
        char table[128];
        snprintf(table, sizeof table, "ID,TIME,EVID,AMT,CMT\n1,0,%d,%s,%s\n",
                 cases[i].off ? 2 : 1, cases[i].off ? "." : "5", cases[i].cmt);
        study = read_table(two_drugs, table);
        assert_int_equal(study->events->event[0].compartment, cases[i].want);
        assert_int_equal(study->events->event[0].off, cases[i].off);
        done(&study);
    }
}

/* States by drug and table order, each by its first route. */
static void every_state_is_a_compartment(void **state)
{
    struct pn_study *study = read_table(two_drugs, "ID,TIME\n1,0\n");

    (void)state;
    assert_int_equal(study->n_compartments, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct pn_compartment *c = &study->compartment[i];
        assert_int_equal(c->drug, i / 3);
        assert_int_equal(c->state, i % 3);
        assert_string_equal(c->route ? c->route->name : "none", i % 3 == 0   ? "oral"
                                                                : i % 3 == 1 ? "iv"
                                                                             : "none");
    }
    assert_int_equal(study->arm[0].regimen[0].compartment, -1); /* no default route */
    assert_int_equal(study->arm[0].regimen[1].compartment, 4);
    done(&study);
}

static void a_state_of_one_drug_needs_no_drug_s_name(void **state)
{
    struct pn_study *study =
        read_table(one_drug, "ID,TIME,AMT,CMT,DUR\n1,0,5,A1,2\n1,0,5,0,.\n");

    (void)state;
    assert_int_equal(study->events->event[0].compartment, 1);
    assert_int_equal(study->events->event[0].input, PN_OVER_DURATION);
    assert_close(study->events->event[0].duration, 2, 0, 0);
    assert_int_equal(study->events->event[1].compartment, 0); /* by mouth */
    done(&study);
}

static void a_constant_infusion_has_neither_amount_nor_interval(void **state)
{
    struct pn_study *study =
        read_table(one_drug, "ID,TIME,AMT,CMT,RATE,SS,II\n1,0,0,2,7,1,0\n");
    const struct pn_event *e = study->events->event;

    (void)state;
    assert_true(e->evid == PN_EVID_DOSE && e->input == PN_AT_RATE && e->rate == 7);
    assert_true(e->amount == 0 && e->ss == 1 && e->ii == 0);
    done(&study);
}

/* What would wipe a dose is refused (tests/cases/bad); these are not such. */
static void a_steady_state_may_follow_a_reset_and_drugs_are_apart(void **state)
{
    struct pn_study *study =
        read_table(two_drugs, "ID,TIME,EVID,AMT,CMT,SS,II\n1,5,3,.,.,.,.\n"
                              "1,5,1,9,abc.A0,1,12\n1,5,1,9,x_y.A0,1,24\n"
                              "1,5,1,9,x_y.A0,2,12\n");

    (void)state;
    assert_int_equal(study->events->n_events, 4);
    done(&study);
}

static void occasions_are_carried(void **state)
{
    struct pn_study *study =
        read_table(one_drug, "ID,TIME,OCC\n1,0,1\n1,1,.\n1,2,2\n9,0,3\n");
    static const int want[] = {1, 1, 2, 3};

    (void)state;
    assert_int_equal(study->events->has_occasions, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(study->events->event[i].occasion, want[i]);
    done(&study);
}

/* --- the table and its study --- */

static void the_caller_s_table_wins_and_brings_its_own_patients(void **state)
{
    static const char text[] = "name: e\nseed: 1\npopulation: {size: 1000}\n"
                               "arms: {a: [{drug: " DRUG "}]}\nduration: 10 h\n";
    struct pn_study *study;
    char path[128], table[128];

    (void)state;
    write_file("study.yaml", text, strlen(text));
    write_file("other.csv", "ID,TIME,AMT\n5,0,1\n6,0,1\n8,10,1\n", 30);
    path_of(path, "study.yaml");
    path_of(table, "other.csv");
    list.n = 0;
    assert_int_equal(pn_study_read_events(path, table, units, &list, &study), PN_OK);
    assert_int_equal(study->population.n_patients, 3);
    assert_int_equal(study->events->n_events, 3);
    assert_int_equal(pn_cohort_id(&study->population, 2), 8);
    pn_study_free(&study);
    assert_int_equal(pn_study_read_events(path, "/nowhere.csv", units, &list, &study),
                     PN_ERR_INPUT);
    remove_file("study.yaml");
    remove_file("other.csv");
}

/* Named from where the caller stands, which is not where the study stands. */
static void a_resolved_study_finds_the_caller_s_table(void **state)
{
    static const char text[] = "name: e\nseed: 1\npopulation: {}\nduration: 10 h\n"
                               "arms: {a: [{drug: " DRUG "}]}\n";
    char here[1024], path[128], line[192], *resolved;
    struct pn_study *study;

    (void)state;
    path_of(path, "sub");
    assert_int_equal(mkdir(path, 0700), 0);
    write_file("sub/study.yaml", text, strlen(text));
    write_file("other.csv", "ID,TIME,AMT\n5,0,1\n", 18);
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    list.n = 0;
    assert_int_equal(
        pn_study_read_events("sub/study.yaml", "other.csv", units, &list, &study), PN_OK);
    assert_int_equal(pn_study_write(study, &resolved), PN_OK);
    snprintf(line, sizeof line, "events: {file: %s/other.csv, carry: nocb}\n", folder);
    assert_non_null(strstr(resolved, line));
    free(resolved);
    pn_study_free(&study);
    assert_int_equal(chdir(here), 0);
    remove_file("other.csv");
    remove_file("sub/study.yaml");
    remove_file("sub");
}

static void a_part_of_the_patients_keeps_its_records(void **state)
{
    struct pn_study *study = read_good(PN_SOURCE_DIR "/inputs/events-example.yaml");
    struct pn_event event[64], typical[64];
    double row[64];
    size_t n;
    int bad;

    (void)state;
    n = pn_dosing_records(study, &study->arm[0], PN_TYPICAL_PATIENT, typical);
    assert_int_equal(pn_study_select(study, 2, 2), PN_OK);
    assert_int_equal(pn_dosing_records(study, &study->arm[0], PN_TYPICAL_PATIENT, event),
                     n);
    assert_memory_equal(event, typical, n * sizeof *event);
    assert_int_equal(study->events->n_patients, 1);
    assert_int_equal(study->events->id[0], 7);
    assert_close(study->events->event[study->events->first[0]].amount, 450, 0, 0);
    assert_int_equal(study->events->first[1], 11);
    n = pn_dosing_records(study, &study->arm[0], 0, event);
    assert_int_equal(n, 11 - study->events->first[0]);
    assert_close(event[0].amount, 450, 0, 0);
    pn_cohort_draw(&study->population, study->seed, 0, row, &bad);
    assert_true(row[pn_population_find(&study->population, "weight")] == 64);
    pn_study_free(&study);
}

static void a_resolved_table_is_read_back_as_the_same(void **state)
{
    static const char table[] = "ID,TIME,AMT,OCC,WT\n3,0,5,1,70\n3,4,.,2,71\n"
                                "1,0,.,1,60\n2,1,7,1,50\n";
    struct pn_study *study = read_table(one_drug, table);

    (void)state;
    check_round_trip(study);
    assert_int_equal(pn_study_select(study, 2, 3), PN_OK);
    check_round_trip(study);
    done(&study);
}

static void without_a_duration_the_last_record_is_the_end(void **state)
{
    static const char text[] = "name: e\nseed: 1\npopulation: {}\nevents: e.csv\n"
                               "arms: {a: [{drug: " DRUG "}]}\n";
    struct pn_study *study = read_table(text, "ID,TIME\n1,0\n1,31\n2,7\n");

    (void)state;
    assert_close(study->duration, 31, 0, 0);
    done(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read_as_it_stands),
        cmocka_unit_test(covariates_are_carried_and_their_first_value_is_a_column),
        cmocka_unit_test(columns_come_in_any_case_order_and_unit),
        cmocka_unit_test(a_header_may_hide_behind_a_comment_mark),
        cmocka_unit_test(evid_is_said_by_number_by_name_or_by_the_amount),
        cmocka_unit_test(compartments_have_numbers_and_names),
        cmocka_unit_test(every_state_is_a_compartment),
        cmocka_unit_test(a_state_of_one_drug_needs_no_drug_s_name),
        cmocka_unit_test(a_constant_infusion_has_neither_amount_nor_interval),
        cmocka_unit_test(a_steady_state_may_follow_a_reset_and_drugs_are_apart),
        cmocka_unit_test(occasions_are_carried),
        cmocka_unit_test(the_caller_s_table_wins_and_brings_its_own_patients),
        cmocka_unit_test(a_resolved_study_finds_the_caller_s_table),
        cmocka_unit_test(a_part_of_the_patients_keeps_its_records),
        cmocka_unit_test(a_resolved_table_is_read_back_as_the_same),
        cmocka_unit_test(without_a_duration_the_last_record_is_the_end),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
