/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/hai_murphy.h"

enum { N = PN_HAI_MURPHY_STATES };

static void rest(pn_lane *x)
{
    for (size_t i = 0; i < N; i++)
        x[i] = pn_all(i == PN_M);
}

/* The shares that stay as they are, in closed form: the flow round the cycle is k7 AM
 * through every link: each state in terms of AM. */
static void steady_of(const struct pn_hai_murphy *k, const pn_lane *k1, pn_lane *x)
{
    const pn_lane k2 = pn_all(k->k2), k3 = pn_all(k->k3), k4 = pn_all(k->k4);
    const pn_lane k5 = pn_all(k->k5), k7 = pn_all(k->k7);
    pn_lane AM = *k1, AMp, Mp, M, sum; /* times k1, so that M stays finite without k1 */

    AMp = AM * (*k1 + k7) / k5;
    Mp = (k4 * AMp + k7 * AM) / k3;
    M = (k2 * Mp + k7 * AM) / *k1;
    M = pn_select(*k1 > pn_all(0), M, pn_all(1)); /* nothing is attached without k1 */
    sum = M + Mp + AMp + AM;
    x[PN_M] = M / sum;
    x[PN_MP] = Mp / sum;
    x[PN_AMP] = AMp / sum;
    x[PN_AM] = AM / sum;
}

/* k1 = k6 is 0.55 for five seconds, then 0.30: Hai and Murphy's own protocol. */
static void activation_has_the_known_course(void **state)
{
    static const struct {
        double t, stress, phosphorylated;
    } course[] = {
        {1,   .0684, .3405},
        {2,   .1826, .4597},
        {5,   .4575, .5211},
        {10,  .6200, .3777},
        {20,  .7237, .3750},
        {30,  .7503, .3750},
        {60,  .7592, .3750},
        {240, .7594, .3750},
    };
    const pn_lane early = pn_all(0.55), late = pn_all(0.30);

    (void)state;
    for (size_t i = 0; i < sizeof course / sizeof *course; i++) {
        double t = course[i].t;
        pn_lane x[N];
        rest(x);
        pn_hai_murphy_after(&pn_hai_murphy_1988, &early, t < 5 ? t : 5, x);
        if (t > 5)
            pn_hai_murphy_after(&pn_hai_murphy_1988, &late, t - 5, x);
        assert_close(pn_hai_murphy_stress(x)[0], course[i].stress, 0, 5.001e-5);
        assert_close(x[PN_MP][0] + x[PN_AMP][0], course[i].phosphorylated, 0, 5.001e-5);
    }
}

/* eight digits from a second program */
static void five_seconds_at_k1_035(void **state)
{
    static const double want[N] = {.43365974, .20887825, .19701295, .16044907};
    static const double steady[N] = {.14308426, .09125596, .32050874, .44515103};
    const pn_lane k1 = pn_all(0.35);
    pn_lane x[N];

    (void)state;
    rest(x);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 5, x);
    for (size_t i = 0; i < N; i++)
        assert_close(x[i][0], want[i], 0, 5.001e-9);
    steady_of(&pn_hai_murphy_1988, &k1, x);
    for (size_t i = 0; i < N; i++)
        assert_close(x[i][0], steady[i], 0, 5.001e-9);
}

static void steady_states_are_those_known_and_do_not_move(void **state)
{
    static const struct {
        double k1, x[N];
    } cases[] = {
        {.55, {.1086, .1121, .4117, .3676}},
        {.30, {.1562, .0844, .2906, .4687}},
        {.06, {.3571, .0321, .0750, .5357}}, /* latch */
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const pn_lane k1 = pn_all(cases[c].k1);
        pn_lane x[N], dx[N], late[N];
        steady_of(&pn_hai_murphy_1988, &k1, x);
        pn_hai_murphy_rate(&pn_hai_murphy_1988, &k1, x, dx);
        rest(late);
        pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 2000, late);
        for (size_t i = 0; i < N; i++) {
            assert_close(x[i][0], cases[c].x[i], 0, 5.001e-5);
            assert_close(dx[i][0], 0, 0, 1e-16);
            assert_close(late[i][0], x[i][0], 1e-10, 0);
        }
    }
}

/* exp(Q (s + t)) = exp(Q s) exp(Q t); the sum of the shares stays 1. */
static void times_add_up_and_nothing_is_lost(void **state)
{
    pn_lane k1, once[N], twice[N];

    (void)state;
    for (size_t l = 0; l < PN_LANES; l++)
        k1[l] = 0.05 * (double)(l + 1);
    rest(once);
    rest(twice);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 17, once);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 4, twice);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 13, twice);
    for (size_t l = 0; l < PN_LANES; l++) {
        double sum = 0;
        for (size_t i = 0; i < N; i++) {
            assert_close(once[i][l], twice[i][l], 1e-12, 0);
            assert_true(once[i][l] > 0);
            sum += once[i][l];
        }
        assert_close(sum, 1, 1e-12, 0);
    }
}

/* The decay towards the steady state has the eigenvalue -0.136324 1/s at k1 = 0.30. */
static void the_slowest_rate_is_the_known_eigenvalue(void **state)
{
    const pn_lane k1 = pn_all(0.30);
    pn_lane x[N], y[N], steady[N];

    (void)state;
    steady_of(&pn_hai_murphy_1988, &k1, steady);
    rest(x);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 40, x);
    memcpy(y, x, sizeof y);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 10, y);
    assert_close(log((y[PN_AM] - steady[PN_AM])[0] / (x[PN_AM] - steady[PN_AM])[0]) / 10,
                 -0.136324, 1e-5, 0);
}

static void without_agonist_nothing_is_attached(void **state)
{
    const pn_lane none = pn_all(0);
    pn_lane x[N], all = pn_all(0.3);

    (void)state;
    steady_of(&pn_hai_murphy_1988, &none, x);
    assert_true(x[PN_M][0] == 1 && pn_hai_murphy_stress(x)[0] == 0);
    steady_of(&pn_hai_murphy_1988, &all, x);
    pn_hai_murphy_after(&pn_hai_murphy_1988, &none, 1e5, x); /* relaxes at k7 */
    assert_close(x[PN_M][0], 1, 1e-9, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activation_has_the_known_course),
        cmocka_unit_test(five_seconds_at_k1_035),
        cmocka_unit_test(steady_states_are_those_known_and_do_not_move),
        cmocka_unit_test(times_add_up_and_nothing_is_lost),
        cmocka_unit_test(the_slowest_rate_is_the_known_eigenvalue),
        cmocka_unit_test(without_agonist_nothing_is_attached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
