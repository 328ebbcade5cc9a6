/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand.h"

static void stand_patient(struct stand *s)
{
    stand_init(s, pn_component_find("eosinophils_il5"));
    stand_set(s, "kin", 10);
    stand_set(s, "ktr", 0.05);
    stand_set(s, "kout", 0.04);
}

static void the_untreated_patient_stays_as_he_is(void **state)
{
    struct stand s;

    (void)state;
    stand_patient(&s);
    s.m->rate(stand_view(&s), s.dx);
    for (size_t i = 0; i < s.n_x; i++)
        assert_close(s.dx[i][0], 0, 0, 4e-15);
    assert_close(stand_signal(&s, "blood"), 250, 1e-15, 0);
    assert_close(stand_signal(&s, "airway"), 1, 1e-15, 0);
}

/* without a production of its own: the own count, whatever the rates are */
static void the_patient_begins_with_the_own_count(void **state)
{
    struct stand s;

    (void)state;
    stand_patient(&s);
    stand_set(&s, "kin", 0);
    stand_set(&s, "B0", 480);
    stand_set(&s, "kout", 0.07);
    assert_close(stand_signal(&s, "blood"), 480, 1e-15, 0);
    s.m->rate(stand_view(&s), s.dx);
    for (size_t i = 0; i < s.n_x; i++)
        assert_close(s.dx[i][0], 0, 0, 2e-14);
    assert_close(stand_signal(&s, "airway"), 1, 1e-15, 0);
}

/* where production and loss balance: kin (1 - Imax occ)/kout */
static void long_treatment_leaves_what_is_still_made(void **state)
{
    struct stand s;

    (void)state;
    stand_patient(&s);
    stand_set(&s, "Imax", 0.9);
    stand_set(&s, "follows", 0.6);
    stand_read(&s, "il5.occupancy", 0.8);
    stand_run(&s, 2000);
    assert_close(stand_signal(&s, "blood"), 250 * 0.28, 1e-10, 0);
    assert_close(stand_signal(&s, "airway"), 0.4 + 0.6 * 0.28, 1e-10, 0);
}

/* with kout = ktr the blood is a fifth equal stage: the step passes as Erlang's sum */
static void blood_follows_behind_four_transits(void **state)
{
    static const double hours[] = {10, 60, 150, 400};
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double x = 0.05 * hours[i];
        double left = exp(-x) * (1 + x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))));
        stand_patient(&s);
        stand_set(&s, "kout", 0.05);
        stand_set(&s, "Imax", 0.7);
        stand_read(&s, "il5.occupancy", 1);
        stand_run(&s, hours[i]);
        assert_close(stand_signal(&s, "blood"), 200 * (0.3 + 0.7 * left), 1e-10, 0);
    }
}

/* what is made and not in the chain has left the blood */
static void no_cell_is_lost_on_the_way(void **state)
{
    struct stand s;
    double sum = 0;

    (void)state;
    stand_patient(&s);
    stand_read(&s, "il5.occupancy", 0.5);
    for (size_t i = 0; i < s.n_x; i++)
        s.x[i] = pn_all(100 + 37 * (double)i);
    s.m->rate(stand_view(&s), s.dx);
    for (size_t i = 0; i < s.n_x; i++)
        sum += s.dx[i][0];
    assert_close(sum, 10 * (1 - 0.9 * 0.5) - 0.04 * stand_signal(&s, "blood"), 1e-13, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_untreated_patient_stays_as_he_is),
        cmocka_unit_test(the_patient_begins_with_the_own_count),
        cmocka_unit_test(long_treatment_leaves_what_is_still_made),
        cmocka_unit_test(blood_follows_behind_four_transits),
        cmocka_unit_test(no_cell_is_lost_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
