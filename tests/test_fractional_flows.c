/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fractional flows against an expiration of another program's kind: recoil by bisection,
 * time by steps of a millisecond. */
#include "check.h"

#define RHO 1.12 /* kg/m3: the test breathes the air of airway/air.h */
#include "scalar_expiration.h"

#include "models/airway/body.h"
#include "models/airway/reference_values.h"
#include "models/catalogue.h"
#include "models/measures/lung_function.h"

enum { AGE, SEX, HEIGHT, FEV1, NARROWING, N_PARAMETERS };

static const struct pn_test *test;
static pn_lane p[N_PARAMETERS], out[PN_TEST_POINTS_MOST];

static pn_lane result(const char *name)
{
    int i = pn_table_find(test->results, name);

    assert_true(i >= 0);
    return out[i];
}

/* a man of 40 years whose lung is Lambert's, TLC 6.8 L and RV 1.7 L as near as sex, age
 * and height give it */
static void lambert(void)
{
    const double h = (6.8 + 7.08) / 7.99;

    p[SEX] = pn_all(1);
    p[HEIGHT] = pn_all(100 * h);
    p[AGE] = pn_all((1.7 + 1.23 - 1.31 * h) / 0.022);
    p[FEV1] = pn_all((double)NAN);
    p[NARROWING] = pn_all(1);
}

static void measure(double calibre)
{
    const pn_lane r = pn_all(calibre);

    test->run((struct pn_view){.p = p, .r = &r}, out);
}

static int setup(void **state)
{
    (void)state;
    test = pn_test_find("fractional_flows");
    return test == NULL;
}

/* The moment at which a volume has been breathed out, and the flow then: TLC 6.8 L. */
static void scalar_moment(const struct scalar_expiration *e, double volume, double *t,
                          double *flow)
{
    const double dt = 1e-4;
    double V = 6.8;

    for (*t = 0; 6.8 - V < volume; *t += dt)
        V -= dt * scalar_flow(e, V - dt / 2 * scalar_flow(e, V, *t), *t + dt / 2);
    *flow = scalar_flow(e, V, *t);
}

static void flows_are_those_of_an_expiration_in_small_steps(void **state)
{
    static const double calibre[] = {1, 0.6, 0.4};

    (void)state;
    lambert();
    for (size_t k = 0; k < sizeof calibre / sizeof *calibre; k++) {
        struct scalar_airway w;
        struct scalar_expiration e;
        double t[3], flow[3];
        measure(calibre[k]);
        for (int z = 0; z < PN_GENERATIONS; z++)
            w.area[z] = pn_lambert_tubes[z].area * 1e-4 *
                        (z < PN_FIRST_NARROW_AIRWAY ? 1 : calibre[k]);
        scalar_breathe(&w, 40, &e);
        for (int i = 0; i < 3; i++)
            scalar_moment(&e, 0.25 * (i + 1) * e.FVC, &t[i], &flow[i]);
        /* measured: below 6e-4, mostly the limits at 6 steps against 40 */
        assert_close(result("FEF25")[0], flow[0], 1e-3, 0);
        assert_close(result("FEF50")[0], flow[1], 1e-3, 0);
        assert_close(result("FEF75")[0], flow[2], 1e-3, 0);
        assert_close(result("FEF25_75")[0], 0.5 * e.FVC / (t[2] - t[0]), 1e-3, 0);
        assert_close(result("FEV1_of_FVC")[0], e.FEV1 / e.FVC, 2e-3, 0);
    }
}

/* 2.7006 - 1.9980 + 3.2777098 = 3.9803098 L/s for a man of 40 years and 178 cm, limit
 * 2.37995096; a share and a z-score say the same. */
static void shares_and_scores_are_those_of_nhanes3(void **state)
{
    (void)state;
    lambert();
    p[AGE] = pn_all(40);
    p[HEIGHT] = pn_all(178);
    for (double calibre = 0.4; calibre <= 1; calibre += 0.2) {
        measure(calibre);
        for (size_t l = 0; l < PN_LANES; l++) {
            double FEF = result("FEF25_75")[l], ratio = result("FEV1_of_FVC")[l];
            double PEF = result("PEF_percent_predicted")[l] / 100 * 10.18846008;
            assert_close(result("FEF25_75_percent_predicted")[l], 100 * FEF / 3.9803098,
                         1e-8, 0);
            assert_close(result("FEF25_75_z")[l],
                         1.645 * (FEF - 3.9803098) / (3.9803098 - 2.37995096), 1e-7,
                         1e-9);
            assert_close(result("PEF_z")[l],
                         1.645 * (PEF - 10.18846008) / (10.18846008 - 7.8669734), 1e-7,
                         1e-9);
            assert_close(result("FEV1_of_FVC_percent_predicted")[l],
                         100 * ratio / 0.79802, 1e-10, 0);
            assert_close(result("FEV1_of_FVC_z")[l],
                         1.645 * (ratio - 0.79802) / (0.79802 - 0.70124), 1e-9, 1e-11);
        }
    }
}

/* Obstruction: the later in the breath, the more of the flow is lost. */
static void narrowing_takes_most_from_the_late_flows(void **state)
{
    double last[4], first[4];

    (void)state;
    lambert();
    for (int k = 0; k < 4; k++) {
        static const double calibre[] = {1, 0.8, 0.6, 0.4};
        measure(calibre[k]);
        for (int i = 0; i < 4; i++) {
            static const char *const names[] = {"FEF25", "FEF50", "FEF75", "FEF25_75"};
            double now = result(names[i])[0];
            assert_true(k == 0 || now < last[i]);
            last[i] = now;
            if (k == 0)
                first[i] = now;
        }
        assert_true(last[0] > last[1] && last[1] > last[2]);
        assert_true(last[3] < last[0] && last[3] > last[2]);
    }
    assert_true(last[1] / first[1] < last[0] / first[0]);
    assert_true(last[3] / first[3] < last[0] / first[0]);
}

/* The same narrowing as spirometry finds, to the bit. */
static void the_fit_is_that_of_spirometry(void **state)
{
    const struct pn_test *spirometry = pn_test_find("spirometry");
    const pn_lane r = pn_all(1);
    pn_lane q[N_PARAMETERS];
    pn_mask failed;

    (void)state;
    lambert();
    p[FEV1] = pn_all(2.4);
    memcpy(q, p, sizeof q);
    pn_test_fit(test, p, &r, NULL, &failed);
    assert_false(pn_any(failed));
    pn_test_fit(spirometry, q, &r, NULL, &failed);
    assert_false(pn_any(failed));
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(p[NARROWING][l] == q[NARROWING][l] && p[NARROWING][l] < 1);
}

static void bad_parameters_leave_nan_in_their_lane(void **state)
{
    (void)state;
    lambert();
    p[AGE][1] = 300; /* RV above TLC */
    p[NARROWING][2] = (double)NAN;
    measure(1);
    for (size_t i = 0; i < pn_test_n_points(test); i++) {
        assert_true(isnan(out[i][1]) && isnan(out[i][2]));
        assert_true(isfinite(out[i][0]) && isfinite(out[i][3]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_are_those_of_an_expiration_in_small_steps),
        cmocka_unit_test(shares_and_scores_are_those_of_nhanes3),
        cmocka_unit_test(narrowing_takes_most_from_the_late_flows),
        cmocka_unit_test(the_fit_is_that_of_spirometry),
        cmocka_unit_test(bad_parameters_leave_nan_in_their_lane),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
