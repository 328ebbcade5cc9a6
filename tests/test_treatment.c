/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is given: regimens, rules, and what a drug file says beside its kinetics. */
#include "study_files.h"

#include "models/catalogue.h"
#include "solver/base/random.h"
#include "solver/study/treatment/read_treatment.h"

static double value_of(const struct pn_study *study, const double *row, const char *name)
{
    int i = pn_population_find(&study->population, name);

    assert_true(i >= 0);
    return row[i];
}

/* --- regimens --- */

static void a_loading_dose_is_a_step(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_regimen *r = study->arm[1].regimen;
    const struct pn_regimen *plan = study->arm[2].regimen;

    (void)state;
    assert_int_equal(r->n_steps, 2);
    assert_true(r->step[0].time == 0 && r->step[1].time == 24);
    assert_close(r->step[0].amount, 400, 1e-15, 0);
    assert_close(r->step[1].amount, 100, 0, 0);
    /* a step of its own at the second dose takes the place of the regimen's */
    assert_int_equal(plan->n_steps, 2);
    assert_true(plan->step[1].time == 24 && plan->step[1].amount == 150);
    pn_study_free(&study);
}

static void infusions_habits_and_steady_state_are_read(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_regimen *r = study->arm[1].regimen;
    const struct pn_regimen *plan = study->arm[2].regimen;

    (void)state;
    assert_close(r[0].late_sd, 1.5, 1e-15, 0);
    assert_close(r[0].holiday_rate, 1 / 720., 1e-15, 0);
    assert_close(r[0].holiday, 72, 0, 0);
    assert_int_equal(r[0].input, PN_BOLUS);
    assert_int_equal(r[1].input, PN_OVER_DURATION);
    assert_close(r[1].over, 2, 0, 0);
    assert_int_equal(r[1].steady_state, 1);
    assert_close(r[1].step[1].time, 336, 0, 0);
    assert_int_equal(plan[0].input, PN_AT_MODEL_RATE);
    assert_int_equal(plan[1].input, PN_OVER_MODEL_DURATION);
    assert_int_equal(study->reset_all, 1);
    pn_study_free(&study);
}

/* By its route: abc is drug 0, xyz drug 1, each with A0, A1, A2. */
static void a_regimen_goes_into_the_compartment_of_its_route(void **state)
{
    struct pn_study *study = read_text(treatment);

    (void)state;
    assert_int_equal(study->arm[1].regimen[0].compartment, 0);
    assert_int_equal(study->arm[1].regimen[1].compartment, 4);
    assert_int_equal(study->arm[2].regimen[0].compartment, 1);
    pn_study_free(&study);
}

/* Whatever the catalogue has: the compartment of a route has its state and its input. */
static void every_route_of_the_catalogue_has_a_compartment(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m))
        for (const struct pn_route *route = m->routes; route && route->name; route++) {
            struct pn_study *study;
            const struct pn_compartment *c;
            char text[512];
            snprintf(text, sizeof text,
                     "name: r\nseed: 1\npopulation: {size: 1}\nduration: 1 h\n"
                     "drugs: {d: {molar_mass: 100 g/mol, kinetics: {model: %s}}}\n"
                     "arms: {a: [{drug: d, dose: 0 %s, route: %s}]}\n",
                     m->name, m->states[route->state].unit, route->name);
            study = read_text(text);
            assert_true(study->arm[0].regimen[0].compartment >= 0);
            c = &study->compartment[study->arm[0].regimen[0].compartment];
            assert_int_equal(c->state, route->state);
            assert_int_equal(c->route->F, route->F);
            assert_int_equal(c->route->ALAG, route->ALAG);
            assert_int_equal(c->route->R, route->R);
            assert_int_equal(c->route->D, route->D);
            pn_study_free(&study);
            n++;
        }
    assert_true(n >= 6);
}

/* A state has one compartment for each way in which routes fill it. */
static void routes_that_differ_in_lag_or_share_are_apart(void **state)
{
    static const struct pn_route first = {"oral", 0, 5, 6, 7, 8};
    static const struct pn_route routes[] = {
        {"same", 0, 5,  6,  7,  8 },
        {"F",    0, -1, 6,  7,  8 },
        {"ALAG", 0, 5,  -1, 7,  8 },
        {"R",    0, 5,  6,  -1, 8 },
        {"D",    0, 5,  6,  7,  -1},
        {"else", 1, 5,  6,  7,  8 },
    };
    struct pn_compartment compartment = {0, 0, &first, 1};
    struct pn_study study = {.n_compartments = 1, .compartment = &compartment};

    (void)state;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        assert_int_equal(pn_compartment_of_route(&study, 0, &routes[i]), i == 0 ? 0 : -1);
    assert_int_equal(pn_compartment_of_route(&study, 1, &routes[0]), -1);
}

/* --- rules --- */

static void thresholds_are_in_the_unit_of_their_signal(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_arm *arm = &study->arm[1];
    const struct pn_rule *rule = arm->rule;

    (void)state;
    assert_int_equal(arm->n_rules, 4);
    assert_int_equal(rule[0].kind, PN_RULE_RESCUE);
    assert_close(rule[0].threshold, 1.5, 1e-15, 0); /* L */
    assert_true(!rule[0].above && rule[0].times == 3 && rule[0].regimen == 2);
    assert_int_equal(rule[1].kind, PN_RULE_TITRATE);
    assert_close(rule[1].threshold, 0.005, 1e-14, 0); /* 10 nmol/L of 500 g/mol, mg/L */
    assert_true(rule[1].factor == 2 && rule[1].low == 50 && rule[1].high == 400);
    assert_int_equal(rule[1].regimen, 0);
    assert_true(rule[2].kind == PN_RULE_STOP && rule[2].above && rule[2].regimen == 1);
    assert_true(rule[3].kind == PN_RULE_DROPOUT && rule[3].regimen == -1);
    assert_close(rule[3].threshold, 5, 0, 0);
    assert_true(isinf(rule[2].high) && rule[2].times == 0);
    pn_study_free(&study);
}

static void a_rescue_dose_is_there_but_not_scheduled(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_regimen *rescue = &study->arm[1].regimen[2];

    (void)state;
    assert_int_equal(study->arm[1].n_regimens, 3);
    assert_true(rescue->by_events && rescue->amount == 10 && rescue->drug == 1);
    assert_true(rescue->input == PN_AT_RATE && rescue->compartment == 4);
    assert_close(rescue->rate, 20, 1e-14, 0); /* mg/h */
    pn_study_free(&study);
}

static void a_hazard_is_per_hour_and_per_unit_of_its_signal(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_dropout *d = &study->arm[1].dropout;

    (void)state;
    assert_close(d->rate, 0.1 / 8765.81277, 1e-8, 0); /* a year is a tropical one */
    assert_close(d->most, 10 * d->rate, 1e-14, 0);
    assert_close(d->coefficient, 0.0005, 1e-14, 0); /* 0.5 nL in uL/cells */
    assert_string_equal(d->signal, "eosinophils.blood");
    assert_true(study->arm[2].dropout.most == study->arm[2].dropout.rate);
    assert_true(study->arm[0].dropout.rate == 0);
    pn_study_free(&study);
}

/* --- the drug file --- */

static void residual_errors_and_effects_belong_to_the_drug(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_drug *drug = study->drug;

    (void)state;
    assert_close(drug[0].error.proportional, 0.2, 1e-15, 0);
    assert_close(drug[0].error.additive, 0.005, 1e-14, 0); /* mg/L */
    assert_close(drug[1].error.lognormal, 0.3, 0, 0);
    assert_int_equal(drug[0].n_effects, 1);
    assert_string_equal(drug[0].effect[0].instance, "abc.effect_compartment");
    assert_ptr_equal(drug[0].effect[0].component,
                     pn_component_find("effect_compartment"));
    assert_true(pn_population_find(&study->population, "abc.effect_compartment.ke0") >=
                0);
    pn_study_free(&study);
}

/* FeNO is a covariate that this population does not have: its effect is left out. */
static void effects_multiply_what_was_drawn(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_population *p = &study->population;
    const struct pn_variable *CL = &p->variable[pn_population_find(p, "abc.CL")];

    (void)state;
    assert_int_equal(study->population.first_occasion, 1); /* without OCC */
    study->population.first_occasion = 0;
    assert_int_equal(CL->n_effects, 2);
    for (size_t i = 0; i < p->n_patients; i++) {
        double row[64],
            z = pn_normal(3, (int64_t)i + 1, PN_DRAW_COHORT, pn_name_hash("abc.CL"), 0);
        double male, weight, age;
        int bad;
        assert_int_equal(pn_cohort_draw(p, study->seed, i, row, &bad), PN_OK);
        male = value_of(study, row, "sex");
        weight = value_of(study, row, "weight");
        age = value_of(study, row, "age");
        assert_close(value_of(study, row, "abc.CL"),
                     3 * exp(0.3 * z) * pow(weight / 70, 0.75) * (male == 1 ? 1.1 : 1),
                     1e-14, 0);
        assert_close(value_of(study, row, "abc.KA"), exp(0.01 * (age - 40)), 1e-14, 0);
        if (male == 1)
            assert_close(value_of(study, row, "abc.V1"), 50 * (1 - 0.012 * (age - 40)),
                         1e-14, 0);
    }
    pn_study_free(&study);
}

static void occasions_deviate_on_their_own(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_population *p = &study->population;
    double omega = sqrt(log1p(0.04)), row[64], none[64];
    int bad, CL = pn_population_find(p, "abc.CL");

    (void)state;
    assert_int_equal(study->population.first_occasion, 1); /* without OCC */
    study->population.first_occasion = 0;
    pn_cohort_draw(p, study->seed, 4, none, &bad);
    memcpy(row, none, sizeof row);
    for (int occasion = 1; occasion < 4; occasion++) {
        double z =
            pn_normal(3, 5, PN_DRAW_OCCASION, pn_name_hash("abc.CL"), (uint64_t)occasion);
        assert_int_equal(pn_cohort_update(p, study->seed, 4, 0, occasion, row, &bad),
                         PN_OK);
        assert_close(row[CL], none[CL] * exp(omega * z), 1e-14, 0);
    }
    /* without an occasion everything is as it was drawn, to the last bit */
    pn_cohort_update(p, study->seed, 4, 0, 0, row, &bad);
    assert_same_bits(row, none, p->n_variables);
    study->population.occasion = (int[]){0, 0, 0, 0, 2};
    pn_cohort_update(p, study->seed, 4, 0, 2, row, &bad);
    pn_cohort_draw(p, study->seed, 4, none, &bad);
    assert_same_bits(row, none, p->n_variables);
    pn_study_free(&study);
}

static void a_covariate_that_changes_changes_its_parameters_only(void **state)
{
    struct pn_study *study = read_text(treatment);
    const struct pn_population *p = &study->population;
    double row[64], before[64];
    int bad, weight = pn_population_find(p, "weight"),
             CL = pn_population_find(p, "abc.CL");

    (void)state;
    assert_int_equal(study->population.first_occasion, 1); /* without OCC */
    study->population.first_occasion = 0;
    pn_cohort_draw(p, study->seed, 0, before, &bad);
    memcpy(row, before, sizeof row);
    row[weight] *= 2;
    assert_int_equal(pn_cohort_update(p, study->seed, 0, 0, 0, row, &bad), PN_OK);
    assert_close(row[CL] / before[CL], pow(2, 0.75), 1e-14, 0);
    row[CL] = before[CL];
    row[weight] = before[weight];
    assert_same_bits(row, before, p->n_variables);
    row[weight] = 1e9;
    assert_int_equal(pn_cohort_update(p, study->seed, 0, 0, 0, row, &bad),
                     PN_PATIENT_OUT_OF_RANGE);
    assert_int_equal(bad, CL);
    pn_study_free(&study);
}

static void treatment_is_written_such_that_it_is_read_back(void **state)
{
    struct pn_study *study = read_text(treatment);

    (void)state;
    check_round_trip(study);
    pn_study_free(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loading_dose_is_a_step),
        cmocka_unit_test(infusions_habits_and_steady_state_are_read),
        cmocka_unit_test(a_regimen_goes_into_the_compartment_of_its_route),
        cmocka_unit_test(every_route_of_the_catalogue_has_a_compartment),
        cmocka_unit_test(routes_that_differ_in_lag_or_share_are_apart),
        cmocka_unit_test(thresholds_are_in_the_unit_of_their_signal),
        cmocka_unit_test(a_rescue_dose_is_there_but_not_scheduled),
        cmocka_unit_test(a_hazard_is_per_hour_and_per_unit_of_its_signal),
        cmocka_unit_test(residual_errors_and_effects_belong_to_the_drug),
        cmocka_unit_test(effects_multiply_what_was_drawn),
        cmocka_unit_test(occasions_deviate_on_their_own),
        cmocka_unit_test(a_covariate_that_changes_changes_its_parameters_only),
        cmocka_unit_test(treatment_is_written_such_that_it_is_read_back),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
