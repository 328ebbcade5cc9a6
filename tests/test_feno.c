/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand.h"

/* The wall's concentration is reached through the eosinophils: s_E = 1, E = C_w/C_w0. */
static void exhaled_no_is_that_of_two_compartments(void **state)
{
    static const double cases[][2] = {
        {50, 23.4378},
        {30,
         34.4080    }
    }; /* flow [mL/s], FeNO [ppb] at D_aw 6.8 mL/s, C_w 150 ppb, C_A 5 ppb */
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        double kept = exp(-6.8 / cases[i][0]);
        stand_init(&s, pn_component_find("feno"));
        stand_set(&s, "flow", cases[i][0]);
        stand_set(&s, "FeNO", 20);
        stand_set(&s, "s_E", 1);
        stand_read(&s, "eosinophils.airway", 150 * (1 - kept) / (20 - 5 * kept));
        assert_close(stand_signal(&s, "FeNO"), cases[i][1], 3e-6, 0);
    }
}

static void an_untreated_patient_exhales_his_own_no(void **state)
{
    static const double cases[] = {5, 13, 21, 37, 250};
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("feno"));
    for (size_t i = 0; i < 5; i++) {
        stand_set(&s, "FeNO", cases[i]);
        assert_close(stand_signal(&s, "FeNO"), cases[i], 1e-14, 0);
    }
}

/* C_w = C_w0 (1 + s_E (E - 1)), and what the alveoli give does not follow */
static void only_the_stated_share_follows_the_eosinophils(void **state)
{
    double alveolar = 5 * exp(-6.8 / 50);
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("feno"));
    stand_set(&s, "FeNO", 30);
    stand_set(&s, "s_E", 0.4);
    stand_read(&s, "eosinophils.airway", 0.25);
    assert_close(stand_signal(&s, "FeNO"), alveolar + 0.7 * (30 - alveolar), 1e-14, 0);
    stand_set(&s, "s_E", 0);
    assert_close(stand_signal(&s, "FeNO"), 30, 1e-14, 0);
}

static void less_no_than_the_alveoli_give_is_nan(void **state)
{
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("feno"));
    stand_set(&s, "C_A", 30);
    assert_true(isnan(stand_signal(&s, "FeNO")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exhaled_no_is_that_of_two_compartments),
        cmocka_unit_test(an_untreated_patient_exhales_his_own_no),
        cmocka_unit_test(only_the_stated_share_follows_the_eosinophils),
        cmocka_unit_test(less_no_than_the_alveoli_give_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
