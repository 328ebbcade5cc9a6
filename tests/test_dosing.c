/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "solver/dosing/dosing.h"

static struct pn_drug drugs[] = {{.name = "first"}, {.name = "second"}};

static struct pn_study study_of(void)
{
    return (struct pn_study){.seed = 7, .n_drugs = 2, .drug = drugs};
}

static void a_dose_every_12_h_for_12_weeks_is_168_doses(void **state)
{
    static const struct {
        double every, duration;
        size_t n;
    } cases[] = {
        {12,       2016,    168},
        {24,       84 * 24, 84 },
        {24,       25,      2  },
        {24,       24,      1  },
        {0,        0,       1  },
        {24 / 7.0, 24,      7  },
        {0.1 * 24, 72,      30 }, /* 72 / 2.4 is a little
  more than 30 in doubles
  */
    };
    struct pn_study study = study_of();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_regimen regimen = {.amount = 5,
                                     .start = 3,
                                     .every = cases[i].every,
                                     .duration = cases[i].duration,
                                     .adherence = 1};
        struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
        struct pn_event dose[200];
        assert_int_equal(pn_dosing_max(&study, &arm), cases[i].n);
        assert_int_equal(pn_dosing_records(&study, &arm, 0, dose), cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++) {
            assert_close(dose[k].time, 3 + (double)k * cases[i].every, 1e-14, 0);
            assert_true(dose[k].amount == 5.0);
        }
    }
}

static void adherence_is_a_probability_of_each_dose(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimen = {
        .amount = 1, .every = 12, .duration = 2016, .adherence = 0.9};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    struct pn_event dose[168];
    double sum = 0, square = 0;
    enum { N = 2000 };

    (void)state;
    for (size_t patient = 0; patient < N; patient++) {
        double n = (double)pn_dosing_records(&study, &arm, patient, dose);
        sum += n / 168;
        square += n * n;
    }
    assert_close(sum / N, 0.9, 0, 4 * sqrt(0.09 / (168.0 * N)));
    /* doses are independent: the count is binomial, not all or nothing */
    assert_close(square / N - 168 * 168 * (sum / N) * (sum / N), 168 * 0.09, 0.15, 0);
}

static void the_typical_patient_takes_every_dose_whoever_is_selected(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimen = {.amount = 1,
                                 .every = 12,
                                 .duration = 2016,
                                 .adherence = 0.5,
                                 .late_sd = 3,
                                 .holiday_rate = 0.01,
                                 .holiday = 100};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    struct pn_event dose[168];

    (void)state;
    for (size_t skipped = 0; skipped < 3; skipped++) {
        study.population.skipped = skipped;
        assert_int_equal(pn_dosing_records(&study, &arm, PN_TYPICAL_PATIENT, dose), 168);
        for (size_t k = 0; k < 168; k++)
            assert_true(dose[k].time == 12 * (double)k);
    }
}

/* a patient misses the same doses whatever else the study contains */
static void missed_doses_do_not_move_with_other_regimens(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimens[] = {
        {.drug = 1,
         .amount = 2,
         .start = 1,
         .every = 24,
         .duration = 720,
         .adherence = 0.5},
        {.drug = 0,         .amount = 1, .every = 24, .duration = 720, .adherence = 0.5},
    };
    struct pn_arm both = {.n_regimens = 2, .regimen = regimens};
    struct pn_arm alone = {.n_regimens = 1, .regimen = &regimens[1]};
    struct pn_event of_both[60], of_alone[30];
    size_t n_both = pn_dosing_records(&study, &both, 41, of_both), k = 0;
    size_t n_alone = pn_dosing_records(&study, &alone, 41, of_alone);
    int same = 1;

    (void)state;
    for (size_t i = 0; i < n_both; i++) {
        if (i > 0)
            assert_true(of_both[i].time >= of_both[i - 1].time);
        if (of_both[i].regimen == 1)
            assert_true(of_both[i].time == of_alone[k++].time);
    }
    assert_int_equal(k, n_alone);
    assert_in_range(n_alone, 1, 29);
    for (size_t i = 0, j = 0; i < n_both; i++) /* the two drugs have draws of their own */
        if (of_both[i].regimen == 0)
            same &= j < n_alone && of_both[i].time - 1 == of_alone[j++].time;
    assert_false(same);
}

static void doses_at_one_time_come_in_the_order_of_the_regimens(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimens[] = {
        {.drug = 0, .amount = 1, .every = 24, .duration = 96, .adherence = 1},
        {.drug = 0, .amount = 2, .every = 12, .duration = 96, .adherence = 1},
    };
    struct pn_arm arm = {.n_regimens = 2, .regimen = regimens};
    struct pn_event dose[12];

    (void)state;
    assert_int_equal(pn_dosing_records(&study, &arm, 0, dose), 12);
    assert_true(dose[0].regimen == 0 && dose[1].regimen == 1 && dose[1].time == 0.0);
    assert_true(dose[2].time == 12.0 && dose[3].time == 24.0 && dose[3].regimen == 0);
}

/* --- steps, delays, holidays, infusions, the table --- */

static void steps_change_the_amount_from_their_time_on(void **state)
{
    struct pn_study study = study_of();
    struct pn_dose_step steps[] = {
        {0,  400},
        {24, 200},
        {72, 300}
    };
    struct pn_regimen regimen = {.amount = 200,
                                 .start = 5,
                                 .every = 24,
                                 .duration = 120,
                                 .adherence = 1,
                                 .n_steps = 3,
                                 .step = steps};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    static const double amounts[] = {400, 200, 200, 300, 300};
    struct pn_event event[5];

    (void)state;
    assert_int_equal(pn_dosing_records(&study, &arm, 0, event), 5);
    for (size_t k = 0; k < 5; k++)
        assert_true(event[k].amount == amounts[k]);
}

static void late_doses_are_late_and_stay_before_the_next(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimen = {
        .amount = 1, .every = 12, .duration = 1200, .adherence = 1, .late_sd = 2};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    struct pn_event event[100];
    double sum = 0, square = 0;
    enum { N = 200 };

    (void)state;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(pn_dosing_records(&study, &arm, i, event), 100);
        for (size_t k = 0; k < 100; k++) {
            double late = event[k].time - 12 * (double)k;
            assert_true(late >= 0 && late < 12);
            sum += late;
            square += late * late;
        }
    }
    /* half-normal: mean sd sqrt(2/pi), mean square sd^2 */
    assert_close(sum / (100.0 * N), 2 * sqrt(2 / M_PI), 0,
                 4 * 2 * 0.603 / sqrt(100.0 * N));
    assert_close(square / (100.0 * N), 4, 0.05, 0);
}

static void holidays_take_their_share_of_the_doses(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimen = {.amount = 1,
                                 .every = 12,
                                 .duration = 12000,
                                 .adherence = 1,
                                 .holiday_rate = 1.0 / 600,
                                 .holiday = 72};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    static struct pn_event event[1000];
    double taken = 0;
    int longest = 0;
    enum { N = 100 };

    (void)state;
    for (size_t i = 0; i < N; i++) {
        size_t n = pn_dosing_records(&study, &arm, i, event);
        taken += (double)n / 1000;
        for (size_t k = 1; k < n; k++)
            longest = event[k].time - event[k - 1].time > longest
                          ? (int)(event[k].time - event[k - 1].time)
                          : longest;
    }
    /* renewal: 600 h between holidays of 72 h */
    assert_close(taken / N, 600.0 / 672, 0.02, 0);
    assert_in_range(longest, 72, 12 * 30);
}

static void records_of_the_table_come_first_at_equal_times(void **state)
{
    struct pn_study study = study_of();
    struct pn_regimen regimen = {
        .amount = 5, .every = 24, .duration = 72, .adherence = 1};
    struct pn_arm arm = {.n_regimens = 1, .regimen = &regimen};
    struct pn_event rows[] = {
        {.time = 0,  .evid = PN_EVID_OBSERVE, .regimen = -1},
        {.time = 24, .evid = PN_EVID_DOSE,    .regimen = -1, .amount = 7},
        {.time = 24,          .evid = PN_EVID_OBSERVE,                        .regimen = -1    },
        {.time = 30,          .evid = PN_EVID_OTHER,                        .regimen = -1  },
    };
    size_t first[] = {0, 1, 4};
    struct pn_events table = {
        .n_patients = 2, .n_events = 4, .first = first, .all = first, .event = rows};
    struct pn_event event[8];

    (void)state;
    study.events = &table;
    assert_int_equal(pn_dosing_max(&study, &arm), 6);
    assert_int_equal(pn_dosing_records(&study, &arm, 0, event), 4);
    assert_int_equal(pn_dosing_records(&study, &arm, 1, event), 6);
    assert_true(event[0].regimen == 0 && event[0].time == 0);
    assert_true(event[1].amount == 7 && event[2].evid == PN_EVID_OBSERVE);
    assert_true(event[3].regimen == 0 && event[3].time == 24 && event[5].time == 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dose_every_12_h_for_12_weeks_is_168_doses),
        cmocka_unit_test(adherence_is_a_probability_of_each_dose),
        cmocka_unit_test(the_typical_patient_takes_every_dose_whoever_is_selected),
        cmocka_unit_test(missed_doses_do_not_move_with_other_regimens),
        cmocka_unit_test(doses_at_one_time_come_in_the_order_of_the_regimens),
        cmocka_unit_test(steps_change_the_amount_from_their_time_on),
        cmocka_unit_test(late_doses_are_late_and_stay_before_the_next),
        cmocka_unit_test(holidays_take_their_share_of_the_doses),
        cmocka_unit_test(records_of_the_table_come_first_at_equal_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
