/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand.h"

#include <gsl/gsl_linalg.h>

static void stand_patient(struct stand *s)
{
    stand_init(s, pn_component_find("eosinophils"));
    stand_set(s, "B0", 310);
    stand_set(s, "sputum0", 6.6);
}

static void the_untreated_patient_stays_as_he_is(void **state)
{
    static const double ktr[] = {0.1, 0.8, 7}, kbt[] = {0.3, 24 / 25.2, 11};
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stand_patient(&s);
        stand_set(&s, "ktr", ktr[i]);
        stand_set(&s, "kBT", kbt[i]);
        s.m->rate(stand_view(&s), s.dx);
        for (size_t k = 0; k < s.n_x; k++) /* to the rounding of kBT B0 */
            assert_close(s.dx[k][0], 0, 0, 4e-16 * kbt[i] * 310);
        assert_close(stand_signal(&s, "blood"), 310, 0, 0);
        assert_close(stand_signal(&s, "airway"), 1, 0, 0);
        assert_close(stand_signal(&s, "sputum"), 6.6, 0, 0);
    }
}

/* occupancy 0.95: inflow (1 + 3 x 0.05)/4 of baseline, 3.478-fold; blood does not move */
static void dp2_empties_the_airway_and_not_the_blood(void **state)
{
    static const double days[] = {1, 5, 20, 84};
    double end = 1.15 / 4;
    struct stand s;

    (void)state;
    assert_close(1 / end, 3.478, 1e-4, 0);
    for (size_t i = 0; i < 4; i++) {
        stand_patient(&s);
        stand_read(&s, "dp2.occupancy", 0.95);
        stand_run(&s, days[i]);
        assert_close(stand_signal(&s, "airway"), end + (1 - end) * exp(-0.2 * days[i]),
                     1e-11, 0);
        assert_close(stand_signal(&s, "sputum"), 6.6 * stand_signal(&s, "airway"), 1e-15,
                     0);
        assert_close(stand_signal(&s, "blood"), 310, 1e-12, 0);
    }
    stand_run(&s, 365);
    assert_close(stand_signal(&s, "airway"), end, 1e-11, 0);
}

/* all counts on an empty marrow: production k_in passes four equal stages (Erlang) */
static void an_empty_marrow_fills_as_four_transits(void **state)
{
    double t = 6, x = 0.8 * t, filled, in = 24 / 25.2 * 310 / 0.8;
    struct stand s;

    (void)state;
    stand_patient(&s);
    for (size_t i = 0; i < 4; i++)
        s.x[i] = pn_all(0);
    stand_run(&s, t);
    filled = 1 - exp(-x) * (1 + x + x * x / 2 + x * x * x / 6);
    assert_close(stand_state(&s, "T4")[0][0], in * filled, 1e-11, 0);
    assert_close(stand_state(&s, "T1")[0][0], in * (1 - exp(-x)), 1e-11, 0);
}

static void a_cell_stays_25_hours_in_blood(void **state)
{
    struct stand s;

    (void)state;
    stand_patient(&s);
    s.p[s.n_p] = pn_all(0); /* k_in: the first derived constant */
    for (size_t i = 0; i < 4; i++)
        s.x[i] = pn_all(0);
    stand_run(&s, 25.2 / 24);
    assert_close(stand_signal(&s, "blood"), 310 * exp(-1), 1e-12, 0);
}

/* second method: the system is affine, x(t) = expm of its own slopes and its constant */
static void the_chain_agrees_with_its_matrix_exponential(void **state)
{
    enum { N = 6 };
    gsl_matrix *a = gsl_matrix_calloc(N + 1, N + 1), *e = gsl_matrix_alloc(N + 1, N + 1);
    double t = 3.3, start[N] = {100, 20, 700, 450, 90, 0.4};
    pn_lane j[STAND_MAX];
    struct stand s;

    (void)state;
    stand_patient(&s);
    stand_read(&s, "dp2.occupancy", 0.6);
    for (size_t i = 0; i < N; i++)
        s.x[i] = pn_all(0);
    s.m->rate(stand_view(&s), s.dx);
    s.m->slope(stand_view(&s), j);
    for (size_t i = 0; i < N; i++)
        gsl_matrix_set(a, i, N, t * s.dx[i][0]);
    for (size_t k = 0; k < s.m->n_at; k++)
        if (s.m->at[k].row >= s.n_w && s.m->at[k].col < N)
            gsl_matrix_set(a, s.m->at[k].row - s.n_w, s.m->at[k].col, t * j[k][0]);
    gsl_linalg_exponential_ss(a, e, GSL_PREC_DOUBLE);
    for (size_t i = 0; i < N; i++)
        s.x[i] = pn_all(start[i]);
    stand_run(&s, t);
    for (size_t i = 0; i < N; i++) {
        double want = gsl_matrix_get(e, i, N);
        for (size_t k = 0; k < N; k++)
            want += gsl_matrix_get(e, i, k) * start[k];
        assert_close(s.x[i][0], want, 1e-9, 0);
    }
    gsl_matrix_free(a);
    gsl_matrix_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_untreated_patient_stays_as_he_is),
        cmocka_unit_test(dp2_empties_the_airway_and_not_the_blood),
        cmocka_unit_test(an_empty_marrow_fills_as_four_transits),
        cmocka_unit_test(a_cell_stays_25_hours_in_blood),
        cmocka_unit_test(the_chain_agrees_with_its_matrix_exponential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
