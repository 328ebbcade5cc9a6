/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand.h"

static const double OCCUPANCY = 0.95, E = 0.2875; /* E = 1 - 0.75 occupancy */

static double mass_after(double IR, double days)
{
    struct stand s;

    stand_init(&s, pn_component_find("asm_mass"));
    stand_set(&s, "IR", IR);
    stand_read(&s, "eosinophils.airway", E);
    stand_read(&s, "dp2.occupancy", OCCUPANCY);
    stand_run(&s, days);
    return stand_signal(&s, "mass");
}

static void treated_muscle_follows_one_exponential(void **state)
{
    static const struct {
        double IR, days, mass;
    } cases[] = {
        {0,   84,  0.908008},
        {0.5, 84,  0.750240},
        {0,   364, 0.802950},
        {0.5, 364, 0.465008},
    };
    double f = 0.8 + 0.2 * E, k = 0.01 * (1 - 0.4 * f);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double end = 0.6 * f * (1 - cases[i].IR * OCCUPANCY) / (1 - 0.4 * f);
        double closed = end + (1 - end) * exp(-k * cases[i].days);
        assert_close(closed, cases[i].mass, 1e-5, 0);
        assert_close(mass_after(cases[i].IR, cases[i].days), closed, 1e-10, 0);
    }
    assert_close(mass_after(0, 1e4), 0.783105, 1e-5, 0);
    assert_close(mass_after(0.5, 1e4), 0.411130, 1e-5, 0);
}

static void eosinophils_alone_are_not_enough(void **state)
{
    double last = mass_after(0, 84);

    (void)state;
    assert_true(last < 1);
    for (double IR = 0.2; IR < 1; IR += 0.2) {
        assert_true(mass_after(IR, 84) < last - 0.01);
        last = mass_after(IR, 84);
    }
}

static void untreated_muscle_stays_as_it_is(void **state)
{
    static const double shares[] = {0, 0.3, 0.4, 1};
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("asm_mass"));
    for (size_t i = 0; i < 4; i++) {
        stand_set(&s, "P", shares[i]);
        stand_set(&s, "ap", 0.37 + 0.1 * shares[i]);
        stand_set(&s, "ar", 0.91 - 0.2 * shares[i]);
        s.m->rate(stand_view(&s), s.dx);
        assert_close(s.dx[0][0], 0, 0, 4e-16 * 0.01);
    }
}

/* The larger eigenvalue of a component's own slopes over p and c, and p/(p + c) there. */
static double growth(struct stand *s, double *proliferating)
{
    pn_lane j[STAND_MAX];
    double a[2][2] = {{0}}, half, value;

    s->m->slope(stand_view(s), j);
    for (size_t k = 0; k < s->m->n_at; k++)
        if (s->m->at[k].row >= s->n_w && s->m->at[k].row < s->n_w + 2 &&
            s->m->at[k].col < 2)
            a[s->m->at[k].row - s->n_w][s->m->at[k].col] = j[k][0];
    half = 0.5 * (a[0][0] + a[1][1]);
    value = half + sqrt(half * half + a[0][1] * a[1][0] - a[0][0] * a[1][1]);
    *proliferating = a[0][1] / (a[0][1] + value - a[0][0]);
    return value;
}

/* mu is held between the thresholds (moderate) or above both (severe) */
static void inflamed_muscle_grows_at_the_published_rates(void **state)
{
    static const double cases[][3] = {
        {1,  0,        0.009901},
        {2,  0.004809, 0.019425},
        {5,  0.01824,  0.04602 },
        {10, 0.037946, 0.085042},
        {20, 0.070335, 0.149179},
        {50, 0.137288, 0.281758},
    }; /* fold of switching, growth [1/day], share of proliferating cells */
    double share, rate, before;
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        for (int severe = 0; severe < 2; severe++) {
            stand_init(&s, pn_component_find("asm_growth"));
            stand_set(&s, severe ? "severe" : "moderate", cases[i][0]);
            stand_set(&s, "mu_E", severe ? 2.5 : 1.5);
            rate = growth(&s, &share);
            assert_close(rate, cases[i][1], 0, 1e-6);
            assert_close(share, cases[i][2], 0, 1e-6);
            stand_run(&s, 40); /* the other eigenvalue is below -0.5 /day: gone */
            before = stand_signal(&s, "mass");
            stand_run(&s, 30);
            assert_close(log(stand_signal(&s, "mass") / before) / 30, rate, 1e-8, 1e-13);
            assert_close(s.x[0][0] / stand_signal(&s, "mass"), share, 1e-8, 0);
        }
}

static void normal_muscle_is_exactly_homeostatic(void **state)
{
    static const double rates[][3] = {
        {0.5, 1,   0.005},
        {0.2, 0.9, 0.03 },
        {3,   3.1, 0    }
    };
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stand_init(&s, pn_component_find("asm_growth"));
        stand_set(&s, "lambda_pc", rates[i][1]);
        stand_set(&s, "lambda_p", rates[i][0]);
        stand_set(&s, "lambda_a", rates[i][2]);
        if (i == 0)
            assert_close(s.x[0][0], 0.0099010, 0, 5e-8);
        for (int k = 0; k < 2; k++) /* with baseline inflammation, and with none */ {
            s.m->rate(stand_view(&s), s.dx);
            assert_close(s.dx[0][0], 0, 0, 4e-16 * rates[i][0] * s.x[0][0]);
            assert_close(s.dx[1][0], 0, 0, 4e-16 * rates[i][1] * s.x[0][0]);
            stand_run(&s, 3650);
            assert_close(stand_signal(&s, "mass"), 1, 1e-12, 0);
            stand_start(&s);
            stand_read(&s, "eosinophils.airway", 0);
            s.x[2] = pn_all(0);
        }
    }
}

static void cells_that_do_not_retire_are_nan(void **state)
{
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("asm_growth"));
    stand_set(&s, "lambda_pc", 0.4); /* below lambda_p: no rest is possible */
    s.m->rate(stand_view(&s), s.dx);
    assert_true(isnan(s.dx[0][0]) && isnan(s.dx[1][0]));
}

static void status_follows_the_eosinophils_as_they_clear(void **state)
{
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("asm_growth"));
    stand_set(&s, "mu_E", 0.8);
    stand_set(&s, "lambda_d", 0.3);
    stand_read(&s, "eosinophils.airway", 0.25);
    stand_run(&s, 4);
    assert_close(stand_state(&s, "mu")[0][0], 0.8 * (0.25 + 0.75 * exp(-1.2)), 1e-11, 0);
}

/* Events of size a every `interval` days for `n` events, on a patient without baseline
 * inflammation; returns mu just after the last, and the mean over the last interval. */
static double shots(struct stand *s, double clearance, double a, double interval, int n,
                    double *mean)
{
    enum { PARTS = 64 };
    double peak = 0;

    stand_init(s, pn_component_find("asm_growth"));
    stand_set(s, "lambda_d", clearance);
    stand_set(s, "mu_E", 0);
    for (int i = 0; i < n; i++) {
        *stand_state(s, "mu") += a;
        peak = stand_state(s, "mu")[0][0];
        *mean = 0;
        for (int k = 0; k <= PARTS; k++) { /* Simpson's rule */
            int weight = k == 0 || k == PARTS ? 1 : k % 2 ? 4 : 2;
            *mean += weight * stand_state(s, "mu")[0][0] / (3.0 * PARTS);
            if (k < PARTS)
                stand_run(s, interval / PARTS);
        }
    }
    return peak;
}

static void shot_noise_has_its_peak_and_mean(void **state)
{
    double mean, clearance = 0.25, a = 0.6, interval = 5, peak;
    struct stand s;

    (void)state;
    peak = shots(&s, clearance, a, interval, 20, &mean);
    assert_close(peak, a / (1 - exp(-clearance * interval)), 1e-9, 0);
    assert_close(mean, a / (interval * clearance), 1e-7, 0);
}

/* the paper's claim: small events remodel when inflammation is cleared slowly, and the
 * muscle stays after the inflammation has gone */
static void small_events_accumulate_only_if_cleared_slowly(void **state)
{
    double mean, grown;
    struct stand s;

    (void)state;
    shots(&s, 1.0, 0.8, 7, 26, &mean);
    assert_close(stand_signal(&s, "mass"), 1, 1e-12, 0);
    shots(&s, 0.1, 0.8, 7, 26, &mean);
    grown = stand_signal(&s, "mass");
    assert_true(grown > 1.05);
    stand_run(&s, 200);
    assert_close(stand_state(&s, "mu")[0][0], 0, 0, 1e-8);
    assert_true(stand_signal(&s, "mass") >= grown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(treated_muscle_follows_one_exponential),
        cmocka_unit_test(eosinophils_alone_are_not_enough),
        cmocka_unit_test(untreated_muscle_stays_as_it_is),
        cmocka_unit_test(inflamed_muscle_grows_at_the_published_rates),
        cmocka_unit_test(normal_muscle_is_exactly_homeostatic),
        cmocka_unit_test(cells_that_do_not_retire_are_nan),
        cmocka_unit_test(status_follows_the_eosinophils_as_they_clear),
        cmocka_unit_test(shot_noise_has_its_peak_and_mean),
        cmocka_unit_test(small_events_accumulate_only_if_cleared_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
