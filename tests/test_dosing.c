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
        struct pn_dose dose[200];
        assert_int_equal(pn_dosing_max(&arm), cases[i].n);
        assert_int_equal(pn_dosing_schedule(&study, &arm, 1, dose), cases[i].n);
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
    struct pn_dose dose[168];
    double sum = 0, square = 0;
    enum { N = 2000 };

    (void)state;
    for (int64_t patient = 1; patient <= N; patient++) {
        double n = (double)pn_dosing_schedule(&study, &arm, patient, dose);
        sum += n / 168;
        square += n * n;
    }
    assert_close(sum / N, 0.9, 0, 4 * sqrt(0.09 / (168.0 * N)));
    /* doses are independent: the count is binomial, not all or nothing */
    assert_close(square / N - 168 * 168 * (sum / N) * (sum / N), 168 * 0.09, 0.15, 0);
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
    struct pn_dose of_both[60], of_alone[30];
    size_t n_both = pn_dosing_schedule(&study, &both, 42, of_both), k = 0;
    size_t n_alone = pn_dosing_schedule(&study, &alone, 42, of_alone);
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
    struct pn_dose dose[12];

    (void)state;
    assert_int_equal(pn_dosing_schedule(&study, &arm, 1, dose), 12);
    assert_true(dose[0].regimen == 0 && dose[1].regimen == 1 && dose[1].time == 0.0);
    assert_true(dose[2].time == 12.0 && dose[3].time == 24.0 && dose[3].regimen == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dose_every_12_h_for_12_weeks_is_168_doses),
        cmocka_unit_test(adherence_is_a_probability_of_each_dose),
        cmocka_unit_test(missed_doses_do_not_move_with_other_regimens),
        cmocka_unit_test(doses_at_one_time_come_in_the_order_of_the_regimens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
