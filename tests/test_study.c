/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study_files.h"

#include "models/catalogue.h"
#include "solver/text/digest.h"

#define INPUTS PN_SOURCE_DIR "/inputs/"
#define DEMO   INPUTS "fevipiprant-phase2.yaml"

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

static void what_is_not_given_has_its_default(void **state)
{
    struct pn_study *study = read_text("name: least\nseed: 1\npopulation: {size: 1}\n"
                                       "arms: {none: []}\nduration: 2 h\n");

    (void)state;
    assert_string_equal(study->method, "auto");
    assert_close(study->rtol, 1e-6, 0, 0);
    assert_int_equal(study->max_steps, 1000000);
    assert_close(study->max_failed, 0.01, 0, 0);
    assert_int_equal(study->n_keep, 0);
    assert_int_equal(study->n_outputs, 2); /* start and end */
    assert_close(study->output[1], 2, 0, 0);
    check_round_trip(study);
    pn_study_free(&study);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_is_read_as_it_stands),
        cmocka_unit_test(what_is_not_given_has_its_default),
        cmocka_unit_test(the_demo_s_drug_has_its_kinetics_and_its_target),
        cmocka_unit_test(inputs_are_listed_with_their_hashes),
        cmocka_unit_test(the_resolved_study_lists_every_parameter),
        cmocka_unit_test(a_resolved_study_is_read_back_as_the_same),
        cmocka_unit_test(every_form_is_read_and_written_back),
        cmocka_unit_test(the_study_wins_over_the_population_and_that_over_the_drug),
        cmocka_unit_test(arms_of_one_drug_file_share_it),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
