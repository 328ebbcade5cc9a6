/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "models/catalogue.h"
#include "solver/base/random.h"
#include "solver/base/sha256.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/study/study.h"

#define INPUTS PN_SOURCE_DIR "/inputs/"
#define DEMO   INPUTS "fevipiprant-phase2.yaml"

/* UDUNITS-2 forgets a word of a unit that it cannot parse */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:utlex\n";
}

static struct pn_units *units;
static struct pn_complaints list;
static char folder[] = "/tmp/pn_study_XXXXXX";

static int begin_group(void **state)
{
    (void)state;
    return mkdtemp(folder) ? pn_units_create(&units) : -1;
}

static int end_group(void **state)
{
    (void)state;
    pn_units_free(&units);
    return rmdir(folder);
}

static void path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *data, size_t n)
{
    char path[128];
    FILE *file;

    path_of(path, name);
    remove(path); /* ext4 waits for the disk when an old file is written over */
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *name)
{
    char path[128];

    path_of(path, name);
    assert_int_equal(remove(path), 0);
}

static struct pn_study *read_good(const char *path)
{
    struct pn_study *study;
    int status;

    list.n = 0;
    status = pn_study_read(path, units, &list, &study);
    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        print_error("%s\n", list.kept[i].text);
    assert_int_equal(status, PN_OK);
    return study;
}

/* A study given as text. */
static struct pn_study *read_text(const char *text)
{
    char path[128];
    struct pn_study *study;

    path_of(path, "study.yaml");
    write_file("study.yaml", text, strlen(text));
    study = read_good(path);
    remove_file("study.yaml");
    return study;
}

/* --- the demo --- */

static void the_demo_is_read_as_it_stands(void **state)
{
    struct pn_study *study = read_good(DEMO);
    const struct pn_regimen *regimen = &study->arm[1].regimen[0];

    (void)state;
    assert_string_equal(study->name, "fevipiprant-phase2");
    assert_int_equal(study->seed, 20161);
    assert_int_equal(study->population.n_patients, 1000);
    assert_null(study->population.id);
    assert_int_equal(study->n_parts, 4);
    assert_string_equal(study->part[3].instance, "airway");
    assert_ptr_equal(study->part[3].component, pn_component_find("lambert"));
    assert_int_equal(study->n_arms, 2);
    assert_string_equal(study->arm[0].name, "placebo");
    assert_int_equal(study->arm[0].n_regimens, 0);
    assert_int_equal(study->arm[1].n_regimens, 1);
    assert_close(regimen->amount, 225, 0, 0);
    assert_string_equal(regimen->route, "oral");
    assert_close(regimen->every, 12, 0, 0);
    assert_close(regimen->start, 0, 0, 0);
    assert_close(regimen->duration, 12 * 168, 0, 0);
    assert_close(regimen->adherence, 0.9, 0, 0);
    assert_close(study->duration, 18 * 168, 0, 0);
    assert_int_equal(study->n_outputs, 19);
    assert_close(study->output[18], 18 * 168, 0, 0);
    assert_int_equal(study->n_visits, 4);
    assert_close(study->visit[1].time, 6 * 168, 0, 0);
    assert_ptr_equal(study->visit[1].test[0], pn_test_find("spirometry"));
    assert_int_equal(study->n_keep, 12);
    assert_close(study->rtol, 1e-6, 0, 0);
    assert_int_equal(study->max_steps, 1000000);
    assert_close(study->max_failed, 0.01, 0, 0);
    pn_study_free(&study);
    pn_study_free(&study);
}

static void the_demo_s_drug_has_its_kinetics_and_its_target(void **state)
{
    struct pn_study *study = read_good(DEMO);
    const struct pn_drug *drug = study->drug;
    int Kd = pn_population_find(&study->population, "fevipiprant.dp2.Kd");

    (void)state;
    assert_int_equal(study->n_drugs, 1);
    assert_string_equal(drug->name, "fevipiprant");
    assert_close(drug->molar_mass, 426.4, 0, 0);
    assert_ptr_equal(drug->kinetics, pn_component_find("pk2"));
    assert_int_equal(drug->n_targets, 1);
    assert_string_equal(drug->target[0].target, "dp2");
    assert_ptr_equal(drug->target[0].potency, pn_component_find("potency"));
    assert_true(Kd >= 0);
    assert_close(study->population.variable[Kd].cases[0].location, 1.1, 1e-15, 0);
    pn_study_free(&study);
}

static void inputs_are_listed_with_their_hashes(void **state)
{
    struct pn_study *study = read_good(DEMO);
    char hex[65];

    (void)state;
    assert_int_equal(study->n_inputs, 3);
    assert_string_equal(study->input[0].path, DEMO);
    for (size_t i = 0; i < study->n_inputs; i++) {
        assert_int_equal(pn_sha256_file(study->input[i].path, hex), PN_OK);
        assert_string_equal(study->input[i].sha256, hex);
    }
    pn_study_free(&study);
}

/* --- the resolved study --- */

static const char *names_line(const char *text, const char *name)
{
    char line[128];

    snprintf(line, sizeof line, " %s: ", name);
    return strstr(text, line);
}

static void assert_lists_all(const char *text, const struct pn_quantity *table)
{
    for (; table && table->name; table++)
        if (!names_line(text, table->name))
            fail_msg("the resolved study does not list %s", table->name);
}

static void the_resolved_study_lists_every_parameter(void **state)
{
    struct pn_study *study = read_good(DEMO);
    char *text;

    (void)state;
    assert_int_equal(pn_study_write(study, &text), PN_OK);
    for (size_t i = 0; i < study->n_parts; i++)
        assert_lists_all(text, study->part[i].component->parameters);
    assert_lists_all(text, study->drug[0].kinetics->parameters);
    assert_lists_all(text, study->drug[0].target[0].potency->parameters);
    assert_non_null(strstr(text, "B0: {covariate: blood_eosinophils}"));
    assert_non_null(strstr(text, "chi0: {default: 3}"));
    assert_non_null(strstr(text, "spirometry.narrowing: {default: 1}"));
    free(text);
    pn_study_free(&study);
}

static void assert_same_population(const struct pn_study *a, const struct pn_study *b)
{
    const struct pn_population *p = &a->population, *q = &b->population;
    double x[128], y[128];
    int bad;

    assert_int_equal(p->n_patients, q->n_patients);
    assert_int_equal(p->n_variables, q->n_variables);
    assert_int_equal(p->n_correlations, q->n_correlations);
    assert_true(p->n_variables <= 128);
    for (size_t i = 0; i < p->n_variables; i++) {
        assert_string_equal(p->variable[i].name, q->variable[i].name);
        assert_ptr_equal(p->variable[i].row, q->variable[i].row);
        assert_int_equal(p->variable[i].by, q->variable[i].by);
        assert_int_equal(p->variable[i].group, q->variable[i].group);
    }
    for (size_t i = 0; i < p->n_patients && i < 100; i++) {
        assert_int_equal(pn_cohort_id(p, i), pn_cohort_id(q, i));
        pn_cohort_draw(p, a->seed, i, x, &bad);
        pn_cohort_draw(q, b->seed, i, y, &bad);
        assert_same_bits(x, y, p->n_variables);
    }
}

static void assert_same_arms(const struct pn_study *a, const struct pn_study *b)
{
    assert_int_equal(a->n_arms, b->n_arms);
    for (size_t i = 0; i < a->n_arms; i++) {
        assert_string_equal(a->arm[i].name, b->arm[i].name);
        assert_int_equal(a->arm[i].n_regimens, b->arm[i].n_regimens);
        for (size_t k = 0; k < a->arm[i].n_regimens; k++) {
            const struct pn_regimen *x = &a->arm[i].regimen[k],
                                    *y = &b->arm[i].regimen[k];
            double p[] = {x->amount, x->start, x->every, x->duration, x->adherence};
            double q[] = {y->amount, y->start, y->every, y->duration, y->adherence};
            assert_same_bits(p, q, 5);
            assert_int_equal(x->drug, y->drug);
            assert_string_equal(x->route, y->route);
        }
    }
}

static void assert_same_study(const struct pn_study *a, const struct pn_study *b)
{
    assert_string_equal(a->name, b->name);
    assert_true(a->seed == b->seed && a->duration == b->duration);
    assert_true(a->rtol == b->rtol && a->max_steps == b->max_steps);
    assert_true(a->max_failed == b->max_failed);
    assert_string_equal(a->method, b->method);
    assert_int_equal(a->n_outputs, b->n_outputs);
    assert_same_bits(a->output, b->output, a->n_outputs);
    assert_int_equal(a->n_visits, b->n_visits);
    for (size_t i = 0; i < a->n_visits; i++) {
        assert_true(a->visit[i].time == b->visit[i].time);
        assert_int_equal(a->visit[i].n_tests, b->visit[i].n_tests);
    }
    assert_int_equal(a->n_keep, b->n_keep);
    for (size_t i = 0; i < a->n_keep; i++)
        assert_string_equal(a->keep[i], b->keep[i]);
    assert_int_equal(a->n_drugs, b->n_drugs);
    assert_int_equal(a->n_parts, b->n_parts);
    for (size_t i = 0; i < a->n_parts; i++)
        assert_string_equal(a->part[i].instance, b->part[i].instance);
    assert_same_arms(a, b);
    assert_same_population(a, b);
}

static void check_round_trip(struct pn_study *study)
{
    struct pn_study *again;
    char *first, *second;

    assert_int_equal(pn_study_write(study, &first), PN_OK);
    again = read_text(first);
    assert_int_equal(pn_study_write(again, &second), PN_OK);
    assert_string_equal(first, second);
    assert_same_study(study, again);
    free(first);
    free(second);
    pn_study_free(&again);
}

/* every form of distribution, regimen and text that the reader knows */
static const char everything[] =
    "name: \"all \\\"forms\\\" – é\\n\"\nseed: 18446744073709551615\n"
    "population:\n  size: 7\n  title: 'a # title: of it'\n  source: none\n"
    "  covariates:\n"
    "    height: {by: sex, male: {mean: 1.76 m, sd: 7 cm}, female: 162 cm}\n"
    "    sex: {categories: {female: 0.5, male: 0.5}}\n"
    "    age: {uniform: [18 year, 240 month]}\n"
    "    weight: {median: 80 kg, gsd: 1.2, g: 0.1, h: 0.05, low: 50 kg}\n"
    "    FeNO: {median: 21 ppb, cv: 40 %, high: 100 ppb}\n"
    "    blood_eosinophils: {median: 0.228 1/nL, omega2: 0.1}\n"
    "    FEV1_percent_predicted: {mean: 70 %, sd: 5 %}\n"
    "  parameters: {eosinophils.chi0: {mean: 3, sd: 0.1, low: 2.9}, feno.flow: 50 mL/s}\n"
    "  correlations:\n"
    "    - {of: [weight, FeNO], rho: 0.1}\n"
    "    - {of: [FeNO, blood_eosinophils], rho: 0.3}\n"
    "    - {of: [height, eosinophils.chi0], rho: -0.3333333333333333}\n"
    "disease:\n  - eosinophils: {ka: {median: 0.2 1/day, omega: 0.3}, B0: {default: 228 "
    "cells/uL}}\n  - asm_growth\n"
    "drugs:\n"
    "  abc:\n    kinetics: {model: pk2, parameters: {CL: 0.1 L/s, V1: {value: 60 L}}}\n"
    "    targets: {dp2: {Kd: {median: 1 nM, cv: 0.1}}}\n"
    "  xyz: {route: iv, molar_mass: 0.3 kg/mol, kinetics: {model: pk2}}\n"
    "arms:\n  \"no: thing\": []\n"
    "  both:\n"
    "    - {drug: abc, dose: 0.225 g, route: oral, start: 1 day}\n"
    "    - {drug: xyz, dose: 1 mmol, start: 5 h, every: 7 h, adherence: 33.3 %}\n"
    "    - {drug: xyz, dose: 0 mg, route: oral, every: 1 h, for: 3 h}\n"
    "visits: [{at: 0 h}, {at: 100 min, tests: [spirometry]}, {at: 1 month}]\n"
    "output: {every: 7 h}\nsolver: {method: rosenbrock, rtol: 3e-9, max_steps: 77}\n"
    "max_failed: 0\n";

static void a_resolved_study_is_read_back_as_the_same(void **state)
{
    static const char *const paths[] = {DEMO, INPUTS "first.yaml"};
    struct pn_study *study;

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        study = read_good(paths[i]);
        check_round_trip(study);
        pn_study_free(&study);
    }
}

static double fixed(const struct pn_study *study, const char *name)
{
    int i = pn_population_find(&study->population, name);

    return i < 0 ? (double)NAN : study->population.variable[i].cases[0].location;
}

static void every_form_is_read_and_written_back(void **state)
{
    struct pn_study *study = read_text(everything);
    const struct pn_regimen *r = study->arm[1].regimen;

    (void)state;
    assert_true(study->seed == UINT64_MAX);
    assert_close(r[0].amount, 225, 1e-15, 0);            /* mg */
    assert_close(r[0].start, 24, 0, 0);                  /* h */
    assert_true(r[0].every == 0 && r[0].adherence == 1); /* one dose */
    assert_close(r[1].amount, 300, 1e-14, 0);            /* 1 mmol of 300 g/mol, in mg */
    assert_close(r[1].adherence, 0.333, 1e-15, 0);
    assert_close(r[1].start + r[1].duration, study->duration, 0, 0); /* to the end */
    assert_string_equal(r[1].route, "iv");
    /* a default that is asked for is not the covariate */
    assert_close(fixed(study, "eosinophils.B0"), 228, 0, 0);
    assert_close(r[2].duration, 3, 0, 0);
    assert_close(study->duration, 730.485, 1e-5, 0); /* a month is a 12th of a year */
    assert_int_equal(study->n_outputs, 105);
    assert_close(study->visit[1].time, 100 / 60., 1e-15, 0);
    check_round_trip(study);
    pn_study_free(&study);
}

/* --- who wins, what is shared --- */

static void the_study_wins_over_the_population_and_that_over_the_drug(void **state)
{
    static const char drugs[] =
        "drugs: {d: {route: iv, kinetics: {model: pk2, "
        "parameters: {CL: 1 L/h, V1: 2 L, Q: 3 L/h}}}}\n"
        "arms: {a: [{drug: d, dose: 1 mg}]}\nduration: 1 h\nname: who\nseed: 1\n"
        "disease: [{eosinophils: {chi0: 1}}]\n";
    char text[1024];
    struct pn_study *study;

    (void)state;
    write_file("pop.yaml",
               "parameters: {d.CL: 10 L/h, eosinophils.chi0: 2, "
               "eosinophils.ka: 0.1 1/day, feno.flow: 60 mL/s}\n",
               strlen("parameters: {d.CL: 10 L/h, eosinophils.chi0: 2, "
                      "eosinophils.ka: 0.1 1/day, feno.flow: 60 mL/s}\n"));
    snprintf(text, sizeof text,
             "%spopulation: {size: 1, from: pop.yaml, parameters: {d.V1: 20 L}}\n",
             drugs);
    study = read_text(text);
    remove_file("pop.yaml");
    assert_close(fixed(study, "d.CL"), 10, 0, 0);            /* population over drug */
    assert_close(fixed(study, "d.V1"), 20, 0, 0);            /* study over drug */
    assert_close(fixed(study, "d.Q"), 3, 0, 0);              /* drug */
    assert_close(fixed(study, "eosinophils.chi0"), 1, 0, 0); /* study over population */
    assert_close(fixed(study, "eosinophils.ka"), 0.1, 0, 0);
    assert_int_equal(pn_population_find(&study->population, "feno.flow"), -1);
    check_round_trip(study);
    pn_study_free(&study);
}

static void arms_of_one_drug_file_share_it(void **state)
{
    struct pn_study *study = read_text(
        "name: paths\nseed: 1\npopulation: {size: 1}\nduration: 1 h\narms:\n"
        "  a: [{drug: " INPUTS "drugs/fevipiprant.yaml, dose: 1 mg}]\n"
        "  b: [{drug: " INPUTS "../inputs/drugs/fevipiprant.yaml, dose: 1 mg}]\n");

    (void)state;
    assert_int_equal(study->n_arms, 2);
    assert_int_equal(study->n_drugs, 1);
    assert_int_equal(study->arm[1].regimen[0].drug, 0);
    pn_study_free(&study);
}

/* --- patients CSV --- */

static const char csv_study[] =
    "name: csv\nseed: 1\npopulation: {patients: p.csv, covariates: {age: 30 year, "
    "weight: {by: sex, male: 80 kg, female: {mean: 60 kg, sd: 2 kg}}}}\n"
    "disease: [eosinophils]\narms: {none: []}\nduration: 1 h\n";

/* byte order mark, quotes, spaces, both line ends, an empty line, no end at the end */
static const char csv[] =
    "\xef\xbb\xbf"
    "age [month],ID,\"sex\",height [m],eosinophils.B0 [cells/uL],feno.flow [mL/s]\r\n"
    "600 , 12,male, 1.7 ,\"3.5e2\",50\r\n\r\n"
    "612,4,\"female\",1.6,250,50";

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
    } seeds[] = {
        {everything, sizeof everything - 1},
        {csv_study,  sizeof csv_study - 1 },
        {csv,        sizeof csv - 1       },
    };
    static char out[1 << 14];
    size_t n_accepted = 0, n_rounds = 0;
    clock_t begin = clock();
    char path[128];

    (void)state;
    path_of(path, "mutant.yaml");
    for (; n_rounds < 9000; n_rounds++) {
        size_t which = n_rounds % 3;
        size_t n = mutate(n_rounds, seeds[which].text, seeds[which].n, out);
        int handled;
        write_file("mutant.yaml", which == 2 ? csv_study : out,
                   which == 2 ? sizeof csv_study - 1 : n);
        write_file("p.csv", which == 2 ? out : csv, which == 2 ? n : sizeof csv - 1);
        handled = is_handled(path);
        if (handled < 0)
            fail_msg("round %zu: %s", n_rounds, pn_error_last()->text);
        n_accepted += (size_t)handled;
    }
    remove_file("mutant.yaml");
    remove_file("p.csv");
    /* the mutations must neither be harmless nor always fatal */
    assert_in_range(n_accepted, n_rounds / 20, n_rounds / 2);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 30.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_is_read_as_it_stands),
        cmocka_unit_test(the_demo_s_drug_has_its_kinetics_and_its_target),
        cmocka_unit_test(inputs_are_listed_with_their_hashes),
        cmocka_unit_test(the_resolved_study_lists_every_parameter),
        cmocka_unit_test(a_resolved_study_is_read_back_as_the_same),
        cmocka_unit_test(every_form_is_read_and_written_back),
        cmocka_unit_test(the_study_wins_over_the_population_and_that_over_the_drug),
        cmocka_unit_test(arms_of_one_drug_file_share_it),
        cmocka_unit_test(a_patients_file_fills_its_columns),
        cmocka_unit_test(lines_in_quotes_are_counted_in_places),
        cmocka_unit_test(mutated_files_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
